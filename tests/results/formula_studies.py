"""Studies by formula on a small table."""

import numpy as np
import pandas as pd

from analysis.results.results import analyse
from analysis.study.studyfile import read_study


def rows():
    rng = np.random.default_rng(8)
    g = np.repeat(np.arange(12), 9)
    x = rng.normal(2, 1, len(g)).round(2)
    w = np.repeat(rng.normal(0, 1, 12).round(2), 9)
    b = rng.normal(0, (0.8, 0.4), (12, 2))
    return pd.DataFrame(
        {
            "y": (1 + b[g, 0] + (0.5 + b[g, 1] + 0.3 * w) * x + rng.normal(0, 0.5, len(g))).round(
                3
            ),
            "x": x,
            "z": rng.normal(0, 1, len(g)).round(2),
            "w": w,
            "diet": rng.choice(["fish", "meat", "none"], len(g)),
            "town": np.where(g % 2, "big", "small"),
            "dose": rng.integers(1, 4, len(g)),
            "two words": rng.normal(0, 1, len(g)).round(2),
            "g": [f"g{i:02}" for i in g],
            "k": np.arange(len(g)) % 30,
            "h": rng.integers(0, 5, len(g)),
        }
    )


def write(folder, models, table=None, more=""):
    """Write a study of some formulas, by name or as the text of the section."""
    (rows() if table is None else table).to_csv(folder / "t.csv", index=False)
    if not isinstance(models, str):
        models = "\n".join(f"{name} = '''{text}'''" for name, text in models.items())
    path = folder / "study.toml"
    path.write_text(
        f'title = "Small"\n[data]\ntable = "t.csv"\n{more}\n[models]\n{models}\n', encoding="utf-8"
    )
    return path


def of(folder, models, table=None, more=""):
    return analyse(read_study(write(folder, models, table, more)))
