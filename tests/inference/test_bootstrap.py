"""The bootstrap: lme4's quantiles, what does not exist, progress, and an interruption."""

import json

import numpy as np
import pytest
from inference.lanes_of import DATA, fitted

from analysis.errors import ModelError
from analysis.inference import bootstrap as bootstrap_module
from analysis.inference import progress
from analysis.inference.bootstrap import Draws, bootstrap
from analysis.inference.intervals import Interval
from analysis.inference.lane_estimates import parameter_names
from analysis.mixed.model import ModelSpec

ORACLE = json.loads((DATA.parent / "tests/oracle/inference.json").read_text(encoding="utf-8"))
REFERENCE = ORACLE["datasets"]["popular_1_15"]["models"]["m3"]["REML"]["bootstrap"]
NAMES = {"sd1": "sd(Intercept)", "sd2": "sd(extrav)", "cor": "cor(Intercept,extrav)"}


@pytest.fixture(scope="module")
def draws():
    return bootstrap(fitted(), 2000)


@pytest.mark.parametrize("theirs", REFERENCE["parameters"])
def test_lme4_quantiles(draws, theirs):
    """Within 4 Monte Carlo errors: both sides drew 2,000 times."""
    expected = REFERENCE["parameters"][theirs]
    name = NAMES.get(theirs, theirs)
    found = draws.percentile()[name]
    # A correlation of -1 has no error of its own in R, whose optimiser ends beside it.
    for end, quantile, error in zip(
        found, ("quantile_2.5", "quantile_97.5"), expected["quantile_mc_error"], strict=True
    ):
        assert abs(end - expected[quantile]) <= 4 * np.sqrt(2) * error + 1e-6
    values = draws.estimates[name][~np.isnan(draws.estimates[name])]
    assert abs(values.mean() - expected["mean"]) <= 4 * np.sqrt(2) * expected["bias_mc_error"]
    # bootMer stops in 18 draws at a slope variance of 0, where a correlation of 1 does better.
    if theirs != "cor":
        assert values.std() == pytest.approx(expected["sd"], abs=6 * expected["sd_mc_error"])


def test_lme4_share_of_singular_fits(draws):
    share = REFERENCE["singular_share"]
    error = np.sqrt(2 * share * (1 - share) / 2000)
    assert abs(draws.n_singular / draws.n_draws - share) <= 4 * error
    assert (draws.n_draws, draws.n_failed) == (2000, 0)
    # Of rank 1, all of them, where a correlation is exact and not within rounding.
    assert np.sum(np.abs(draws.estimates[NAMES["cor"]]) == 1) == draws.n_singular


def test_a_correlation_beside_no_variance_does_not_exist():
    """Classes that hardly differ: in many draws nothing varies, and no correlation is left."""
    model = fitted(classes=4)
    found = bootstrap(model, 300, seed=2)
    name = "cor(Intercept,extrav)"
    none = (found.estimates["sd(Intercept)"] == 0) | (found.estimates["sd(extrav)"] == 0)
    assert 0 < found.n_undefined[name] == none.sum()
    there = found.estimates[name][~none]
    low, high = np.quantile(there, [0.05, 0.95])
    assert found.percentile(0.9)[name] == Interval(low=low, high=high)
    assert {name for name, number in found.n_undefined.items() if number} == {name}
    rank_one = np.abs(there) == 1
    assert rank_one.sum() + none.sum() == found.n_singular


def test_no_interval_of_what_no_draw_has():
    values = {"cor(a,b)": np.full(3, np.nan), "sigma": np.array([1.0, 2.0, 3.0])}
    draws = Draws(estimates=values, n_singular=3, n_searched=0, n_failed=0)
    assert draws.percentile(0.5) == {"cor(a,b)": None, "sigma": Interval(low=1.5, high=2.5)}
    with pytest.raises(ValueError, match="read-only"):
        draws.estimates["sigma"][0] = 0.0


@pytest.mark.parametrize("of", [{}, {"diagonal": True}, {"fixed": ("sex",)}])
def test_draws_lie_about_the_estimates(of):
    """In the units of the table, whatever the columns of the sums are."""
    model = fitted(classes=100, **of)
    found = bootstrap(model, 300)
    expected = model.fixed_effects | {"sigma": np.sqrt(model.residual_variance)}
    deviations = np.sqrt(model.random_covariance.diagonal())
    expected |= {f"sd({n})": d for n, d in zip(model.random_names, deviations, strict=True)}
    if not model.spec.diagonal:
        expected["cor(Intercept,extrav)"] = model.random_correlation[0, 1]
    assert found.estimates.keys() == expected.keys()
    for name, value in expected.items():
        values = found.estimates[name]
        assert abs(values.mean() - value) < 0.25 * values.std()
    for name, error in model.standard_errors.items():
        assert found.estimates[name].std() == pytest.approx(error, rel=0.2)


def test_names_that_clash_are_refused():
    spec = ModelSpec(name="m", outcome="y", fixed=("sigma",), slopes=(), group="g")
    with pytest.raises(ModelError, match="column 'sigma' has the name of another parameter"):
        parameter_names(spec)


class Bar:
    made = ()

    def __init__(self, **options):
        Bar.made = (*Bar.made, self)
        self.options, self.done, self.closed = options, options["initial"], False

    def update(self, items):
        self.done += items

    def close(self):
        self.closed = True


@pytest.fixture
def bars(monkeypatch):
    """Return the bars that are shown, with a clock that goes on a second at each look."""
    seconds = iter(range(1000))
    monkeypatch.setattr(progress, "tqdm", Bar)
    monkeypatch.setattr(progress.time, "monotonic", lambda: float(next(seconds)))
    monkeypatch.setattr(Bar, "made", ())
    return Bar


def test_short_work_shows_no_bar(bars):
    assert list(progress.in_parts(5, 2, "x")) == [slice(0, 2), slice(2, 4), slice(4, 5)]
    assert bars.made == ()


def test_long_work_shows_a_bar(bars):
    assert len(list(progress.in_parts(25, 4, "fits"))) == 7
    (bar,) = bars.made
    assert (bar.done, bar.closed) == (25, True)
    assert bar.options["desc"] == "fits"
    assert bar.options["disable"] is None


def test_an_interruption_leaves_cleanly(bars, monkeypatch):
    calls = []

    def interrupted(*arguments, **options):
        calls.append(arguments)
        if len(calls) == 3:
            raise KeyboardInterrupt
        return optima(*arguments, **options)

    optima = bootstrap_module.optima
    monkeypatch.setattr(bootstrap_module, "optima", interrupted)
    monkeypatch.setattr(bootstrap_module, "lanes_at_once", lambda _: 1)
    with pytest.raises(KeyboardInterrupt):
        bootstrap(fitted(slopes=()), 50)
    assert [bar.closed for bar in bars.made] == [True]
