"""The search for an interval's end, on deviances of one number that are made up."""

import math

import numpy as np
import pytest

from analysis.errors import ConvergenceError
from analysis.inference.constrained import Low
from analysis.inference.ends import Rise, end

RISE = Rise(minimum=100.0, quantile=4.0)


class MadeUp:
    """A parameter with a deviance near the fit, and another one that lies elsewhere."""

    estimate, scale = 1.0, 0.7
    point = np.zeros(1)

    def __init__(self, elsewhere=None, in_sight=0.0):
        self.elsewhere, self.in_sight = elsewhere, in_sight

    def low(self, deviance, value):
        rise = (deviance(value + 1e-6) - deviance(value - 1e-6)) / 2e-6
        return Low(
            point=self.point,
            deviance=deviance(value),
            slope=rise,
            in_sight=self.in_sight,
            noise=0.0,
        )

    def here(self, value):
        return 100 + (value - 1) ** 2

    def near(self, value, point):
        return self.low(self.low_of(point), value)

    def low_of(self, point):
        return self.here if point is self.point or self.elsewhere is None else self.elsewhere

    def anywhere(self, value, point):
        found = self.low(self.here, value)
        if self.elsewhere is not None and self.elsewhere(value) < found.deviance:
            other = self.low(self.elsewhere, value)
            return Low(
                point=np.ones(1),
                deviance=other.deviance,
                slope=other.slope,
                in_sight=0.0,
                noise=0.0,
            )
        return found


@pytest.mark.parametrize(("direction", "expected"), [(-1.0, -1.0), (1.0, 3.0)])
def test_where_the_deviance_has_risen(direction, expected):
    assert end(MadeUp(), RISE, direction) == pytest.approx(expected, rel=1e-8)


def test_a_lower_point_elsewhere_moves_the_end():
    """Where the search near the fit ends, the deviance is 102 elsewhere, and 104 only at 5."""
    held = MadeUp(lambda value: 101 + 3 * (value / 5) ** 2)
    assert end(held, RISE, 1.0) == pytest.approx(5.0, rel=1e-8)


def test_a_boundary_that_is_low_enough_takes_the_end_s_place():
    assert end(MadeUp(), RISE, -1.0, -0.9) is None
    assert end(MadeUp(), RISE, -1.0, -1.1) == pytest.approx(-1.0, rel=1e-8)
    assert end(MadeUp(lambda value: 103.0 + 0 * value), RISE, -1.0, -1.1) is None


def test_an_optimum_without_a_certificate_is_refused():
    with pytest.raises(ConvergenceError, match="no certified optimum"):
        end(MadeUp(in_sight=1e-4), RISE, 1.0)


def test_a_fit_that_is_no_optimum_is_refused():
    with pytest.raises(ConvergenceError, match="not at its optimum"):
        end(MadeUp(lambda value: 99 + 0 * value), RISE, 1.0)


def test_a_deviance_that_does_not_rise_is_refused():
    class Flat(MadeUp):
        def here(self, value):
            return 101 - math.exp(-((value - 1) ** 2))

    with pytest.raises(ConvergenceError, match="does not rise"):
        end(Flat(), RISE, 1.0)
