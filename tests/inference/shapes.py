"""Models of every shape that can be fitted, and tables for them."""

import numpy as np
import pandas as pd

from analysis.mixed.model import ModelSpec

SHAPES = {
    "intercepts": {"fixed": ("x", "w"), "slopes": ()},
    "slopes": {"fixed": ("x", "w"), "slopes": ("x",)},
    "two slopes": {"fixed": ("x", "z", "w"), "slopes": ("x", "z")},
    "category": {"fixed": ("x", "b", "c"), "slopes": ("x",)},
    "diagonal": {"fixed": ("x", "w"), "slopes": ("x",), "diagonal": True},
    "diagonal, two slopes": {"fixed": ("x", "z"), "slopes": ("x", "z"), "diagonal": True},
    "no random intercept": {"fixed": ("x", "w"), "slopes": ("x",), "random_intercept": False},
    "two slopes alone": {"fixed": ("x", "z"), "slopes": ("x", "z"), "random_intercept": False},
    "slope without a fixed effect": {"fixed": ("w", "z"), "slopes": ("x",)},
    "order of its own": {"fixed": ("w", "z", "x"), "slopes": ("x",)},
}
"""What `ModelSpec` needs besides the names of outcome and groups."""


def shaped(shape, **changes):
    """Return the model of a shape."""
    return ModelSpec(name="m", outcome="y", group="g", **(SHAPES[shape] | changes))


LEVEL_2 = {"fixed": ("x", "w"), "slopes": ("w",)}
"""A model with a slope that is constant within groups, for `two_kinds`."""


def two_kinds():
    """Return a table with groups of two kinds, those with w = 1 more apart than the others."""
    rows = table(5, n_groups=20, spread=(0, 0, 0))
    kind = rows.g % 2
    effects = np.random.default_rng(5).normal(size=20)[rows.g]
    return rows.assign(w=kind.astype(float), y=rows.y + np.where(kind == 1, 2.0, 0.7) * effects)


def table(seed=1, *, n_groups=12, spread=(1.0, 0.6, 0.5), largest=9):
    """
    Return a table for all shapes: groups of 1 row and more, in random order.

    `spread` has the standard deviations of the random intercept and of the slopes of x and z.
    """
    rng = np.random.default_rng(seed)
    sizes = rng.integers(2, largest + 1, n_groups)
    sizes[0], sizes[-1] = 1, largest
    g = rng.permutation(np.repeat(np.arange(n_groups), sizes))
    x, z = rng.normal(3, 2, len(g)), rng.normal(size=len(g))
    w, kind = rng.normal(size=n_groups)[g], rng.integers(0, 3, len(g))
    effects = np.array(spread)[:, None] * rng.normal(size=(3, n_groups))
    a, b, c = effects[:, g]
    y = 1 + 0.5 * x + 0.3 * w + 0.2 * kind + a + b * (x - 3) + c * z + rng.normal(size=len(g))
    return pd.DataFrame(
        {
            "g": g,
            "y": y,
            "x": x,
            "z": z,
            "w": w,
            "b": (kind == 1).astype(float),
            "c": (kind == 2).astype(float),
        }
    )
