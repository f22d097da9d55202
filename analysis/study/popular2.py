"""Fetch the original data set, popular2, from where the book's authors publish it."""

from __future__ import annotations

import errno
import os
import shutil
import time
from pathlib import Path

from analysis.errors import FetchError

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
    cache = os.environ.get(CACHE_VARIABLE) or pooch.os_cache("multilevel-report")
    try:
        found = pooch.retrieve(
            source,
            known_hash=f"sha256:{POPULAR2_SHA256}",
            fname="popular2.sav",
            path=cache,
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
    """Download within a time and a size: a server may send a byte a second, for ever."""
    import requests

    end, size = time.monotonic() + _MOST_SECONDS, 0
    with (
        requests.get(source, stream=True, timeout=_SECONDS_OF_SILENCE) as answer,
        Path(target).open("wb") as file,
    ):
        answer.raise_for_status()
        # What has come, be it little: a chunk of a fixed size would be waited for.
        while chunk := answer.raw.read1(_CHUNK, decode_content=True):
            size += len(chunk)
            if time.monotonic() > end:
                msg = f"more than {_MOST_SECONDS} seconds"
                raise TimeoutError(errno.ETIMEDOUT, msg)
            if size > _MOST_BYTES:
                msg = f"more than {_MOST_BYTES:,} bytes, which popular2.sav has not"
                raise OSError(errno.EFBIG, msg)
            file.write(chunk)


def _copy(source: str, target: str, _pooch: object) -> None:
    shutil.copyfile(source, target)


def _reason(error: OSError) -> str:
    answer = getattr(error, "response", None)  # of requests
    if answer is not None:
        return f"HTTP status {answer.status_code} {answer.reason}".rstrip()
    return error.strerror or type(error).__name__
