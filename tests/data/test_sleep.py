"""The second study that ships: nights within persons, their bytes, and what is reported of them."""

import csv
import importlib.util
import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from matplotlib.text import Text
from page.reading import page_text, read_data
from ratings import run
from wards import FOREIGN, foreign

from analysis.figures.figures import figures
from analysis.page.page import files
from analysis.prose.alt_texts import alt_texts
from analysis.prose.text import as_text
from analysis.prose.values import values
from analysis.results.named import named
from analysis.results.record import as_dict
from analysis.results.results import analyse
from analysis.study.studyfile import read_study
from analysis.tables import TABLES, regression_latex

DATA = Path(__file__).resolve().parents[2] / "data"
NAMES = ("sleep.csv", "sleep.py", "sleep.toml")

OTHERS = re.compile(
    rf"{FOREIGN.pattern}|\b(wards?|patients?|pain|drugs?|nan|a evening)\b", re.IGNORECASE
)
"""Words of the other studies, and of values that are lost."""


def load_script():
    spec = importlib.util.spec_from_file_location("sleep_script", DATA / "sleep.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


script = load_script()


@pytest.fixture(scope="module")
def rows():
    with (DATA / "sleep.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture(scope="module")
def sleep():
    return analyse(read_study(DATA / "sleep.toml"))


@pytest.fixture
def folder(tmp_path):
    shutil.copy(DATA / "sleep.csv", tmp_path)
    return tmp_path


def test_the_script_makes_the_committed_bytes(folder):
    committed = (DATA / "sleep.csv").read_bytes()
    (folder / "sleep.csv").unlink()
    assert script.main([], folder) == 0
    assert (folder / "sleep.csv").read_bytes() == committed
    assert [path.name for path in folder.iterdir()] == ["sleep.csv"]


def test_the_script_needs_the_standard_library_only():
    command = [sys.executable, "-I", "-S", str(DATA / "sleep.py"), "--check"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize("content", [None, b"", b"person,night\n"])
def test_check_reports_another_file(folder, capsys, content):
    path = folder / "sleep.csv"
    path.unlink()
    if content is not None:
        path.write_bytes(content)
    assert script.main(["--check"], folder) == 1
    assert "run python data/sleep.py" in capsys.readouterr().err
    assert (path.read_bytes() if path.exists() else None) == content


def test_a_folder_that_is_missing_ends_in_one_line(tmp_path, capsys):
    assert script.main([], tmp_path / "none") == 2
    assert capsys.readouterr().err.count("\n") == 1


def test_columns_and_sizes(rows):
    assert tuple(rows[0]) == script.COLUMNS
    nights = {}
    for row in rows:
        nights.setdefault(row["person"], []).append(int(row["night"]))
        assert re.fullmatch(r"([0-4]\.\d|5\.0)?", row["screen"])
        assert re.fullmatch(r"\d+\.\d\d", row["sleep"])
    assert list(nights) == [f"P{number:02}" for number in range(1, 43)]
    assert all(found == list(range(1, len(found) + 1)) for found in nights.values())
    sizes = {len(found) for found in nights.values()}
    assert (min(sizes), max(sizes)) == (7, 21)
    assert sum(row["screen"] == "" for row in rows) == script.LOST == 9
    assert {row["caffeine"] for row in rows} == {"none", "afternoon", "evening"}


def test_the_codebook_states_the_file(rows):
    text = (DATA / "README.md").read_text(encoding="utf-8").split("\n## The other study")[1]
    stated = dict(re.findall(r"^\| `(\w+)` \| [12] \|.*?\| ([^|]+) \| [A-Z]", text, re.MULTILINE))
    assert tuple(stated) == script.COLUMNS
    for name in ("night", "screen", "sleep"):
        known = [row[name] for row in rows if row[name]]
        assert stated[name] == f"{min(known, key=float)}–{max(known, key=float)}"
    assert stated["caffeine"] == ", ".join(script.CAFFEINE)
    assert f"{len(rows)} simulated nights of 42 persons, 7 to 21 nights each" in text


def test_the_fit_is_regular_and_near_what_was_drawn_from(sleep):
    assert list(sleep.models) == ["null", "m1", "m2"]
    assert not any(fit.singular for fits in sleep.models.values() for fit in fits.values())
    fit = sleep.models["m2"]["REML"]
    drawn = {
        "screen": script.SLOPE,
        "caffeine[afternoon]": script.CAFFEINE["afternoon"],
        "caffeine[evening]": script.CAFFEINE["evening"],
    }
    for name, value in drawn.items():
        assert abs(fit.fixed_effects[name] - value) < 2.5 * fit.standard_errors[name], name
    assert abs(np.sqrt(fit.random_covariance[1, 1]) - script.SLOPE_DEVIATION) < 0.06
    assert sleep.comparison[1].p < 0.01


def test_complete_pooling_is_flatter_than_the_lines_of_persons(sleep):
    within = sleep.models["m1"]["REML"].fixed_effects["screen"]
    assert within < 2 * sleep.complete.slope < 0 < sleep.between.slope


def test_none_is_an_answer(sleep):
    assert sleep.summary.categories["caffeine"].names == ("afternoon", "evening", "none")
    assert sleep.summary.categories["caffeine"].n == sleep.sample.n_observations == 582
    assert "caffeine[none]" not in sleep.models["m1"]["REML"].fixed_effects


def test_rows_that_are_left_out_are_told(sleep):
    assert sleep.notes == (
        'sleep.csv: rows = "complete": 582 of 591 rows have a value in every column of the study '
        "and are used",
    )


def test_no_word_of_another_study(sleep):
    pages = files(sleep)
    texts = {
        "terminal": as_text(sleep),
        "variables": json.dumps(values(sleep), ensure_ascii=False),
        "alternatives": " ".join(alt_texts(sleep).values()),
        "latex": regression_latex(sleep),
        "page": page_text(pages),
        **{name: table(sleep) or "" for name, table in TABLES.items()},
        **{
            name: " ".join(text.get_text() for text in figure.findobj(Text))
            for name, figure in figures(sleep).items()
        },
    }
    for name, text in texts.items():
        assert not foreign(text, OTHERS), name
    words = read_data(pages)["words"]
    assert words == {"unit": "night", "units": "nights", "group": "person", "groups": "persons"}


def test_the_page_speaks_of_nights_and_persons(sleep):
    text = re.sub(r"<[^>]*>", "", page_text(files(sleep)))
    for sentence in (
        "From one line to 42, and back a little",
        "Each dot is a night, each line what a model of the report says of a person.",
        "From here on the model also holds caffeine.",
        "And the model also holds caffeine, which the own lines leave out.",
        "95% of persons, by the model (at average caffeine)",
        "Data: simulated by sleep.py.",
    ):
        assert sentence in text
    fixed = sleep.models["m1"]["REML"].fixed_effects
    for term, name in (
        ("Shared slope", "screen"),
        ("Coefficient of caffeine: afternoon", "caffeine[afternoon]"),
        ("Coefficient of caffeine: evening", "caffeine[evening]"),
    ):
        assert f"{term}−{-fixed[name]:.3f}" in text


def test_slopes_fall_in_words_too(sleep):
    texts, lines = alt_texts(sleep), sleep.none
    assert (
        "The average line falls from sleep 8.3 at screen time 0 to 6.7 at 5."
        in texts["random-slopes"]
    )
    assert "(screen" not in texts["random-slopes"]
    written, full = values(sleep)["pooling"], named(sleep)["pooling"]
    assert written["complete"]["direction"] == "lower"
    low = min(lines, key=lambda person: lines[person].slope)
    flat = min(lines, key=lambda person: abs(lines[person].slope))
    assert full["none"]["steepest"] == {"group": low, "slope": lines[low].slope}
    assert full["none"]["flattest"] == {"group": flat, "slope": lines[flat].slope}
    assert written["none"]["steepest"]["group"] == low


def test_tables_go_by_labels_and_levels(sleep):
    text = re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", TABLES["regression"](sleep)))
    order = ["screen time", "caffeine: afternoon", "caffeine: evening", "Constant"]
    places = [text.index(label) for label in order]
    assert places == sorted(places)
    assert "less what the fixed effects make of the mean screen time and caffeine." in (
        TABLES["weights"](sleep)
    )


def test_the_command_builds_it(project, capsys):
    for name in NAMES:
        shutil.copy(DATA / name, project / "data")
    status, out, err = run(capsys, "build", "data/sleep.toml")
    assert status == 0
    assert "files from sleep.toml" in out
    assert [line for line in err.splitlines() if not line.startswith("note: ")] == []
    built = project / "report" / "_artifacts"
    assert json.loads((built / "results.json").read_bytes())["models"].keys() == {
        "null",
        "m1",
        "m2",
    }
    drawn = {path.name for path in (built / "figures").glob("*.svg")}
    assert drawn == {path.name for path in (built / "figures" / "narrow").iterdir()}
    assert drawn == {
        *("pooling.svg", "random-intercepts.svg", "random-slopes.svg", "level-2.svg"),
        *("shrinkage.svg", "group-effects.svg", "prediction.svg"),
        *("residuals.svg", "quantiles.svg"),
    }


def test_the_table_of_variables_speaks_of_nights_and_of_no_second_level(sleep):
    text = re.sub(r"<[^>]*>", " ", TABLES["variables"](sleep))
    assert "Level 1 is described over the 582 nights. SD:" in text
    assert "level 2" not in text


def test_the_levels_of_caffeine_are_tested_together(sleep):
    """By hand, as a Wald statistic over its two contrasts: Kenward and Roger's is a little less."""
    fit = sleep.models["m2"]["REML"]
    test = sleep.inference.models["m2"].category_tests["caffeine"]
    at = [i for i, name in enumerate(fit.fixed_effects) if name.startswith("caffeine[")]
    effects = np.array([*fit.fixed_effects.values()])[at]
    wald = effects @ np.linalg.solve(fit.covariance[np.ix_(at, at)], effects) / 2
    assert test.numerator_df == 2
    assert test.f == pytest.approx(wald, rel=0.01)
    assert test.f < wald
    text = re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", TABLES["effects"](sleep)))
    said = f"caffeine, all levels – – 2, {test.denominator_df:.1f} F = {test.f:.2f}"
    assert said in text
    record = as_dict(sleep, inference=True)["models"]["m2"]["REML"]["categories"]
    assert list(record) == ["caffeine"]
    assert record["caffeine"]["p"] == test.p < 1e-8
