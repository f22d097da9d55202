"""The table of the variables."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from analysis.tables.table import Table, cells, header, note, render
from analysis.writing.notation import Notation
from analysis.writing.numbers import MISSING
from analysis.writing.words import in_running_text

if TYPE_CHECKING:
    import pandas as pd

    from analysis.results.results import Results


def variables(results: Results) -> str:
    """
    Describe the study's columns; those of level 2 with one value a group.

    Parameters
    ----------
    results : Results

    Returns
    -------
    str
    """
    study, table = results.study, results.sample.table
    by_group = table.groupby(study.group)
    group = in_running_text(study.label(study.group))
    levels = {name: (1, table[name]) for name in study.columns[1:]} | {
        name: (2, by_group[name].first()) for name in study.group_covariates
    }
    names = ("Variable", "Name", "Level", "Unit", "N", "Range", "Mean", "SD")
    kinds = ("text",) * 4 + ("num",) * 4
    return render(
        Table(
            name="variables",
            caption="The variables",
            head=(tuple(map(header, names, kinds)),),
            bodies=(
                tuple(
                    (
                        header(study.label(name), scope="row"),
                        *cells([name, str(level), study.unit(name) or MISSING]),
                        *cells(_description(column.dropna()), "num"),
                    )
                    for name, (level, column) in levels.items()
                ),
            ),
            foot=(
                note(
                    f"Level 1 is described over the {results.sample.n_observations} observations, "
                    f"level 2 over the {results.sample.n_groups} values of {group}, each counted "
                    "once. SD: standard deviation, with divisor N − 1.",
                    len(names),
                ),
            ),
        )
    )


def _description(values: pd.Series[float]) -> list[str]:
    """N, range, mean and SD."""
    deviation = float(values.std()) if len(values) > 1 else math.nan
    ends = (float(values.min()), float(values.max()))
    notation = Notation.of(deviation, ends, decimals=2, digits=2)
    of_ends = notation
    if not notation.power and bool((values % 1 == 0).all()):
        of_ends = Notation(decimals=0)
    low, high = map(of_ends.write, ends)
    return [
        str(len(values)),
        f"{low} to {high}" if "-" in low + high or notation.power else f"{low}–{high}",
        notation.write(float(values.mean())),
        notation.write(deviation),
    ]
