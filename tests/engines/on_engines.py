"""Studies whose table an engine holds, beside the same in memory."""

import math

import numpy as np
import pandas as pd

from analysis.errors import AnalysisError
from analysis.results.record import as_dict
from analysis.results.results import analyse
from analysis.study.studyfile import parse_study

ENGINES = ("duckdb", "polars", "dask")
QUICK = ("duckdb", "polars")
"""Engines for what is done before or after their sums; Dask takes seconds to begin a pass."""

SUFFIXES = (".csv", ".parquet")

ROLES = """
[data]
table = "pupils{suffix}"
group = "class"
engine = "{engine}"
{data}
[model]
outcome = "popular"
slope = "extrav"
covariates = ["sex"]
group_covariates = ["texp"]
{model}
"""
FORMULAS = """
[data]
table = "pupils{suffix}"
engine = "{engine}"
{data}
[models]
{models}
"""

# What estimates and sums lose at most, in units of their sizes.
SAME = 1e-9


def pupils(n_groups=20, seed=8):
    """Return classes of 4 to 12 pupils, in no order, with a diet and a town."""
    rng = np.random.default_rng(seed)
    sizes = rng.integers(4, 13, n_groups)
    at = np.repeat(np.arange(n_groups), sizes)
    n = len(at)
    extrav, sex = rng.integers(1, 11, n), rng.integers(0, 2, n)
    intercept, slope = rng.normal(2, 1, n_groups)[at], rng.normal(0.5, 0.3, n_groups)[at]
    popular = intercept + slope * extrav + sex + rng.normal(0, 0.8, n)
    table = pd.DataFrame(
        {
            "class": at + 1,
            "popular": popular.round(2),
            "extrav": extrav,
            "sex": sex,
            "texp": rng.integers(2, 26, n_groups)[at],
            "diet": rng.choice(["fish", "meat", "none at all"], n),
            "town": np.where(at % 3, "big", "small"),
            "dose": rng.integers(1, 4, n),
        }
    )
    return table.sample(frac=1, random_state=seed, ignore_index=True)


def with_gaps():
    """Return them with values missing in every column."""
    table = pupils().astype(dict.fromkeys(("class", "extrav", "sex", "texp", "dose"), float))
    for column, rows in {
        "class": [3, 23, 41],
        "popular": [2, 22],
        "extrav": [1, 21, 40],
        "sex": [0, 20],
        "diet": [5, 6, 7],
        "dose": [9, 10],
    }.items():
        table.loc[rows, column] = None
    table.loc[table["class"] == 7, "texp"] = None
    return table


def put(table, path, **options):
    """Write a table in the format of its name."""
    if path.suffix == ".parquet":
        table.to_parquet(path, index=False)
    else:
        table.to_csv(path, index=False, **options)


def record(folder, text):
    """Return what a study's results say, and its notes; or its refusal, without the folder."""
    try:
        results = analyse(parse_study(folder / "study.toml", text))
        found = as_dict(results)
    except AnalysisError as error:
        return str(error).replace(f"{folder}/", "")
    del found["data"]["sha256"], found["data"]["source"]
    found["notes"] = [
        note.partition(": ")[2] for note in results.notes if "an engine holds the rows" not in note
    ]
    return found


def differences(one, other, place=""):
    """Say where two records differ."""
    if isinstance(one, dict) and isinstance(other, dict):
        # Groups come in the order of the rows, or in that of the engine.
        order = sorted if place.endswith("/group_effects") else list
        if order(one) != order(other):
            yield f"{place}: {list(one)} and {list(other)}"
            return
        for key, value in one.items():
            yield from differences(value, other[key], f"{place}/{key}")
    elif isinstance(one, list) and isinstance(other, list) and len(one) == len(other):
        for j, (first, second) in enumerate(zip(one, other, strict=True)):
            yield from differences(first, second, f"{place}/{j}")
    elif isinstance(one, float) and isinstance(other, float):
        if not math.isclose(one, other, rel_tol=SAME, abs_tol=1e-8):
            yield f"{place}: {one!r} and {other!r}"
    elif one != other:
        yield f"{place}: {one!r} and {other!r}"
