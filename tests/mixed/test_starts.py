"""The starts of the search: without any of them, some case of few groups ends higher."""

import numpy as np
import pytest
from mixed.designs import simulated, wild

from analysis.mixed.crossproducts import CrossProducts
from analysis.mixed.design import design
from analysis.mixed.likelihood import ProfiledDeviance
from analysis.mixed.optimum import optimise

# The lowest criteria were found from many random starts.
ABOVE = 1e-6


def of_seed(seed) -> CrossProducts:
    """Return one of the designs among which cases were looked for."""
    rng = np.random.default_rng(seed)
    q, n_groups = int(rng.integers(2, 4)), int(rng.integers(2, 9))
    spread = 10 ** rng.uniform(-1.5, 1)
    return simulated(seed, q, n_groups, spread, largest=int(rng.choice([3, 6, 15])))


def of_wild(seed, kind) -> CrossProducts:
    """Return one of the others."""
    return design(*wild(seed, kind)).products


CASES = [
    pytest.param(of_seed(1000145), "ML", 18.988236255264, id="weakly clustered"),
    pytest.param(
        design(*wild(1000736, "no spread")).products, "ML", 31.532254422240, id="no variance"
    ),
    pytest.param(of_seed(1001277), "REML", 62.962491595841, id="strong"),
    pytest.param(
        design(*wild(1000736, "no spread")).products, "REML", 32.170605685942, id="much variance"
    ),
    pytest.param(of_seed(1000661), "REML", 107.378315388980, id="one of three stands out"),
    pytest.param(of_seed(1000227), "ML", 60.408670129729, id="one stands out"),
    pytest.param(
        design(*wild(500022, "plain")).products, "ML", 20.276449227734, id="correlation of 1"
    ),
    pytest.param(of_seed(1001719), "ML", 34.357204905371, id="correlation turned"),
]


@pytest.mark.parametrize(("products", "method", "lowest"), CASES)
def test_the_lowest_of_several_optima_is_found(products, method, lowest):
    deviance = ProfiledDeviance(products, method)
    assert optimise(deviance).criterion + deviance.shift == pytest.approx(lowest, abs=ABOVE)
