"""What a finished page asks for: its identifiers, links and files."""

from __future__ import annotations

from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

FETCHED = {"src", "srcset", "poster", "data"}


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
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note the identifier and the references of one tag."""
        for name, value in attrs:
            if name == "id" and value:
                self.identifiers.append(value)
            elif value and (name in FETCHED or name == "href"):
                parts = urlsplit(value)
                if not parts.scheme and not parts.netloc:
                    self.links.append(value)
                elif parts.netloc and (name != "href" or tag == "link"):
                    self.foreign.append(value)


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
