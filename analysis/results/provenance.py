"""What the numbers were made with."""

from __future__ import annotations

import hashlib
import platform
import re
from dataclasses import dataclass
from importlib import metadata

PACKAGES = (
    *("numpy", "scipy", "pandas", "statsmodels", "formulaic", "narwhals"),  # estimates
    *("pyarrow", "pyreadstat", "python-calamine"),  # how their table is read
    *("matplotlib", "stargazer", "jinja2"),  # how they are shown
)
"""Packages whose release can change a digit or a pixel of the report."""

_EXTRAS = ("pyarrow", "duckdb", "polars", "dask")
"""Those that an environment may lack, of which the last three are engines of their names."""

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


def packages(engine: str = "memory") -> dict[str, str]:
    """
    Return the release of each package that touches a number, by name.

    Parameters
    ----------
    engine : str
        What holds the rows; another engine has no part in them.

    Raises
    ------
    PackageNotFoundError
        If one is missing that every report needs.
    """
    found = {}
    for name in (*PACKAGES, *({engine} & set(_EXTRAS))):
        try:
            found[name] = metadata.version(name)
        except metadata.PackageNotFoundError:
            if name not in _EXTRAS:
                raise
    return found


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
                Release(name=name, version=version, pinned=tuple(pins.get(name, ())))
                for name, version in packages(engine).items()
            ),
        ),
        lock_sha256=hashlib.sha256(lock).hexdigest() if lock else "",
    )
