"""Time the interactive page in headless Chromium, and weigh what it sends over the wire."""

from __future__ import annotations

import gzip
import os
import shutil
import statistics
import sys
import tempfile
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from playwright.sync_api import sync_playwright  # noqa: E402

from analysis.page.page import files  # noqa: E402
from analysis.results.results import Results, analyse  # noqa: E402
from analysis.study.study import read_study  # noqa: E402

REPETITIONS = 5
TARGETS = {
    "first_chart_ms": 1500.0,
    "pick_ms": 50.0,
    "slider_ms": 50.0,
    "gzip_bytes": 1.2 * 1024**2,
}

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


def measure(results: Results) -> dict[str, float]:
    """
    Time the page of a study in Chromium.

    Parameters
    ----------
    results : Results
        What the page shows.

    Returns
    -------
    dict of str to float
        Medians: milliseconds to the first chart, to the answer to a pick, and to a slider's step;
        and the bytes of the whole page after gzip.

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
    groups = list(results.none)
    with tempfile.TemporaryDirectory(prefix="bench-") as folder, sync_playwright() as playwright:
        page_file = _write(Path(folder), made)
        browser = playwright.chromium.launch(executable_path=executable, args=["--no-sandbox"])
        first, picks, steps = [], [], []
        for _ in range(REPETITIONS):
            page = browser.new_page(viewport={"width": 1280, "height": 900})
            page.goto(page_file.as_uri())
            first.append(page.evaluate(FIRST_CHART))
            page.wait_for_selector(".viz-ready")
            rows = [f'tr[data-group="{group}"]' for group in groups[:10]]
            picks += page.evaluate(ANSWERED, [[row, "click"] for row in rows])
            page.locator('[data-chart="dial"]').scroll_into_view_if_needed()
            places = [str(place) for place in range(50, 1000, 90)]
            steps += page.evaluate(ANSWERED, [["#viz-ratio", "input", place] for place in places])
            page.close()
        browser.close()
    return {
        "first_chart_ms": statistics.median(first),
        "pick_ms": statistics.median(picks),
        "slider_ms": statistics.median(steps),
        "gzip_bytes": float(
            sum(len(gzip.compress(data)) for name, data in made.items() if "complete" not in name)
        ),
    }


def _write(folder: Path, made: dict[str, bytes]) -> Path:
    for name, data in made.items():
        path = folder / "_artifacts" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    page = folder / "visualization.html"
    body = made["visualization/page.html"].decode()
    page.write_text(f'<!DOCTYPE html><meta charset="utf-8"><main>{body}</main>', encoding="utf-8")
    return page


def main() -> None:
    """Print each figure beside its target."""
    found: dict[str, Any] = measure(analyse(read_study(ROOT / "data" / "popularity.toml")))
    print(f"Interactive page, medians over {REPETITIONS} visits")
    for name, value in found.items():
        target = TARGETS[name]
        scale, unit = (1024, "kB") if name.endswith("bytes") else (1, "ms")
        verdict = "" if value <= target else "  OVER"
        title = name.rsplit("_", 1)[0].replace("_", " ")
        print(f"  {title:<40}{value / scale:7.0f} {unit}  (target {target / scale:.0f}){verdict}")


if __name__ == "__main__":
    main()
