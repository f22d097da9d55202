"""Time the interactive page in headless Chromium, and weigh what it sends over the wire."""

from __future__ import annotations

import dataclasses
import gzip
import os
import shutil
import statistics
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
STUDY = ROOT / "data" / "popularity.toml"
sys.path.insert(0, str(ROOT))

from estimator import simulate  # noqa: E402
from playwright.sync_api import Page, sync_playwright  # noqa: E402

from analysis.page.page import files  # noqa: E402
from analysis.results.results import Results, analyse  # noqa: E402
from analysis.study.selection import GroupSelection  # noqa: E402
from analysis.study.studyfile import read_study  # noqa: E402

REPETITIONS = 5
MANY = 500
# A phone's processor, as Chromium slows its own down.
SLOWER = 6.0
TARGETS = {
    "first_chart_ms": 1500.0,
    "pick_ms": 50.0,
    "slider_ms": 50.0,
    "gzip_bytes": 1.2 * 1024**2,
}
# Targets that differ: with many groups, and at a sixth of the processor's speed.
OF_MANY = {"pick_ms": 100.0, "slider_ms": 100.0, "first_chart_ms": 3000.0}
SLOWED = {"pick_ms": 200.0, "slider_ms": 200.0, "first_chart_ms": 9000.0}
# Where a reader looks while picking: the charts with most marks.
LOOKED_AT = ("steps", "dial", "shrinkage")

# From a reader's act to the moment at which the frame that answers it has been handed over: a
# message posted in the frame's callback is delivered after the frame is painted.
ANSWERED = """
async (acts) => {
  const painted = () => new Promise((done) => requestAnimationFrame(() => {
    const channel = new MessageChannel();
    channel.port1.onmessage = done;
    channel.port2.postMessage(null);
  }));
  const times = [];
  for (const [selector, kind, value] of acts) {
    await painted();
    const item = document.querySelector(selector);
    const start = performance.now();
    if (value !== undefined) item.value = value;
    item.dispatchEvent(new Event(kind, { bubbles: true }));
    await painted();
    times.push(performance.now() - start);
  }
  return times;
}
"""

SETTLED = """() => {
  const { views } = document.getElementById("complete-visualization").visualization;
  return [...views.values()].every((entry) => !entry.stale);
}"""

FIRST_CHART = """
() => new Promise((done) => {
  const look = () => {
    const mark = performance.getEntriesByName("first-chart")[0];
    if (mark) done(mark.startTime);
    else requestAnimationFrame(look);
  };
  look();
})
"""


def measure(results: Results, slower: float = 1.0) -> dict[str, float]:
    """
    Time the page of a study in Chromium.

    Parameters
    ----------
    results : Results
        What the page shows.
    slower : float
        How many times slower the processor is made.

    Returns
    -------
    dict of str to float
        Medians: milliseconds to the first chart, to the answer to a pick, beside the chart where
        that takes longest, and to a slider's step; and the bytes of the whole page after gzip.

    Raises
    ------
    RuntimeError
        If there is no Chromium.
    """
    executable = os.environ.get("CHROMIUM") or shutil.which("chromium")
    if executable is None:
        msg = "there is no Chromium on PATH; install it, or name it in the variable CHROMIUM"
        raise RuntimeError(msg)
    made = files(results)
    first: list[float] = []
    steps: list[float] = []
    picks: dict[str, list[float]] = {chart: [] for chart in LOOKED_AT}
    with tempfile.TemporaryDirectory(prefix="bench-") as folder, sync_playwright() as playwright:
        page_file = _write(Path(folder), made)
        browser = playwright.chromium.launch(executable_path=executable, args=["--no-sandbox"])
        for _ in range(REPETITIONS):
            page = browser.new_page(viewport={"width": 1280, "height": 900})
            processor = page.context.new_cdp_session(page)
            processor.send("Emulation.setCPUThrottlingRate", {"rate": slower})
            page.goto(page_file.as_uri())
            first.append(page.evaluate(FIRST_CHART))
            page.wait_for_selector(".viz-ready", timeout=120_000)
            for chart in LOOKED_AT:
                _look_at(page, chart)
                picks[chart] += page.evaluate(ANSWERED, [['[data-move="1"]', "click"]] * 10)
            _look_at(page, "dial")
            places = [str(place) for place in range(50, 1000, 90)]
            steps += page.evaluate(ANSWERED, [["#viz-ratio", "input", place] for place in places])
            page.close()
        browser.close()
    return {
        "first_chart_ms": statistics.median(first),
        "pick_ms": max(statistics.median(times) for times in picks.values()),
        "slider_ms": statistics.median(steps),
        "gzip_bytes": float(
            sum(len(gzip.compress(data)) for name, data in made.items() if "complete" not in name)
        ),
    }


def many(folder: Path) -> Results:
    """Analyse the report's study with many simulated classes in the place of its own."""
    path = folder / "many.parquet"
    table = simulate(MANY)
    table.assign(**{"class": table["class"].astype(str)}).to_parquet(path)
    groups = GroupSelection.parse("all")
    return analyse(dataclasses.replace(read_study(STUDY), table=path, groups=groups))


def _look_at(page: Page, chart: str) -> None:
    """Bring a chart into sight, and wait until all charts show the last choice."""
    page.locator(f'[data-chart="{chart}"]').evaluate("(box) => box.scrollIntoView()")
    page.wait_for_function(SETTLED, timeout=120_000)


def _write(folder: Path, made: dict[str, bytes]) -> Path:
    for name, data in made.items():
        path = folder / "_artifacts" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    page = folder / "visualization.html"
    body = made["visualization/page.html"].decode()
    page.write_text(f'<!DOCTYPE html><meta charset="utf-8"><main>{body}</main>', encoding="utf-8")
    return page


def _print(title: str, found: Mapping[str, float], targets: Mapping[str, float]) -> None:
    print(f"Interactive page {title}, medians over {REPETITIONS} visits")
    for name, value in found.items():
        target = targets[name]
        scale, unit = (1024, "kB") if name.endswith("bytes") else (1, "ms")
        verdict = "" if value <= target else "  OVER"
        what = name.rsplit("_", 1)[0].replace("_", " ")
        print(f"  {what:<40}{value / scale:7.0f} {unit}  (target {target / scale:.0f}){verdict}")


def main() -> None:
    """Print each figure beside its target."""
    results = analyse(read_study(STUDY))
    _print("of the report", measure(results), TARGETS)
    slow = f"at 1/{SLOWER:.0f} of the processor's speed"
    _print(slow, measure(results, SLOWER), TARGETS | SLOWED)
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        _print(f"of {MANY} classes", measure(many(Path(folder))), TARGETS | OF_MANY)


if __name__ == "__main__":
    main()
