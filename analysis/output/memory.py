"""How much memory a process may use, asked before a library needs more and waits for it."""

from __future__ import annotations

import sys

# What the libraries take of a report of 300 rows, with some to spare. Below it OpenBLAS, which
# NumPy and SciPy load, ends the process or tries for ever; nothing in Python can catch either.
_LEAST = {
    "RLIMIT_AS": (3 * 2**29, "address space", "ulimit -v"),
    "RLIMIT_DATA": (2**29, "memory for data", "ulimit -d"),
}


def short_of_memory() -> str:
    """Say that the process may not use as much memory as the libraries take; empty if it may."""
    if sys.platform == "win32":
        return ""  # it has no such limits
    import resource

    for name, (least, what, command) in _LEAST.items():
        allowed, _ = resource.getrlimit(getattr(resource, name))
        if allowed != resource.RLIM_INFINITY and allowed < least:
            return (
                f"{allowed / 1e6:,.0f} MB of {what} are allowed here, and the libraries take "
                f"{least / 1e6:,.0f}; raise the limit ({command})"
            )
    return ""
