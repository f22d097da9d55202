"""What the numbers were made with."""

from __future__ import annotations

import hashlib
import platform
import re
from dataclasses import dataclass
from importlib import metadata

PACKAGES = (
    *("numpy", "scipy", "pandas", "statsmodels", "formulaic"),  # estimates
    *("matplotlib", "stargazer", "jinja2"),  # how they are shown
)
"""Packages whose release can change a digit or a pixel of the report."""

OF_ENGINES = {engine: ("narwhals", engine) for engine in ("duckdb", "polars", "dask")}
"""Those of a study whose rows an engine adds."""

_PIN = re.compile(r"^([A-Za-z0-9._-]+)==([^\s;\\]+)", re.MULTILINE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Release:
    """
    A program or package, and its version here and in the lock.

    Parameters
    ----------
    name, version : str
    pinned : tuple of str
        The versions that the lock names; empty where it names none.
    """

    name: str
    version: str
    pinned: tuple[str, ...] = ()

    @property
    def other(self) -> bool:
        """Whether the lock names another version."""
        return bool(self.pinned) and self.version not in self.pinned


@dataclass(frozen=True, slots=True, kw_only=True)
class Provenance:
    """
    What the numbers were made with.

    Parameters
    ----------
    releases : tuple of Release
        Python first, then the packages.
    lock_sha256 : str
        SHA-256 of the file that pins them; empty if there is none.
    """

    releases: tuple[Release, ...]
    lock_sha256: str

    @property
    def others(self) -> tuple[Release, ...]:
        """Releases that are not those of the lock."""
        return tuple(release for release in self.releases if release.other)


def provenance(project: str, lock: bytes, engine: str = "memory") -> Provenance:
    """
    Return the releases of everything that touches a number.

    Parameters
    ----------
    project : str
        Version of the project itself.
    lock : bytes
        The file that pins them, in pip's form; empty if there is none.
    engine : str
        What holds the rows.

    Returns
    -------
    Provenance

    Examples
    --------
    >>> made = provenance("1.0", b"numpy==0.1 ; python_version < '4'")
    >>> [release.name for release in made.others]
    ['numpy']
    """
    pins: dict[str, list[str]] = {}
    for name, version in _PIN.findall(lock.decode("utf-8", "replace")):
        pins.setdefault(name.lower(), []).append(version)
    return Provenance(
        releases=(
            Release(name="Python", version=platform.python_version()),
            Release(name="this project", version=project),
            *(
                Release(name=name, version=metadata.version(name), pinned=tuple(pins.get(name, ())))
                for name in (*PACKAGES, *OF_ENGINES.get(engine, ()))
            ),
        ),
        lock_sha256=hashlib.sha256(lock).hexdigest() if lock else "",
    )
