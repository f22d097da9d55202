"""A ladder of other models goes through every output: roles are asked for, never names."""

import pytest

from analysis.errors import ModelError
from analysis.figures.figures import figures
from analysis.mixed.model import ModelSpec
from analysis.output.artifacts import encode
from analysis.page.page import files
from analysis.prose.alt_texts import alt_texts
from analysis.prose.text import as_text
from analysis.prose.values import values
from analysis.results.ladder import Ladder, Role, Rung, ladder
from analysis.results.record import as_dict
from analysis.results.results import analyse
from analysis.study.studyfile import read_study
from analysis.tables import TABLES
from analysis.tables.regression import regression_latex


def rung(name, fixed=(), slopes=(), role=None):
    spec = ModelSpec(name=name, outcome="popular", fixed=fixed, slopes=slopes, group="class")
    return Rung(spec=spec, role=role)


NULL = rung("null", role=Role.NULL)
PLAIN_NULL = rung("empty")
INTERCEPTS = rung("a", ("extrav",), role=Role.INTERCEPTS)
SLOPES = rung("b", ("extrav", "sex"), ("extrav",), role=Role.SLOPES)
MORE = rung("c", ("extrav", "sex"), ("extrav", "sex"))
LADDERS = {
    "only the null model besides one": (NULL, SLOPES),
    "the null model compared": (PLAIN_NULL, INTERCEPTS, SLOPES),
    "one model": (INTERCEPTS,),
    "more models than roles": (NULL, INTERCEPTS, rung("x", ("extrav", "sex")), SLOPES, MORE),
}


@pytest.fixture(scope="module")
def study(root):
    return read_study(root / "data" / "popularity.toml")


@pytest.fixture(scope="module", params=LADDERS)
def found(study, request):
    return analyse(study, Ladder(rungs=LADDERS[request.param]))


def test_every_output_takes_it(found):
    compared = [name for name in found.models if name != "null"]
    assert [row.model for row in found.comparison] == compared
    printed = as_dict(found)
    assert list(printed["models"]) == list(found.models)
    encode(printed)
    text = as_text(found)
    assert all(f"\n{name}: popular ~ " in text for name in found.models)
    written = values(found)
    assert all(written[name]["formula"].startswith("popular ~ ") for name in found.models)
    assert set(compared) <= written["comparison"].keys()
    for name, figure in figures(found).items():
        assert bool(figure.axes) == (name in found.panels)
        assert alt_texts(found)[name]
    roles = {"random-intercepts": Role.INTERCEPTS, "random-slopes": Role.SLOPES}
    shown = {name for name, role in roles.items() if found.ladder.name(role)}
    assert found.panels.keys() == {"pooling", *shown}
    html = {name: table(found) for name, table in TABLES.items()}
    assert (html["weights"] is None) == (found.fit(Role.INTERCEPTS) is None)
    for name in compared:
        assert f">{name}<" in html["comparison"]
        assert f">{name.upper()}<" in html["regression"]
        assert f"{name.upper()}" in regression_latex(found)
    page = files(found)["visualization/page.html"].decode()
    assert all(f'data-step="{name}"' in page for name in compared)


def test_the_null_model_is_in_the_variances_alone(study):
    found = analyse(study)
    assert list(found.models) == ["null", "m1", "m2", "m3"]
    assert "Null" in TABLES["variances"](found)
    for name in ("comparison", "regression"):
        assert "ull" not in TABLES[name](found)


def test_its_intraclass_correlation_is_lme4s(study):
    """popular ~ 1 + (1 | class) on classes 1 to 15; the share that model 1 leaves is another."""
    icc = as_dict(analyse(study))["icc"]
    assert icc["null"] == pytest.approx(0.2671585, abs=1e-6)
    assert icc["residual"] == pytest.approx(0.4909339, abs=1e-6)


def test_roles_and_names_are_given_once(study):
    with pytest.raises(ValueError, match="have the name 'a'"):
        Ladder(rungs=(INTERCEPTS, INTERCEPTS))
    with pytest.raises(ValueError, match="have the role 'slopes'"):
        Ladder(rungs=(SLOPES, rung("d", ("extrav",), ("extrav",), role=Role.SLOPES)))
    assert ladder(study).role("m3") is Role.LEVEL_2
    assert ladder(study).compared == ("m1", "m2", "m3")


PAIRS = """
[data]
table = "pairs.csv"
group = "couple"
[model]
outcome = "y"
slope = "x"
"""


@pytest.fixture
def pairs(tmp_path):
    """Write two people a couple: fewer rows than random intercepts and slopes."""
    lines = ["couple,x,y"]
    lines += [f"{i // 2},{i * 7 % 11},{(i * 13 % 17) / 4 + i // 2 % 5}" for i in range(60)]
    (tmp_path / "pairs.csv").write_text("\n".join(lines), encoding="utf-8")
    (tmp_path / "pairs.toml").write_text(PAIRS, encoding="utf-8")
    return tmp_path / "pairs.toml"


def test_a_model_that_the_data_cannot_identify_is_left_out_by_name(pairs):
    found = analyse(read_study(pairs))
    assert list(found.models) == ["null", "m1"]
    reason = found.not_fitted["m2"]
    assert "60 rows for 60 random effects of 30 groups" in reason
    assert f"m2 is left out: {reason}" in found.notes
    assert as_dict(found)["not_fitted"] == {"m2": reason}
    assert "m2" not in as_dict(found)["models"]
    assert f"m2: left out: {reason}" in as_text(found)
    assert f"m2 is left out: {reason}" in files(found)["visualization/page.html"].decode()
    assert [row.p for row in found.comparison] == [None]


def test_a_study_without_any_model_is_refused(pairs):
    lines = (pairs.parent / "pairs.csv").read_text(encoding="utf-8").splitlines()
    (pairs.parent / "pairs.csv").write_text("\n".join(lines[::2]), encoding="utf-8")
    with pytest.raises(ModelError, match=r"model m1 .*rows for 30 random effects"):
        analyse(read_study(pairs))


def test_the_null_model_alone_is_a_study(study):
    found = analyse(study, Ladder(rungs=(NULL,)))
    assert list(as_dict(found)["models"]) == ["null"]
    assert [row.model for row in found.comparison] == ["null"]
    assert found.comparison[0].chisq is None
