"""What publishing installs: Quarto's release, as its hash has it, or nothing."""

import hashlib
import importlib.util
import io
import tarfile
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import pytest
from noxfiles import load_noxfile

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
