"""What stands in the settings in the place of who hands the report in, and for which course."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from analysis.output.project import Project

PLACEHOLDERS = {"author": "A. Student", "subtitle": "Course project in multilevel modelling"}
"""What `_quarto.yml` says by key before anybody has written an own name and course."""


def placeholders(project: Project) -> str:
    """
    Return, in a line, which settings still say what they came with; nothing if none does.

    They are looked for as text, because nox has no library for YAML.

    Parameters
    ----------
    project : Project
        With its study, whose profile goes before `_quarto.yml`.
    """
    found = [_kept(project, key, value) for key, value in PLACEHOLDERS.items()]
    kept = "; ".join(filter(None, found))
    return f"{kept}: write your own there before you hand the report in" if kept else ""


def _kept(project: Project, key: str, value: str) -> str:
    for name in (f"_quarto-{project.name or project.own}.yml", "_quarto.yml"):
        path = project.root / name
        text = path.read_text("utf-8-sig", errors="replace") if path.is_file() else ""
        text = re.sub(r"(?<!\S)#.*", "", text)
        # The key's line, and those that are indented below it or go on with a list.
        if entry := re.search(rf"^[\"']?{key}[\"']?\s*:.*(?:\n[ \t-].*)*", text, re.MULTILINE):
            found = re.search(rf"(?<![\w-]){re.escape(value)}(?![\w-])", entry[0])
            line = text.count("\n", 0, entry.start() + found.start()) + 1 if found else 0
            return f"{name}:{line}: {key} is still {value!r}" if found else ""
    return ""
