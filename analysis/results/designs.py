"""What the table of a study says of each of its models, be it in memory or on an engine."""

from __future__ import annotations

from typing import TYPE_CHECKING

from analysis.mixed.design import design, design_of_sums

if TYPE_CHECKING:
    from collections.abc import Callable

    from analysis.mixed.design import Design
    from analysis.results.ladder import Ladder, Rung
    from analysis.results.sums import StudySums
    from analysis.study.sample import Sample


def study_sums(sample: Sample) -> StudySums | None:
    """Return the sums by group of a sample that an engine holds; None of one in memory."""
    if sample.survey is None:
        return None
    # The library of engines is imported where one is asked for.
    from analysis.results.sums import StudySums

    return StudySums(sample.survey, sample.study.group)


def designs(sample: Sample, ladder: Ladder, sums: StudySums | None) -> Callable[[Rung], Design]:
    """
    Return what makes the design of a model of a ladder.

    Parameters
    ----------
    sample : Sample
    ladder : Ladder
    sums : StudySums or None
        Of the sample.

    Returns
    -------
    callable
        It may raise what `design` and `design_of_sums` raise.
    """
    if sums is None:
        return lambda rung: design(
            rung.spec, sample.table if rung.matrix is None else rung.matrix.table
        )
    of_models = sums.of_models({rung.spec: rung.computed for rung in ladder.rungs})
    return lambda rung: design_of_sums(rung.spec, of_models[rung.spec.name])
