"""The axes of the charts: what stands beside them, and how far they reach."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from analysis.results.density import LEVELS
from analysis.results.limits import padded
from analysis.writing.notation import Notation
from analysis.writing.numbers import raised
from analysis.writing.words import difference_unit, heading

if TYPE_CHECKING:
    from analysis.page.datasets import Rows
    from analysis.page.notations import Notations
    from analysis.results.results import Results, Study


@dataclass(frozen=True, slots=True, kw_only=True)
class Axis:
    """
    One axis.

    Parameters
    ----------
    label : str
        Name of the quantity, for a tooltip.
    title : str
        What stands beside the axis: the name and, if there is one, the unit.
    domain : tuple of float
        Lower and upper end, in the unit of the quantity.
    notation : Notation
        Of the numbers along the axis.
    told : Notation
        Of a number that stands alone, as in a tooltip.
    """

    label: str
    title: str
    domain: tuple[float, float]
    notation: Notation
    told: Notation

    @classmethod
    def of(
        cls,
        label: str,
        domain: tuple[float, float],
        unit: str = "",
        told: Notation | None = None,
    ) -> Axis:
        """Make an axis whose numbers stand without a power of ten, which its title tells."""
        low, high = domain
        notation = Notation.of_difference(low, high, decimals=2)
        power = f"10{raised(notation.power)}" if notation.power else ""
        beside = " ".join(filter(None, (power, unit)))
        title = f"{label} ({beside})" if beside else label
        return cls(
            label=label, title=title, domain=domain, notation=notation, told=told or notation
        )

    def called(self, label: str) -> Axis:
        """Return the axis for another quantity along it."""
        return replace(self, label=label)


Axes = Mapping[str, Axis]
"""By the name of the quantity, as in `axes`."""


def axes(results: Results, sets: Mapping[str, Rows], notations: Notations) -> dict[str, Axis]:
    """
    Return the charts' axes, wide enough for every choice that a reader has.

    Parameters
    ----------
    results : Results
    sets : Mapping of str to list of dict
        What `datasets` returns.
    notations : Notations

    Returns
    -------
    dict of str to Axis
        ``slope`` and ``outcome`` of the rows, ``n`` and ``weight`` of a group, ``height`` and
        ``slopes`` of the lines, ``effects-height`` and ``effects-slope``, ``rank`` of an effect,
        of a simulated line the ``distance`` from the true one, where rows are too many to be
        points their ``density``, with a level 2 predictor
        ``level-2`` and ``prediction``, and where prediction tests pooling ``known`` and ``error``.
    """
    study = results.study
    found = {**_axes_of_rows(study, sets), **_axes_of_weights(study, sets)}
    found |= {**_axes_of_points(results, sets, notations), **_axes_of_effects(sets)}
    if results.truth is not None:
        spread = (0.0, results.truth.residual_deviation)
        unit = study.unit(study.outcome)
        found["distance"] = Axis.of("Distance", spread, unit)
    if "density" in sets:
        found["density"] = Axis.of("Density", (0.0, float(LEVELS)))
    if "level-2" in sets:
        found |= _axes_of_level_2(results, sets)
    if "trial-errors" in sets:
        found |= _axes_of_errors(study, sets)
    return found


def _axes_of_rows(study: Study, sets: Mapping[str, Rows]) -> dict[str, Axis]:
    rows, lines = sets["observations"], sets["lines"]
    cells = sets.get("density", [])
    x = [*(row["place"] for row in rows), *(row["x1"] for row in lines)]
    x += [cell[side] for cell in cells for side in ("x1", "x2")]
    heights = [y for r in lines for e in ("y1", "y2") for s in r[e].values() for y in s.values()]
    y = [*(row["y"] for row in rows), *heights]
    y += [cell[side] for cell in cells for side in ("y1", "y2")]
    return {
        "slope": _column(study, study.axis, padded(x, 0.02)),
        "outcome": _column(study, study.outcome, padded(y, 0.03)),
    }


def _axes_of_weights(study: Study, sets: Mapping[str, Rows]) -> dict[str, Axis]:
    group, units = study.words.group, heading(study.words.units)
    most = float(sets["sizes"][-1]["weighed"])
    return {
        "n": replace(Axis.of(units, (0.0, most)), title=f"{units} in the {group}"),
        "weight": replace(Axis.of("Weight", (0, 1)), title=f"Weight of the {group}’s own line"),
    }


def _axes_of_points(
    results: Results, sets: Mapping[str, Rows], notations: Notations
) -> dict[str, Axis]:
    study, groups = results.study, sets["groups"]
    partial = [line for row in groups for line in row["partial"].values()]
    own = [row["none"] for row in groups if row["none"]["slope"] is not None]
    points = [*partial, *own, *sets["ellipse"], *sets["complete"]]
    slope, centre = study.label(study.axis), notations.predictor.write(results.summary.centre)
    height = f"{study.heading(study.outcome)} at the mean {slope}, {centre}"
    return {
        "height": Axis.of(
            height,
            padded([point["height"] for point in points], 0.04),
            told=notations.height,
        ),
        "slopes": Axis.of(
            f"Slope of {slope}",
            padded([point["slope"] for point in points], 0.06),
            told=notations.slope,
        ),
    }


def _axes_of_effects(sets: Mapping[str, Rows]) -> dict[str, Axis]:
    rows = sets["effects"]
    found = {"rank": Axis.of("Rank", (0.0, float(max(row["rank"] for row in rows))))}
    for term in ("height", "slope"):
        ends = [row[end] for row in rows if row["term"] == term for end in ("low", "high")]
        if ends:
            found[f"effects-{term}"] = Axis.of(f"Effect on the {term}", padded(ends, 0.04))
    return found


def _axes_of_level_2(results: Results, sets: Mapping[str, Rows]) -> dict[str, Axis]:
    study, found, curve = results.study, results.summary.level_2, sets["level-2"]
    assert found is not None  # it has the curve
    predicted = [y for row in sets["groups"] for y in row["predicted"].values()]
    ends = [row[end] for row in curve for end in ("low", "high")]
    values = padded([row["level2"] for row in curve], 0.02)
    return {
        "level-2": _column(study, found.column, values),
        "prediction": _column(study, study.outcome, padded([*predicted, *ends], 0.08)),
    }


def _axes_of_errors(study: Study, sets: Mapping[str, Rows]) -> dict[str, Axis]:
    rows, words = sets["trial-errors"], study.words
    ends = [row[end] for row in rows for end in ("low", "high")]
    title = f"Known {words.units} of each {words.group}"
    unit = difference_unit(study.unit(study.outcome), words.points)
    return {
        "known": Axis.of(title, padded([float(row["known"]) for row in rows], 0.06)),
        "error": Axis.of("Error of prediction", padded(ends, 0.08), unit),
    }


def _column(study: Study, column: str, domain: tuple[float, float]) -> Axis:
    return Axis.of(study.heading(column), domain, study.unit(column))
