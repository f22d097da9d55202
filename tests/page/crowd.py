"""Many groups: a study of five hundred classes."""

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
