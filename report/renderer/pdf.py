"""A document's PDF: Typst with its own fonts, and the machine's where these lack a character."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from renderer.convert import to_typst

if TYPE_CHECKING:
    from renderer.project import Document, Project

_UNDISPLAYED = re.compile(r'the text `"(.*?)"` could not be displayed', re.DOTALL)
_CODE = re.compile(r"\\u\{([0-9a-f]+)\}")
_MARK = "\N{REPLACEMENT CHARACTER}"
# Typst blames the letters of a cluster, too, whose accent is missing; the bundled fonts have these.
_EUROPEAN = range(0x250)


@dataclass(frozen=True, slots=True, kw_only=True)
class Pdf:
    """
    A finished PDF.

    Parameters
    ----------
    content : bytes
    lacking : str
        Characters that no font has; U+FFFD stands for each.
    """

    content: bytes
    lacking: str = ""


class LackingError(Exception):
    """Characters without a font."""

    def __init__(self, characters: frozenset[str]) -> None:
        super().__init__(*characters)
        self.characters = characters


def to_pdf(document: Document, project: Project) -> Pdf:
    """
    Render a document as a tagged PDF (PDF/UA-1), with the refusals of `to_typst`.

    The PDF is the same on every machine, unless Typst's own fonts lack a character.
    """
    source = to_typst(document, project)
    try:
        return Pdf(content=_compiled(source, document, ignore_system_fonts=True))
    except LackingError:
        return _with_any_fonts(source, document)


def _with_any_fonts(source: str, document: Document) -> Pdf:
    marked: frozenset[str] = frozenset()
    while True:
        try:
            content = _compiled(_marking(marked) + source, document, ignore_system_fonts=False)
        except LackingError as error:
            if error.characters <= marked:
                characters = sorted(error.characters)
                line = document.line_with(characters[0]) if characters else None
                document.refuse(f"Typst: no font has {', '.join(characters)}", line)
            marked |= error.characters
        else:
            return Pdf(content=content, lacking="".join(sorted(marked)))


def _marking(characters: frozenset[str]) -> str:
    """Return Typst's rule that shows a sign in the place of characters."""
    if not characters:
        return ""
    codes = "".join(f"\\u{{{ord(each):x}}}" for each in sorted(characters))
    return f'#show regex("[{codes}]"): "{_MARK}"\n'


def _compiled(source: str, document: Document, **fonts: bool) -> bytes:
    import typst

    options: dict[str, Any] = {"root": document.path.parent, **fonts}
    try:
        # typst 0.15's stub asks for one type of input and root, where only bytes are a source.
        pdf, warnings = typst.compile_with_warnings(
            source.encode(), format="pdf", pdf_standards="ua-1", **options
        )
    except typst.TypstError as error:
        if characters := _undisplayed(str(error.diagnostic)):
            raise LackingError(characters) from None
        line = _line_at_fault(document, error.diagnostic)
        document.refuse(f"Typst: {' '.join(error.message.split())}", line)
    for warning in warnings:
        line = _line_at_fault(document, warning.diagnostic)
        document.refuse(f"Typst: {' '.join(warning.message.split())}", line)
    return bytes(pdf)


def _line_at_fault(document: Document, diagnostic: str) -> int | None:
    """
    Return the line of a document whose Typst is at fault, where its words tell.

    Parameters
    ----------
    document : Document
    diagnostic : str
        Typst's message, with the line of the source below it.
    """
    shown = re.search(r"^ *\d+ │ (.*)$", diagnostic, re.MULTILINE)
    source = shown[1] if shown else ""
    candidates = [
        *([f"#{label}"] for label in re.findall(r"<([\w-]+)>", source)),
        *([text] for text in re.findall(r'"([^"]+)"', source)),
        re.findall(r"\w{3,}", source) or ["\0"],
    ]
    return next(filter(None, (document.line_with(*words) for words in candidates)), None)


def _undisplayed(diagnostic: str) -> frozenset[str]:
    texts = "".join(_UNDISPLAYED.findall(diagnostic))
    texts = _CODE.sub(lambda code: chr(int(code[1], 16)), texts)
    foreign = [each for each in texts if ord(each) not in _EUROPEAN]
    # Of what joins and parts letters little is ever seen, such as the Arabic number sign.
    seen = [each for each in foreign if unicodedata.category(each) != "Cf"]
    return frozenset(seen or foreign)
