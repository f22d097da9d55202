"""Write a table of any size in parts, with a study of it: python bench/big_table.py FOLDER ROWS."""

from __future__ import annotations

import sys
from pathlib import Path

IN_A_CLASS = 100
AT_ONCE = 1_000_000

STUDY = """\
[data]
table = "parts/*.parquet"
group = "class"
engine = "{engine}"
[model]
outcome = "popular"
slope = "extrav"
covariates = ["sex"]
group_covariates = ["texp"]
"""


def write(folder: Path, n_rows: int) -> None:
    """Write parts of a million rows, with the parameters of popular2, always the same."""
    import numpy as np
    import pyarrow as pa
    from pyarrow.parquet import write_table

    (folder / "parts").mkdir(parents=True, exist_ok=True)
    root = np.linalg.cholesky([[1.28, -0.185], [-0.185, 0.034]])
    for part, first in enumerate(range(0, n_rows, AT_ONCE)):
        # Each part has a sequence of its own, so that a table begins as a smaller one does.
        rng = np.random.default_rng((1, part))
        n = min(AT_ONCE, n_rows - first)
        group = np.arange(n) // IN_A_CLASS
        texp = rng.integers(2, 26, group[-1] + 1, dtype=np.int8)[group]
        extrav = np.clip(np.rint(rng.normal(5.2, 1.26, n)), 1, 10).astype(np.int8)
        sex = rng.integers(0, 2, n, dtype=np.int8)
        intercepts, slopes = root @ rng.standard_normal((2, group[-1] + 1))
        popular = 0.74 + 0.4526 * extrav + 1.2525 * sex + 0.0909 * texp
        popular += intercepts[group] + slopes[group] * extrav + rng.normal(0, 0.743, n)
        columns = {
            "class": (first // IN_A_CLASS + group + 1).astype(np.int32),
            "popular": popular,
            "extrav": extrav,
            "sex": sex,
            "texp": texp,
        }
        write_table(pa.table(columns), folder / "parts" / f"{part:03}.parquet")
    for engine in ("memory", "duckdb", "polars", "dask"):
        text = STUDY.format(engine=engine)
        (folder / f"{engine}.toml").write_text(text, encoding="utf-8")


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    write(Path(sys.argv[1]), int(sys.argv[2]))
