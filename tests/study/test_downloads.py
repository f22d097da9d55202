"""Downloads end, whatever a server does."""

import os
import time
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import pytest
from ratings import run

from analysis.study import popular2


class Drips(BaseHTTPRequestHandler):
    """A server that sends a byte at a time, or more than there should be."""

    pause, piece = 0.02, b"x"

    def do_GET(self):
        self.send_response(200)
        self.end_headers()
        with suppress(OSError):  # once the reader has gone
            while not self.server.closing:
                self.wfile.write(self.piece)
                time.sleep(self.pause)

    def log_message(self, *_):
        pass


class DripsHeaders(Drips):
    """A server whose headers have no end."""

    def end_headers(self):
        self.flush_headers()
        self.wfile.write(b"X-More: ")


class Floods(Drips):
    pause, piece = 0, b"x" * 65536


@pytest.fixture
def fetched(monkeypatch, tmp_path, capsys):
    """Return what fetching from a server ends with."""

    def fetch(handler):
        with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
            server.closing = False
            Thread(target=server.serve_forever).start()
            address = f"http://127.0.0.1:{server.server_port}/popular2.sav"
            monkeypatch.setenv("POPULAR2_MIRROR", address)
            monkeypatch.setenv("MULTILEVEL_REPORT_CACHE", str(tmp_path))
            try:
                status, out, err = run(capsys, "fetch")
            finally:
                server.closing = True
                server.shutdown()
        assert (status, out, err.count("\n")) == (2, "", 1)
        assert not [path for path in tmp_path.rglob("*") if path.is_file()]
        return err

    return fetch


def test_a_server_that_drips_is_left(fetched, monkeypatch):
    monkeypatch.setattr(popular2, "_MOST_SECONDS", 0.2)
    assert "cannot be fetched (more than 0.2 seconds); connect to the network" in fetched(Drips)


def test_a_server_that_drips_its_headers_is_left(fetched, monkeypatch):
    monkeypatch.setattr(popular2, "_MOST_SECONDS", 0.2)
    assert "cannot be fetched (more than 0.2 seconds); connect to" in fetched(DripsHeaders)


@pytest.mark.skipif(os.name == "nt", reason="os.mkfifo: Windows has no pipes in folders")
def test_a_copy_without_an_end_is_not_waited_for(monkeypatch, tmp_path, capsys):
    monkeypatch.setenv("MULTILEVEL_REPORT_CACHE", str(tmp_path))
    monkeypatch.setenv("POPULAR2_MIRROR", "/dev/zero")
    status, _, err = run(capsys, "fetch")
    assert (status, err.count("\n")) == (2, 1)
    assert "/dev/zero: cannot be fetched (it is a pipe or a device); connect to the network" in err
    os.mkfifo(tmp_path / "popular2.sav")
    status, _, err = run(capsys, "fetch")
    assert (status, err.count("\n")) == (2, 1)
    assert "popular2.sav: is no file (it is a pipe or a device); move it away" in err


def test_a_server_without_end_is_left(fetched):
    assert "cannot be fetched (more than 10,000,000 bytes" in fetched(Floods)
