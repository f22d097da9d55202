"""The fits against what other programs printed for popular2, to the digits that they printed."""

import json
from decimal import Decimal
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from analysis.mixed.estimate import fit
from analysis.mixed.model import ModelSpec

ROOT = Path(__file__).resolve().parents[2]

# Numbers that SPSS keeps with all digits in its own file; lme4 meets them to 1e-9.
STORED = 1e-8
OUTPUTS = json.loads((ROOT / "tests" / "oracle" / "published.json").read_text(encoding="utf-8"))[
    "outputs"
]
MODELS = [
    pytest.param(program, model, id=f"{program}-{model}")
    for program, output in OUTPUTS.items()
    for model in output["models"]
]


def fitted(published):
    """Fit a published model to the twin, which has the estimates of popular2."""
    table = pd.read_csv(ROOT / "data" / "popularity.csv").astype({"extrav": float, "texp": float})
    for name, how in published["transformations"].items():
        column, minus = how.split(" - ")
        table[name] = table[column] - float(minus)
    columns = {}
    for term in published["fixed"]:
        columns[term] = term.replace(":", "_by_")
        if ":" in term:
            first, second = term.split(":")
            table[columns[term]] = table[first] * table[second]
    spec = ModelSpec(
        name="published",
        outcome="popular",
        fixed=tuple(columns.values()),
        slopes=tuple(published["random"]),
        group="class",
        diagonal=published["covariance"] == "diagonal",
    )
    fixed = {"(Intercept)": "Intercept", **columns}
    return fit(spec, table, published["method"]), fixed


def values(published, fitted, fixed):
    """Yield field, printed text and value of this estimator."""
    for term, text in published["fixed_effects"].items():
        yield "fixed_effects", text, fitted.fixed_effects[fixed[term]]
    if published["standard_errors_kind"] == "model":
        for term, text in published["standard_errors"].items():
            yield "standard_errors", text, fitted.standard_errors[fixed[term]]
    printed = published["random_covariance"]
    for text, value in zip(np.ravel(printed), np.ravel(fitted.random_covariance), strict=True):
        yield "random_covariance", str(text), value
    yield "residual_variance", published["residual_variance"], fitted.residual_variance
    names = {
        "log_likelihood": "log_likelihood",
        "deviance": "criterion",
        "aic": "aic",
        "bic": "bic",
    }
    for field, name in names.items():
        if field in published:
            yield field, published[field], getattr(fitted, name)


def unit(text):
    """Return one unit of the last printed digit."""
    return float(Decimal(1).scaleb(Decimal(text).as_tuple().exponent))


@pytest.mark.parametrize(("program", "model"), MODELS)
def test_printed_digits(program, model):
    published = OUTPUTS[program]["models"][model]
    ours, fixed = fitted(published)
    assert ours.n_parameters == published["n_parameters"]
    assert ours.n_observations == published.get("n_observations", 2000)
    assert ours.n_groups == published.get("n_groups", 100)
    agreement, compared = published["agreement"], 0
    for field, text, value in values(published, ours, fixed):
        if agreement["kind"] == "rounded":
            # Half a unit, or one where the program rounded what it had rounded.
            tolerance = float(agreement["units"]) * unit(text) * (1 + 1e-9)
        else:
            tolerance = float(agreement.get(field, agreement["deviance"])) + unit(text) / 2
        assert value == pytest.approx(float(text), abs=tolerance), field
        compared += 1
    assert compared >= 5


@pytest.mark.parametrize(("program", "model"), MODELS)
def test_no_program_found_a_lower_deviance(program, model):
    """Those that stopped early printed a higher one."""
    published = OUTPUTS[program]["models"][model]
    ours, _ = fitted(published)
    if "deviance" in published:
        assert ours.criterion <= float(published["deviance"]) + unit(published["deviance"]) / 2


def test_spss_with_all_its_digits():
    published = OUTPUTS["spss21"]["models"]["m3"]
    ours, fixed = fitted(published)
    stored = published["stored"]
    for term in fixed:
        name = fixed[term]
        for field, mine in (
            ("fixed_effects", ours.fixed_effects),
            ("standard_errors", ours.standard_errors),
            ("t", ours.t_ratios),
        ):
            assert mine[name] == pytest.approx(float(stored[field][term]), rel=10 * STORED)
    covariance = np.array(stored["random_covariance"], dtype=float)
    assert ours.random_covariance == pytest.approx(covariance, rel=10 * STORED)
    assert ours.residual_variance == pytest.approx(float(stored["residual_variance"]), rel=STORED)
    assert ours.criterion == pytest.approx(float(stored["deviance"]), abs=STORED)
    assert ours.aic == pytest.approx(float(stored["aic"]), abs=STORED)


def test_the_kinds_of_covariance():
    """All outputs but one of Mplus 8 have a free covariance of intercept and slope."""
    diagonal = [
        (program, name)
        for program, output in OUTPUTS.items()
        for name, model in output["models"].items()
        if model["covariance"] == "diagonal"
    ]
    assert diagonal == [("mplus8", "m3_diagonal")]
