"""What drawing yields: light, for a process that does not draw itself reads it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawn:
    """
    The figures as files.

    Parameters
    ----------
    files : dict of str to bytes
        SVG by the figures' names.
    lacking : str
        Characters that no font has; a box stands for each.
    """

    files: dict[str, bytes]
    lacking: str
