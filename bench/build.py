"""Time the build in a copy of the checkout, in units of importing the libraries it stands on."""

from __future__ import annotations

import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

ROOT = Path(__file__).resolve().parents[1]
REPETITIONS = 5

UNIT = ["-c", "import pandas, statsmodels.formula.api, matplotlib.pyplot"]
ANALYSIS = ["-m", "analysis"]
RENDER = ["report/render.py"]

# Left behind, because they are large, or made by the very thing that is measured.
_NOT_COPIED = (".*", "_site", "_artifacts", "_variables.yml", "__pycache__")


def main() -> None:
    """Print the median of each build's time, and its ratio to the median of the unit's."""
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        copy = Path(folder, "checkout")
        shutil.copytree(ROOT, copy, ignore=shutil.ignore_patterns(*_NOT_COPIED))
        times = _measure(copy)
    unit = statistics.median(times.pop("the imports"))
    print(f"Build, medians of {REPETITIONS}; unit: the imports, {unit:.2f} s")
    targets = {name: target for name, _, _, target in _builds(copy)}
    for name, seconds in times.items():
        median = statistics.median(seconds)
        ratio, target = median / unit, targets[name]
        verdict = "" if ratio <= target else "  OVER"
        print(f"  {name:<40}{median:7.2f} s {ratio:6.2f}  (target {target:.2f}){verdict}")


def _builds(
    checkout: Path,
) -> list[tuple[str, Callable[[], object], Sequence[list[str]], float]]:
    """Return each build's name, what to do before it, its commands and its target, in order."""

    def nothing_built() -> None:
        for path in (checkout / "report" / "_artifacts", checkout / "_site"):
            shutil.rmtree(path, ignore_errors=True)
        (checkout / "_variables.yml").unlink(missing_ok=True)

    def prose_changed() -> None:
        with (checkout / "report" / "index.qmd").open("a", encoding="utf-8") as file:
            file.write("\nOne more sentence.\n")

    def nothing_changed() -> None:
        pass

    site = [ANALYSIS, RENDER]
    return [
        ("artifacts from scratch", nothing_built, [ANALYSIS], 1.3),
        ("site from scratch, HTML and PDF", nothing_built, site, 2.0),
        ("site again, nothing changed", nothing_changed, site, 0.15),
        ("site again, a sentence more in the prose", prose_changed, site, 0.4),
    ]


def _measure(checkout: Path) -> dict[str, list[float]]:
    builds = [("the imports", lambda: None, [UNIT], 1.0), *_builds(checkout)]
    times: dict[str, list[float]] = {name: [] for name, *_ in builds}
    # One round more, whose times do not count: it fills the caches of Python and Matplotlib. The
    # builds take turns, so that a slow minute of the machine falls on all of them.
    for repetition in range(-1, REPETITIONS):
        for name, prepare, commands, _ in builds:
            prepare()
            seconds = sum(_time(command, checkout) for command in commands)
            if repetition >= 0:
                times[name].append(seconds)
    return times


def _time(arguments: list[str], folder: Path) -> float:
    environment = {
        name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"
    }
    start = time.perf_counter()
    done = subprocess.run(
        [sys.executable, *arguments],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    seconds = time.perf_counter() - start
    if done.returncode:
        sys.exit(f"{' '.join(arguments)} failed:\n{done.stderr}")
    return seconds


if __name__ == "__main__":
    main()
