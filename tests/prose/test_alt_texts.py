"""The text alternatives of the figures."""

import re

import pandas as pd

from analysis.figures.figures import NAMES, colours
from analysis.figures.gallery import gallery
from analysis.prose.alt_texts import alt_texts
from analysis.results.results import analyse
from analysis.study.studyfile import read_study


def test_alt_texts_keep_their_digits_in_every_unit(root, tmp_path):
    table = pd.read_csv(root / "data" / "popularity.csv").query("`class` <= 20")
    table["popular"] *= 1e-6
    table["extrav"] = 2010 + table["extrav"] / 10
    table.to_csv(tmp_path / "t.csv", index=False)
    (tmp_path / "study.toml").write_text(
        "[data]\ntable='t.csv'\ngroup='class'\n[model]\noutcome='popular'\nslope='extrav'\n"
        "covariates=['sex']\ngroup_covariates=['texp']\n[units]\npopular='points'\ntexp='years'",
        encoding="utf-8",
    )
    texts = alt_texts(analyse(read_study(tmp_path / "study.toml")))
    assert not re.search(r"\D0\.0+\D", " ".join(texts.values()))
    assert "from popular 3.8\xa0×\xa010⁻⁶ at extrav 2010.2 to" in texts["pooling"]


def test_alt_texts_say_the_numbers(results):
    texts = alt_texts(results)
    assert list(texts) == [*NAMES, *gallery(results, colours(results))]
    assert "307 points" in texts["pooling"]
    assert all("over 307 points" in texts[name] for name in NAMES[1:])
    slopes = {group: line.slope for group, line in results.none.items()}
    steepest = max(slopes, key=slopes.__getitem__)
    assert f"{slopes[steepest]:.2f} (class {steepest})" in texts["pooling"]
    m1, m3 = (results.models[name]["REML"] for name in ("m1", "m3"))
    assert f"with a slope of {m1.fixed_effects['extrav']:.2f};" in texts["random-intercepts"]
    apart = 22 * m3.fixed_effects["texp"]
    assert f"{apart:.2f} apart: 2 years below, 24 years above" in texts["level-2"]
    assert not any("nan" in text or "\n" in text for text in texts.values())
