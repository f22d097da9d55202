"""A page that leads to another, with a script or without."""

from __future__ import annotations


def redirect(address: str) -> str:
    """
    Return the page that leads to an address.

    Examples
    --------
    >>> 'content="0; url=report/index.html"' in redirect("report/index.html")
    True
    """
    return (
        '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        f'<title>Redirect</title>\n<meta http-equiv="refresh" content="0; url={address}">\n'
        f'<link rel="canonical" href="{address}">\n</head>\n'
        f'<body><p><a href="{address}">Go to the report</a></p></body>\n</html>\n'
    )
