"""Where things lie in a checkout."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from analysis.errors import ArtifactError

CODE = Path(__file__).resolve().parents[1]
"""The folder of the code that runs: that of the checkout, or of an installed package."""


@dataclass(frozen=True, slots=True)
class Project:
    """
    Where things lie in a checkout.

    Parameters
    ----------
    root : Path
        The project's folder.
    """

    root: Path

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

    @property
    def study(self) -> Path:
        """The study of the report."""
        return self.root / "data" / "popularity.toml"

    @property
    def artifacts(self) -> Path:
        """Folder of the figures, tables and results."""
        return self.root / "report" / "_artifacts"

    @property
    def variables(self) -> Path:
        """The numbers of the prose, read by Quarto and by the built-in renderer."""
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
    def documents(self) -> list[Path]:
        """The documents; a name with an underscore before it is a draft or a part of one."""
        found = (self.root / "report").glob("*.qmd")
        return sorted(path for path in found if not path.name.startswith((".", "_")))

    def sources(self) -> list[Path]:
        """Return the files of the code that runs, and the project's locks."""
        # An installed package runs instead of the folder of its name beside the project.
        locks = self.root / "requirements"
        found = [
            path for path in CODE.rglob("*") if path.is_file() and "__pycache__" not in path.parts
        ]
        return [*sorted(found), *sorted(locks.glob("*.txt"))]
