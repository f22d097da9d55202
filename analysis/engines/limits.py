"""A limit on the memory of this process, which engines do not know of by themselves."""

from __future__ import annotations

import sys


def address_space() -> int | None:
    """Return the bytes of memory that this process may address, if the system limits them."""
    if sys.platform == "win32":
        return None
    import resource

    soft, _ = resource.getrlimit(resource.RLIMIT_AS)
    return None if soft == resource.RLIM_INFINITY else soft
