"""How the page writes the first level 2 predictor."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from analysis.writing.notation import Notation
from analysis.writing.words import after_number, heading, one_of, singular

if TYPE_CHECKING:
    from analysis.results.level_2 import Level2
    from analysis.results.results import Results


@dataclass(frozen=True, slots=True, kw_only=True)
class LevelTwo:
    """
    The predictor that the last slider moves.

    Parameters
    ----------
    found : Level2
    label, heading, unit : str
        As it stands in a sentence and as it begins a line; the unit may be empty.
    notation : Notation
        Of its values.
    """

    found: Level2
    label: str
    heading: str
    unit: str
    notation: Notation

    @classmethod
    def of(cls, results: Results) -> LevelTwo | None:
        """Return that of a study, or None if the study has no level 2 predictor."""
        found, study = results.summary.level_2, results.study
        if found is None:
            return None
        return cls(
            found=found,
            label=study.label(found.column),
            heading=study.heading(found.column),
            unit=study.unit(found.column),
            notation=Notation.spanning([*found.grid, *found.values]),
        )

    @property
    def one(self) -> str:
        """What one of the unit is called."""
        return one_of(self.unit)

    @property
    def after(self) -> str:
        """Its unit as it stands behind a number, or nothing."""
        return after_number(self.unit)

    @property
    def column_heading(self) -> str:
        """The head of a column with its values: what they count, if they count something."""
        return heading(self.unit) if singular(self.unit) else self.heading

    def write(self, value: float) -> str:
        """Write a value."""
        return self.notation.write(value)

    def measure(self, value: float) -> str:
        """Write a value with its unit, if there is one."""
        return f"{self.write(value)} {self.after}".rstrip()
