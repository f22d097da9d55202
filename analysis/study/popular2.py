"""Fetch the original data set, popular2, from where the book's authors publish it."""

from __future__ import annotations

import errno
import os
import shutil
import time
from concurrent.futures import Future
from pathlib import Path
from threading import Thread

from analysis.errors import FetchError, regular

POPULAR2_URL = (
    "https://raw.githubusercontent.com/MultiLevelAnalysis/"
    "Datasets-third-edition-Multilevel-book/479cec4390efb7f84bb94df0e3c381e173782669/"
    "chapter%202/popularity/SPSS/popular2.sav"
)
"""Where the book's authors publish the data set, at a fixed commit."""

POPULAR2_SHA256 = "55132826114faa55b7ee402cd35e04567fedac613df0d549dc2083fa33ad60b9"
"""SHA-256 of popular2.sav."""

MIRROR_VARIABLE = "POPULAR2_MIRROR"
"""Environment variable with another URL, or the path of a local copy, of popular2.sav."""

_MOST_SECONDS, _SECONDS_OF_SILENCE = 60, 10
_MOST_BYTES, _CHUNK = 10_000_000, 65_536
"""Within which a download ends: the file has 83 kB."""

_SCHEMES = ("http", "https")

_NAME = "popular2.sav"

CACHE_VARIABLE = "MULTILEVEL_REPORT_CACHE"
"""Environment variable with the folder for downloads, in place of the user's cache."""


def fetch_popular2() -> Path:
    """
    Download popular2.sav into the user's cache, unless it is there.

    The environment variable `MIRROR_VARIABLE` names another URL or a local copy.

    Returns
    -------
    Path
        The file, whose SHA-256 is `POPULAR2_SHA256`.

    Raises
    ------
    FetchError
        If the file cannot be had or has another hash.
    """
    # pooch brings requests along, half a second that only a download needs.
    import pooch

    pooch.get_logger().setLevel("WARNING")
    source = os.environ.get(MIRROR_VARIABLE) or POPULAR2_URL
    scheme, is_address, _ = source.partition("://")
    if is_address and scheme.lower() not in _SCHEMES:
        msg = (
            f"{source}: {MIRROR_VARIABLE} cannot be a {scheme}:// address; give one of http:// or "
            "https://, or the path of a copy of popular2.sav without any ://"
        )
        raise FetchError(msg)
    kept = Path(os.environ.get(CACHE_VARIABLE) or pooch.os_cache("multilevel-report"), _NAME)
    try:
        regular(kept)
    except OSError as error:
        msg = f"{kept}: is no file ({_reason(error)}); move it away"
        raise FetchError(msg) from None
    try:
        found = pooch.retrieve(
            source,
            known_hash=f"sha256:{POPULAR2_SHA256}",
            fname=kept.name,
            path=kept.parent,
            downloader=_download if is_address else _copy,
        )
    except OSError as error:  # before ValueError, since an address without a host is both
        msg = (
            f"{source}: cannot be fetched ({_reason(error)}); connect to the network, or set "
            f"{MIRROR_VARIABLE} to a copy of popular2.sav"
        )
        raise FetchError(msg) from None
    except ValueError as error:
        msg = (
            f"{source}: not the popular2.sav that the report needs: {' '.join(str(error).split())}"
        )
        raise FetchError(msg) from None
    return Path(found)


def _download(source: str, target: str, _pooch: object) -> None:
    """Download within a time: a server may send a byte a second for ever, of its headers too."""
    content: Future[bytes] = Future()

    def receive() -> None:
        try:
            content.set_result(_received(source))
        except Exception as error:
            content.set_exception(error)

    # Of an answer as a whole requests knows no time, only of its silences.
    Thread(target=receive, daemon=True).start()
    try:
        found = content.result(_MOST_SECONDS)
    except TimeoutError:
        msg = f"more than {_MOST_SECONDS} seconds"
        raise TimeoutError(errno.ETIMEDOUT, msg) from None
    with Path(target).open("wb") as file:
        file.write(found)


def _received(source: str) -> bytes:
    import requests

    end, content = time.monotonic() + _MOST_SECONDS, bytearray()
    with requests.get(source, stream=True, timeout=_SECONDS_OF_SILENCE) as answer:
        answer.raise_for_status()
        # What has come, be it little: a chunk of a fixed size would be waited for.
        while chunk := answer.raw.read1(_CHUNK, decode_content=True):
            content += chunk
            if time.monotonic() > end:  # nobody waits any more
                raise TimeoutError
            if len(content) > _MOST_BYTES:
                msg = f"more than {_MOST_BYTES:,} bytes, which popular2.sav has not"
                raise OSError(errno.EFBIG, msg)
    return bytes(content)


def _copy(source: str, target: str, _pooch: object) -> None:
    shutil.copyfile(regular(Path(source)), target)


def _reason(error: OSError) -> str:
    answer = getattr(error, "response", None)  # of requests
    if answer is not None:
        return f"HTTP status {answer.status_code} {answer.reason}".rstrip()
    return error.strerror or type(error).__name__
