"""Time `fit --json` on a million rows, in units of reading them and importing the libraries."""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

ROOT = Path(__file__).resolve().parents[1]
REPETITIONS = 3

CLASSES, PUPILS = 50_000, 20
TARGET, TARGET_MB = 3.0, 1000.0

UNIT = "import pandas; from statsmodels.regression.linear_model import OLS"
READING = f"{UNIT}; pandas.read_parquet('big.parquet')"
COMMAND = ["-m", "analysis", "fit", "big.toml", "--json"]

STUDY = """\
[data]
table = "big.parquet"
group = "class"
[model]
outcome = "popular"
slope = "extrav"
covariates = ["sex"]
group_covariates = ["texp"]
"""


def main() -> None:
    """Print the medians of both, their ratio and the fit's peak of memory; or write the study."""
    if sys.argv[1:]:
        write_study(Path(sys.argv[1]))
        return
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        # In a process of its own, whose memory no later one inherits in its peak.
        subprocess.run([sys.executable, __file__, folder], check=True)
        unit, fit, peak = _measure(folder)
    ratio = fit / unit
    verdict = "" if ratio <= TARGET and peak <= TARGET_MB else "  OVER"
    print(
        f"fit --json on {CLASSES * PUPILS:,} rows in {CLASSES:,} groups, medians of {REPETITIONS}; "
        f"unit: the imports and reading the table, {unit:.2f} s\n"
        f"  {fit:.2f} s {ratio:.2f}  (target {TARGET:.2f}), at most {peak:.0f} MB "
        f"(target {TARGET_MB:.0f}){verdict}\n"
        "  To see for yourself: python bench/fit.py FOLDER writes that study, and\n"
        "  python -m analysis fit FOLDER/big.toml --json prints its results"
    )


def write_study(folder: Path) -> None:
    """Write big.toml and its table, with the parameters of popular2, always the same."""
    import numpy as np
    import pandas as pd

    rng = np.random.default_rng(1)
    group, n = np.repeat(np.arange(CLASSES), PUPILS), CLASSES * PUPILS
    table = pd.DataFrame({"class": group + 1, "pupil": np.tile(np.arange(PUPILS) + 1, CLASSES)})
    table["extrav"] = np.clip(np.rint(rng.normal(5.2, 1.26, n)), 1, 10).astype(int)
    table["sex"] = rng.integers(0, 2, n)
    table["texp"] = rng.integers(2, 26, CLASSES)[group]
    root = np.linalg.cholesky([[1.28, -0.185], [-0.185, 0.034]])
    intercepts, slopes = root @ rng.standard_normal((2, CLASSES))
    fixed = 0.74 + 0.4526 * table["extrav"] + 1.2525 * table["sex"] + 0.0909 * table["texp"]
    random = intercepts[group] + slopes[group] * table["extrav"]
    table["popular"] = fixed + random + rng.normal(0, 0.743, n)
    folder.mkdir(exist_ok=True)
    table.to_parquet(folder / "big.parquet", index=False)
    (folder / "big.toml").write_text(STUDY, encoding="utf-8")


def _measure(folder: str) -> tuple[float, float, float]:
    """Return the median seconds of the unit and of the fit, and the fit's peak in MB."""
    units, fits, peaks = [], [], []
    # One round more, whose times do not count: it fills the caches. The two take turns, so that a
    # slow minute of the machine falls on both.
    for repetition in range(-1, REPETITIONS):
        unit, _ = run(["-c", READING], folder)
        fit, peak = run(COMMAND, folder)
        if repetition >= 0:
            units.append(unit)
            fits.append(fit)
            peaks.append(peak)
    return statistics.median(units), statistics.median(fits), max(peaks)


def run(
    arguments: list[str], folder: Path | str, before: Callable[[], None] | None = None
) -> tuple[float, float]:
    """Return the seconds and the peak of memory, in MB, of a process; it begins with `before`."""
    # The analysis does not start threads for matrices of a few columns; nor may the unit.
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "OPENBLAS_NUM_THREADS": "1"}
    start = time.perf_counter()
    process = subprocess.Popen(
        [sys.executable, *arguments],
        cwd=folder,
        env=environment,
        stdout=subprocess.DEVNULL,
        preexec_fn=before,  # noqa: PLW1509  (there are no threads)
    )
    _, status, usage = os.wait4(process.pid, 0)
    seconds = time.perf_counter() - start
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        sys.exit(f"{' '.join(arguments)} failed")
    # Bytes on macOS, kilobytes elsewhere (getrusage(2)).
    return seconds, usage.ru_maxrss / (1e6 if sys.platform == "darwin" else 1e6 / 1024)


if __name__ == "__main__":
    main()
