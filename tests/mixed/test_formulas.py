"""Models by formula against lme4's fits of the same: categories, interactions, restrictions."""

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from analysis.mixed.estimate import fit
from analysis.mixed.likelihood import ProfiledDeviance
from analysis.mixed.model import ModelSpec
from analysis.study.formula import read_formula
from analysis.study.matrix import matrix

ORACLE = Path(__file__).resolve().parents[1] / "oracle"

# The references' gradients are below 1e-9; the estimates follow.
CRITERION, ESTIMATE = 1e-8, 1e-6

REFERENCES = json.loads((ORACLE / "references.json").read_text(encoding="utf-8"))["datasets"]
MODELS = json.loads((ORACLE / "formulas.json").read_text(encoding="utf-8"))["models"]


def table():
    read = pd.read_csv(ORACLE / "data" / "formulas.csv")
    return read.assign(g=read["g"].astype(str), dose=read["dose"].astype(float))


def fitted(name, method, rows=None):
    formula = read_formula(name, MODELS[name]["formula"])
    made = matrix(formula, table() if rows is None else rows)
    spec = ModelSpec(
        name=name,
        outcome=formula.outcome,
        fixed=made.fixed,
        slopes=made.slopes,
        group=formula.group,
        random_intercept=made.random_intercept,
        diagonal=formula.diagonal,
        notation=formula.text,
    )
    return fit(spec, made.table, method)


@pytest.mark.parametrize("method", ["REML", "ML"])
@pytest.mark.parametrize("name", MODELS)
def test_lme4(name, method):
    reference, ours = MODELS[name][method], fitted(name, method)
    assert ours.criterion == pytest.approx(reference["criterion"], abs=CRITERION)
    assert ours.n_parameters == reference["npar"]
    assert ours.aic == pytest.approx(reference["AIC"], abs=CRITERION)
    assert ours.bic == pytest.approx(reference["BIC"], abs=CRITERION)
    fixed, errors = (list(reference[key].values()) for key in ("fixef", "se"))
    assert list(ours.standard_errors.values()) == pytest.approx(errors, rel=ESTIMATE)
    for mine, theirs, error in zip(ours.fixed_effects.values(), fixed, errors, strict=True):
        assert mine == pytest.approx(theirs, abs=ESTIMATE * error)
    covariance = np.array(reference["covariance"])
    scale = float(covariance.diagonal().max())
    assert ours.random_covariance == pytest.approx(covariance, abs=ESTIMATE * scale)
    assert ours.residual_variance == pytest.approx(reference["var_residual"], rel=ESTIMATE)
    effects = np.array(reference["ranef"], dtype=float)
    assert ours.conditional_means == pytest.approx(effects, abs=ESTIMATE * np.sqrt(scale))
    # The fit's own sums give its criterion at its factor.
    again = ProfiledDeviance(ours.products, method)
    at_factor = again.criterion(ours.factor) + again.shift
    assert at_factor == pytest.approx(ours.criterion, abs=CRITERION)


def test_names_are_plain():
    names = {name: list(fitted(name, "ML").fixed_effects)[1:] for name in MODELS}
    assert names["reference"] == ["x", "diet[fish]", "diet[none]"]
    assert names["interaction"] == ["x", "w", "diet[meat]", "diet[none]", "x:w"]
    assert names["categories"][2:5] == ["dose[2]", "dose[3]", "diet[meat]:dose[2]"]
    assert fitted("no_intercept", "ML").random_names == ("x",)
    assert fitted("category_slope", "ML").random_names == ("Intercept", "diet[meat]", "diet[none]")


def test_uncorrelated_effects_have_no_covariance():
    ours = fitted("uncorrelated_zero", "REML")
    assert np.array_equal(ours.random_covariance, np.diag(ours.random_covariance.diagonal()))
    assert ours.random_covariance[2, 2] == 0.0
    assert (ours.singular, ours.rank) == (True, 2)


@pytest.mark.parametrize("name", ["uncorrelated_zero", "uncorrelated_three"])
def test_certificate_of_a_diagonal_covariance(name):
    """The derivative by a variance is 0, or positive where the variance is 0."""
    ours = fitted(name, "ML")
    profile = ProfiledDeviance(ours.products, "ML", diagonal=True)(ours.factor)
    variances = (ours.factor @ ours.factor.T).diagonal()
    for slope, variance in zip(profile.slope.diagonal(), variances, strict=True):
        assert slope == pytest.approx(0, abs=1e-4) if variance else slope > 0
    # Off the diagonal it may be anything: the covariance is not free.
    assert np.abs(profile.slope - np.diag(profile.slope.diagonal())).max() > 0.1


@pytest.mark.parametrize("name", ["no_intercept_two", "slope_alone", "uncorrelated_three"])
def test_order_of_rows_and_units(name):
    """What is restricted holds in the table's columns, whatever their order and units."""
    ours = fitted(name, "REML")
    shuffled = table().sample(frac=1, random_state=1)
    assert fitted(name, "REML", shuffled).criterion == pytest.approx(ours.criterion, abs=CRITERION)
    scaled = fitted(name, "ML", table().assign(x=lambda rows: 1000 * rows["x"]))
    assert scaled.criterion == pytest.approx(fitted(name, "ML").criterion, abs=CRITERION)


def test_many_groups_start_from_some_of_them():
    rng = np.random.default_rng(5)
    groups = np.repeat(np.arange(1500), 6)
    x, z = rng.normal(size=(2, len(groups)))
    b = rng.normal(size=(1500, 2)) * (0.7, 0.4)
    y = 1 + x + b[groups, 0] * x + b[groups, 1] * z + rng.normal(size=len(groups))
    rows = pd.DataFrame({"y": y, "x": x, "z": z, "g": groups})
    spec = ModelSpec(
        name="m", outcome="y", fixed=("x",), slopes=("x", "z"), group="g",
        random_intercept=False, diagonal=True,
    )  # fmt: skip
    ours = fit(spec, rows)
    assert ours.random_covariance.diagonal() == pytest.approx([0.49, 0.16], abs=0.05)
    assert ours.residual_variance == pytest.approx(1, abs=0.05)
    assert len(ours.groups) == 1500


CASES = [
    pytest.param(case, model, id=f"{case}-{model}")
    for case, data in REFERENCES.items()
    if data["data"] != "popular2"
    for model in data["models"]
]


@pytest.mark.parametrize(("case", "model"), CASES)
def test_references_by_formula(case, model):
    """lme4's own formula of a case gives the model and the rows that its columns give."""
    reference = REFERENCES[case]["models"][model]
    read = pd.read_csv(ORACLE / REFERENCES[case]["data"])
    formula = read_formula(model, reference["formula"])
    made = matrix(formula, read)
    assert made.plain
    assert list(made.fixed) == reference["fixed"]
    assert list(made.slopes) == reference["random"]
    assert (made.random_intercept, formula.diagonal) == (True, False)
    assert len(made.table) == reference["REML"]["n_observations"]
    spec = ModelSpec(
        name=model, outcome=formula.outcome, fixed=made.fixed, slopes=made.slopes, group="g"
    )
    ours = fit(spec, made.table, "ML")
    assert ours.criterion == fit(spec, read, "ML").criterion
    assert ours.criterion == pytest.approx(reference["ML"]["criterion"], abs=1e-7)


@pytest.mark.parametrize("diagonal", [True, False])
def test_the_rank_is_that_of_the_covariance(diagonal):
    """A step of a search among lower ranks raised the rank, and the fit was called singular."""
    ranks = set()
    for seed in range(40):
        rng = np.random.default_rng(seed)
        groups = np.repeat(np.arange(24), rng.integers(6, 18, 24))
        x = rng.normal(55, 12, len(groups))
        effects = rng.normal(size=(2, 24)) * [[4.0], [rng.choice([0.0, 0.05, 0.12])]]
        y = 80 - 0.4 * x + effects[0][groups] + effects[1][groups] * (x - 55)
        rows = pd.DataFrame({"g": groups, "x": x, "y": y + rng.normal(0, 5, len(groups))})
        spec = ModelSpec(
            name="m", outcome="y", fixed=("x",), slopes=("x",), group="g", diagonal=diagonal
        )
        found = fit(spec, rows)
        assert found.rank == np.linalg.matrix_rank(found.random_covariance * [[1, 55], [55, 3025]])
        assert found.singular == (found.rank < 2)
        ranks.add(found.rank)
    assert ranks == {1, 2}
