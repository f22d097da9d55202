"""
Pack a report to hand in: one folder in one zip, the same bytes on every run.

Run `python report/submission.py` in the project's folder after the site was made.
"""

from __future__ import annotations

import os
import sys
from functools import partial
from pathlib import Path
from typing import Any

# Run by its path, so that the checkout's own analysis is not yet on the module path.
sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from archive import name_of, zipped
from howtocheck import HOW_TO_GET, Handed, how_to_check
from inlined import inlined
from project_keys import place_of, read_keys
from signature import signature
from sources import sources_of

from analysis.errors import AnalysisError, RenderError
from analysis.output.placeholders import placeholders
from analysis.output.project import Project
from analysis.output.replacement import replace
from analysis.output.terminal import INTERRUPTED, REFUSED, problem, say, tell, visible

STUDY_VARIABLE = "MULTILEVEL_REPORT_STUDY"
"""Environment variable with the study file that the documents were rendered on."""

DRAFT_MARK = '<div class="draft-banner"'
"""What a page begins with that has claims which do not hold, or gaps: see look/claims.lua."""


def pack(root: Path) -> tuple[Path, Handed]:
    """
    Pack the site of the study that is rendered, and return the zip with what stands for it.

    Raises
    ------
    AnalysisError
        If author or course are still placeholders, or the site is missing, a draft or not of this
        study.
    """
    root = root.resolve()
    project = Project(root).of_profile()
    if kept := placeholders(project):
        raise RenderError(kept)
    given = os.environ.get(STUDY_VARIABLE)
    study = project.study_file(given).resolve() if given else project.study
    keys = read_keys(root)
    signed = signature(keys, partial(place_of, root))
    folder = project.site / project.folder.relative_to(root)
    files = _pages(folder, project.site)
    sources = sources_of(project, study, keys, folder / "results.json")
    files |= {f"source/{name}": path.read_bytes() for name, path in sources.files.items()}
    if sources.table is None:
        told = HOW_TO_GET.format(sources.data_sha256)
        files["source/data/HOW-TO-GET-THE-DATA.txt"] = told.encode()
    handed = Handed(
        name=name_of(signed["author"], study.stem),
        title=_title(keys) or study.stem,
        signed=signed,
        project=project,
        study=study,
        sources=sources,
        given=given,
    )
    files["HOW-TO-CHECK.txt"] = how_to_check(handed, files).encode()
    target = root / f"{handed.name}.zip"
    replace({target: zipped({f"{handed.name}/{name}": files[name] for name in files})})
    return target, handed


def _title(keys: dict[str, Any]) -> str:
    website = keys.get("website")
    return str(website.get("title") or "") if isinstance(website, dict) else ""


def _pages(folder: Path, site: Path) -> dict[str, bytes]:
    """Return the pages, each as a single file, with the PDFs and all that they link to."""
    if not (folder / "results.json").is_file():
        msg = f"{folder}: there is no site to hand in; build it first: nox -s report"
        raise RenderError(msg)
    kept = (path for kind in ("pdf", "parquet") for path in folder.glob(f"*.{kind}"))
    beside, files = {*kept, folder / "results.json"}, {}
    for page in sorted(folder.glob("*.html")):
        text, linked = inlined(page, site)
        if DRAFT_MARK in text:
            msg = f"{page}: is a draft, which is nothing to hand in; build it anew: nox -s report"
            raise RenderError(msg)
        files[page.name] = text.encode()
        beside |= linked
    more = {path.relative_to(folder).as_posix(): path for path in beside}
    return {name: path.read_bytes() for name, path in more.items() if name not in files} | files


def main() -> int:
    """Pack the report of the current folder's project; return the exit status."""
    try:
        target, handed = pack(Path())
    except AnalysisError as error:
        tell(f"error: {error}")
        return REFUSED
    except OSError as error:
        tell(f"error: {problem(error)}")
        return REFUSED
    except MemoryError:
        tell("error: this takes more memory than there is; close other programs")
        return REFUSED
    except KeyboardInterrupt:
        tell("interrupted; no zip was written")
        return INTERRUPTED
    who = visible(f"{handed.signed['author']}, {handed.study.stem}")
    say(f"Hand in {target.name} ({who}); its HOW-TO-CHECK.txt says what is in it\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
