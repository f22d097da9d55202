"""Random designs: what the estimator is tried on."""

import numpy as np
import pandas as pd

from analysis.mixed.grouping import grouping
from analysis.mixed.model import ModelSpec
from analysis.mixed.rowsums import cross_products


def simulated(seed, q, n_groups=None, spread=None, largest=15):
    """Return the cross-products of data with a random covariance of the random effects."""
    rng = np.random.default_rng(seed)
    n_groups = n_groups or int(rng.integers(2, 15))
    sizes = rng.integers(1, largest + 1, n_groups)
    sizes[0] = 3 * q + n_groups
    codes = np.repeat(np.arange(n_groups), sizes)
    z = np.vstack((np.ones(len(codes)), rng.normal(size=(q - 1, len(codes)))))
    spread = 10 ** rng.uniform(-2, 1) if spread is None else spread
    effects = spread * rng.normal(size=(n_groups, q)) @ np.tril(rng.normal(size=(q, q))).T
    y = rng.normal(size=len(codes)) + np.sum(z * effects[codes].T, axis=0)
    other = rng.random(len(codes))
    return cross_products(np.vstack((z[1:], other, y)), grouping(codes), n_random=q)


def wild(seed, kind):
    """Return a table that a fit may find hard, and a model with one to three random effects."""
    rng = np.random.default_rng(seed)
    n_groups, q = int(rng.integers(2, 15)), int(rng.integers(1, 4))
    sizes = rng.integers(1, int(rng.choice([3, 8, 30])), n_groups)
    if kind == "single rows":
        sizes[rng.random(n_groups) < 0.6] = 1
    groups = np.repeat(np.arange(n_groups), sizes)
    n = len(groups)
    x = rng.normal(size=(2, n)) + rng.choice([0, 2]) * rng.normal(size=(2, n_groups))[:, groups]
    if kind == "collinear":
        x[1] = x[0] + rng.choice([0, 1e-9, 1e-7, 1e-5]) * x[1]
    spread = {"no spread": 0.0, "wide spread": 10 ** rng.uniform(-4, 4)}.get(kind, 1.0)
    effects = spread * rng.normal(size=(3, n_groups))
    z = np.vstack((np.ones(n), x))[:q]
    residual = {"no residual": 0.0, "tiny residual": 10 ** rng.uniform(-14, -3)}.get(kind, 1.0)
    y = x.sum(axis=0) + np.sum(z * effects[:q, groups], axis=0) + residual * rng.normal(size=n)
    if kind == "rounded":
        x, y = np.rint(x), np.rint(y)
    if kind == "shifted":
        x, y = x + 1e6, y + 1e6
    if kind == "scaled":
        x, y = x * 10 ** rng.uniform(-60, 60), y * 10 ** rng.uniform(-60, 60)
    table = pd.DataFrame({"g": groups, "y": y, "x1": x[0], "x2": x[1], "w": n_groups - groups % 5})
    if kind == "missing":
        table.loc[rng.random(n) < 0.2, ["x1"]] = np.nan
    spec = ModelSpec(
        name="m", outcome="y", fixed=("x1", "x2", "w"), slopes=("x1", "x2")[: q - 1], group="g"
    )
    return spec, table
