"""Time the build of a million rows in 50,000 groups, and weigh its page and its single file."""

from __future__ import annotations

import gzip
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from fit import CLASSES, PUPILS, run, write_study

ROOT = Path(__file__).resolve().parents[1]

TARGETS = {"seconds": 60.0, "peak MB": 2000.0, "page, gzip MB": 1.5, "single file MB": 4.0}

# Left behind, because they are large, or made by the very thing that is measured.
_NOT_COPIED = (".*", "_site*", "_artifacts", "_variables.yml", "__pycache__")


def main() -> None:
    """Print each beside its target; or write the study alone, which takes memory of its own."""
    if sys.argv[1:]:
        write_study(Path(sys.argv[1]))
        return
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        copy = Path(folder, "checkout")
        shutil.copytree(ROOT, copy, ignore=shutil.ignore_patterns(*_NOT_COPIED))
        subprocess.run([sys.executable, __file__, str(copy / "data")], check=True)
        found = _build(copy)
    print(f"Build of {CLASSES * PUPILS:,} rows in {CLASSES:,} groups, once")
    for name, value in found.items():
        verdict = "" if value <= TARGETS[name] else "  OVER"
        print(f"  {name:<40}{value:8.2f}  (target {TARGETS[name]:.1f}){verdict}")


def _build(checkout: Path) -> dict[str, float]:
    # A draft, because what the report claims of its own classes need not hold of these.
    seconds, peak = run(["-m", "analysis", "build", "data/big.toml", "--draft"], checkout)
    page = checkout / "report" / "_artifacts" / "visualization"
    parts = [path for path in page.iterdir() if "complete" not in path.name]
    return {
        "seconds": seconds,
        "peak MB": peak,
        "page, gzip MB": sum(len(gzip.compress(path.read_bytes())) for path in parts) / 1e6,
        "single file MB": (page / "complete-visualization.html").stat().st_size / 1e6,
    }


if __name__ == "__main__":
    main()
