"""Where things lie in a checkout."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass, replace
from pathlib import Path

from analysis.errors import ArtifactError

CODE = Path(__file__).resolve().parents[1]
"""The folder of the code that runs: that of the checkout, or of an installed package."""

PROFILE_VARIABLE = "QUARTO_PROFILE"
"""Environment variable with the study whose documents are rendered; Quarto's profile is that."""

_DEFAULT = re.compile(r"^profile:\s*\{?\s*default:\s*[\"']?([\w-]+)", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Project:
    """
    Where things lie in a checkout.

    Parameters
    ----------
    root : Path
        The project's folder.
    name : str
        The study whose documents and artifacts are meant; empty for the project's own, which is
        the default profile of ``_quarto.yml``.
    """

    root: Path
    name: str = ""

    @classmethod
    def find(cls, start: Path | None = None) -> Project:
        """
        Return the project that holds a folder, by default the current one.

        The nearest folder upwards with a ``_quarto.yml``; if there is none, the checkout that the
        package was imported from, unless it was installed elsewhere.

        Raises
        ------
        ArtifactError
            If there is no project.
        """
        start = (start or Path.cwd()).resolve()
        for folder in (start, *start.parents, CODE.parent):
            if (folder / "_quarto.yml").is_file():
                return cls(folder)
        msg = f"{start}: no _quarto.yml here or above; run in the project's folder"
        raise ArtifactError(msg)

    def of(self, study: Path) -> Project:
        """Return the project with the documents of a study, or with its own if it has none."""
        named = replace(self, name=study.stem)
        own = named.has_documents and os.path.realpath(study) == os.path.realpath(named.study)
        return named if own else replace(self, name="")

    def of_profile(self) -> Project:
        """Return the project with the documents that `PROFILE_VARIABLE` names, or with its own."""
        for name in os.environ.get(PROFILE_VARIABLE, "").split(","):
            if name.strip() and (named := replace(self, name=name.strip())).has_documents:
                return named
        return replace(self, name="")

    def study_file(self, argument: str | Path) -> Path:
        """Return the study file that is meant by its path, or by its name alone."""
        path = Path(argument)
        by_name = self.root / "data" / f"{argument}.toml"
        bare = path.name == str(argument) and not _is_file(path)
        return by_name if bare and _is_file(by_name) else path

    @property
    def own(self) -> str:
        """
        Name of the project's own study.

        Raises
        ------
        ArtifactError
            If ``_quarto.yml`` does not say it.
        """
        settings = self.root / "_quarto.yml"
        found = _DEFAULT.search(settings.read_text("utf-8", errors="replace"))
        if not found:
            msg = f"{settings}: there is no profile.default; write the name of a study in data/"
            raise ArtifactError(msg)
        return found[1]

    @property
    def study(self) -> Path:
        """The study file."""
        return self.root / "data" / f"{self.name or self.own}.toml"

    @property
    def folder(self) -> Path:
        """Folder of the documents."""
        report = self.root / "report"
        return report / self.name

    @property
    def has_documents(self) -> bool:
        """Whether there are documents of the study."""
        return _is_file(self.folder / "index.qmd")

    @property
    def site(self) -> Path:
        """Folder of the site that is made of them."""
        return self.root / (f"_site-{self.name}" if self.name else "_site")

    @property
    def artifacts(self) -> Path:
        """Folder of the figures, tables and results, beside the documents."""
        return self.folder / "_artifacts"

    @property
    def variables(self) -> Path:
        """The numbers of the prose as text."""
        return self.artifacts / "variables.json"

    @property
    def quarto_variables(self) -> Path:
        """The same where Quarto reads them: of the study that it renders."""
        return self.root / "_variables.yml"

    @property
    def manifest(self) -> Path:
        """What the artifacts were made from, and their hashes."""
        return self.artifacts / "manifest.json"

    @property
    def values(self) -> Path:
        """The numbers of the prose at full precision, by name."""
        return self.artifacts / "values.json"

    @property
    def releases(self) -> Path:
        """The release of everything that touched a number, by name."""
        return self.artifacts / "releases.json"

    @property
    def documents(self) -> list[Path]:
        """The documents; a name with an underscore before it is a draft or a part of one."""
        found = self.folder.glob("*.qmd")
        return sorted(path for path in found if not path.name.startswith((".", "_")))

    @property
    def lock(self) -> bytes:
        """Content of the file that pins what a build needs; empty if there is none."""
        path = self.root / "requirements" / "report.txt"
        return path.read_bytes() if _is_file(path) else b""

    def sources(self) -> list[Path]:
        """Return the files of the code that runs, and the project's locks."""
        # An installed package runs instead of the folder of its name beside the project.
        locks = self.root / "requirements"
        found = [
            path for path in CODE.rglob("*") if path.is_file() and "__pycache__" not in path.parts
        ]
        return [*sorted(found), *sorted(locks.glob("*.txt"))]


def _is_file(path: Path) -> bool:
    try:
        return path.is_file()
    except (OSError, ValueError):  # of a name that is too long, or has a NUL
        return False
