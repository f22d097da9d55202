"""What publishing installs: Quarto's release, as its hash has it, or nothing."""

import hashlib
import importlib.util
import io
import os
import re
import tarfile
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import pytest
import what_is_here
from noxfiles import load_noxfile

needs_scripts = pytest.mark.skipif(os.name == "nt", reason="Windows runs no scripts of a shell")

ARCHIVE = "quarto-9.9.9-linux-amd64.tar.gz"


class Silent(SimpleHTTPRequestHandler):
    def log_message(self, *_):
        pass


@pytest.fixture
def release(tmp_path):
    """Serve a release of Quarto; return its address and its SHA-256."""
    packed, program = io.BytesIO(), b"#!/bin/sh\n"
    with tarfile.open(fileobj=packed, mode="w:gz") as archive:
        member = tarfile.TarInfo("quarto-9.9.9/bin/quarto")
        member.size, member.mode = len(program), 0o755
        archive.addfile(member, io.BytesIO(program))
    place = tmp_path / "served" / "v9.9.9" / ARCHIVE
    place.parent.mkdir(parents=True)
    place.write_bytes(packed.getvalue())
    handler = partial(Silent, directory=tmp_path / "served")
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = Thread(target=server.serve_forever)
        thread.start()
        address = f"http://127.0.0.1:{server.server_port}"
        yield address, hashlib.sha256(packed.getvalue()).hexdigest()
        server.shutdown()
        thread.join()


def installer(root, folder, digest):
    """Load the script from a folder in which quarto.sha256 names that hash."""
    script = folder / "quarto.py"
    script.write_bytes((root / ".ci" / "quarto.py").read_bytes())
    script.with_name("quarto.sha256").write_text(f"{digest}  {ARCHIVE}\n")
    spec = importlib.util.spec_from_file_location("ci_quarto", script)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_release_is_unpacked(root, tmp_path, release):
    address, digest = release
    programs = installer(root, tmp_path, digest).install(tmp_path / "new", address)
    assert (programs / "quarto").read_bytes() == b"#!/bin/sh\n"


def test_what_has_another_hash_is_not(root, tmp_path, release):
    with pytest.raises(ValueError, match="hash"):
        installer(root, tmp_path, 64 * "0").install(tmp_path / "new", release[0])
    assert list((tmp_path / "new").iterdir()) == []


def test_one_place_says_which_release(root, monkeypatch):
    digest, archive = (root / ".ci" / "quarto.sha256").read_text("utf-8").split()
    assert len(bytes.fromhex(digest)) == 32
    assert archive == f"quarto-{load_noxfile(root, monkeypatch).QUARTO}-linux-amd64.tar.gz"
    workflow = (root / ".github" / "workflows" / "checks.yml").read_text("utf-8")
    assert "python .ci/quarto.py" in workflow
    assert "1.7" not in workflow


def test_the_job_with_quarto_names_it_and_runs_what_needs_it(root):
    workflow = (root / ".github" / "workflows" / "checks.yml").read_text("utf-8")
    named = 'QUARTO_PATH=$(python .ci/quarto.py "$RUNNER_TEMP")/quarto'
    [command] = re.findall(rf"{re.escape(named)}\n +export QUARTO_PATH\n +(.*)\n", workflow)
    needing = {
        path.relative_to(root).as_posix()
        for path in (root / "tests").rglob("test_*.py")
        if re.search(r"what_is_here import .*\bquarto\b", path.read_text("utf-8"))
    }
    assert needing == set(command.split()[4:])
    assert command.split()[:4] == [".venv/bin/nox", "-s", "tests", "--"]


def put_quarto(folder, release):
    """Put a program there that says it is this release of Quarto."""
    program = folder / "quarto"
    program.write_text(f"#!/bin/sh\necho {release}\n", "utf-8")
    program.chmod(0o755)
    return program


@needs_scripts
def test_a_quarto_that_is_named_must_be_there_and_new_enough(tmp_path, monkeypatch):
    monkeypatch.setenv("QUARTO_PATH", str(tmp_path / "quarto"))
    with pytest.raises(FileNotFoundError):
        what_is_here.quarto()
    program = put_quarto(tmp_path, "1.6.43")
    with pytest.raises(AssertionError, match=r"is Quarto 1\.6\.43"):
        what_is_here.quarto()
    put_quarto(tmp_path, "1.10.2")
    assert what_is_here.quarto() == program


@needs_scripts
def test_a_machine_without_a_new_quarto_skips_and_says_why(tmp_path, monkeypatch):
    monkeypatch.delenv("QUARTO_PATH", raising=False)
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(pytest.skip.Exception, match="no Quarto on PATH"):
        what_is_here.quarto()
    put_quarto(tmp_path, "1.6.43")
    with pytest.raises(pytest.skip.Exception, match=r"1\.6\.43; 1\.7 or newer is needed"):
        what_is_here.quarto()
