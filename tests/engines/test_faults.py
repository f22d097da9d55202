"""What happens to a pass when workers die, files are damaged, room ends or somebody interrupts."""

import json
import os
import subprocess
import sys

import numpy as np
import pandas as pd
import pytest
from engines.on_engines import ENGINES, ROLES, differences, pupils, put, record

from analysis.engines.source import refusing

needs_limits = pytest.mark.skipif(
    sys.platform != "linux",
    reason="`ulimit -v`, which the engine is to keep to, holds on Linux alone",
)


def study(folder, engine, table="pupils.parquet"):
    text = ROLES.replace("pupils{suffix}", table).format(engine=engine, data="", model="")
    (folder / "study.toml").write_text(text, encoding="utf-8")
    return text


def fit(root, folder, before="", **environment):
    """Run the command in a process of its own, under what a shell sets before."""
    return subprocess.run(
        ["/bin/sh", "-c", f"{before} exec '{sys.executable}' -m analysis fit study.toml --json"],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(root), "OPENBLAS_NUM_THREADS": "1", **environment},
        capture_output=True,
        text=True,
        check=False,
    )


def refusal(done):
    """Return the one line of a refusal, which printed nothing else."""
    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (2, "", 1), done.stderr
    return done.stderr


def many(folder, n_rows, n_parts=4, n_groups=None):
    """Write rows in parts, with groups that go through all of them."""
    rng = np.random.default_rng(1)
    n_groups = n_groups or n_rows // 100
    texp, heights = rng.integers(2, 26, n_groups), rng.normal(0, 1, n_groups)
    (folder / "parts").mkdir()
    for part in range(n_parts):
        at = rng.integers(0, n_groups, n_rows // n_parts)
        extrav, sex = rng.integers(1, 11, len(at)), rng.integers(0, 2, len(at))
        popular = heights[at] + 0.5 * extrav + sex + 0.1 * texp[at] + rng.normal(0, 1, len(at))
        columns = {"class": at, "popular": popular, "extrav": extrav, "sex": sex, "texp": texp[at]}
        pd.DataFrame(columns).to_parquet(folder / "parts" / f"{part}.parquet", index=False)


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("suffix", [".csv", ".parquet"])
def test_a_truncated_file_is_refused(engine, suffix, tmp_path):
    path = tmp_path / f"pupils{suffix}"
    put(pupils(), path)
    whole = path.read_bytes()
    path.write_bytes(whole[: -len(whole) // 3].rpartition(b",")[0])
    found = record(tmp_path, study(tmp_path, engine, path.name))
    assert found.startswith(f"pupils{suffix}: "), found
    assert "\n" not in found
    assert ("cut off" if suffix == ".csv" else "cannot be read") in found


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("suffix", [".csv", ".parquet"])
def test_a_part_with_other_columns_is_refused(engine, suffix, tmp_path):
    table = pupils()
    (tmp_path / "parts").mkdir()
    put(table, tmp_path / "parts" / f"1{suffix}")
    put(table[table.columns[::-1]].rename(columns={"sex": "gender"}), tmp_path / f"parts/2{suffix}")
    found = record(tmp_path, study(tmp_path, engine, f"parts/*{suffix}"))
    said = "column sex is not as in" if suffix == ".parquet" else "its header is not that of"
    assert found.startswith(f"parts/2{suffix}: {said} 1{suffix}; "), found


@pytest.mark.parametrize("engine", ENGINES)
def test_a_part_of_other_kinds_is_refused(engine, tmp_path):
    (tmp_path / "parts").mkdir()
    put(pupils(), tmp_path / "parts" / "1.parquet")
    put(pupils().assign(sex="girl"), tmp_path / "parts" / "2.parquet")
    found = record(tmp_path, study(tmp_path, engine, "parts/*.parquet"))
    assert found == (
        "parts/2.parquet: column sex is not as in 1.parquet; the files of one table have the same "
        "columns, of the same kinds"
    )


@pytest.mark.parametrize("engine", ENGINES)
def test_an_engine_that_is_not_installed_is_refused_with_the_command(engine, tmp_path, monkeypatch):
    put(pupils(), tmp_path / "pupils.parquet")
    monkeypatch.setattr("analysis.engines.opening.find_spec", lambda _: None)
    assert record(tmp_path, study(tmp_path, engine)) == (
        f'pupils.parquet: engine = "{engine}" needs a library that is missing here: '
        f'pip install ".[{engine}]"'
    )


@needs_limits
def test_a_limit_on_the_memory_of_the_process_holds_out_of_core(root, tmp_path):
    """Of 10^7 rows as well: bench/scale.py."""
    many(tmp_path, 2_000_000, n_groups=2_000)
    study(tmp_path, "duckdb", "parts/*.parquet")
    done = fit(root, tmp_path, "ulimit -v 2000000;")
    assert done.returncode == 0, done.stderr
    assert all(line.startswith("note: ") for line in done.stderr.splitlines())
    assert json.loads(done.stdout)["data"]["n_observations"] == 2_000_000


@needs_limits
def test_polars_is_refused_where_a_limit_would_kill_it(root, tmp_path):
    put(pupils(), tmp_path / "pupils.parquet")
    study(tmp_path, "polars")
    said = refusal(fit(root, tmp_path, "ulimit -v 2000000;"))
    assert 'engine = "polars" asks for more memory at once' in said
    assert 'write engine = "duckdb"' in said


@needs_limits
def test_a_disk_that_fills_is_refused(root, tmp_path):
    """DuckDB writes what does not fit into memory where temporary files go; here they are short."""
    many(tmp_path, 2_000_000, n_groups=500_000)
    study(tmp_path, "duckdb", "parts/*.parquet")
    (tmp_path / "tmp").mkdir()
    limits = "ulimit -v 1700000; ulimit -f 100;"
    said = refusal(fit(root, tmp_path, limits, TMPDIR=str(tmp_path / "tmp")))
    assert said.startswith("error: parts/*.parquet: "), said
    assert not list((tmp_path / "tmp").iterdir())


@pytest.mark.skipif(
    os.name == "nt",
    reason="Windows would interrupt all of the terminal, these tests too",
)
@pytest.mark.parametrize("engine", ENGINES)
def test_an_interrupt_during_a_pass_is_one_line(engine, root, tmp_path):
    many(tmp_path, 400_000)
    study(tmp_path, engine, "parts/*.parquet")
    process = subprocess.Popen(
        [sys.executable, "-c", _INTERRUPTED, "fit", "study.toml", "--json"],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(root)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    out, err = process.communicate()
    assert (process.returncode, out) == (130, ""), err
    assert err == "interrupted; the artifacts are left as they were\n"


@pytest.mark.parametrize("name", ["InterruptException", "RuntimeError"])
def test_duckdb_says_in_two_ways_that_it_was_interrupted(name):
    error = type(name, (Exception,), {})("Query interrupted" if name == "RuntimeError" else "")
    with pytest.raises(KeyboardInterrupt), refusing("the table"):
        raise error


# Sends itself what a terminal sends, in the middle of what the engine adds in its first pass.
_INTERRUPTED = """
import os, signal, sys, threading
from analysis import __main__ as command
from analysis.engines.source import Source

plain = Source.collected

def collected(self, frame):
    threading.Timer(0.05, os.kill, (os.getpid(), signal.SIGINT)).start()
    return plain(self, frame)

Source.collected = collected
sys.exit(command.main(sys.argv[1:]))
"""


def test_a_worker_that_is_killed_in_the_middle_changes_nothing(tmp_path):
    from distributed import Client, LocalCluster

    many(tmp_path, 40_000, n_parts=8)
    text = study(tmp_path, "dask", "parts/*.parquet")
    expected = record(tmp_path, text)
    marker = tmp_path / "killed"

    def dying(frame):
        # The first worker that comes here goes, as if the system had ended it.
        if not marker.exists():
            marker.touch()
            os._exit(1)
        return frame

    with (
        LocalCluster(
            n_workers=2, threads_per_worker=1, processes=True, dashboard_address=None
        ) as cluster,
        Client(cluster, set_as_default=True),
        pytest.MonkeyPatch.context() as patch,
    ):
        import dask.dataframe as dd

        plain = dd.read_parquet

        def read(files, **keys):
            rows = plain(files, **keys)
            return rows.map_partitions(dying, meta=rows._meta)

        patch.setattr(dd, "read_parquet", read)
        found = record(tmp_path, text)
    assert marker.exists()
    assert list(differences(expected, found)) == []
