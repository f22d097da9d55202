"""The fits that the reference values of inference are of, without the rows of their data."""

import json
from pathlib import Path

import numpy as np
import pandas as pd

from analysis.mixed.estimate import fit
from analysis.mixed.model import ModelSpec

ROOT = Path(__file__).resolve().parents[2]
ORACLE = json.loads((ROOT / "tests" / "oracle" / "inference.json").read_text(encoding="utf-8"))

OCCASIONS = {"sleepstudy": ("Days", range(10)), "orthodont": ("age", range(8, 15, 2))}
LADDERS = {
    "popular_1_15": ("popular", "class", ("extrav", "sex", "texp", "extrav:texp")),
    "sleepstudy": ("Reaction", "Subject", ("Days",)),
    "orthodont": ("distance", "Subject", ("age", "female", "age:female")),
}
CASES = [
    (data, model, method)
    for data, of in ORACLE["datasets"].items()
    for model, fits in of["models"].items()
    for method in fits
]


def expected(data, model, method):
    """Return the reference values of a fit."""
    return ORACLE["datasets"][data]["models"][model][method]


def fitted(data, model, method="REML"):
    """Return the fit of a model of the references."""
    return fit(spec(data, model), table(data), method)


def spec(data, model):
    """Return a model of the references."""
    outcome, group, columns = LADDERS[data]
    formula = expected(data, model, "REML")["formula"]
    fixed = formula.partition("~")[2].partition("(")[0].split(" + ")
    return ModelSpec(
        name=model,
        outcome=outcome,
        group=group,
        fixed=tuple(term.strip() for term in fixed if term.strip() in columns),
        slopes=columns[:1] if f"(1 + {columns[0]} |" in formula else (),
    )


def table(data):
    """Return rows with the groups' sums of the references' data."""
    if data == "popular_1_15":
        pupils = pd.read_csv(ROOT / "data" / "popularity.csv").query("`class` <= 15")
        return pupils.assign(**{"extrav:texp": pupils.extrav * pupils.texp})
    rows = _restored(data)
    if data == "orthodont":
        female = rows["Subject"].str.startswith("F").astype(float)
        rows = rows.assign(female=female, **{"age:female": rows.age * female})
    return rows


def _restored(data):
    """
    Return balanced rows whose sums by group are those behind a fit with random slopes.

    Predicted effects are shrunken estimates of the group's own line, so that the lines follow from
    them; what the lines leave, which all models of these data see as a sum, follows from the sum of
    squared residuals.
    """
    time, occasions = OCCASIONS[data]
    outcome, group, _ = LADDERS[data]
    of = expected(data, "m2", "REML")
    z = np.column_stack((np.ones(len(occasions)), list(occasions)))
    shrunken = np.array([effect["mean"] for effect in of["group_effects"].values()])
    covariance = np.array(of["random_covariance"])
    own = covariance + of["sigma"] ** 2 * np.linalg.inv(z.T @ z)
    deviations = np.linalg.solve(covariance, shrunken.T).T @ own
    lines = (np.array([of["fixef"]["Intercept"], of["fixef"][time]]) + deviations) @ z.T
    moved = (deviations - shrunken) @ z.T
    left = of["residuals"]["conditional_sum_squares"] - np.sum(moved**2)
    beside = np.linalg.qr(z, mode="complete")[0][:, -1]
    y = lines + beside * np.sqrt(left / len(lines))
    return pd.DataFrame(
        {
            group: np.repeat(list(of["group_effects"]), len(occasions)),
            time: np.tile(np.array(occasions, dtype=float), len(lines)),
            outcome: y.ravel(),
        }
    )
