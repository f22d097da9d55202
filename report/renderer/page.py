"""What a finished page asks for: its identifiers, links and files."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

from css import addresses_in_css

FETCHED = {"src", "poster", "data", "xlink:href", "background"}
SETS = {"srcset", "imagesrcset"}
STYLED = {
    "style", "fill", "stroke", "filter", "mask", "clip-path", "cursor",
    *("marker-start", "marker-mid", "marker-end"),
}  # fmt: skip
"""Attributes that are style sheets, or values of them in a drawing."""


class Page(HTMLParser):
    """
    The identifiers and references of one HTML page.

    Parameters
    ----------
    html : str

    Attributes
    ----------
    identifiers : list of str
        Every `id` of the page, in its order.
    links : list of str
        What the page links to or shows, as written.
    foreign : list of str
        Addresses on other hosts that a browser would ask for by itself.

    Examples
    --------
    >>> page = Page('<p id="a"><a href="b.html#c">b</a><img src="https://x.org/y.png">')
    >>> page.identifiers, page.links, page.foreign
    (['a'], ['b.html#c'], ['https://x.org/y.png'])
    """

    def __init__(self, html: str) -> None:
        super().__init__()
        self.html = html
        self.identifiers: list[str] = []
        self.links: list[str] = []
        self.foreign: list[str] = []
        self._style: str | None = None
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note the identifier and the references of one tag."""
        self._style = "" if tag == "style" else None
        for name, value in attrs:
            if not value:
                continue
            if name == "id":
                self.identifiers.append(value)
            elif name in FETCHED or name == "href":
                self._note(value, asked=name != "href" or tag in {"link", "image", "use"})
            elif name in SETS:
                for address in addresses_in_set(value):
                    self._note(address)
            elif name in STYLED:
                self._note_all(value)

    def handle_data(self, data: str) -> None:
        """Collect a style sheet."""
        if self._style is not None:
            self._style += data

    def handle_endtag(self, tag: str) -> None:
        """Note what a style sheet asks for."""
        if tag == "style" and self._style is not None:
            self._note_all(self._style)
        self._style = None

    def _note_all(self, css: str) -> None:
        for address in addresses_in_css(css):
            self._note(address)

    def _note(self, address: str, *, asked: bool = True) -> None:
        """Note an address, which a browser asks for by itself or where a reader clicks."""
        if asked and address.startswith("#"):
            return  # a part of the same drawing
        if is_foreign(address):
            self.foreign += [address] * asked
        elif not urlsplit(address).scheme:
            self.links.append(address)


def addresses_in_set(text: str) -> list[str]:
    """
    Return the addresses of a set of images, each of which may have a width behind it.

    Examples
    --------
    >>> addresses_in_set("a.png 1x, https://x.org/b.png 2x")
    ['a.png', 'https://x.org/b.png']
    """
    found = re.findall(r"(?:^|,|\s)\s*([^\s,]\S*)(?:\s+[\d.]+[wxh])?", text)
    return [address.rstrip(",") for address in found]


def is_foreign(address: str) -> bool:
    """
    Tell whether a browser asks another host for an address.

    Examples
    --------
    >>> [is_foreign(each) for each in ("https:x.org/a", "//x.org/a", "a/b.png", "data:,x")]
    [True, True, False, False]
    """
    try:
        parts = urlsplit(address)
    except ValueError:  # of a host that is none, such as http://[
        return True
    return bool(parts.netloc) or parts.scheme in {"http", "https", "ftp"}


def target_of(link: str, page: Path) -> tuple[Path, str]:
    """
    Return the file and the identifier that a link, relative to its page, leads to.

    Examples
    --------
    >>> path, identifier = target_of("a%20b.html#c", Path("report/index.html"))
    >>> path.as_posix(), identifier
    ('report/a b.html', 'c')
    """
    parts = urlsplit(link)
    path = page.parent / unquote(parts.path) if parts.path else page
    return path, unquote(parts.fragment)
