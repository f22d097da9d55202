"""What happens to a pass when workers die, files are damaged, room ends or somebody interrupts."""

import json
import os
import signal
import subprocess
import sys
import time

import numpy as np
import pandas as pd
import pytest
from engines.on_engines import ENGINES, ROLES, differences, pupils, put, record

needs_unix = pytest.mark.skipif(os.name == "nt", reason="Windows has neither signals nor limits")


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
