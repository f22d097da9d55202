"""Which rows prediction tests pooling on, and what is said of them where these are not all."""

import numpy as np
import pandas as pd
import pytest
from page.reading import page_text
from prose.checks import check_all

from analysis.page.page import files
from analysis.prose.alt_texts import alt_texts
from analysis.prose.readings import readings
from analysis.prose.text import as_text
from analysis.results import tested
from analysis.results.capabilities import no_prediction
from analysis.results.record import as_dict
from analysis.results.results import analyse
from analysis.study.studyfile import read_study

N_GROUPS = 60


def of(folder, engine="memory"):
    """Analyse 60 groups of 4 to 40 rows, the larger ones last in the table."""
    rng = np.random.default_rng(4)
    sizes = np.linspace(4, 40, N_GROUPS).astype(int)
    at = np.repeat(np.arange(N_GROUPS), sizes)
    x = rng.normal(5, 1, len(at))
    y = 1 + rng.normal(0, 1, N_GROUPS)[at] + 0.5 * x + rng.normal(0, 1, len(at))
    pd.DataFrame({"g": at, "x": x, "y": y}).to_csv(folder / "t.csv", index=False)
    (folder / "study.toml").write_text(
        f"[data]\ntable = 't.csv'\nengine = '{engine}'\ngroup = 'g'\n"
        "[model]\noutcome = 'y'\nslope = 'x'\n",
        encoding="utf-8",
    )
    return analyse(read_study(folder / "study.toml"))


@pytest.fixture
def short(monkeypatch):
    """Let fewer rows be all that is tested."""

    def limit(rows, groups, held=tested.MOST_HELD):
        monkeypatch.setattr(tested, "MOST_TESTED", rows)
        monkeypatch.setattr(tested, "LEAST_GROUPS", groups)
        monkeypatch.setattr(tested, "MOST_HELD", held)

    return limit


def test_all_rows_are_tested_where_they_are_few(tmp_path):
    found = of(tmp_path).prediction
    assert found.rows.groups == tuple(map(str, range(N_GROUPS)))
    assert not found.some
    assert len(found.rows.table) == len(found.rows.codes) == len(found.rows.x)
    names = found.rows.table["g"].tolist()
    assert [found.rows.groups[code] for code in found.rows.codes] == names


@pytest.mark.parametrize("engine", ["memory", "duckdb"])
def test_groups_by_chance_have_no_more_rows(tmp_path, short, engine):
    results = of(tmp_path, engine)
    sizes, at = results.sample.sizes, np.random.default_rng(1).permutation(N_GROUPS)
    upto = np.cumsum([sizes[str(place)] for place in at])
    short(500, 3)
    groups = tested.tested_groups(results)
    n = int((upto <= 500).sum())
    assert groups == tuple(str(place) for place in sorted(at[:n]))
    assert results.prediction.rows.groups == groups
    assert set(results.prediction.rows.table["g"]) == set(groups)
    assert (results.prediction.n_groups, results.prediction.n_all) == (n, N_GROUPS)


def test_some_groups_are_tested_however_large_they_are(tmp_path, short):
    results = of(tmp_path)
    short(10, 7)
    assert len(tested.tested_groups(results)) == 7


def test_an_engine_gives_no_more_rows_than_memory_takes(tmp_path, short):
    results = of(tmp_path, "duckdb")
    short(10, 30, held=200)
    groups = tested.tested_groups(results)
    rows = sum(results.sample.sizes[group] for group in groups)
    assert 2 <= len(groups) < 30
    assert 200 - 40 < rows <= 200
    short(10, 30, held=20)
    assert "two groups by chance have more than" in no_prediction(results)
    assert results.prediction is None
    (note,) = (note for note in results.notes if note.startswith("no test by prediction: "))
    assert "two groups by chance" in note


def test_what_is_said_names_how_many_groups_are_tested(tmp_path, short):
    short(500, 3)
    results = of(tmp_path)
    n = results.prediction.n_groups
    some = f"{n} of 60 groups"
    assert 3 < n < N_GROUPS
    assert f"over 40 random splits of {some} by chance." in alt_texts(results)["prediction"]
    texts = readings(results)
    assert f"known of each of {n} of the 60 groups, drawn by chance," in texts["verdict"]
    check_all(results, texts)
    assert f"partial pooling in {some}, drawn by chance" in as_text(results, inference=True)
    assert as_dict(results, inference=True)["prediction"]["groups"] == n
    page = page_text(files(results))
    assert f"observations of each of {some} are known as the slider says, drawn by chance" in page
    assert f"Some observations of each of {some} are known" in page
    assert f"Over {some} and 40 random splits" in page
    assert "Error over these groups and splits" in page
