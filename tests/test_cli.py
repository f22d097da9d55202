"""The command line: what it prints, what it refuses, and what it leaves alone when it does."""

import json
import os
import shlex
import shutil
import subprocess
import sys
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread

import numpy as np
import pandas as pd
import pyreadstat
import pytest

from analysis import __main__ as cli
from analysis import build as building
from analysis.output import project as places
from analysis.output.artifacts import write
from analysis.output.project import Project

STUDY = """
title = "Ratings"
[data]
table = "pupils.csv"
group = "class"
groups = "all"
[model]
outcome = "popular"
slope = "extrav"
covariates = ["sex"]
group_covariates = ["texp"]
[labels]
extrav = "Extraversion"
"""


def pupils():
    """Return 8 classes of 9 pupils, in which nothing is wrong."""
    rng = np.random.default_rng(8)
    classes = np.repeat(np.arange(1, 9), 9)
    extrav = rng.integers(1, 11, 72)
    sex = rng.integers(0, 2, 72)
    intercept, slope = rng.normal(2, 1, 9)[classes], rng.normal(0.5, 0.3, 9)[classes]
    return pd.DataFrame(
        {
            "class": classes,
            "popular": intercept + slope * extrav + sex + rng.normal(0, 0.8, 72),
            "extrav": extrav,
            "sex": sex,
            "texp": rng.integers(2, 26, 9)[classes],
        }
    )


def put(frame, path):
    """Write a table in the format of its name."""
    match path.suffix:
        case ".csv":
            frame.to_csv(path, index=False)
        case ".parquet":
            frame.to_parquet(path)
        case ".sav":
            pyreadstat.write_sav(frame, str(path))


def everything(folder):
    """Return what stands below a folder: bytes of files, None for folders."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes() if path.is_file() else None
        for path in sorted(folder.rglob("*"))
    }


@pytest.fixture
def project(tmp_path, monkeypatch):
    """Return a project with a study in which nothing is wrong, and artifacts of an earlier one."""
    (tmp_path / "_quarto.yml").touch()
    (tmp_path / "report").mkdir()
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "popularity.toml").write_text(STUDY, encoding="utf-8")
    put(pupils(), tmp_path / "data" / "pupils.csv")
    write(Project(tmp_path), {"results.json": b"{}"}, {"n": "1"}, "an earlier study")
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv(building.STUDY_VARIABLE, raising=False)
    return tmp_path


def run(capsys, *arguments):
    """Run the command line; return its exit status and what it printed."""
    try:
        status = cli.main(arguments)
    except SystemExit as stop:
        status = stop.code
    printed = capsys.readouterr()
    return status, printed.out, printed.err


@dataclass(frozen=True)
class Bad:
    """A defect, and the words that must name it: file, column, found, what to do."""

    says: tuple[str, ...]
    study: dict[str, str] = field(default_factory=dict)
    table: object = None
    name: str = "pupils.csv"


def column(name, value, rows=(4,)):
    """Return the table with some values of a column replaced."""
    frame = pupils().astype({name: object})
    frame.loc[list(rows), name] = value
    return frame


def csv():
    """Return the table as the bytes of its file."""
    return pupils().to_csv(index=False, lineterminator="\n").encode()


IN_STUDY = "popularity.toml"
IN_TABLE = "pupils.csv"

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
    "unknown suffix": Bad((IN_STUDY, "'pupils.xlsx'", ".csv, .parquet, .sav"), {".csv": ".xlsx"}),
    "title is a number": Bad((IN_STUDY, "title is 5", "in quotes"), {'"Ratings"': "5"}),
    "column name is code": Bad(
        (IN_STUDY, "'log(extrav)'", "letters, digits and underscores"),
        {'"extrav"': '"log(extrav)"'},
    ),
    "column twice": Bad((IN_STUDY, "'extrav' has two roles"), {'["sex"]': '["sex", "extrav"]'}),
    "covariates is a text": Bad((IN_STUDY, "covariates is 'sex'", "a list"), {'["sex"]': '"sex"'}),
    "groups upside down": Bad((IN_STUDY, "groups is '15-1'", '"1-15"'), {'"all"': '"15-1"'}),
    "groups negative": Bad((IN_STUDY, "random = 15"), {'"all"': "{random = -3}"}),
    # The table.
    "table missing": Bad((IN_TABLE, "no such table", "key table"), {"pupils.csv": "no-pupils.csv"}),
    "table is a folder": Bad(("data.csv", "cannot be read"), {"pupils.csv": "../data.csv"}),
    "empty file": Bad((IN_TABLE, "cannot be read as a .csv table"), table=b""),
    "header only": Bad((IN_TABLE, "has no rows"), table=pupils().iloc[:0]),
    "damaged csv": Bad((IN_TABLE, "cannot be read as a .csv table"), table=b'a,b\n1,"2\n'),
    "more fields than names": Bad(
        (IN_TABLE, "data row 1 has more fields", "names 5 columns", "in the header"),
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
        (IN_TABLE, "'popular' holds '4,5' in data row 5", "2 such values"),
        table=column("popular", "4,5", rows=(4, 6)),
    ),
    "infinity": Bad((IN_TABLE, "'popular' holds 'inf'"), table=column("popular", "inf")),
    "no group": Bad(
        (IN_TABLE, "'class' has no value in data row 5", "needs a group"),
        table=column("class", None),
    ),
    "unknown group": Bad((IN_TABLE, "no group 9, 10", IN_STUDY, "1 to 8"), {'"all"': '"7-10"'}),
    "too many random groups": Bad(
        (IN_TABLE, "asks for 15 random groups", "has 8"), {'"all"': "{random = 15}"}
    ),
    "one class": Bad((IN_TABLE, "'class' has 1 group", "at least 2"), {'"all"': "[3]"}),
    "outcome all missing": Bad(
        (IN_TABLE, "'class' has 0 group"), table=pupils().assign(popular=None)
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


def test_refuses_a_report_whose_models_cannot_be_compared(project, capsys):
    put(column("texp", None, rows=range(9)), project / "data" / "pupils.csv")
    before = everything(project)
    status, _, err = run(capsys)
    assert status == 2
    assert err.count("\n") == 1
    assert err.startswith("error: cannot test m2 against m3")
    assert "72 rows" in err
    assert "63" in err
    assert everything(project) == before

    status, out, err = run(capsys, "fit", "data/popularity.toml", "--json")
    assert status == 0
    assert json.loads(out)["comparison"] is None
    assert "note: cannot test m2 against m3" in err
    assert "column 'texp' lacks 9 values" in err


def _small_artifacts(_results, _figures):
    return {"results.json": b"{}", "figures/pooling.svg": b"<svg/>"}, {"n": "72"}


def test_refuses_a_target_that_cannot_be_written(project, capsys, monkeypatch):
    monkeypatch.setattr(building, "_artifacts", _small_artifacts)
    shutil.rmtree(project / "report")
    (project / "report").write_text("a file where a folder should be")
    before = everything(project)
    status, out, err = run(capsys)
    assert (status, out, err.count("\n")) == (2, "", 1)
    assert "report: cannot be written" in err
    assert "check the folder's permissions" in err
    assert everything(project) == before


@pytest.mark.parametrize(
    "interruption", [KeyboardInterrupt, OSError(28, "No space left on device")]
)
def test_an_interrupted_build_leaves_the_last_good_artifacts(
    project, capsys, monkeypatch, interruption
):
    monkeypatch.setattr(building, "_artifacts", _small_artifacts)
    before = everything(project)
    whole = Path.write_bytes

    def interrupted(path, data):
        whole(path, data[: len(data) // 2])
        raise interruption

    with monkeypatch.context() as patched:
        patched.setattr(Path, "write_bytes", interrupted)
        status, _, err = run(capsys)
    assert status == (130 if interruption is KeyboardInterrupt else 2)
    assert err.count("\n") == 1
    assert everything(project) == before


def test_builds_again_only_when_something_has_changed(project, capsys, monkeypatch):
    monkeypatch.setattr(building, "_artifacts", _small_artifacts)
    study, table = project / "data" / "popularity.toml", project / "data" / "pupils.csv"

    def builds():
        status, out, err = run(capsys)
        assert (status, err) == (0, "")
        return "up to date" not in out

    assert builds()
    assert not builds()
    study.write_text(STUDY + "sex = 'Gender'\n", encoding="utf-8")
    assert builds()
    put(pupils().iloc[:-1], table)
    assert builds()
    code = project / "elsewhere" / "analysis"
    code.mkdir(parents=True)
    with monkeypatch.context() as patched:
        patched.setattr(places, "CODE", code)
        assert builds()
        (code / "pooling.py").write_text("# another rule")
        assert builds()
    assert builds()
    (project / "requirements").mkdir()
    (project / "requirements" / "report.txt").write_text("numpy==3")
    assert builds()
    (project / "report" / "_artifacts" / "results.json").unlink()
    assert builds()
    assert not builds()


def test_the_study_of_the_report_can_be_named_by_the_environment(project, capsys, monkeypatch):
    monkeypatch.setattr(building, "_artifacts", _small_artifacts)
    (project / "data" / "popularity.toml").rename(project / "data" / "other.toml")
    monkeypatch.setenv(building.STUDY_VARIABLE, "data/other.toml")
    status, out, _ = run(capsys)
    assert (status, out) == (0, f"{Path('report', '_artifacts')}: 2 files from other.toml\n")


def test_another_path_to_the_same_study_changes_nothing(project, capsys, monkeypatch):
    """Quarto's build and one with the study named made each other's artifacts out of date."""
    monkeypatch.setattr(building, "_artifacts", _small_artifacts)
    assert "2 files" in run(capsys)[1]
    assert "up to date" in run(capsys, "build", "data/popularity.toml")[1]
    assert "up to date" in run(capsys)[1]


def test_the_artifacts_may_be_on_another_drive(project, capsys, monkeypatch):
    def relpath(_path):
        msg = "path is on mount 'D:', start on mount 'C:'"
        raise ValueError(msg)

    monkeypatch.setattr(building, "_artifacts", _small_artifacts)
    monkeypatch.setattr(building.os.path, "relpath", relpath)
    status, out, err = run(capsys)
    assert (status, err) == (0, "")
    assert out.startswith(f"{project / 'report' / '_artifacts'}: 2 files")


def test_refuses_to_build_outside_a_project(project, capsys, monkeypatch):
    installed = project / "packages" / "analysis"
    monkeypatch.setattr(places, "CODE", installed)
    (project / "_quarto.yml").unlink()
    before = everything(project)
    status, out, err = run(capsys)
    assert (status, out, err.count("\n")) == (2, "", 1)
    assert err.startswith(f"error: {project.resolve()}: no _quarto.yml here or above")
    assert everything(project) == before


FIT_KEYS = {
    "fixed_effects",
    "standard_errors",
    "random_covariance",
    "residual_variance",
    "log_likelihood",
    "criterion",
    "aic",
    "bic",
    "n_parameters",
    "n_observations",
    "n_groups",
    "singular",
    "group_effects",
}
ROW_KEYS = ["model", "npar", "AIC", "BIC", "logLik", "deviance", "Chisq", "Df", "p", "p_boundary"]


def fitted(capsys, project, text=STUDY):
    """Return the results of a study as JSON, and the notes on it."""
    study = project / "data" / "study.toml"
    study.write_text(text, encoding="utf-8")
    status, out, err = run(capsys, "fit", str(study), "--json")
    assert status == 0
    return json.loads(out), err


def test_fit_prints_results_of_the_contract(project, capsys):
    results, err = fitted(capsys, project)
    assert err == ""
    assert list(results) == ["data", "pooling", "models", "comparison"]
    assert list(results["data"]) == ["source", "sha256", "n_observations", "n_groups"]
    assert (results["data"]["source"], results["data"]["n_groups"]) == ("pupils.csv", 8)
    assert list(results["pooling"]) == ["complete", "none"]
    assert set(results["pooling"]["none"]) == {str(group) for group in range(1, 9)}
    assert list(results["pooling"]["complete"]) == ["intercept", "slope"]
    assert list(results["models"]) == ["m1", "m2", "m3"]
    for model in results["models"].values():
        assert list(model) == ["formula", "REML", "ML"]
        for fit in (model["REML"], model["ML"]):
            assert set(fit) == FIT_KEYS
            assert next(iter(fit["fixed_effects"])) == "Intercept"
            assert list(fit["standard_errors"]) == list(fit["fixed_effects"])
            assert isinstance(fit["singular"], bool)
    assert [list(row) for row in results["comparison"]] == [ROW_KEYS] * 3
    assert results["comparison"][0]["Chisq"] is None
    assert results["comparison"][2]["p_boundary"] is None


def test_fit_prints_every_digit_and_always_the_same_bytes(project, capsys):
    first = run(capsys, "fit", "data/popularity.toml", "--json")
    assert first == run(capsys, "fit", "data/popularity.toml", "--json")
    again = json.dumps(json.loads(first[1]), ensure_ascii=False, indent=1) + "\n"
    assert again == first[1]


def test_fit_prints_a_table_for_people(project, capsys):
    status, out, err = run(capsys, "fit", "data/popularity.toml")
    assert (status, err) == (0, "")
    assert "Ratings: 72 rows in 8 groups, from pupils.csv" in out
    assert "m3: popular ~ extrav + sex + texp + (1 + extrav | class)" in out


def test_fit_leaves_the_artifacts_alone(project, capsys):
    before = everything(project)
    assert run(capsys, "fit", "data/popularity.toml", "--json")[0] == 0
    assert everything(project) == before


def test_rows_without_an_outcome_are_dropped_counted_and_said(project, capsys):
    put(column("popular", None, rows=(3, 4, 40)), project / "data" / "pupils.csv")
    results, err = fitted(capsys, project)
    assert results["data"]["n_observations"] == 69
    assert err == "note: pupils.csv: 3 of 72 rows have no 'popular' and are dropped\n"


def test_a_class_of_one_pupil_is_kept_and_said(project, capsys):
    put(pupils().iloc[8:], project / "data" / "pupils.csv")
    results, err = fitted(capsys, project)
    assert results["pooling"]["none"]["1"]["slope"] is None
    assert "1" in results["models"]["m2"]["REML"]["group_effects"]
    assert "one row only in class 1" in err


@pytest.mark.parametrize("keys", ['group_covariates = ["texp"]\n', '"texp"'])
def test_without_group_covariates_there_is_no_third_model(project, capsys, keys):
    results, _ = fitted(capsys, project, STUDY.replace(keys, ""))
    assert list(results["models"]) == ["m1", "m2"]
    assert [row["model"] for row in results["comparison"]] == ["m1", "m2"]


def test_a_study_may_have_one_predictor_only(project, capsys):
    text = STUDY.replace('covariates = ["sex"]\ngroup_covariates = ["texp"]', "")
    results, _ = fitted(capsys, project, text)
    assert list(results["models"]["m2"]["ML"]["fixed_effects"]) == ["Intercept", "extrav"]


@pytest.mark.parametrize("suffix", [".parquet", ".sav"])
def test_other_formats_give_the_same_results(project, capsys, suffix):
    put(pupils(), project / "data" / f"pupils{suffix}")
    expected, _ = fitted(capsys, project)
    results, _ = fitted(capsys, project, STUDY.replace(".csv", suffix))
    assert results["data"].pop("source") == f"pupils{suffix}"
    del expected["data"]["source"], expected["data"]["sha256"], results["data"]["sha256"]
    assert results == expected


def test_a_comma_at_the_end_of_every_row_changes_nothing(project, capsys):
    """Read as a field, it moved every name to its neighbour's values."""
    expected, _ = fitted(capsys, project)
    table = project / "data" / "pupils.csv"
    table.write_bytes(csv().replace(b"\n", b",\n").replace(b"texp,\n", b"texp\n"))
    results, err = fitted(capsys, project)
    assert err == ""
    del expected["data"]["sha256"], results["data"]["sha256"]
    assert results == expected


def test_a_singular_fit_is_said(project, capsys):
    frame = pupils()
    rng = np.random.default_rng(2)
    put(frame.assign(popular=rng.normal(5, 1, len(frame))), project / "data" / "pupils.csv")
    results, err = fitted(capsys, project)
    assert results["models"]["m2"]["ML"]["singular"]
    assert "note: m2: the ML fit is singular" in err


def process(project, root, command, **environment):
    """Run a command in a shell that has ours as functions; return its outcome in bytes."""
    executable, prerender = map(shlex.quote, (sys.executable, str(root / "analysis/prerender.py")))
    return subprocess.run(
        f'analysis() {{ {executable} -m analysis "$@"; }}\n'
        f"prerender() {{ {executable} {prerender}; }}\n{command}",
        shell=True,
        cwd=project,
        env={**os.environ, "PYTHONPATH": str(root), **environment},
        capture_output=True,
        check=False,
    )


@pytest.mark.parametrize("encoding", ["cp1252", "ascii"])
def test_a_title_that_the_terminal_cannot_show_is_no_obstacle(project, root, encoding):
    (project / "data" / "Łódź.toml").write_text(STUDY.replace("Ratings", "Łódź ☃"), "utf-8")
    done = process(project, root, "analysis fit data/Łódź.toml", PYTHONIOENCODING=encoding)
    assert (done.returncode, done.stderr) == (0, b"")
    title = "Łódź ☃".encode(encoding, "backslashreplace")
    assert done.stdout.startswith(title)


def test_json_is_utf_8_wherever_it_goes(project, root, capsys):
    table = pupils().astype({"class": str}).replace({"class": {"1": "Łódź ☃"}})
    put(table, project / "data" / "pupils.csv")
    results, _ = fitted(capsys, project)
    command = "analysis fit data/popularity.toml --json"
    done = process(project, root, command, PYTHONIOENCODING="cp1252")
    assert (done.returncode, done.stderr) == (0, b"")
    assert json.loads(done.stdout.decode("utf-8")) == results
    assert "Łódź ☃" in results["pooling"]["none"]


def test_says_what_it_built_in_any_encoding(project, root):
    """The artifacts were there, and the last line was a traceback."""
    study = project / "data" / "Łódź.toml"
    (project / "data" / "popularity.toml").rename(study)
    done = process(project, root, "analysis build data/Łódź.toml", PYTHONIOENCODING="ascii")
    assert (done.returncode, done.stderr) == (0, b"")
    assert done.stdout.rstrip().endswith(rb" files from \u0141\xf3d\u017a.toml")


needs_shell = pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no /dev/full")


@needs_shell
@pytest.mark.parametrize(
    ("command", "target", "reason"),
    [
        ("fit data/popularity.toml", "/dev/full", b"No space left on device"),
        ("fit data/popularity.toml --json", "/dev/full", b"No space left on device"),
        ("fit data/popularity.toml", "&-", b"it is closed"),
    ],
)
def test_refuses_an_output_that_cannot_be_written(project, root, command, target, reason):
    done = process(project, root, f"analysis {command} >{target}")
    assert (done.returncode, done.stdout) == (2, b"")
    said = b"error: standard output: cannot be written (%s); send it elsewhere\n" % reason
    assert done.stderr == said


@needs_shell
def test_refuses_an_output_that_cannot_be_written_after_a_build(project, root):
    for _ in ("built", "up to date"):
        done = process(project, root, "analysis >/dev/full")
        assert (done.returncode, done.stdout, done.stderr.count(b"\n")) == (2, b"", 1)
        assert done.stderr.startswith(b"error: standard output: cannot be written (No space")
        assert b"pupils.csv" in (project / "report/_artifacts/results.json").read_bytes()


@needs_shell
def test_a_reader_who_has_enough_is_no_error(project, root):
    done = process(project, root, "analysis fit data/popularity.toml --json | head -c 1")
    assert (done.returncode, done.stdout, done.stderr) == (0, b"{", b"")


@needs_shell
@pytest.mark.parametrize("target", ["&-", "/dev/full"])
def test_without_standard_error_notes_do_not_get_into_the_json(project, root, target):
    put(column("popular", None), project / "data" / "pupils.csv")
    done = process(project, root, f"analysis fit data/popularity.toml --json 2>{target}")
    assert done.returncode == 0
    assert json.loads(done.stdout)["data"]["n_observations"] == 71


@pytest.mark.parametrize("command", ["analysis", "analysis build", "prerender"])
def test_an_interrupt_before_anything_has_begun_is_silent(project, root, command):
    early = project / "early"
    early.mkdir()
    (early / "tomllib.py").write_text("raise KeyboardInterrupt")
    path = os.pathsep.join(map(str, (early, root)))
    done = process(project, root, command, PYTHONPATH=path)
    assert (done.returncode, done.stdout, done.stderr) == (130, b"", b"")


@pytest.fixture
def cache(tmp_path, monkeypatch):
    """Return an empty cache for downloads."""
    cache = tmp_path / "cache"
    monkeypatch.setenv("MULTILEVEL_REPORT_CACHE", str(cache))
    return cache


@pytest.mark.parametrize("command", [["fetch"], ["fit", "study.toml"]])
def test_refuses_a_file_with_another_hash(tmp_path, cache, monkeypatch, capsys, command):
    wrong = tmp_path / "wrong.sav"
    wrong.write_bytes(b"not popular2")
    monkeypatch.setenv("POPULAR2_MIRROR", str(wrong))
    monkeypatch.chdir(tmp_path)
    text = STUDY.replace('table = "pupils.csv"', 'dataset = "popular2"')
    (tmp_path / "study.toml").write_text(text, encoding="utf-8")
    status, out, err = run(capsys, *command)
    assert (status, out, err.count("\n")) == (2, "", 1)
    assert "wrong.sav: not the popular2.sav that the report needs" in err
    assert "55132826114f" in err
    assert not list(cache.glob("*"))


def test_refuses_a_mirror_that_is_not_there(tmp_path, cache, monkeypatch, capsys):
    monkeypatch.setenv("POPULAR2_MIRROR", str(tmp_path / "none.sav"))
    status, out, err = run(capsys, "fetch")
    assert (status, out, err.count("\n")) == (2, "", 1)
    assert "none.sav: cannot be fetched (No such file or directory)" in err
    assert "POPULAR2_MIRROR" in err
    assert not list(cache.glob("*"))


def test_refuses_a_host_that_cannot_be_reached(cache, monkeypatch, capsys):
    monkeypatch.setenv("POPULAR2_MIRROR", "http://127.0.0.1:9/popular2.sav")
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    status, out, err = run(capsys, "fetch")
    assert (status, out, err.count("\n")) == (2, "", 1)
    assert "http://127.0.0.1:9/popular2.sav: cannot be fetched" in err
    assert "connect to the network" in err
    assert not list(cache.glob("*"))


def test_says_what_a_host_answers(cache, monkeypatch, capsys):
    class NotFound(BaseHTTPRequestHandler):
        def do_GET(self):
            self.send_error(404)

        def log_message(self, *_):
            pass

    with HTTPServer(("127.0.0.1", 0), NotFound) as server:
        Thread(target=server.serve_forever).start()
        address = f"http://127.0.0.1:{server.server_port}/popular2.sav"
        monkeypatch.setenv("POPULAR2_MIRROR", address)
        monkeypatch.setenv("NO_PROXY", "127.0.0.1")
        status, out, err = run(capsys, "fetch")
        server.shutdown()
    assert (status, out, err.count("\n")) == (2, "", 1)
    assert f"{address}: cannot be fetched (HTTP status 404 Not Found); connect" in err
    assert not list(cache.glob("*"))


@pytest.mark.parametrize("scheme", ["file", "FTP", "C"])
def test_refuses_a_mirror_of_another_scheme(cache, monkeypatch, capsys, scheme):
    """It said that the file was not the right one."""
    monkeypatch.setenv("POPULAR2_MIRROR", f"{scheme}:///x.sav")
    status, out, err = run(capsys, "fetch")
    assert (status, out, err.count("\n")) == (2, "", 1)
    assert err.startswith(f"error: {scheme}:///x.sav: POPULAR2_MIRROR cannot be a {scheme}://")
    assert "path of a copy" in err


def test_refuses_an_address_without_a_host(cache, monkeypatch, capsys):
    monkeypatch.setenv("POPULAR2_MIRROR", "https://")
    status, out, err = run(capsys, "fetch")
    assert (status, out, err.count("\n")) == (2, "", 1)
    assert err.startswith("error: https://: cannot be fetched (InvalidURL)")


def test_refuses_a_cache_that_cannot_be_written(tmp_path, monkeypatch, capsys, original):
    (tmp_path / "file").touch()
    monkeypatch.setenv("MULTILEVEL_REPORT_CACHE", str(tmp_path / "file" / "cache"))
    status, out, err = run(capsys, "fetch")
    assert (status, out, err.count("\n")) == (2, "", 1)


def test_fetches_the_original_and_says_where_it_is(original, capsys):
    status, out, err = run(capsys, "fetch")
    assert (status, err) == (0, "")
    assert Path(out.rstrip("\n")).read_bytes() == original.read_bytes()


def built(root, folder, study, *arguments, seed):
    """Build artifacts in a process of its own; return its outcome and what it made."""
    shutil.copytree(root / "data", folder / "data")
    (folder / "_quarto.yml").touch()
    for name, text in study.items():
        (folder / "data" / name).write_text(text, encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-m", "analysis", *arguments],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(root), "PYTHONHASHSEED": seed},
        capture_output=True,
        text=True,
        check=False,
    )
    return done, everything(folder)


def test_a_build_makes_the_same_bytes_in_every_folder(root, tmp_path):
    done, made = built(root, tmp_path / "here", {}, seed="1")
    assert (done.returncode, done.stderr) == (0, "")
    assert {"figures", "tables", "visualization"} <= {
        Path(name).parts[2] for name in made if name.startswith("report/_artifacts/")
    }
    _, again = built(root, tmp_path / "there", {}, seed="2")
    assert [name for name in made if made[name] != again[name]] == []
    assert list(made) == list(again)
    for data in made.values():
        assert str(tmp_path).encode() not in (data or b"")


OTHER = (
    STUDY.replace("pupils.csv", "popularity.csv")
    .replace('"all"', "{random = 4, seed = 3}")
    .replace('group_covariates = ["texp"]', "")
)


def test_a_report_of_other_data_can_be_built(root, tmp_path):
    study = {"other.toml": OTHER}
    done, made = built(root, tmp_path / "other", study, "build", "data/other.toml", seed="1")
    assert done.returncode == 0, done.stderr
    assert made["report/_artifacts/results.json"].count(b'"formula"') == 2
