"""The study file: what it may say, and how it refuses the rest."""

import dataclasses

import pytest

from analysis.errors import StudyError
from analysis.study.selection import GroupSelection
from analysis.study.studyfile import parse_study, read_study

STUDY = """
title = "Popularity"
[data]
table = "pupils.csv"
group = "class"
groups = "1-15"
[model]
outcome = "popular"
slope = "extrav"
covariates = ["sex"]
group_covariates = ["texp"]
[labels]
popular = "Popularity"
[units]
texp = "years"
"""


@pytest.fixture
def write(tmp_path):
    def write(text):
        path = tmp_path / "study.toml"
        path.write_text(text, encoding="utf-8")
        return path

    return write


def test_reads_every_key(write):
    path = write(STUDY)
    study = read_study(path)
    assert study.title == "Popularity"
    assert study.table == path.parent / "pupils.csv"
    assert study.dataset is None
    assert study.groups.names == tuple(str(i) for i in range(1, 16))
    assert study.columns == ("class", "popular", "extrav", "sex", "texp")
    assert (study.label("popular"), study.label("sex")) == ("Popularity", "sex")
    assert (study.unit("texp"), study.unit("sex")) == ("years", "")


def test_a_table_of_invented_rows_says_so(write):
    assert not read_study(write(STUDY)).synthetic
    invented = STUDY.replace('group = "class"', 'synthetic = true\ngroup = "class"')
    assert read_study(write(invented)).synthetic
    # In the place of the table the original, whose rows are real.
    original = invented.replace('table = "pupils.csv"', 'dataset = "popular2"')
    assert not read_study(write(original)).synthetic
    with pytest.raises(StudyError, match=r"synthetic is 'yes'; write true or false"):
        read_study(write(invented.replace("= true", '= "yes"')))


def test_the_mark_that_some_editors_begin_a_file_with_is_no_part_of_it(write):
    path = write(STUDY)
    study = read_study(path)
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes())
    assert read_study(path) == study


def test_optional_keys_may_be_left_out(write):
    lines = [
        line for line in STUDY.splitlines() if not line.startswith(("cov", "group_cov", "tit"))
    ]
    study = read_study(write("\n".join(lines).replace('groups = "1-15"\n', "")))
    assert (study.covariates, study.group_covariates) == ((), ())
    assert study.title == "study"
    assert study.groups.everything


def test_is_frozen(write):
    study = read_study(write(STUDY))
    with pytest.raises(dataclasses.FrozenInstanceError):
        study.title = "another"


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("all", GroupSelection()),
        ("3-5", GroupSelection(names=("3", "4", "5"))),
        (["a", "b"], GroupSelection(names=("a", "b"))),
        ([1, 2], GroupSelection(names=("1", "2"))),
        ({"random": 15, "seed": 7}, GroupSelection(random=15, seed=7)),
        ({"random": 15}, GroupSelection(random=15, seed=1)),
    ],
)
def test_groups_have_four_forms(value, expected):
    assert GroupSelection.parse(value) == expected


@pytest.mark.parametrize(
    "value",
    ["5-3", "some", 7, [], [1, 1], [1.5], [True], {"random": 0}, {"random": "3"}, {"radnom": 3},
     {"random": True}, {"random": 3, "seed": True}, {"random": 3, "seed": "x"},
     {"random": 3, "sed": 1}, None],
)  # fmt: skip
def test_other_forms_of_groups_are_refused(value):
    with pytest.raises(ValueError, match="write"):
        GroupSelection.parse(value)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("[data]", "[date]", "unknown key 'date'; did you mean 'data'?"),
        ("slope =", "slop =", "[model] has an unknown key 'slop'; did you mean 'slope'?"),
        ('group = "class"', "", "[data] lacks the key group"),
        ('table = "pupils.csv"', "", "either table (a file) or dataset"),
        ('group = "class"', 'group = "class"\ndataset = "popular2"', "and not both"),
        ('table = "pupils.csv"', 'dataset = "popular3"', "known: popular2"),
        (
            "pupils.csv",
            "pupils.xls",
            "a file that ends in .csv, .tsv, .txt, .parquet, .sav, .dta, .xlsx",
        ),
        ('"extrav"', '"extrav`"', "without back-ticks and line ends, and without blanks around it"),
        ('"extrav"', '" extrav"', "give it another under [columns]"),
        ('"extrav"', '"a\\nb"', "give it another under [columns]"),
        ('"extrav"', '""', "slope names the column ''"),
        ('"extrav"', '"Intercept"', "slope names the column 'Intercept', as the models call"),
        ('["texp"]', '["Intercept"]', "group_covariates names the column 'Intercept'"),
        ('"popular"', '"Intercept"', "outcome names the column 'Intercept'"),
        ('["sex"]', '"sex"', "write a list of columns"),
        ('["sex"]', '["extrav"]', "column 'extrav' has two roles"),
        ('texp = "years"', "texp = 3", "[units] must hold a text per column"),
        ('texp = "years"', f'texp = "{"year " * 101}"', "of 505 characters; write 500 at most"),
        ('title = "Popularity"', "title = 3", "title is 3; write a text"),
        ('"1-15"', '"15-1"', 'write "all", a range'),
        ('"1-15"', '"1-999999999999"', "a range of more than 1,000,000"),
        ('"1-15"', "9" * 5000, "not a TOML file"),
        ('"1-15"', "[" * 5000, "not a TOML file"),
        ("[data]", "[data", "not a TOML file"),
    ],
)
def test_refuses_in_one_line_that_names_the_file(write, old, new, said):
    assert old in STUDY
    path = write(STUDY.replace(old, new, 1))
    with pytest.raises(StudyError) as refusal:
        read_study(path)
    message = str(refusal.value)
    assert said in message
    assert message.startswith(f"{path}: ")
    assert "\n" not in message


def test_refuses_a_missing_file_and_a_folder(tmp_path):
    with pytest.raises(StudyError, match="no such study file"):
        read_study(tmp_path / "none.toml")
    with pytest.raises(StudyError, match="cannot read the study file"):
        read_study(tmp_path)


def test_a_text_that_is_no_toml_is_refused_by_the_name_of_its_file(tmp_path):
    with pytest.raises(StudyError, match=r"study.toml: not a TOML file: .*line 1"):
        parse_study(tmp_path / "study.toml", "title = =")


def test_a_study_file_in_another_encoding_is_refused(tmp_path):
    path = tmp_path / "study.toml"
    path.write_bytes('title = "größe"'.encode("latin-1"))
    with pytest.raises(StudyError, match=r"study.toml: not UTF-8 at byte 11; save it as UTF-8"):
        read_study(path)
