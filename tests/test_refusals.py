"""Bad input and bad arguments: one line that says what to do, and nothing is written."""

import os
import subprocess
import sys
from dataclasses import dataclass, field

import pytest
from ratings import STUDY, column, csv, everything, pupils, put, run


@dataclass(frozen=True)
class Bad:
    """A defect, and the words that must name it: file, column, found, what to do."""

    says: tuple[str, ...]
    study: dict[str, str] = field(default_factory=dict)
    table: object = None
    name: str = "pupils.csv"


IN_STUDY = "popularity.toml"
IN_TABLE = "pupils.csv"

POSIX = os.name == "posix"
"""Whether the system says what is wrong with a path; Windows says of most that it is not there."""

BAD = {
    # The study file.
    "not TOML": Bad((IN_STUDY, "not a TOML file", "line"), {"[data]": "[data"}),
    "unknown section": Bad((IN_STUDY, "'modle'", "did you mean 'model'?"), {"[model]": "[modle]"}),
    "unknown key in data": Bad(
        (IN_STUDY, "[data]", "'gruop'", "did you mean 'group'?"), {"group =": "gruop ="}
    ),
    "unknown key in model": Bad(
        (IN_STUDY, "[model]", "'random'", "known: outcome, slope"), {"slope =": "random ="}
    ),
    "section missing": Bad((IN_STUDY, "[data] is missing"), {STUDY: 'title = "Nothing"'}),
    "key missing": Bad(
        (IN_STUDY, "[model] lacks the key outcome", "write the name"), {'outcome = "popular"': ""}
    ),
    "no table": Bad((IN_STUDY, "either table", "or dataset"), {'table = "pupils.csv"': ""}),
    "table and dataset": Bad((IN_STUDY, "not both"), {"group =": 'dataset = "popular2"\ngroup ='}),
    "unknown dataset": Bad(
        (IN_STUDY, "'popular3'", "known: popular2"),
        {'table = "pupils.csv"': 'dataset = "popular3"'},
    ),
    "unknown suffix": Bad(
        (IN_STUDY, "'pupils.ods'", ".csv, .tsv, .txt, .parquet, .sav"), {".csv": ".ods"}
    ),
    "title is a number": Bad((IN_STUDY, "title is 5", "in quotes"), {'"Ratings"': "5"}),
    "column name is code": Bad(
        (IN_TABLE, "no column 'log(extrav)'", "did you mean 'extrav'?"),
        {'"extrav"': '"log(extrav)"'},
    ),
    "column twice": Bad((IN_STUDY, "'extrav' has two roles"), {'["sex"]': '["sex", "extrav"]'}),
    "covariates is a text": Bad((IN_STUDY, "covariates is 'sex'", "a list"), {'["sex"]': '"sex"'}),
    "groups upside down": Bad((IN_STUDY, "groups is '15-1'", '"1-15"'), {'"all"': '"15-1"'}),
    "groups negative": Bad((IN_STUDY, "random = 15"), {'"all"': "{random = -3}"}),
    "rows of a third kind": Bad(
        (IN_STUDY, "rows is 'all'", '"available"', '"complete"'),
        {'groups = "all"': 'groups = "all"\nrows = "all"'},
    ),
    # The table.
    "table missing": Bad((IN_TABLE, "no such table", "key table"), {"pupils.csv": "no-pupils.csv"}),
    "table is a folder": Bad(("data.csv", "cannot be read"), {"pupils.csv": "../data.csv"}),
    "table with a long name": Bad(
        ("x.csv: ", "cannot be read: File name too long; check its name" if POSIX else "; check"),
        {"pupils.csv": f"{'x' * 300}.csv"},
    ),
    "table below a file": Bad(
        (IN_STUDY, "x.csv: ", "Not a directory" if POSIX else "; check"),
        {"pupils.csv": f"{IN_STUDY}/x.csv"},
    ),
    "table with a NUL": Bad(
        (IN_STUDY, "data.table is 'a\\x00.csv'", "U+0000"), {"pupils.csv": "a\\u0000.csv"}
    ),
    "empty file": Bad((IN_TABLE, "cannot be read as a .csv table"), table=b""),
    "header only": Bad((IN_TABLE, "has no rows"), table=pupils().iloc[:0]),
    "damaged csv": Bad((IN_TABLE, "cannot be read as a .csv table"), table=csv() + b'1,2,3,4,"5\n'),
    "more fields than names": Bad(
        (IN_TABLE, "the header has 5 fields, but data row 1 has 6, data row 2 has 6", "67 more"),
        table=csv().replace(b"\n", b",7\n").replace(b"texp,7\n", b"texp\n"),
    ),
    "damaged parquet": Bad(
        ("pupils.parquet", ".parquet table"), name="pupils.parquet", table=b"PAR1"
    ),
    "damaged sav": Bad(
        ("pupils.sav", "a .sav table"), name="pupils.sav", table=b"$FL2 and no more"
    ),
    "column missing": Bad(
        (IN_TABLE, "no column 'popular'", IN_STUDY, "did you mean 'popularity'?"),
        table=pupils().rename(columns={"popular": "popularity"}),
    ),
    "text in a number": Bad(
        (IN_TABLE, "'extrav' holds 'often' in data row 5", "must hold numbers"),
        table=column("extrav", "often"),
    ),
    "decimal comma": Bad(
        (IN_TABLE, "'popular' holds '4,5' in data row 5", "'4,5' in data row 7"),
        table=column("popular", "4,5", rows=(4, 6)),
    ),
    "infinity": Bad((IN_TABLE, "'popular' holds 'inf'"), table=column("popular", "inf")),
    "no group": Bad(
        (IN_TABLE, "'class' has no value in any row", "name the column of groups"),
        table=pupils().assign(**{"class": None}),
    ),
    "unknown group": Bad(
        (IN_TABLE, "asks for group 9, 10", IN_STUDY, "1 to 8"), {'"all"': '"7-10"'}
    ),
    "too many random groups": Bad(
        (IN_TABLE, "asks for 15 random groups", "has 8"), {'"all"': "{random = 15}"}
    ),
    "one class": Bad((IN_TABLE, "'class' has 1 group", "at least 2"), {'"all"': "[3]"}),
    "outcome all missing": Bad(
        (IN_TABLE, "'class' has 0 group"), table=pupils().assign(popular=None)
    ),
    # What no figure can show.
    "control character in a label": Bad(
        (IN_STUDY, "labels.extrav", "U+0007", "take it out"), {"Extraversion": "Extra\\u0007"}
    ),
    "control character in a key": Bad(
        (IN_STUDY, "labels", "U+001B"), {"extrav = ": '"ex\\u001b" = "x"\nextrav = '}
    ),
    "line end in a title": Bad((IN_STUDY, "title", "U+000A"), {'"Ratings"': '"a\\nb"'}),
    "label without end": Bad(
        (IN_STUDY, "labels.extrav", "4,000 characters", "500 at most"), {"Extraversion": "x" * 4000}
    ),
    "control character in a name": Bad(
        (IN_TABLE, "'class' holds 'a\\x0cb' in data row 5", "U+000C"), table=column("class", "a\fb")
    ),
    "name without end": Bad(
        (IN_TABLE, "'class' holds 'yyy", "data row 5", "4,000 characters"),
        table=column("class", "y" * 4000),
    ),
    "control character in a category": Bad(
        (IN_TABLE, "'sex' holds 'a\\x01' in data row 1", "U+0001"),
        table=column("sex", "a\1", rows=range(60)),
    ),
    "group that is read as missing": Bad(
        (IN_TABLE, "asks for group NA", "NA is read as missing", 'names = ["NA"] under [data]'),
        {'"all"': '["NA", "1"]'},
        table=column("class", "NA"),
    ),
    # What no model can use.
    "constant predictor": Bad(
        (IN_TABLE, "'sex' is constant", "leave it out"), table=pupils().assign(sex=1)
    ),
    "constant outcome": Bad((IN_TABLE, "'popular' is constant"), table=pupils().assign(popular=5)),
    "collinear predictors": Bad(
        ("m1", "'sex' is a linear combination of", "'extrav'", "leave one"),
        table=pupils().assign(sex=lambda frame: 3 * frame["extrav"] - 7),
    ),
    "level 2 predictor varies": Bad(
        (IN_TABLE, "'texp'", "varies within class 1", "move it to covariates"),
        table=column("texp", 99),
    ),
    "a row a class": Bad(
        ("m1", "8 rows for 8 random effects", "use larger groups"),
        table=pupils().drop_duplicates("class"),
    ),
}


def defile(project, bad):
    """Bring a defect into the project's study."""
    study = project / "data" / "popularity.toml"
    text = STUDY.replace("pupils.csv", bad.name)
    for right, wrong in bad.study.items():
        assert right in text
        text = text.replace(right, wrong)
    study.write_text(text, encoding="utf-8")
    (project / "data.csv").mkdir()
    target = project / "data" / bad.name
    if isinstance(bad.table, bytes):
        target.write_bytes(bad.table)
    elif bad.table is not None:
        put(bad.table, target)


@pytest.mark.parametrize("command", [["build"], ["fit", "data/popularity.toml", "--json"]])
@pytest.mark.parametrize("bad", BAD.values(), ids=BAD)
def test_refuses_bad_input_in_one_line(project, capsys, bad, command):
    defile(project, bad)
    before = everything(project)
    status, out, err = run(capsys, *command)
    assert status == 2
    assert out == ""
    assert err.startswith("error: ")
    assert err.count("\n") == 1
    assert err.endswith("\n")
    for words in bad.says:
        assert words in err
    assert everything(project) == before


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["build", "data/none.toml"], ("none.toml", "no such study file", "give the path")),
        (["build", "data"], ("data", "cannot read the study file")),
        (["fit"], ("STUDY.toml", "--help")),
        (["fit", "data/popularity.toml", "--jsn"], ("--jsn", "--help")),
        (["draw"], ("'draw'", "'build'", "--help")),
    ],
)
def test_refuses_bad_arguments_in_one_line(project, capsys, arguments, says):
    before = everything(project)
    status, out, err = run(capsys, *arguments)
    assert (status, out, err.count("\n")) == (2, "", 1)
    for words in says:
        assert words in err
    assert everything(project) == before


def test_a_refusal_of_the_process_has_no_traceback(project, root):
    done = subprocess.run(
        [sys.executable, "-m", "analysis", "build", "none.toml"],
        cwd=project,
        env={**os.environ, "PYTHONPATH": str(root)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 2
    assert done.stdout == ""
    assert done.stderr == "error: none.toml: no such study file; give the path of a TOML file\n"
