"""
Time `fit --json` from a thousand rows up, by each engine: nox -s bench -- scale [full] [FOLDER].

With "full" up to 10^8 rows, which take a gigabyte while they are measured, else up to 10^7. The
figure is written into FOLDER, or else into the folder for temporary files.
"""

from __future__ import annotations

import math
import resource
import subprocess
import sys
import tempfile
from pathlib import Path

from fit import run

ROOT = Path(__file__).resolve().parents[1]

ENGINES = ("duckdb", "polars", "dask", "memory")
MOST = {"duckdb": 10**8, "polars": 10**7, "dask": 10**7, "memory": 10**7}
TARGETS = {("memory", 10**6): (6.0, math.inf), ("duckdb", 10**8): (60.0, 3000.0)}
"""Seconds and MB at most, of what holds a table of so many rows if the study does not say."""

LIMITED, LIMIT = 10**7, 2_000_000_000
"""Rows that DuckDB fits where the process may hold no more data than this many bytes."""

Measured = dict[str, list[tuple[int, float, float]]]


def main() -> None:
    """Print the table of seconds and of peaks of memory, and draw the figure."""
    arguments = sys.argv[1:]
    folders = [Path(each) for each in arguments if each not in {"full", "scale"}]
    most = 8 if "full" in arguments else 7
    measured: Measured = {engine: [] for engine in ENGINES}
    print("fit --json, rows in classes of 100; seconds and MB at most")
    print(f"{'rows':>13}" + "".join(f"{engine:>18}" for engine in ENGINES))
    for exponent in range(3, most + 1):
        n_rows = 10**exponent
        with tempfile.TemporaryDirectory(prefix="bench-") as name:
            folder = Path(name)
            # In a process of its own, whose memory no later one inherits in its peak.
            script = str(Path(__file__).with_name("big_table.py"))
            subprocess.run([sys.executable, script, name, str(n_rows)], check=True)
            # Memory reads one file: the parts joined.
            _join(folder)
            cells = [_measured(measured, engine, n_rows, folder) for engine in ENGINES]
            print(f"{n_rows:>13,}" + "".join(f"{cell:>18}" for cell in cells), flush=True)
            if n_rows == LIMITED:
                _run("duckdb", folder, LIMIT)
                print(f"  by duckdb with no more than {LIMIT / 1e9:.0f} GB for the process: done")
    for (engine, n_rows), target in TARGETS.items():
        found = [(seconds, peak) for n, seconds, peak in measured[engine] if n == n_rows]
        verdict = "" if found else "  (nox -s bench -- scale full)"
        if found and any(value > most for value, most in zip(found[0], target, strict=True)):
            verdict = "  OVER"
        memory = f", {target[1]:,.0f} MB" if target[1] < math.inf else ""
        print(f"  target of {n_rows:,} rows by {engine}: {target[0]:.0f} s{memory}{verdict}")
    folder = folders[0] if folders else Path(tempfile.gettempdir())
    print(f"  the growth is drawn in {_drawn(measured, folder / 'scale.svg')}")


def _join(folder: Path) -> None:
    parts = sorted((folder / "parts").iterdir())
    if len(parts) <= MOST["memory"] // 10**6:
        code = (
            "import pyarrow.parquet as pq, sys; "
            "pq.write_table(pq.read_table(sys.argv[1]), sys.argv[2])"
        )
        command = [sys.executable, "-c", code, str(folder / "parts"), str(folder / "all.parquet")]
        subprocess.run(command, check=True)
    study = folder / "memory.toml"
    text = study.read_text(encoding="utf-8").replace("parts/*.parquet", "all.parquet")
    study.write_text(text, encoding="utf-8")


def _measured(measured: Measured, engine: str, n_rows: int, folder: Path) -> str:
    if n_rows > MOST[engine]:
        return "–"
    seconds, peak = _run(engine, folder)
    measured[engine].append((n_rows, seconds, peak))
    return f"{seconds:.2f} s {peak:,.0f} MB"


def _run(engine: str, folder: Path, limit: int | None = None) -> tuple[float, float]:
    """Return the seconds and the peak of memory, in MB, of a process."""
    command = ["-m", "analysis", "fit", f"{engine}.toml", "--json"]
    if limit is None:
        return run(command, folder)
    return run(command, folder, lambda: resource.setrlimit(resource.RLIMIT_DATA, (limit, limit)))


def _drawn(measured: Measured, path: Path) -> Path:
    """Draw seconds and memory by the number of rows."""
    import matplotlib as mpl
    from matplotlib.figure import Figure

    mpl.rcParams["svg.hashsalt"] = "scale"
    figure = Figure(figsize=(7, 3), layout="constrained")
    ticks = {"seconds": [1, 2, 5, 10, 20, 50], "MB at most": [200, 500, 1000, 2000, 3000]}
    for j, (ax, what) in enumerate(zip(figure.subplots(1, 2), ticks, strict=True), start=1):
        for engine, rows in measured.items():
            ax.plot([row[0] for row in rows], [row[j] for row in rows], marker="o", label=engine)
        target = TARGETS["duckdb", 10**8][j - 1]
        ax.plot([10**8], [target], marker="_", markersize=16, color="black", linestyle="none")
        ax.annotate("target", (10**8, target), (-12, -4), textcoords="offset points", ha="right")
        ax.set(xscale="log", yscale="log", xlabel="rows", ylabel=what, xlim=(500, 4e8))
        ax.set_yticks(ticks[what], labels=[f"{tick:,}" for tick in ticks[what]])
        ax.set_yticks([], minor=True)
        ax.spines[["top", "right"]].set_visible(False)
        if j == 1:
            ax.legend(frameon=False, fontsize="small")
    path.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(path, metadata={"Date": None} if path.suffix == ".svg" else None)
    return path


if __name__ == "__main__":
    main()
