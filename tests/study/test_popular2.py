"""Fetching the original data: from a copy or a host, never another file."""

import hashlib
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread

import pytest
from ratings import STUDY, run

from analysis.errors import FetchError
from analysis.study import popular2


@pytest.fixture
def cache(tmp_path, monkeypatch):
    """Return an empty cache for downloads."""
    cache = tmp_path / "cache"
    monkeypatch.setenv("MULTILEVEL_REPORT_CACHE", str(cache))
    return cache


@pytest.mark.parametrize("command", [["fetch"], ["fit", "study.toml"]])
def test_refuses_a_file_with_another_hash(tmp_path, cache, monkeypatch, capsys, command):
    wrong = tmp_path / "wrong.sav"
    wrong.write_bytes(b"not popular2")
    monkeypatch.setenv("POPULAR2_MIRROR", str(wrong))
    monkeypatch.chdir(tmp_path)
    text = STUDY.replace('table = "pupils.csv"', 'dataset = "popular2"')
    (tmp_path / "study.toml").write_text(text, encoding="utf-8")
    status, out, err = run(capsys, *command)
    assert (status, out, err.count("\n")) == (2, "", 1)
    assert "wrong.sav: not the popular2.sav that the report needs" in err
    assert "55132826114f" in err
    assert not list(cache.glob("*"))


def test_refuses_a_mirror_that_is_not_there(tmp_path, cache, monkeypatch, capsys):
    monkeypatch.setenv("POPULAR2_MIRROR", str(tmp_path / "none.sav"))
    status, out, err = run(capsys, "fetch")
    assert (status, out, err.count("\n")) == (2, "", 1)
    assert "none.sav: cannot be fetched (No such file or directory)" in err
    assert "POPULAR2_MIRROR" in err
    assert not list(cache.glob("*"))


def test_refuses_a_host_that_cannot_be_reached(cache, monkeypatch, capsys):
    monkeypatch.setenv("POPULAR2_MIRROR", "http://127.0.0.1:9/popular2.sav")
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    status, out, err = run(capsys, "fetch")
    assert (status, out, err.count("\n")) == (2, "", 1)
    assert "http://127.0.0.1:9/popular2.sav: cannot be fetched" in err
    assert "connect to the network" in err
    assert not list(cache.glob("*"))


def test_says_what_a_host_answers(cache, monkeypatch, capsys):
    class NotFound(BaseHTTPRequestHandler):
        def do_GET(self):
            self.send_error(404)

        def log_message(self, *_):
            pass

    with HTTPServer(("127.0.0.1", 0), NotFound) as server:
        Thread(target=server.serve_forever).start()
        address = f"http://127.0.0.1:{server.server_port}/popular2.sav"
        monkeypatch.setenv("POPULAR2_MIRROR", address)
        monkeypatch.setenv("NO_PROXY", "127.0.0.1")
        status, out, err = run(capsys, "fetch")
        server.shutdown()
    assert (status, out, err.count("\n")) == (2, "", 1)
    assert f"{address}: cannot be fetched (HTTP status 404 Not Found); connect" in err
    assert not list(cache.glob("*"))


@pytest.mark.parametrize("scheme", ["file", "FTP", "C"])
def test_refuses_a_mirror_of_another_scheme(cache, monkeypatch, capsys, scheme):
    """It said that the file was not the right one."""
    monkeypatch.setenv("POPULAR2_MIRROR", f"{scheme}:///x.sav")
    status, out, err = run(capsys, "fetch")
    assert (status, out, err.count("\n")) == (2, "", 1)
    assert err.startswith(f"error: {scheme}:///x.sav: POPULAR2_MIRROR cannot be a {scheme}://")
    assert "path of a copy" in err


def test_refuses_an_address_without_a_host(cache, monkeypatch, capsys):
    monkeypatch.setenv("POPULAR2_MIRROR", "https://")
    status, out, err = run(capsys, "fetch")
    assert (status, out, err.count("\n")) == (2, "", 1)
    assert err.startswith("error: https://: cannot be fetched (InvalidURL)")


def test_refuses_a_cache_that_cannot_be_written(tmp_path, monkeypatch, capsys, original):
    (tmp_path / "file").touch()
    monkeypatch.setenv("MULTILEVEL_REPORT_CACHE", str(tmp_path / "file" / "cache"))
    status, out, err = run(capsys, "fetch")
    assert (status, out, err.count("\n")) == (2, "", 1)


def test_fetches_the_original_and_says_where_it_is(original, capsys):
    status, out, err = run(capsys, "fetch")
    assert (status, err) == (0, "")
    assert Path(out.rstrip("\n")).read_bytes() == original.read_bytes()


def test_fetch_keeps_a_copy_and_refuses_another_file(original, tmp_path, monkeypatch):
    fetched = popular2.fetch_popular2()
    assert hashlib.sha256(fetched.read_bytes()).hexdigest() == popular2.POPULAR2_SHA256
    wrong = tmp_path / "wrong.sav"
    wrong.write_bytes(original.read_bytes() + b"\n")
    monkeypatch.setenv(popular2.MIRROR_VARIABLE, str(wrong))
    assert popular2.fetch_popular2() == fetched  # the copy in the cache is right, so it serves
    monkeypatch.setenv(popular2.CACHE_VARIABLE, str(tmp_path / "another"))
    with pytest.raises(FetchError, match=r"not the popular2\.sav that"):
        popular2.fetch_popular2()
    assert not (tmp_path / "another" / "popular2.sav").exists()


def test_fetch_refuses_a_wrong_or_missing_mirror(tmp_path, monkeypatch):
    monkeypatch.setenv(popular2.CACHE_VARIABLE, str(tmp_path / "cache"))
    wrong = tmp_path / "wrong.sav"
    wrong.write_bytes(b"no pupils")
    for mirror, said in (
        (wrong, "not the popular2.sav"),
        (tmp_path / "none.sav", "cannot be fetched"),
        ("http://127.0.0.1:9/popular2.sav", "cannot be fetched"),
    ):
        monkeypatch.setenv(popular2.MIRROR_VARIABLE, str(mirror))
        with pytest.raises(FetchError, match=said) as refusal:
            popular2.fetch_popular2()
        assert "\n" not in str(refusal.value)
    assert not (tmp_path / "cache" / "popular2.sav").exists()
