"""A zip whose bytes depend on nothing but its files, and a name for it that every system takes."""

from __future__ import annotations

import io
import re
import time
import unicodedata
import zipfile
from typing import TYPE_CHECKING

from epoch import epoch

if TYPE_CHECKING:
    from collections.abc import Mapping

_FIRST = 315_532_800
"""The second from which on a zip has dates: that of 1980."""

_LONGEST = 60
_LATIN = str.maketrans(
    {"ß": "ss", "æ": "ae", "ø": "o", "œ": "oe", "ð": "d", "þ": "th", "ł": "l", "đ": "d", "ı": "i"}
)


def plain(text: str) -> str:
    """
    Write names in small letters, digits and hyphens, which every system takes for a file's name.

    Marks are left off letters; a character that is then none of a to z stands with its number.

    Examples
    --------
    >>> plain("Zoë O'Hara-Łukasz, B. Two"), plain("王小明 nights")
    ('zoe-ohara-lukasz-b-two', 'u738b-u5c0f-u660e-nights')
    """
    found = []
    for character in unicodedata.normalize("NFKC", text).lower().translate(_LATIN):
        bare = unicodedata.normalize("NFKD", character)[:1]
        if bare.isascii() and bare.isalnum():
            found.append(bare)
        elif character.isalnum():
            found.append(f"-u{ord(character):04x}-")
        elif character not in "'’" and not unicodedata.combining(character):
            found.append("-")
    return re.sub("-+", "-", "".join(found)).strip("-")


def name_of(author: str, study: str) -> str:
    """
    Return what a report is called: the author, cut off where that is long, and the study.

    Examples
    --------
    >>> name_of("Zoë O'Hara-Łukasz, B. Two", "nights")
    'zoe-ohara-lukasz-b-two-nights'
    """
    return f"{plain(author)[:_LONGEST].strip('-')}-{plain(study)}".strip("-")


def zipped(files: Mapping[str, bytes]) -> bytes:
    """
    Return a zip of files whose bytes depend on nothing but theirs, and on `epoch`.

    Raises
    ------
    RenderError
        If that is no second that a zip can have.
    """
    date = time.gmtime(max(epoch() or 0, _FIRST))[:6]
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as packed:
        for name in sorted(files):
            entry = zipfile.ZipInfo(name, date)
            entry.create_system = 3  # Unix, whose modes these are
            entry.external_attr = 0o100644 << 16
            entry.compress_type = zipfile.ZIP_DEFLATED
            packed.writestr(entry, files[name])
    return archive.getvalue()
