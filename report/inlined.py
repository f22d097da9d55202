"""One page as one file: what it shows, and what runs in it, stands in the page itself."""

from __future__ import annotations

import base64
import html
import os
import re
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import quote, unquote, urlsplit

from css import with_addresses
from renderer.page import STYLED, is_foreign

from analysis.errors import RenderError

_TYPES = {
    ".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml", ".png": "image/png",
    ".jpg": "image/jpeg", ".jpeg": "image/jpeg", ".gif": "image/gif", ".webp": "image/webp",
    ".ico": "image/x-icon", ".woff": "font/woff", ".woff2": "font/woff2", ".mp4": "video/mp4",
}  # fmt: skip
"""What a browser has to be told of a file; it refuses a style or a module of another type."""

_SHOWN = {"src", "poster", "data", "xlink:href"}
_LOADING = {"stylesheet", "icon", "modulepreload", "preload"}
"""The relations of a link that a browser follows by itself."""

_IN_SCRIPT = re.compile(r"""^(\s*(?:import|export)\b[^"';]*["'])(\.[^"']+)""", re.MULTILINE)


def inlined(page: Path, site: Path) -> tuple[str, set[Path]]:
    """
    Return a page with all that it shows in itself, and the files that it links to.

    Every address that a browser would follow by itself becomes a `data:` URI, so that order and
    kind of styles and scripts stay as they were. Links to files below the page's folder lead to the
    same places from there; one to a page elsewhere in the site, such as a redirect, leads to the
    `index.html` beside, and one to another file to its place in `source/`.

    Parameters
    ----------
    page : Path
        A file of HTML.
    site : Path
        The folder that none of its files lies outside of.

    Raises
    ------
    RenderError
        If a file is missing, or lies elsewhere.
    """
    editor = _Editor(page, site)
    return editor.edited(), editor.linked


class _Editor(HTMLParser):
    """Goes through a page, and writes it anew where an address changes."""

    def __init__(self, page: Path, site: Path) -> None:
        super().__init__(convert_charrefs=False)
        self._page, self._site = page, site
        self.linked: set[Path] = set()
        self._text = page.read_text(encoding="utf-8")
        self._lines = [0, *(match.end() for match in re.finditer("\n", self._text))]
        self._edits: list[tuple[int, int, str]] = []
        self._style_at: int | None = None

    def edited(self) -> str:
        self.feed(self._text)
        self.close()
        parts, end = [], 0
        for start, stop, new in self._edits:
            parts += [self._text[end:start], new]
            end = stop
        return "".join([*parts, self._text[end:]])

    def _here(self) -> int:
        line, column = self.getpos()
        return self._lines[line - 1] + column

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        rel = set((dict(attrs).get("rel") or "").split())
        # Others of a link's relations, such as the next page's, are nothing that is loaded.
        loads = tag in {"image", "use"} or (tag == "link" and rel & _LOADING)
        new = []
        for name, value in attrs:
            changed = value
            if not value:
                pass
            elif name in _SHOWN or (name == "href" and loads):
                changed = self._shown(value)
            elif name in {"srcset", "imagesrcset"}:
                changed = self._set(value)
            elif name == "href":
                changed = self._link(value)
            elif name in STYLED:
                changed = with_addresses(value, self._shown)
            new.append((name, changed))
        old, start = self.get_starttag_text() or "", self._here()
        if new != attrs:
            self._edits.append((start, start + len(old), _tag(tag, new, old)))
        self._style_at = start + len(old) if tag == "style" else None

    def handle_endtag(self, tag: str) -> None:
        if tag == "style" and self._style_at is not None:
            start, end = self._style_at, self._here()
            new = with_addresses(self._text[start:end], self._shown)
            self._edits.append((start, end, new))

    def _shown(self, address: str) -> str:
        return _data_uri(address, self._page, self._site)

    def _set(self, text: str) -> str:
        # One image with its width: what a browser may choose from is nothing for a single file.
        address, *more = text.lstrip(" ,\t\n\f\r").split(maxsplit=1)
        width = "" if address.endswith(",") else "".join(more).partition(",")[0]
        return f"{self._shown(address.rstrip(','))} {width}".strip()

    def _link(self, address: str) -> str:
        if is_foreign(address):
            return address
        parts = urlsplit(address)
        if parts.scheme or not parts.path:
            return address
        path = _file(address, self._page, self._site)
        folder = self._page.parent
        if path.is_relative_to(folder):
            self.linked.add(path)
            place = path.relative_to(folder).as_posix()
        elif path.suffix == ".html":
            self.linked.add(folder / "index.html")
            place = "index.html"
        else:
            place = f"source/{path.relative_to(self._site).as_posix()}"
        return quote(place) + (f"#{parts.fragment}" if parts.fragment else "")


def _tag(name: str, attrs: list[tuple[str, str | None]], old: str) -> str:
    parts = [key if value is None else f'{key}="{html.escape(value)}"' for key, value in attrs]
    return f"<{' '.join([name, *parts])}{' /' if old.endswith('/>') else ''}>"


def _data_uri(address: str, holder: Path, site: Path, above: tuple[Path, ...] = ()) -> str:
    if address.startswith("data:"):
        return address
    if is_foreign(address) or urlsplit(address).scheme:
        msg = f"{holder.relative_to(site)}: {address}: the page may not ask another host"
        raise RenderError(msg)
    parts = urlsplit(address)
    if not parts.path:  # a part of the same drawing
        return address
    path = _file(address, holder, site)
    if path in above:
        msg = f"{holder.relative_to(site)}: {address}: imports what it is imported by"
        raise RenderError(msg)
    content = path.read_bytes()

    def shown(beside: str) -> str:
        return _data_uri(beside, path, site, (*above, path))

    if path.suffix == ".css":
        content = with_addresses(content.decode(), shown).encode()
    elif path.suffix == ".js":
        content = _IN_SCRIPT.sub(
            lambda found: found[1] + shown(found[2]), content.decode()
        ).encode()
    kind = _TYPES.get(path.suffix.lower(), "application/octet-stream")
    # Scripts and styles are of one encoding then, whatever the page says of its own.
    charset = ";charset=utf-8" if kind.startswith("text/") else ""
    fragment = f"#{parts.fragment}" if parts.fragment else ""
    return f"data:{kind}{charset};base64,{base64.b64encode(content).decode()}{fragment}"


def _file(address: str, holder: Path, site: Path) -> Path:
    path = Path(os.path.normpath(holder.parent / unquote(urlsplit(address).path)))
    if path.is_dir():
        path /= "index.html"
    if not path.is_relative_to(site) or not path.is_file():
        msg = f"{holder.relative_to(site)}: {address}: there is no such file in the site"
        raise RenderError(msg)
    return path
