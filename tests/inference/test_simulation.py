"""Likelihood-ratio tests by simulation: both refits, p and its error, the real size."""

import numpy as np
import pytest
from inference.lanes_of import fitted, pupils
from scipy.stats import chi2

from analysis.errors import ConvergenceError, NotComparableError
from analysis.inference import simulation
from analysis.inference.comparison import boundary_p_value
from analysis.inference.lanes import optima
from analysis.inference.simulation import SimulatedTest, simulated_test
from analysis.mixed.estimate import fit
from analysis.mixed.likelihood import ProfiledDeviance

TWO = ("extrav", "sex")


@pytest.fixture(scope="module")
def level_2():
    """Return the test of the level 2 predictor."""
    reduced, full = fitted(fixed=TWO, method="ML"), fitted(method="ML")
    return simulated_test(reduced, full, 2000)


def test_the_level_2_predictor(level_2):
    """1,500 data sets, drawn row by row and fitted singly, give p 0.071 and a size of 0.082."""
    assert level_2.chisq == pytest.approx(4.14100065, abs=1e-6)
    assert level_2.p_chisq == pytest.approx(0.04185642, abs=1e-7)
    for found, brute in ((level_2.p, 0.0713), (level_2.size, 0.082)):
        error = np.sqrt(brute * (1 - brute) * (1 / 1500 + 1 / 2000))
        assert abs(found - brute) <= 4 * error
    assert level_2.p_error == pytest.approx(np.sqrt(level_2.p * (1 - level_2.p) / 2000))
    assert (level_2.df, level_2.p_boundary, level_2.size_boundary) == (1, None, None)
    assert level_2.n_failed == 0


def test_a_random_slope():
    """On the boundary chi-square(2) rejects too rarely, the mixture about as often as it says."""
    reduced = fitted(fixed=TWO, slopes=(), method="ML", classes=100)
    found = simulated_test(reduced, fitted(fixed=TWO, method="ML", classes=100), 1500)
    assert found.p == 1 / 1501
    drops = found.simulated
    assert found.size == np.mean(chi2.sf(drops, 2) < 0.05)
    mixture = [boundary_p_value(drop, 1) < 0.05 for drop in drops]
    assert found.size_boundary == np.mean(mixture)
    error = np.sqrt(0.05 * 0.95 / 1500)
    assert abs(found.size_boundary - 0.05) <= 4 * error
    assert found.size < found.size_boundary
    # The mean of the mixture is 1.5, and the draws' error of it 0.05.
    assert drops.mean() == pytest.approx(1.5, abs=0.25)


PAIRS = {
    "fixed effects": ({"fixed": TWO}, {}),
    "a slope": ({"slopes": ()}, {}),
    "a slope by REML": ({"slopes": (), "method": "REML"}, {"method": "REML"}),
    "an intercept": ({"random_intercept": False}, {}),
    "a covariance": ({"diagonal": True}, {}),
    "a diagonal": ({"slopes": ()}, {"diagonal": True}),
    "both": ({"fixed": ("extrav",), "slopes": ()}, {"slopes": ("sex", "extrav")}),
    "without a fixed slope": ({"fixed": ("sex",), "slopes": ()}, {"fixed": ("sex",)}),
}


@pytest.mark.parametrize(("reduced", "full"), PAIRS.values(), ids=PAIRS)
def test_the_sums_of_the_smaller_model_are_those_of_the_larger_one(reduced, full):
    """Its deviance of the observed outcome, from the larger model's sums, is its own."""
    small, large = fitted(**{"method": "ML"} | reduced), fitted(**{"method": "ML"} | full)
    nesting = simulation._Nesting(small, large)
    products, p = large.products, large.products.n_fixed
    # The outcome without what the larger model's fixed columns took out of it.
    back = np.append(products.basis[:p, p], products.basis[p, p])
    spanned, within = np.einsum("akg,k->ag", products.spanned, back), products.within @ back
    outcomes = simulation.with_outcomes(
        products,
        simulation.Drawing(products, nesting.drawn, 1)(1),
    )
    outcomes.outcome[0] = spanned
    outcomes.within[0, :p, p] = outcomes.within[0, p, :p] = within[:p]
    outcomes.within[0, p, p] = back @ within
    sums = nesting.reduced(outcomes)
    found = optima(sums, small.method, nesting.covariance, diagonal=small.spec.diagonal)
    of_full = optima(outcomes, small.method, nesting.drawn, diagonal=large.spec.diagonal)
    drop = found.criterion[0] - of_full.criterion[0]
    assert drop == pytest.approx(small.criterion - large.criterion, abs=1e-7)
    # And the covariance that lanes are drawn from is the smaller model's.
    own = ProfiledDeviance(sums.single(0), small.method)
    root = np.linalg.cholesky(nesting.covariance + 1e-14 * np.eye(len(nesting.covariance)))
    assert own.criterion(root) == pytest.approx(found.criterion[0], abs=1e-6)


def test_as_rows_drawn_and_fitted_have_it():
    """The quantiles of 150 data sets, drawn row by row, within 4 Monte Carlo errors."""
    reduced = fitted(fixed=("extrav",), slopes=(), method="ML")
    full = fitted(fixed=("extrav", "texp"), slopes=(), method="ML")
    found = simulated_test(reduced, full, 1000).simulated
    table, rng = pupils(), np.random.default_rng(3)
    mean = reduced.fixed_effects["Intercept"] + reduced.fixed_effects["extrav"] * table["extrav"]
    deviation = np.sqrt(reduced.random_covariance[0, 0])
    drops = []
    for _ in range(150):
        effects = deviation * rng.standard_normal(16)[table["class"]]
        noise = np.sqrt(reduced.residual_variance) * rng.standard_normal(len(table))
        drawn = table.assign(popular=mean + effects + noise)
        drops.append(
            fit(reduced.spec, drawn, "ML").criterion - fit(full.spec, drawn, "ML").criterion
        )
    for share in (0.25, 0.5, 0.75, 0.9):
        below = np.mean(found <= np.quantile(drops, share))
        assert abs(below - share) <= 4 * np.sqrt(share * (1 - share) * (1 / 150 + 1 / 1000))


def test_p_counts_the_observed_drop_itself():
    test = SimulatedTest(
        reduced="a", full="b", chisq=2.0, df=1, p_chisq=0.16, p_boundary=None,
        simulated=np.array([0.0, 2.0 - 1e-9, 3.0, 4.0]), n_failed=0, n_searched=0,
    )  # fmt: skip
    assert test.p == 4 / 5
    assert test.size == 0.25
    assert test.size_error == pytest.approx(np.sqrt(0.25 * 0.75 / 4))


def test_a_drop_of_nothing_has_p_1():
    """At a boundary the observed drop is 0 as many simulated ones are, but for rounding."""
    test = SimulatedTest(
        reduced="a", full="b", chisq=1e-10, df=1, p_chisq=1.0, p_boundary=1.0,
        simulated=np.zeros(9), n_failed=0, n_searched=0,
    )  # fmt: skip
    assert test.p == 1.0


def test_models_that_are_not_nested_are_refused():
    reduced = fitted(fixed=("texp",), slopes=(), method="ML")
    full = fitted(fixed=("extrav", "sex"), slopes=(), method="ML")
    with pytest.raises(NotComparableError, match="is no special case of"):
        simulated_test(reduced, full, 10)


def test_no_draw_with_both_optima_is_refused(monkeypatch):
    def without(*arguments, **options):
        found = optima(*arguments, **options)
        found.criterion[:] = np.nan
        return found

    monkeypatch.setattr(simulation, "optima", without)
    reduced = fitted(fixed=TWO, slopes=(), method="ML")
    full = fitted(slopes=(), method="ML")
    with pytest.raises(ConvergenceError, match="no draw of 10 has certified optima of both"):
        simulated_test(reduced, full, 10)
