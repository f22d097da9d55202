"""Documents with the parts that they include."""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from analysis.errors import RenderError, control_in

INCLUDE = re.compile(r"\s*\{\{<\s*include\s+(?P<path>[^\s>]+)\s*>\}\}\s*")


# Signs of control that prose may have: those that are blanks to every reader of it.
_BLANKS = str.maketrans("\t\u2028\u2029", "   ")


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """
    One line of a document.

    Parameters
    ----------
    path : Path
        The file in which it stands.
    number : int
        Its place there, from 1.
    text : str
        Without its end.
    """

    path: Path
    number: int
    text: str


def with_parts(
    path: Path, root: Path, read: Callable[[Path], str], *, above: tuple[Path, ...] = ()
) -> list[Line]:
    """
    Return the lines of a document, those of what it includes in their places.

    Parameters
    ----------
    path : Path
    root : Path
        The project's folder, in which all parts lie.
    read : callable
        Returns the text of a file, and raises a refusal where there is none.
    above : tuple of Path
        The documents that include this one.

    Raises
    ------
    RenderError
        If there is no such part, it includes itself, or it has a front matter; and if a line has a
        control character, which neither a page nor a PDF may have.
    """
    lines = []
    for number, text in enumerate(read(path).split("\n"), start=1):
        if character := control_in(text.translate(_BLANKS)):
            name = path.relative_to(root).as_posix()
            msg = f"{name}:{number}: the line has the control character {character}; take it out"
            raise RenderError(msg)
        found = INCLUDE.fullmatch(text)
        if found is None:
            lines.append(Line(path=path, number=number, text=text))
            continue
        # As Quarto does: from the document, whichever part it is that includes.
        folder = root if found["path"].startswith("/") else (*above, path)[0].parent
        part = Path(os.path.normpath(folder / found["path"].lstrip("/")))
        part_lines: list[Line] = []
        if not part.is_relative_to(root):
            problem = "write the path of a file in the project"
        elif not part.is_file():
            problem = "there is no such file"
        elif part in (*above, path):
            problem = "the file includes itself"
        else:
            part_lines = with_parts(part, root, read, above=(*above, path))
            problem = "the part has a front matter; take it out"
        if not part_lines or part_lines[0].text.rstrip() == "---":
            name = path.relative_to(root).as_posix()
            msg = f"{name}:{number}: include {found['path']}: {problem}"
            raise RenderError(msg)
        lines += part_lines
    return lines
