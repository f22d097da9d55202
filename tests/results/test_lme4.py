"""A study's estimates beside those of lme4: what is matched, and how differences are told."""

import json
import shutil
from dataclasses import replace

import pytest
from html_tables import Reader

from analysis.errors import StudyError
from analysis.prose import reproduction
from analysis.results.agreement import TOLERANCE, agreement
from analysis.results.provenance import PACKAGES, provenance
from analysis.results.results import analyse
from analysis.study.references import read_references, references_file
from analysis.study.studyfile import read_study
from analysis.tables.agreement import agreement as table
from analysis.tables.releases import releases

KINDS = ("effect", "error", "covariance", "residual", "criterion")


@pytest.fixture(scope="module")
def sleep(root):
    return analyse(read_study(root / "data" / "sleep.toml"))


@pytest.fixture(scope="module")
def references(root):
    return {
        name: read_references(root / "data" / f"{name}.toml") for name in ("popularity", "sleep")
    }


@pytest.fixture(scope="module")
def found(results, references):
    return agreement(results, references["popularity"])


def with_lme4(found, change):
    """Return an agreement in which a value of lme4 is changed, in the model m2."""
    changed = [replace(each, lme4=change(each)) for each in found.models["m2"]]
    return replace(found, models={**found.models, "m2": tuple(changed)})


def test_every_model_of_both_studies_is_matched_and_agrees(found, sleep, references):
    for each, names in (
        (found, ("null", "m1", "m2", "m3")),
        (agreement(sleep, references["sleep"]), ("null", "m1", "m2")),
    ):
        assert (each.checked, each.unchecked, each.differing) == (names, (), ())
        # An optimiser that goes by values of the criterion gets half of the digits.
        assert all(each.farthest(kind) < 2e-6 for kind in KINDS)
        assert each.farthest("criterion") < 1e-9


def test_these_are_the_values_of_the_tests_own_oracle(root, references, found):
    """Which were found on the original data, whose sums the twin has."""
    oracle = json.loads((root / "tests/oracle/lme4.json").read_bytes())
    models = oracle["datasets"]["popular2_1_15"]["models"]
    for name, quantities in found.models.items():
        theirs = models[name]["REML"]
        effects = {each.names[0]: each for each in quantities if each.kind == "effect"}
        for column, value in theirs["fixef"].items():
            each = effects[column.strip("()")]
            assert each.lme4 == pytest.approx(value, abs=TOLERANCE * each.scale)
        criterion = next(each for each in quantities if each.kind == "criterion")
        assert criterion.lme4 == pytest.approx(theirs["criterion"], abs=1e-7)


def test_other_rows_or_models_are_not_matched(root, tmp_path, references):
    text = (root / "data" / "popularity.toml").read_text(encoding="utf-8")
    shutil.copy(root / "data" / "popularity.csv", tmp_path)

    def checked(changed):
        path = tmp_path / "popularity.toml"
        path.write_text(changed, encoding="utf-8")
        return agreement(analyse(read_study(path)), references["popularity"])

    assert checked(text.replace('"1-15"', '"1-16"')).checked == ()
    other = checked(text.replace('covariates = ["sex"]', "covariates = []", 1))
    assert other.checked == ("null",)
    assert other.unchecked == ("m1", "m2", "m3")
    said = reproduction.agreement(other, "popularity")
    assert "no values for models 1, 2 and 3 on these rows; `python data/lme4.py popularity`" in said
    assert reproduction.in_brief(other) == (
        "its estimates of the null model have been checked against lme4, the others have not"
    )
    csv = tmp_path / "popularity.csv"
    lines = csv.read_text(encoding="utf-8").splitlines()
    first = lines[1].split(",")
    first[-1] = str(float(first[-1]) + 1e-12)
    csv.write_text("\n".join([lines[0], ",".join(first), *lines[2:]]), encoding="utf-8")
    assert checked(text).checked == ()


def test_without_references_nothing_is_claimed(results):
    none = agreement(results, None)
    assert (none.checked, none.n_checked) == ((), 0)
    assert reproduction.in_brief(none) == (
        "its estimates for these data have not been checked against lme4"
    )
    said = reproduction.agreement(none, "mine")
    assert said.startswith("No values of lme4 are kept with this study, so nothing is compared")
    assert "`python data/lme4.py mine`" in said
    rows = Reader(table(results, none)).texts
    assert rows[2] == ["Constant", "–", "4.68274728", "–"]


def test_a_difference_is_told(found):
    changed = with_lme4(found, lambda each: each.lme4 + 2e-4 * each.scale)
    assert changed.differing == ("m2",)
    assert reproduction.in_brief(changed) == "its estimates of model 2 differ from those of lme4"
    said = reproduction.agreement(changed, "popularity")
    assert said.startswith("**The estimates of model 2 differ from those of lme4**")
    assert "a fixed effect is 0.00020 of its standard error" in said
    near = with_lme4(found, lambda each: each.lme4 + 0.5e-4 * each.scale)
    assert near.differing == ()


def test_the_table_shows_every_quantity(results, found):
    rows = Reader(table(results, found)).texts
    assert rows[0] == ["Quantity", "lme4", "Here", "Difference"]
    assert sum(len(row) == 4 for row in rows[1:]) == found.n_checked == 42
    by_name = {row[0]: row[1:] for row in rows if len(row) == 4}
    assert by_name["Extraversion"][:2] == ["0.517752278", "0.517752279"]
    assert by_name["Deviance (ML)"] == ["689.662065", "689.662065", "0"]
    assert "Covariance of intercepts, slopes of extraversion" in by_name
    headings = [row[0] for row in rows if len(row) == 1]
    assert headings[3] == "Model 3: popular ~ extrav + sex + texp + (1 + extrav | class)"


BAD = {
    "no JSON": "{",
    "no models": '{"lme4": "1", "R": "4"}',
    "a list": "[]",
    "no numbers": '{"lme4": "1", "R": "4", "models": {"m1": {"fingerprint": "x", "REML": 3}}}',
}


@pytest.mark.parametrize("text", BAD.values(), ids=BAD.keys())
def test_what_is_no_reference_is_refused(tmp_path, text):
    study = tmp_path / "mine.toml"
    assert read_references(study) is None
    references_file(study).write_text(text, encoding="utf-8")
    with pytest.raises(StudyError, match=r"mine\.lme4\.json: no reference values .*lme4\.py mine"):
        read_references(study)


def test_an_edited_reference_counts_as_none(results, references):
    known = references["popularity"]
    cut = {
        key: {method: replace(each, standard_errors={}) for method, each in fits.items()}
        for key, fits in known.models.items()
    }
    assert agreement(results, replace(known, models=cut)).checked == ()


def test_releases_are_those_of_the_lock(root):
    made = provenance("9.9", (root / "requirements" / "report.txt").read_bytes())
    names = [release.name for release in made.releases]
    assert names == ["Python", "this project", *PACKAGES]
    assert all(release.pinned for release in made.releases[2:])
    other = provenance("9.9", b"numpy==0.1\npandas==0.2\n")
    assert [release.name for release in other.others] == ["numpy", "pandas"]
    assert reproduction.lock(other).endswith(
        ", but numpy and pandas are of another release here.\n"
    )
    assert Reader(releases(other)).texts[3][2] == "0.1"
    engine = provenance("9.9", b"duckdb==0.1\n", "duckdb")
    assert [release.name for release in engine.releases[2:]] == [*PACKAGES, "duckdb"]
    assert engine.others == (engine.releases[-1],)
    none = provenance("9.9", b"")
    assert reproduction.lock(none).startswith("There is no `requirements/report.txt` here")
    assert none.lock_sha256 == ""


def test_the_commit_is_told():
    assert "`abc`, without a change" in reproduction.commit("abc", changed=False)
    assert "`abc`, **with changes that are not committed**" in reproduction.commit(
        "abc", changed=True
    )
    assert "No commit is known" in reproduction.commit("", changed=False)
