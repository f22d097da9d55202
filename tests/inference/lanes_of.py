"""Lanes of a fit, and the same fits one by one."""

from pathlib import Path

import numpy as np
import pandas as pd

from analysis.inference.lane_draws import Drawing, with_outcomes
from analysis.mixed.estimate import fit
from analysis.mixed.likelihood import ProfiledDeviance
from analysis.mixed.model import ModelSpec
from analysis.mixed.optimum import optimise

DATA = Path(__file__).resolve().parents[2] / "data"


def pupils(classes=15):
    """Return the report's pupils, of the first classes."""
    table = pd.read_csv(DATA / "popularity.csv")
    return table[table["class"] <= classes]


def fitted(fixed=("extrav", "sex", "texp"), slopes=("extrav",), *, method="REML", classes=15, **of):
    """Return a fit to the report's pupils, by default the one with the level 2 predictor."""
    spec = ModelSpec(name="m", outcome="popular", fixed=fixed, slopes=slopes, group="class", **of)
    return fit(spec, pupils(classes), method)


def drawn(model, n_lanes, seed=1):
    """Return the sums of outcomes drawn from a fit, and its relative covariance."""
    covariance = model.factor @ model.factor.T
    sums = with_outcomes(model.products, Drawing(model.products, covariance, seed)(n_lanes))
    return sums, covariance


def one_by_one(sums, model):
    """Return the optimum of each lane by the search for a single fit."""
    return [
        optimise(ProfiledDeviance(sums.single(lane), model.method, diagonal=model.spec.diagonal))
        for lane in range(sums.n_lanes)
    ]


def check_equal(optima, singles):
    """Assert that lanes have the optima of single fits."""
    profiles = [optimum.profile for optimum in singles]
    criterion = np.array([profile.criterion for profile in profiles])
    np.testing.assert_allclose(optima.criterion, criterion, rtol=0, atol=1e-9)
    effects = np.array([profile.fixed_effects for profile in profiles])
    np.testing.assert_allclose(optima.fixed_effects, effects, rtol=1e-7, atol=1e-7)
    variance = np.array([profile.residual_variance for profile in profiles])
    np.testing.assert_allclose(optima.residual_variance, variance, rtol=1e-7)
    covariance = np.array([optimum.factor @ optimum.factor.T for optimum in singles])
    np.testing.assert_allclose(
        optima.factor @ optima.factor.swapaxes(1, 2), covariance, rtol=1e-6, atol=1e-7
    )
    assert optima.rank.tolist() == [optimum.rank for optimum in singles]
