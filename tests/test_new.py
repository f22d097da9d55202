"""A new study in one command: what is proposed, written, refused, and built of it."""

import io
import json
import re
import sys

import numpy as np
import pandas as pd
import pyreadstat
import pytest
from copies import copy_checkout, python, site_of
from hypothesis import given, settings
from hypothesis import strategies as st
from ratings import everything, pupils, run
from report_text import page_text, pdf_text
from wards import foreign, wards

from analysis.errors import DataError
from analysis.output import terminal
from analysis.prose.claims import count_gaps
from analysis.study.proposal import propose, read_whole
from analysis.study.studyfile import read_study


@pytest.fixture
def table(project):
    """Return a table beside the project, with a column of names and one that counts."""
    frame = pupils()
    frame["pupil"] = frame.groupby("class").cumcount() + 1
    frame["track"] = np.where(frame["extrav"] > 6, "loud", np.where(frame["sex"], "mid", "low"))
    path = project / "rated.csv"
    frame.to_csv(path, index=False)
    return path


def proposal(frame, **written):
    return propose(frame, written, "table")


# ------------------------------------------------------------------------------- proposals


def test_roles_are_told_from_the_values(root, table):
    found = propose(read_whole(table).columns, {}, "t")
    assert (found.group, found.outcome, found.slope) == ("class", "popular", "extrav")
    assert (found.covariates, found.group_covariates) == (("sex", "track"), ("texp",))
    assert (found.left_out, found.incomplete) == (("pupil",), False)
    own = propose(read_whole(root / "data" / "popularity.csv").columns, {}, "t")
    assert list(own.written.values()) == ["class", "popular", "extrav", "sex", "texp"]
    nights = propose(read_whole(root / "data" / "sleep.csv").columns, {}, "t")
    assert list(nights.written.values()) == ["person", "sleep", "screen", "caffeine", ""]
    assert nights.incomplete


def test_what_is_given_bears_on_the_rest():
    frame = pupils()
    assert proposal(frame, outcome="extrav").slope == "popular"
    assert proposal(frame, slope="").slope is None
    assert proposal(frame, slope="").covariates == ("extrav", "sex")
    assert proposal(frame, covariates="", group_covariates="").left_out == ("sex", "texp")
    assert proposal(frame, group="texp").group_covariates == ("class",)
    assert proposal(frame, covariates=" sex , ").covariates == ("sex",)


def test_the_finest_groups_are_those_under_which_most_is_constant():
    frame = pupils().assign(school=lambda rows: rows["class"] % 3)
    found = proposal(frame)
    assert (found.group, found.group_covariates) == ("class", ("texp", "school"))


def test_what_counts_rows_has_no_role_and_a_time_has():
    frame = pupils().assign(
        row=range(100, 172),
        code=[f"r{i}" for i in range(72)],
        place=lambda rows: rows.groupby("class").cumcount() + 1,
        same=1.0,
    )
    assert proposal(frame).left_out == ("row", "code", "place", "same")
    frame["day"] = frame.pop("place") - 1
    found = proposal(frame)
    assert found.left_out == ("row", "code", "same")
    assert found.covariates == ("sex", "day")


def test_a_time_with_a_gap_is_no_count_of_rows():
    days = [0, *range(2, 10)]
    frame = pupils().assign(day=days * 8)
    assert "day" in proposal(frame).covariates
    frame["day"] = [*range(1, 10)] * 8
    assert proposal(frame).left_out == ("day",)


def test_the_slope_is_the_strongest_within_groups():
    """Across groups texp, say, may go with the outcome far more."""
    frame = pupils()
    frame["mean"] = 100 * frame["class"] + frame["sex"] + np.arange(72) % 3
    frame["popular"] += 100 * frame["class"]
    assert frame.corr()["popular"]["mean"] > 0.99 > frame.corr()["popular"]["extrav"]
    assert proposal(frame, outcome="popular").slope == "extrav"


@pytest.mark.parametrize(
    ("column", "incomplete"),
    [("popular", True), ("extrav", True), ("texp", True), ("class", False), ("pupil", False)],
)
def test_a_missing_value_counts_in_columns_that_models_use(column, incomplete):
    frame = pupils().assign(pupil=[f"p{i}" for i in range(72)])
    assert not proposal(frame).incomplete
    frame[column] = frame[column].astype(object)
    frame.loc[3, column] = None
    frame = frame.infer_objects()
    found = proposal(frame, outcome="popular", group="class")
    assert found.incomplete is incomplete


def test_texts_of_many_kinds_are_no_category():
    frame = pupils().assign(
        note=[f"n{i % 31}" for i in range(72)], kind=[f"k{i % 6}" for i in range(72)]
    )
    found = proposal(frame)
    assert (found.covariates, found.left_out) == (("sex", "kind"), ("note",))


def test_four_predictors_of_a_level_are_proposed_at_most():
    rng = np.random.default_rng(1)
    frame = pupils().assign(**{f"x{i}": rng.normal(size=72) * 1e-3 for i in range(6)})
    found = proposal(frame, outcome="popular", slope="extrav")
    assert found.covariates == ("sex", "x0", "x1", "x2")


@pytest.mark.parametrize(
    ("written", "message"),
    [
        ({"group": "klass"}, r"^table: no column 'klass'; did you mean 'class'\?$"),
        ({"slope": "qqqq"}, r"^table: no column 'qqqq'; columns: class, popular, extrav, sex, te"),
        ({"group": "sex", "slope": "sex"}, r"^table: column 'sex' has two roles; give each"),
        ({"covariates": "sex, sex"}, r"^table: column 'sex' has two roles"),
    ],
)
def test_what_is_given_must_be_there_once(written, message):
    with pytest.raises(DataError, match=message):
        proposal(pupils(), **written)


@pytest.mark.parametrize(
    ("frame", "message"),
    [
        (pd.DataFrame({"x": np.arange(9) / 7, "y": np.arange(9) / 3}), "no column repeats"),
        (pd.DataFrame({"g": list("aabbcc"), "x": list("xyxyxy")}), "no number varies within 'g'"),
    ],
)
def test_a_table_that_can_be_no_study_is_refused(frame, message):
    with pytest.raises(DataError, match=message):
        proposal(frame)


CELLS = st.one_of(st.none(), st.integers(-2, 9), st.floats(-9, 9))


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.lists(CELLS, min_size=12, max_size=12),
        min_size=2,
        max_size=6,
    )
)
def test_each_column_has_one_role_or_is_left_out(columns):
    frame = pd.DataFrame(
        {f"c{i}": pd.Series(cells, dtype=float) for i, cells in enumerate(columns)}
    )
    try:
        found = proposal(frame)
    except DataError as error:
        refusal = str(error)
    else:
        refusal = ""
    if refusal:
        assert re.match("table: no (column repeats|number varies)", refusal)
        return
    slope = [found.slope] if found.slope else []
    roles = [found.group, found.outcome, *slope, *found.covariates, *found.group_covariates]
    assert sorted([*roles, *found.left_out]) == sorted(frame.columns)
    # What is proposed may be given, and then is what is proposed.
    assert proposal(frame, **found.written) == found


# ---------------------------------------------------------------------------- what is written


def test_a_study_its_documents_and_a_profile_are_written(project, table, capsys):
    before = everything(project)
    status, out, err = run(capsys, "new", "rated", "--table", str(table))
    assert (status, sorted(out.split())) == (
        0,
        [
            "_quarto-rated.yml", "data/rated.csv", "data/rated.toml", "report/rated/checks.qmd",
            "report/rated/further.qmd", "report/rated/index.qmd", "report/rated/reproduce.qmd",
            "report/rated/visualization.qmd",
        ],
    )  # fmt: skip
    assert err.splitlines() == [
        "note: group = class, outcome = popular, slope = extrav, covariates = sex, track, "
        "group_covariates = texp; change it in data/rated.toml",
        "note: nox -s report -- rated --draft builds it, and shows what is to be written",
    ]
    after = everything(project)
    assert {name: after[name] for name in before} == before
    assert after["data/rated.csv"] == table.read_bytes()
    study = read_study(project / "data" / "rated.toml")
    assert (study.title, study.group, study.slope, study.rows) == (
        "Rated", "class", "extrav", "available",
    )  # fmt: skip
    profile = after["_quarto-rated.yml"].decode()
    assert "output-dir: _site-rated" in profile
    assert "- report/rated/*.qmd" in profile
    assert count_gaps(after["report/rated/index.qmd"].decode()) == 10


@pytest.mark.parametrize("kind", [".sav", ".dta", ".xlsx", ".parquet", ".tsv"])
def test_any_table_will_do(project, capsys, kind):
    from tables_on_disk import put

    path = put(pupils(), project / f"Rated pupils{kind}")
    assert run(capsys, "new", "of-pupils", "--table", str(path))[0] == 0
    study = read_study(project / "data" / "of-pupils.toml")
    assert study.table == project / "data" / f"Rated pupils{kind}"
    assert (study.outcome, study.group_covariates) == ("popular", ("texp",))


def test_missing_values_ask_for_complete_rows(project, capsys):
    frame = pupils()
    frame.loc[[3, 40], "sex"] = np.nan
    frame.to_csv(project / "gaps.csv", index=False)
    assert run(capsys, "new", "gaps", "--table", str(project / "gaps.csv"))[0] == 0
    assert read_study(project / "data" / "gaps.toml").rows == "complete"


def test_documents_alone_of_a_study_that_there_is(project, capsys):
    text = (project / "data" / "popularity.toml").read_text("utf-8")
    short = text[: text.index("[model]")]
    (project / "data" / "means.toml").write_text(
        f'{short}\n[models]\nmeans = "popular ~ texp + (1 | class)"\n', encoding="utf-8"
    )
    status, out, _ = run(capsys, "new", "means")
    assert (status, sorted(out.split())) == (
        0,
        [
            "_quarto-means.yml",
            "report/means/checks.qmd",
            "report/means/index.qmd",
            "report/means/reproduce.qmd",
        ],
    )
    document = (project / "report/means/index.qmd").read_text("utf-8")
    assert "figures/" not in document
    assert "var means.formula" in document
    assert "visualization" not in (project / "_quarto-means.yml").read_text("utf-8")


REFUSALS = {
    "name": (["Rated", "--table", "rated.csv"], "a study cannot be called 'Rated'; write small"),
    "path": (["a/b", "--table", "rated.csv"], "a study cannot be called 'a/b'"),
    "no table": (["rated"], "rated.toml yet; name a table by --table"),
    "no such table": (["x", "--table", "none.csv"], "none.csv: no such table"),
    "no format": (["x", "--table", "x.pdf"], "x.pdf: no table; give a file that ends in .csv"),
    "study": (["popularity", "--table", "rated.csv"], "popularity.toml: is there already"),
    "documents": (["taken", "--table", "rated.csv"], "taken: is there already, and is left"),
    "profile": (["also", "--table", "rated.csv"], "_quarto-also.yml: is there already"),
    "table there": (["x", "--table", "pupils.csv"], "pupils.csv: is there already"),
    "column": (["x", "--table", "rated.csv", "--outcome", "populr"], "did you mean 'popular'?"),
    "text": (
        ["x", "--table", "rated.csv", "--outcome", "track"],
        "rated.csv: column 'track' holds texts, and the outcome is a number",
    ),
    "role alone": (["popularity", "--group-covariates", "texp"], "--group-covariates says what a"),
    "one column": (["x", "--table", "one.csv"], "one.csv: has 1 column; a study needs groups"),
    "twice": (["x", "--table", "twice.csv"], "2 columns are named 'a'"),
    "empty": (["x", "--table", "empty.csv"], "empty.csv"),
    "level 2 varies": (
        ["x", "--table", "rated.csv", "--group-covariates", "extrav", "--slope", ""],
        "'extrav' is a level 2 predictor but varies",
    ),
}


@pytest.mark.parametrize(("arguments", "message"), REFUSALS.values(), ids=REFUSALS.keys())
def test_what_cannot_be_is_refused_in_one_line_and_nothing_written(
    project, table, capsys, arguments, message
):
    (project / "report" / "taken").mkdir()
    (project / "_quarto-also.yml").touch()
    (project / "pupils.csv").write_bytes(table.read_bytes())
    (project / "one.csv").write_text("a\n1\n", encoding="utf-8")
    (project / "twice.csv").write_text("a,a,b\n1,2,3\n1,3,4\n", encoding="utf-8")
    (project / "empty.csv").touch()
    before = everything(project)
    status, out, err = run(capsys, "new", *arguments)
    assert (status, out) == (2, "")
    last = err.splitlines()[-1]
    assert last.startswith("error: ")
    assert message in last
    assert everything(project) == before


# ------------------------------------------------------------------------------- questions


class Terminal(io.StringIO):
    def isatty(self):
        return True


def answered(monkeypatch, *lines):
    monkeypatch.setattr(sys, "stdin", Terminal("".join(f"{line}\n" for line in lines)))
    monkeypatch.setattr(terminal, "at_terminal", lambda: True)
    monkeypatch.setattr("analysis.__main__.at_terminal", lambda: True)


def test_at_a_terminal_the_roles_are_asked_for(project, table, capsys, monkeypatch):
    answered(monkeypatch, "", "pop", "popular", "-", "sex", "")
    status, _, err = run(capsys, "new", "rated", "--table", str(table))
    assert status == 0
    assert "Column of the groups [class]: " in err
    assert "Column of the outcome, a number [popular]: error: " in err
    assert "Predictor whose slope varies over the groups (- for none) [extrav]: " in err
    assert "with commas between (- for none) [extrav, sex, track]: " in err
    study = read_study(project / "data" / "rated.toml")
    assert (study.slope, study.covariates, study.group_covariates) == (None, ("sex",), ("texp",))


def test_what_is_given_is_not_asked_for(project, table, capsys, monkeypatch):
    answered(monkeypatch)
    roles = ["--group", "class", "--outcome", "popular", "--slope", "extrav", "--covariates", ""]
    status, _, err = run(
        capsys, "new", "rated", "--table", str(table), *roles, "--group-covariates", ""
    )
    assert (status, "[" in err) == (0, False)
    assert read_study(project / "data" / "rated.toml").predictors == ("extrav",)


# ----------------------------------------------------------------------------- what is built


@pytest.fixture(scope="module")
def built(root, tmp_path_factory):
    """Build a new study of patients in wards, and its draft, as their author would."""
    folder = copy_checkout(root, tmp_path_factory.mktemp("new"), "report")
    (folder / "data").mkdir()
    frame = wards().rename(columns={"ward_id": "ward"})
    frame["drug"] = frame["drug"].map({0: "usual care", 1: "new drug"})
    frame["night"] = (frame["day"] > 3).astype(int)
    pyreadstat.write_sav(
        frame,
        str(folder / "pain.sav"),
        column_labels={"pain": "pain score"},
        variable_value_labels={"night": {0: "early", 1: "late"}},
    )
    python(
        folder,
        *("-m", "analysis", "new", "ward-study", "--table", "pain.sav"),
        PYTHONPATH=str(root),
    )
    study = folder / "data" / "ward-study.toml"
    words = study.read_text("utf-8").replace('unit = "observation"', 'unit = "patient"')
    study.write_text(words, encoding="utf-8")
    pages = {}
    for draft in ("1", "0"):
        site = site_of(root, folder, "ward-study", MULTILEVEL_REPORT_DRAFT=draft)
        pages[draft] = {
            "page": page_text(site / "index.html"),
            "pdf": pdf_text(site / "index.pdf"),
            "visualization": page_text(site / "visualization.html"),
        }
    return folder, pages


def test_the_report_of_a_new_study_has_no_gap_and_no_foreign_word(built):
    folder, pages = built
    for name, text in pages["0"].items():
        assert not re.search(r"To fill|Draft\.|\?@|\?var|<<|%>|None|\bnan\b", text), name
        assert not foreign(text), name
    text = pages["0"]["page"]
    for heading in ("Introduction", "Goals", "Data", "Research questions", "Analysis", "Comparing"):
        assert heading in text
    assert "each of the patients belongs to a ward" in text
    assert "pain score" in text
    assert "early" in text
    assert json.loads((folder / "report/ward-study/_artifacts/results.json").read_bytes())["models"]


def test_its_draft_shows_every_gap(built):
    folder, pages = built
    source = (folder / "report" / "ward-study" / "index.qmd").read_text("utf-8")
    for name in ("page", "pdf"):
        assert pages["1"][name].count("To fill:") == count_gaps(source) > 8
        assert "What is marked “To fill” is for the author to write." in pages["1"][name]
