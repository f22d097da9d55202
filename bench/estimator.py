"""Time the estimator beside others for the same model, and measure their memory."""

from __future__ import annotations

import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

CLASSES = (15, 100, 1_000, 10_000, 50_000)
ROUNDS = 3
# Fits a process, as long as they are quick.
FITS, QUICK_SECONDS = 5, 1.0
# statsmodels takes some 4 ms a class; a fit that would take longer than this is left out.
MOST_SECONDS = 300.0

OURS = "this estimator"
PEERS = ("mixedlm-rs", "lme-python", "mixedlm", "lme4", "statsmodels")
# This estimator's share of a peer's time may be at most, by the number of classes:
TARGETS: dict[str, dict[int, float]] = {
    "mixedlm-rs": {15: 1, 100: 1, 10_000: 1 / 2, 50_000: 1 / 2},
    "mixedlm": {10_000: 1 / 5, 50_000: 1 / 15},
    "lme4": {10_000: 1 / 30, 50_000: 1 / 30},
    "statsmodels": {10_000: 1 / 200, 50_000: 1 / 200},
}
# From so many classes on its memory may be at most so many times the table's own.
MEMORY_CLASSES, MEMORY_TABLES = 10_000, 2.0

FORMULA = "popular ~ extrav + sex + texp + (1 + extrav | class)"

# The peak is the process's own since the fit began: writing 5 to clear_refs resets it (proc(5)).
LME4 = """
suppressMessages(library(lme4))
arguments <- commandArgs(TRUE)
status <- function(name) {
  lines <- readLines("/proc/self/status")
  as.numeric(gsub("[^0-9]", "", grep(name, lines, value = TRUE))) * 1024
}
formula <- as.formula(arguments[2])
table <- read.csv(arguments[1])
invisible(suppressWarnings(suppressMessages(lmer(formula, head(table, 1500)))))
invisible(gc())
cat("5", file = "/proc/self/clear_refs")
before <- status("VmRSS")
seconds <- c()
repeat {
  start <- proc.time()[["elapsed"]]
  fit <- suppressWarnings(suppressMessages(lmer(formula, table)))
  seconds <- c(seconds, proc.time()[["elapsed"]] - start)
  if (length(seconds) == 1) growth <- status("VmHWM") - before
  if (length(seconds) == as.integer(arguments[3]) || seconds[1] > as.numeric(arguments[4])) break
}
cat(sprintf('{"seconds": [%s], "growth": %.0f, "criterion": %.9f, "version": "%s"}\\n',
            paste(seconds, collapse = ", "), growth, REMLcrit(fit), packageVersion("lme4")))
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """
    What one estimator needed at one size.

    Parameters
    ----------
    classes, pupils : int
    estimator : str
    seconds : tuple of float
        Each fit's time, from the table to the estimates.
    tables : float
        Peak of resident memory over that before the fit, in sizes of the table.
    criterion : float
        REML criterion at its optimum.
    version : str
    """

    classes: int
    pupils: int
    estimator: str
    seconds: tuple[float, ...] = field(default=())
    tables: float = float("nan")
    criterion: float = float("nan")
    version: str = ""

    @property
    def median(self) -> float:
        """Median time of a fit, seconds."""
        return statistics.median(self.seconds)


def simulate(classes: int, seed: int = 1) -> pd.DataFrame:
    """Return pupils in classes of 16 to 26, with the parameters of popular2."""
    import numpy as np
    import pandas as pd

    rng = np.random.default_rng(seed)
    group = np.repeat(np.arange(classes), rng.integers(16, 27, classes))
    n = len(group)
    table = pd.DataFrame({"class": group + 1})
    table["extrav"] = np.clip(np.rint(rng.normal(5.2, 1.26, n)), 1, 10)
    table["sex"] = (rng.random(n) < 0.5).astype(float)
    table["texp"] = rng.integers(2, 26, classes).astype(float)[group]
    root = np.linalg.cholesky([[1.28, -0.185], [-0.185, 0.034]])
    intercepts, slopes = root @ rng.standard_normal((2, classes))
    fixed = 0.74 + 0.4526 * table["extrav"] + 1.2525 * table["sex"] + 0.0909 * table["texp"]
    random = intercepts[group] + slopes[group] * table["extrav"]
    table["popular"] = fixed + random + rng.normal(0, 0.743, n)
    return table


def _ours() -> tuple[Callable[[pd.DataFrame], float], str]:
    from analysis.mixed.estimate import fit
    from analysis.mixed.model import ModelSpec

    fixed = ("extrav", "sex", "texp")
    spec = ModelSpec(name="m3", outcome="popular", fixed=fixed, slopes=("extrav",), group="class")
    return lambda table: fit(spec, table, "REML").criterion, ""


def _statsmodels() -> tuple[Callable[[pd.DataFrame], float], str]:
    import statsmodels
    import statsmodels.formula.api as smf

    def fit(table: pd.DataFrame) -> float:
        model = smf.mixedlm(
            FORMULA.split(" + (")[0], table, groups=table["class"], re_formula="~extrav"
        )
        return -2 * float(model.fit(reml=True).llf)

    return fit, statsmodels.__version__


def _mixedlm() -> tuple[Callable[[pd.DataFrame], float], str]:
    import mixedlm

    return lambda table: float(mixedlm.lmer(FORMULA, table).REMLcrit()), mixedlm.__version__


def _mixedlm_rs() -> tuple[Callable[[pd.DataFrame], float], str]:
    import mixedlm_rs

    def fit(table: pd.DataFrame) -> float:
        fixed = FORMULA.split(" + (")[0]
        model = mixedlm_rs.mixedlm(fixed, table, groups="class", re_formula="~extrav")
        return -2 * float(model.fit().llf)

    return fit, version("mixedlm-rs")


def _lme_python() -> tuple[Callable[[pd.DataFrame], float], str]:
    import lme_python

    return (
        lambda table: float(lme_python.lmer(FORMULA, data=table, reml=True).reml_criterion),
        version("lme-python"),
    )


IN_PYTHON = {
    OURS: _ours,
    "statsmodels": _statsmodels,
    "mixedlm": _mixedlm,
    "mixedlm-rs": _mixedlm_rs,
    "lme-python": _lme_python,
}


def measure_here(estimator: str, path: Path) -> None:
    """Fit in this process, and print what it took as JSON."""
    import warnings

    import numpy as np
    import pandas as pd

    warnings.simplefilter("ignore")
    fit, release = IN_PYTHON[estimator]()
    # Not a CSV file: the memory that its reader leaves free would hide that of the fit.
    table = pd.DataFrame({name: column.copy() for name, column in np.load(path).items()})
    fit(table.head(1500))
    Path("/proc/self/clear_refs").write_text("5", encoding="ascii")
    before, seconds, growth, criterion = _memory("VmRSS"), [], 0.0, 0.0
    while len(seconds) < (FITS if not seconds or seconds[0] < QUICK_SECONDS else 1):
        start = time.perf_counter()
        criterion = fit(table)
        seconds.append(time.perf_counter() - start)
        growth = growth or _memory("VmHWM") - before
    print(
        json.dumps(
            {"seconds": seconds, "growth": growth, "criterion": criterion, "version": release}
        )
    )


def _memory(name: str) -> float:
    lines = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
    return 1024 * next(float(line.split()[1]) for line in lines if line.startswith(name))


def measure(classes: int, estimators: tuple[str, ...], rounds: int = ROUNDS) -> list[Row]:
    """
    Fit the same simulated pupils by several estimators, each in processes of its own.

    Parameters
    ----------
    classes : int
    estimators : tuple of str
    rounds : int
        Processes of each quick estimator; they take turns, so that a slow minute falls on all.

    Returns
    -------
    list of Row
    """
    import numpy as np

    table = simulate(classes)
    size = int(table.memory_usage().sum())
    found: dict[str, list[dict]] = {estimator: [] for estimator in estimators}
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        arrays = Path(folder, "table.npz")
        np.savez(arrays, **{name: table[name].to_numpy() for name in table})
        csv = Path(folder, "table.csv")
        table.to_csv(csv, index=False)
        for _ in range(rounds):
            for estimator, runs in found.items():
                if not runs or runs[0]["seconds"][0] < 10 * QUICK_SECONDS:
                    runs.append(_run(estimator, csv if estimator == "lme4" else arrays))
    return [
        Row(
            classes=classes,
            pupils=len(table),
            estimator=estimator,
            seconds=tuple(second for run in runs for second in run["seconds"]),
            tables=statistics.median(run["growth"] for run in runs) / size,
            criterion=runs[0]["criterion"],
            version=runs[0]["version"],
        )
        for estimator, runs in found.items()
    ]


def _run(estimator: str, path: Path) -> dict:
    command = [sys.executable, __file__, estimator, str(path)]
    if estimator == "lme4":
        command = ["Rscript", "-e", LME4, str(path), FORMULA, str(FITS), str(QUICK_SECONDS)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        sys.exit(f"{estimator} failed on {path.name}:\n{done.stderr}")
    return json.loads(done.stdout.splitlines()[-1])


def rows() -> list[Row]:
    """Measure every estimator that is here at every size, and print why others are not."""
    estimators = [OURS, *PEERS]
    if not shutil.which("Rscript"):
        print("no Rscript on PATH: without lme4")
        estimators.remove("lme4")
    found: list[Row] = []
    for classes in CLASSES:
        here = tuple(estimators)
        slow = [row for row in found if row.estimator == "statsmodels"]
        if slow and slow[-1].median / slow[-1].classes * classes > MOST_SECONDS:
            print(
                f"statsmodels at {classes:,} classes would take over {MOST_SECONDS:.0f} s: left out"
            )
            here = tuple(name for name in here if name != "statsmodels")
        found += measure(classes, here)
    return found


def main() -> None:
    """Print a table of times, memory and criteria, with the shares of this estimator."""
    print(f"{FORMULA}, REML; {os.cpu_count()} processors; medians")
    titles = f"{'classes':>8}{'pupils':>11}  {'estimator':<20}{'ms':>12}"
    print(f"{titles}{'share':>10}{'tables':>8}{'above':>12}")
    measured = rows()
    for row in measured:
        ours = next(r for r in measured if r.classes == row.classes and r.estimator == OURS)
        name = f"{row.estimator} {row.version}".strip()
        share = "" if row is ours else f"1/{row.median / ours.median:.1f}"
        print(
            f"{row.classes:>8,}{row.pupils:>11,}  {name:<20}{1000 * row.median:>12,.1f}{share:>10}"
            f"{row.tables:>8.2f}{row.criterion - ours.criterion:>12.1e}{_verdict(row, ours)}"
        )


def _verdict(row: Row, ours: Row) -> str:
    if row is ours:
        large = row.classes >= MEMORY_CLASSES and row.tables > MEMORY_TABLES
        return f"  OVER (target {MEMORY_TABLES:g} tables)" if large else ""
    most = TARGETS.get(row.estimator, {}).get(row.classes)
    if most is None or ours.median <= most * row.median:
        return ""
    return f"  OVER (target 1/{1 / most:g})"


if __name__ == "__main__":
    if len(sys.argv) == 3:
        measure_here(sys.argv[1], Path(sys.argv[2]))
    else:
        main()
