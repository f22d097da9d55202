"""Study files with odd values in any key: a study comes of each, or one line that refuses it."""

import json
import tomllib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from ratings import STUDY, pupils

from analysis.errors import AnalysisError
from analysis.results.results import Results, analyse
from analysis.study.study import Study
from analysis.study.studyfile import read_study

VALID = tomllib.loads(STUDY) | {
    "words": {"unit": "pupil", "group": "class"},
    "units": {"texp": "years"},
    "columns": {},
}
KEYS = {
    "": ("title", "data", "columns", "model", "models", "labels", "units", "words", "other"),
    "data": (
        "table",
        "dataset",
        "synthetic",
        "group",
        "groups",
        "rows",
        "filter",
        "missing",
        "sheet",
        "decimal",
    ),
    "model": ("outcome", "slope", "covariates", "group_covariates", "references", "cross_level"),
    "models": ("m1", "m2", "data", "ä b"),
    "words": ("unit", "units", "group", "plurals", "regression", "point"),
    "labels": ("extrav", "class", "none"),
    "units": ("sex", "extrav"),
    "columns": ("extrav", "popular", "new"),
}
FORMULAS = (
    "popular ~ extrav + (1 | class)", "popular ~ extrav * texp + (1 + extrav || class)",
    "popular ~ C(sex, 1) + (1 | class)", "popular ~ within(extrav) + (0 + extrav | class)",
    "popular ~ extrav", "popular ~ (1 | class) + (1 | sex)", "~ (1|", "sex ~ popular + (1 | class)",
)  # fmt: skip
odd = st.one_of(
    st.sampled_from([*pupils().columns, "Intercept", "", " ", "`", "1-3", "all", "complete", "\n"]),
    st.sampled_from(["texp > 9 and sex == 1", "texp in ['a']", "1", "pupils.csv", "none.csv"]),
    st.sampled_from(FORMULAS),
    st.booleans(),
    st.integers(-3, 12),
    st.floats(allow_nan=True, width=32),
    st.lists(st.sampled_from([*pupils().columns, "x", 1, 2.5, True]), max_size=4),
    st.dictionaries(
        st.sampled_from(["random", "seed", "sex", "texp"]), st.integers(0, 9), max_size=2
    ),
)
edit = st.sampled_from(sorted(KEYS)).flatmap(
    lambda section: st.tuples(st.just(section), st.sampled_from(KEYS[section]), st.none() | odd)
)


def as_toml(value):
    """Write a value as TOML, dictionaries in one line."""
    if isinstance(value, dict):
        return (
            f"{{{', '.join(f'{as_toml(key)} = {as_toml(each)}' for key, each in value.items())}}}"
        )
    if isinstance(value, list):
        return f"[{', '.join(map(as_toml, value))}]"
    if isinstance(value, bool):
        return str(value).lower()
    return json.dumps(value) if isinstance(value, str) else repr(value)


def edited(edits):
    document = json.loads(json.dumps(VALID))
    for section, key, value in edits:
        inner = document.setdefault(section, {}) if section else document
        if not isinstance(inner, dict):
            continue
        if value is None:
            inner.pop(key, None)
        else:
            inner[key] = value
    return "\n".join(f"{key} = {as_toml(value)}" for key, value in document.items())


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("studies")
    pupils().to_csv(folder / "pupils.csv", index=False)
    return folder


def test_every_study_file_is_a_study_or_refused_in_one_line(folder):
    path = folder / "odd.toml"
    outcomes = set()

    @settings(max_examples=400, deadline=None)
    @given(st.lists(edit, max_size=3))
    def holds(edits):
        path.write_text(edited(edits), encoding="utf-8")
        try:
            study = read_study(path)
            outcomes.add(type(study))
            outcomes.add(type(analyse(study)))
        except AnalysisError as error:
            outcomes.add(AnalysisError)
            [line] = error.lines
            refusal = line
        else:
            refusal = "odd.toml"
        # It says which file, or which model, and never what only its makers understand.
        assert any(name in refusal for name in ("odd.toml", "pupils.csv", "none.csv", "model "))
        assert "Traceback" not in refusal
        assert "0x" not in refusal

    holds()
    assert outcomes == {Study, Results, AnalysisError}
