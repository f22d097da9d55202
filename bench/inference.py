"""Time the bootstrap and the fits without each group beside single fits and other programs."""

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
from importlib.util import find_spec
from pathlib import Path

import pandas as pd

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from analysis.inference.bootstrap import bootstrap  # noqa: E402
from analysis.inference.influence import leave_one_out  # noqa: E402
from analysis.inference.lane_draws import Drawing, with_outcomes  # noqa: E402
from analysis.inference.profile import profile  # noqa: E402
from analysis.inference.simulation import simulated_test  # noqa: E402
from analysis.mixed.estimate import MixedFit, fit  # noqa: E402
from analysis.mixed.likelihood import ProfiledDeviance  # noqa: E402
from analysis.mixed.model import ModelSpec  # noqa: E402
from analysis.mixed.optimum import optimise  # noqa: E402

DRAWS, REPETITIONS = 1000, 5
# Seconds of 1,000 draws by the number of classes, of the fits without each of 100, of a profile.
TARGETS, WITHOUT_TARGET, PROFILE_TARGET = {15: 0.5, 100: 1.0}, 0.2, 1.0
# How many times as long another program may be expected to take, at the least.
TIMES = {"lme4": 50.0, "lme-python": 3.0}
FORMULA = "popular ~ extrav + sex + texp + (1 + extrav | class)"

LME4 = """
suppressMessages(library(lme4))
arguments <- commandArgs(TRUE)
fit <- lmer(as.formula(arguments[2]), read.csv(arguments[1]))
own <- function(fit) c(fixef(fit), sigma(fit))
seconds <- system.time(suppressMessages(suppressWarnings(
  bootMer(fit, own, nsim = as.integer(arguments[3]), seed = 1))))[["elapsed"]]
cat(seconds)
"""


def model(table: pd.DataFrame, fixed: tuple[str, ...], method: str) -> MixedFit:
    """Return the fit with random slopes."""
    spec = ModelSpec(name="m", outcome="popular", fixed=fixed, slopes=("extrav",), group="class")
    return fit(spec, table, "ML" if method == "ML" else "REML")


def seconds_of(work: Callable[[], object], repetitions: int = REPETITIONS) -> float:
    """Return the median time of some work, seconds."""
    times = []
    for _ in range(repetitions):
        start = time.perf_counter()
        work()
        times.append(time.perf_counter() - start)
    return statistics.median(times)


def singly(fitted: MixedFit) -> None:
    """Search for the optimum of each draw by itself."""
    drawing = Drawing(fitted.products, fitted.factor @ fitted.factor.T, 1)
    sums = with_outcomes(fitted.products, drawing(DRAWS))
    for lane in range(DRAWS):
        optimise(ProfiledDeviance(sums.single(lane), fitted.method))


def lme_python(table: pd.DataFrame) -> float | None:
    """Return the seconds that lme-python takes, or None without it."""
    if find_spec("lme_python") is None:
        return None
    import lme_python as peer

    fitted = peer.lmer(FORMULA, data=table, reml=True)
    return seconds_of(
        lambda: peer.boot_lmer(FORMULA, table, fitted, nsim=DRAWS, seed=1, n_jobs=1), 3
    )


def lme4(table: pd.DataFrame) -> float | None:
    """Return the seconds that lme4's bootMer takes, or None without R."""
    if not shutil.which("Rscript"):
        return None
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        path = Path(folder, "table.csv")
        table.to_csv(path, index=False)
        command = ["Rscript", "-e", LME4, str(path), FORMULA, str(DRAWS)]
        done = subprocess.run(command, capture_output=True, text=True, check=True)
    return float(json.loads(done.stdout.splitlines()[-1]))


def line(what: str, seconds: float | None, ours: float, verdict: str = "") -> None:
    """Print one time, and how many times ours it is."""
    if seconds is None:
        print(f"  {what:<44}    is not here")
    else:
        print(f"  {what:<44}{seconds:9.3f} s{seconds / ours:9.1f}{verdict}")


def over(value: float, most: float) -> str:
    """Return a verdict on a time."""
    return f"  (target {most:g} s){'' if value <= most else '  OVER'}"


def main() -> None:
    """Print each time beside its target, and beside this one's."""
    everyone = pd.read_csv(ROOT / "data" / "popularity.csv")
    wide, narrow = ("extrav", "sex", "texp"), ("extrav", "sex")
    print(f"{FORMULA}, REML, {DRAWS:,} draws on one core; medians, and times as long")
    for classes, target in TARGETS.items():
        table = everyone[everyone["class"] <= classes]
        fitted = model(table, wide, "REML")
        ours = seconds_of(lambda fitted=fitted: bootstrap(fitted, DRAWS))
        print(f"{classes} classes")
        line("bootstrap", ours, ours, over(ours, target))
        line("single fits", seconds_of(lambda fitted=fitted: singly(fitted), 1), ours)
        for name, peer in (("lme-python", lme_python), ("lme4", lme4)):
            found = peer(table)
            short = found is not None and found < TIMES[name] * ours
            line(name, found, ours, f"  (target {TIMES[name]:g}){'  UNDER' * short}")
        pair = model(table, narrow, "ML"), model(table, wide, "ML")
        line("test by simulation", seconds_of(lambda p=pair: simulated_test(*p, DRAWS), 3), ours)
        without = seconds_of(lambda fitted=fitted: leave_one_out(fitted))
        verdict = over(without, WITHOUT_TARGET) if classes == 100 else ""
        line("without each class", without, ours, verdict)
        profiled = seconds_of(lambda p=pair: profile(p[1]), 3)
        line("profile of all parameters", profiled, ours, over(profiled, PROFILE_TARGET))


if __name__ == "__main__":
    # One core, as the targets say; NumPy's libraries read it where they are loaded.
    if os.environ.get("OPENBLAS_NUM_THREADS") != "1":
        command = [sys.executable, __file__]
        sys.exit(subprocess.call(command, env=os.environ | {"OPENBLAS_NUM_THREADS": "1"}))
    main()
