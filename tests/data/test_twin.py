"""The synthetic twin: its bytes, its sums, its values, and the sums it must refuse."""

import csv
import importlib.util
import re
import shutil
import subprocess
import sys
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import pyreadstat
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from what_is_here import original_data

ROOT = Path(__file__).resolve().parents[2]
DATA = ROOT / "data"

# The promise of the data's README. Rounding popularity to floats costs about 1e-16.
SUMS_TOLERANCE = 1e-9
# Tables print at most four decimals; a value this close to an original one would be a copy.
COPY_TOLERANCE = 1e-6

PRODUCTS = {
    "pupils": (),
    "sum_extrav": ("extrav",),
    "sum_extrav_sq": ("extrav", "extrav"),
    "sum_sex": ("sex",),
    "sum_extrav_sex": ("extrav", "sex"),
    "sum_popular": ("popular",),
    "sum_popular_sq": ("popular", "popular"),
    "sum_extrav_popular": ("extrav", "popular"),
    "sum_sex_popular": ("sex", "popular"),
}


def load_twin():
    spec = importlib.util.spec_from_file_location("twin", DATA / "twin.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


twin = load_twin()
SUMS = twin.read_sums(DATA / "class-sums.csv")


def sums_of(pupils, name):
    total = Fraction(0)
    for pupil in pupils:
        product = Fraction(1)
        for factor in PRODUCTS[name]:
            product *= Fraction(pupil[factor])
        total += product
    return total


@pytest.fixture(scope="module")
def rows():
    with (DATA / "popularity.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture(scope="module")
def classes(rows):
    grouped = {}
    for row in rows:
        grouped.setdefault(int(row["class"]), []).append(row)
    return grouped


@pytest.fixture
def folder(tmp_path):
    for name in ("class-sums.csv", "popularity.csv"):
        shutil.copy(DATA / name, tmp_path / name)
    return tmp_path


def edit_sums(folder, old, new):
    path = folder / "class-sums.csv"
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def test_twin_is_reproduced_byte_for_byte(folder):
    committed = (DATA / "popularity.csv").read_bytes()
    (folder / "popularity.csv").unlink()
    assert twin.main([], folder) == 0
    assert (folder / "popularity.csv").read_bytes() == committed
    assert sorted(path.name for path in folder.iterdir()) == ["class-sums.csv", "popularity.csv"]


def test_twin_needs_the_standard_library_only():
    # -S hides installed packages: a numerical library would make the bytes the machine's.
    command = [sys.executable, "-I", "-S", str(DATA / "twin.py"), "--check"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize("name", PRODUCTS)
def test_class_sums_are_those_of_popular2(classes, name):
    assert sorted(classes) == [sums.label for sums in SUMS] == list(range(1, 101))
    for sums in SUMS:
        asked, found = getattr(sums, name), sums_of(classes[sums.label], name)
        assert abs(found - asked) <= SUMS_TOLERANCE * abs(asked), sums.label


def test_columns_and_ranges(rows):
    assert len(rows) == 2000
    assert tuple(rows[0]) == twin.COLUMNS
    for row in rows:
        whole = [int(row[name]) for name in ("class", "pupil", "extrav", "sex", "texp")]
        assert 1 <= whole[2] <= 10
        assert whole[3] in (0, 1)
        assert 0 <= float(row["popular"]) <= 10
        assert repr(float(row["popular"])) == row["popular"]


def test_pupils_are_numbered_once_and_share_their_teacher(classes):
    for sums in SUMS:
        pupils = classes[sums.label]
        assert [int(row["pupil"]) for row in pupils] == list(range(1, sums.pupils + 1))
        assert {int(row["texp"]) for row in pupils} == {sums.texp}


def test_extraversion_is_spread_over_the_class(classes):
    for label, pupils in classes.items():
        points = [row["extrav"] for row in pupils]
        assert len(set(points)) >= 3, label
        assert max(map(points.count, points)) <= 0.7 * len(points), label


def test_codebook_states_the_ranges_of_the_file(rows):
    text = (DATA / "README.md").read_text(encoding="utf-8").split("\n## The other study")[0]
    stated = dict(re.findall(r"^\| `(\w+)` \| [12] \|.*?\| ([\d.]+–[\d.]+) \|", text, re.MULTILINE))
    assert tuple(stated) == twin.COLUMNS
    for name, interval in stated.items():
        values = [float(row[name]) for row in rows]
        low, high = (
            f"{value:.2f}" if name == "popular" else f"{value:.0f}"
            for value in (min(values), max(values))
        )
        assert interval == f"{low}–{high}", name


def test_new_sums_for_one_class_leave_the_others_alone(folder, rows):
    edit_sums(folder, "101.5,532.39", "101.5,532.40")
    assert twin.main([], folder) == 0
    with (folder / "popularity.csv").open(encoding="utf-8", newline="") as file:
        changed = list(csv.DictReader(file))
    differ = {old["class"] for old, new in zip(rows, changed, strict=True) if old != new}
    assert differ == {"1"}


IMPOSSIBLE = [
    (1, {"pupils": 0, "sum_sex": 0}, "0 girls among 0 pupils"),
    (1, {"sum_sex": 21}, "21 girls among 20 pupils"),
    (1, {"sum_sex": -1}, "-1 girls among 20 pupils"),
    (1, {"sum_extrav": 59}, "extrav of 10 pupils cannot sum to 9"),
    (1, {"sum_extrav_sex": 101}, "extrav of 10 pupils cannot sum to"),
    (14, {"sum_extrav_sex": 3}, "extrav of 0 pupils cannot sum to 3"),
    (1, {"sum_extrav_sq": 490}, "no whole numbers 1-10"),  # a sum and its squares share parity
    (1, {"sum_extrav_sq": 471}, "no whole numbers 1-10"),  # below the mean's square
    (1, {"sum_extrav_sq": 2001}, "no whole numbers 1-10"),
    (14, {"sum_sex_popular": Fraction(1)}, "contradict each other"),
    (1, {"sum_popular_sq": Fraction(500)}, "residuals of popular square to -"),
    (1, {"sum_popular_sq": Fraction(5000)}, "no draw keeps popular inside 0-10"),
]


@pytest.mark.parametrize(("label", "change", "reason"), IMPOSSIBLE)
def test_impossible_sums_are_refused(label, change, reason):
    sums = replace(SUMS[label - 1], **change)
    with pytest.raises(ValueError, match=rf"^class {label}: .*{re.escape(reason)}"):
        twin.draw_class(sums)


@pytest.mark.parametrize(
    ("old", "new", "where"),
    [
        (
            "1,20,24,97,489",
            "1,20,24,much,489",
            "line 2: column sum_extrav must hold a whole number",
        ),
        ("1,20,24,97,489", "1,20,24.5,97,489", "line 2: column texp must hold a whole number"),
        ("101.5,", ",", "line 2: column sum_popular must hold a number, found ''"),
        ("sum_popular_sq", "squares", "line 2: column sum_popular_sq must hold a number"),
        ("1,20,24,97,489", "1,20,24,970,489", "class 1: extrav of 10 pupils cannot sum"),
    ],
)
def test_bad_sums_end_in_one_line_and_leave_the_file(folder, capsys, old, new, where):
    before = (folder / "popularity.csv").read_bytes()
    edit_sums(folder, old, new)
    assert twin.main([], folder) == 2
    error = capsys.readouterr().err
    assert where in error
    assert error.count("\n") == 1
    assert (folder / "popularity.csv").read_bytes() == before
    assert len(list(folder.iterdir())) == 2


def test_missing_sums_end_in_one_line(tmp_path, capsys):
    assert twin.main([], tmp_path) == 2
    error = capsys.readouterr().err
    assert "class-sums.csv" in error
    assert error.count("\n") == 1


def test_check_accepts_the_file(folder, capsys):
    assert twin.main(["--check"], folder) == 0
    assert capsys.readouterr().err == ""


@pytest.mark.parametrize("content", [None, b"", b"class,pupil\n"])
def test_check_reports_another_file(folder, capsys, content):
    path = folder / "popularity.csv"
    path.unlink()
    if content is not None:
        path.write_bytes(content)
    assert twin.main(["--check"], folder) == 1
    assert capsys.readouterr().err.count("\n") == 1
    assert (path.read_bytes() if path.exists() else None) == content


# Popularities of 4-6 points leave room for residuals inside 0-10, whatever the class.
PUPILS = st.fixed_dictionaries(
    {
        "extrav": st.integers(1, 10),
        "sex": st.integers(0, 1),
        "popular": st.integers(40, 60).map(lambda tenths: Fraction(tenths, 10)),
    }
)


@settings(deadline=None, max_examples=100, derandomize=True)
@given(st.lists(PUPILS, min_size=1, max_size=30))
def test_any_class_has_a_twin(pupils):
    figures = {name: sums_of(pupils, name) for name in PRODUCTS}
    whole = {name: int(x) for name, x in figures.items() if "popular" not in name}
    sums = twin.ClassSums(label=1, texp=3, **(figures | whole))
    drawn = [dict(zip(twin.COLUMNS, row, strict=True)) for row in twin.draw_class(sums)]
    for name, asked in figures.items():
        assert abs(sums_of(drawn, name) - asked) <= SUMS_TOLERANCE * abs(asked)


@pytest.fixture(scope="module")
def original():
    table, _ = pyreadstat.read_sav(original_data())
    grouped = {}
    for row in table.to_dict("records"):
        # The file stores one decimal in binary; sums of the decimals are meant.
        pupil = {name: Fraction(str(round(row[name], 6))) for name in twin.COLUMNS}
        grouped.setdefault(int(row["class"]), []).append(pupil)
    return grouped


def test_class_sums_are_those_of_the_original(original):
    assert sorted(original) == [sums.label for sums in SUMS]
    for sums in SUMS:
        pupils = original[sums.label]
        assert {row["texp"] for row in pupils} == {sums.texp}
        assert {name: sums_of(pupils, name) for name in PRODUCTS} == {
            name: getattr(sums, name) for name in PRODUCTS
        }


def test_no_popularity_is_copied_from_the_original(original, classes):
    for label, pupils in classes.items():
        taken = [row["popular"] for row in original[label]]
        nearest = min(abs(Fraction(row["popular"]) - value) for row in pupils for value in taken)
        assert nearest > COPY_TOLERANCE, label
