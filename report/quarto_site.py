"""What Quarto leaves to be mended in the site that it has made."""

from __future__ import annotations

import base64
import hashlib
import os
import re
from pathlib import Path
from urllib.parse import unquote

from redirect import redirect

REDIRECT = re.compile(r'var redirects = \{"":"([^"\\]+)"\};')
MODULE = re.compile(r'<script src="([^"]*/quarto-html/[^"]*\.js)" type="module"></script>\n?')
IMPORT = re.compile(r'^import \* as (\w+) from "\./([\w/.-]+)";\n', re.MULTILINE)
EXPORT = re.compile(r"^export function (\w+)", re.MULTILINE)
UNNAMED = re.compile(r'<nav(?= class="navbar\b)')
OUT_OF_REACH = re.compile(r'<pre(?= class="\w+"><code>)')
WRONG_ROLE = re.compile(r'(<button class="navbar-toggler"[^>]*) role="menu"')
FOLDING = re.compile(
    r'(<div class="callout-header[^"]*" data-bs-toggle="collapse"[^>]*?)'
    ' aria-label="Toggle callout">'
)
PRESSED = (
    "if (event.key === 'Enter' || event.key === ' ') { event.preventDefault(); this.click(); }"
)
LINK = re.compile(r"""\s(?:href|src)="(?![a-zA-Z][\w+.-]*:|//|#)([^"#?]+)""")
STATES = re.compile(rb"(?:[ ]*/gs\d+ \d+ 0 R\n)+")
NAMES = re.compile(rb"<xmpMM:(?:Document|Instance)ID>([\w+/=]+)</xmpMM:")

_LENGTH = 24
"""Characters of such a name: 16 bytes."""


def mend(site: Path) -> None:
    """
    Let a site of Quarto's lead on without scripts, open from a disk, and be the same every time.

    The keyboard reaches code that scrolls and unfolds callouts, which have their titles for names,
    and the bar of pages has one.

    Raises
    ------
    OSError
        If the site cannot be read or written.
    """
    plain = _join_scripts(site / "site_libs" / "quarto-html")
    for path in site.rglob("*.html"):
        text = path.read_text(encoding="utf-8")
        found = REDIRECT.search(text)
        mended = MODULE.sub(_tag, text) if plain else text
        mended = UNNAMED.sub('<nav aria-label="Pages"', mended)
        mended = WRONG_ROLE.sub(r"\1", mended)
        mended = OUT_OF_REACH.sub('<pre tabindex="0"', mended)
        mended = FOLDING.sub(rf'\1 role="button" tabindex="0" onkeydown="{PRESSED}">', mended)
        mended = redirect(found[1]) if found else mended
        if mended != text:
            path.write_text(mended, encoding="utf-8")
    for path in site.rglob("*.pdf"):
        content = path.read_bytes()
        if (same := settled(content)) != content:
            path.write_bytes(same)


def _tag(script: re.Match[str]) -> str:
    # The other modules are in this one now.
    name = script[1].rpartition("/")[2]
    return f'<script src="{script[1]}" defer></script>\n' if name == "quarto.js" else ""


def _join_scripts(folder: Path) -> bool:
    """Make one plain script of Quarto's modules, which no browser loads from a disk, if it can."""
    main = folder / "quarto.js"
    text = main.read_text(encoding="utf-8") if main.is_file() else "import"

    def joined(module: re.Match[str]) -> str:
        body = (folder / module[2]).read_text(encoding="utf-8")
        names = ", ".join(EXPORT.findall(body))
        body = EXPORT.sub(r"function \1", body)
        return f"const {module[1]} = (() => {{\n{body}\nreturn {{ {names} }};\n}})();\n"

    script = IMPORT.sub(joined, text)
    if re.search(r"^(import|export)\b", script, re.MULTILINE):
        return False  # another Quarto's, written in another way
    if script != text:
        main.write_text(f'(() => {{\n"use strict";\n{script}\n}})();\n', encoding="utf-8")
    return True


def settled(pdf: bytes) -> bytes:
    r"""
    Return the PDF that Typst would always have made of its document.

    Typst 0.13 writes a drawing's graphics states in an order of chance, and names the file after
    its bytes; from Python it names the document after its path. No part changes its length or
    place.

    Examples
    --------
    >>> settled(b"  /gs2 3 0 R\n  /gs1 2 0 R\n")
    b'  /gs1 2 0 R\n  /gs2 3 0 R\n'
    """

    def in_order(states: re.Match[bytes]) -> bytes:
        return b"".join(sorted(states[0].splitlines(keepends=True)))

    pdf = STATES.sub(in_order, pdf)
    names = set(NAMES.findall(pdf))
    if {len(name) for name in names} != {_LENGTH}:
        return pdf
    named = re.compile(b"|".join(map(re.escape, sorted(names))))
    nameless = named.sub(b"=" * _LENGTH, pdf)
    return named.sub(base64.b64encode(hashlib.sha256(nameless).digest()[:16]), pdf)


def undone(site: Path, besides: str = "") -> list[str]:
    """
    Return what a render of some formats or documents has left undone, a line each.

    Parameters
    ----------
    site : Path
    besides : str
        The name of a page that Quarto does not make.
    """
    pages = [path for path in sorted(site.glob("report/**/*.html")) if path.name != besides]
    if not pages:
        return ["this render made no pages; quarto render makes them all"]
    missing: dict[str, list[str]] = {}
    for path in pages:
        text = re.sub(r"<(script|style)\b.*?</\1>", "", path.read_text("utf-8"), flags=re.DOTALL)
        for link in dict.fromkeys(LINK.findall(text)):
            target = path.parent / unquote(link)
            if not target.exists():
                name = Path(os.path.relpath(target, site)).as_posix()
                missing.setdefault(name, []).append(path.relative_to(site).as_posix())
    return [
        f"{name} is missing, to which {', '.join(names)} leads; quarto render makes it all"
        for name, names in missing.items()
    ]
