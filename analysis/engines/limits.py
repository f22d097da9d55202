"""A limit on the memory of this process, which engines do not know of by themselves."""

from __future__ import annotations

import sys


def memory_limit() -> int | None:
    """Return the bytes of memory that this process may have, if the system limits them."""
    if sys.platform == "win32":
        return None
    import resource

    limits = (resource.getrlimit(each)[0] for each in (resource.RLIMIT_AS, resource.RLIMIT_DATA))
    return min((limit for limit in limits if limit != resource.RLIM_INFINITY), default=None)
