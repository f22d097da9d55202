"""The level 2 predictor: the values that it is predicted at."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.results.level_2 import grid


@given(
    low=st.integers(-(10**6), 10**6).map(lambda n: n / 100),
    width=st.integers(1, 10**6),
    unit=st.sampled_from([1e-9, 1e-4, 0.01, 0.3]),
)
def test_grid_covers_the_range_in_even_steps(low, width, unit):
    high = low + width * unit
    values = grid([high, math.nan, low])
    steps = np.diff(values)
    assert values[0] - 1e-5 * steps[0] <= low < high <= values[-1] + 1e-5 * steps[0]
    assert steps.min() > 0
    assert steps.min() == pytest.approx(steps.max(), rel=1e-4)
    if all(value % 1 == 0 for value in (low, high)) and 4 <= high - low <= 50:
        assert steps[0] == 1
    else:
        assert f"{steps.mean():.0e}"[0] in "125"
        assert 10 <= len(values) <= 30
        assert all(value == float(f"{value:.15g}") for value in values)
