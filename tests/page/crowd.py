"""Many groups, or large ones."""

import dataclasses

import numpy as np
import pandas as pd

from analysis.results.results import analyse
from analysis.study.selection import GroupSelection
from analysis.study.studyfile import read_study

CLASSES = 500


def of_a_crowd(root, folder, classes=CLASSES):
    """Analyse so many simulated classes of 4 to 9 pupils."""
    rng = np.random.default_rng(1)
    group = np.repeat(np.arange(classes), rng.integers(4, 10, classes))
    n = len(group)
    extrav = np.clip(np.rint(rng.normal(5.2, 1.26, n)), 1, 10)
    lines = rng.standard_normal((2, classes)) * [[0.9], [0.18]]
    table = pd.DataFrame(
        {
            "class": (group + 1).astype(str),
            "extrav": extrav,
            "sex": (rng.random(n) < 0.5).astype(float),
            "texp": rng.integers(2, 26, classes).astype(float)[group],
        }
    )
    table["popular"] = 2.5 + lines[0, group] + (0.45 + lines[1, group]) * extrav
    table["popular"] += 1.25 * table["sex"] + rng.normal(0, 0.74, n)
    path = folder / "crowd.parquet"
    table.to_parquet(path)
    study = read_study(root / "data" / "popularity.toml")
    return analyse(dataclasses.replace(study, table=path, groups=GroupSelection.parse("all")))


def of_sizes(folder, classes, pupils):
    """Analyse classes that have so many pupils each."""
    rng = np.random.default_rng(2)
    group = np.repeat(np.arange(classes), pupils)
    n = len(group)
    x = rng.normal(5, 1.3, n)
    y = 2 + rng.normal(0, 0.8, classes)[group] + 0.5 * x + rng.normal(0, 0.7, n)
    girl, years = rng.integers(0, 2, n), rng.integers(2, 26, classes)[group]
    table = pd.DataFrame({"g": group, "x": x, "y": y + girl, "girl": girl, "years": years})
    table.to_parquet(folder / "t.parquet")
    (folder / "study.toml").write_text(
        "[data]\ntable='t.parquet'\ngroup='g'\n[model]\noutcome='y'\nslope='x'\n"
        "covariates=['girl']\ngroup_covariates=['years']\n",
        encoding="utf-8",
    )
    return analyse(read_study(folder / "study.toml"))
