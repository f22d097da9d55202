"""The models one step further, beside the study's own."""

from __future__ import annotations

from typing import TYPE_CHECKING

from analysis.tables.table import Table, cells, header, note, render
from analysis.writing.numbers import number, p_value
from analysis.writing.words import heading, model_title

if TYPE_CHECKING:
    from analysis.results.further import Further
    from analysis.results.results import Results


def further(results: Results) -> str | None:
    """
    Compare the models one step further with the study's own, the lowest AIC first.

    Parameters
    ----------
    results : Results

    Returns
    -------
    str or None
        None without such models.
    """
    found = results.further
    if found is None or not found.models:
        return None
    names = ("npar", "AIC", "BIC", "deviance", "Pr(>Chisq)")
    return render(
        Table(
            name="further",
            caption="Models one step further, fitted by maximum likelihood",
            head=((header("Model"), *(header(name, "num") for name in names)),),
            bodies=(
                tuple(
                    (
                        header(_title(row.model, found, results), scope="row"),
                        *cells([str(row.npar)], "num"),
                        *cells(
                            [number(each, 2) for each in (row.aic, row.bic, row.deviance)], "num"
                        ),
                        *cells([_tested(row.model, found)], "num"),
                    )
                    for row in found.rows
                ),
            ),
            foot=(
                note(
                    f"The lowest AIC first. Pr(>Chisq): of the likelihood-ratio test against "
                    f"{model_title(found.base)}; usual chi-square distributions.",
                    len(names) + 1,
                ),
            ),
        )
    )


def _title(name: str, found: Further, results: Results) -> str:
    if name not in found.models:
        return heading(model_title(name))
    base, study = heading(model_title(found.base)), results.study
    labels = [study.label(column) for column in found.models[name].columns]
    if not labels:
        return f"{base} without random slope"
    mean = f"{study.words.group} mean of {labels[0]}"
    return f"{base} and {' × '.join(labels) if labels[1:] else mean}"


def _tested(name: str, found: Further) -> str:
    if name not in found.models:
        return ""
    p = found.models[name].test.p
    return "" if p is None else p_value(p, 4)
