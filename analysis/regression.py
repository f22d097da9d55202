"""The regression table, which the stargazer package makes, and its cells as clean HTML."""

from __future__ import annotations

from html.parser import HTMLParser
from statistics import NormalDist
from typing import TYPE_CHECKING, Any

from stargazer.stargazer import RESULTS_CLASSES, LineLocation, Stargazer

from analysis.cells import Cell, Pieces, Table, plain, render
from analysis.models import INTERCEPT, MixedFit

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from analysis.results import Results

DIGITS = 3
"""Decimals of the table, as in R's stargazer."""

_STATISTICS: Mapping[str, Callable[[MixedFit], float]] = {
    "Log Likelihood": lambda fit: fit.log_likelihood,
    "Akaike Inf. Crit.": lambda fit: fit.aic,
    "Bayesian Inf. Crit.": lambda fit: fit.bic,
}


def extract(fit: MixedFit) -> dict[str, Any]:
    """
    Return what stargazer asks of a fit.

    Parameters
    ----------
    fit : MixedFit

    Returns
    -------
    dict of str to object
        By stargazer's names (0.0.7); None where a mixed model has no such thing. The confidence
        limits are the normal ones of 95 %.
    """
    errors = fit.standard_errors
    reach = NormalDist().inv_cdf(0.975)
    absent = ("r2", "r2_adj", "pseudo_r2", "resid_std_err", "f_statistic", "f_p_value")
    return {
        "dependent_variable": fit.spec.outcome,
        "cov_names": list(fit.fixed_effects),
        "cov_values": dict(fit.fixed_effects),
        "cov_std_err": errors,
        "p_values": fit.p_values,
        "conf_int_low_values": {
            name: value - reach * errors[name] for name, value in fit.fixed_effects.items()
        },
        "conf_int_high_values": {
            name: value + reach * errors[name] for name, value in fit.fixed_effects.items()
        },
        "nobs": fit.n_observations,
        # As text, or stargazer prints it with decimals.
        "ngroups": str(fit.n_groups),
        **dict.fromkeys(absent),
    }


RESULTS_CLASSES[MixedFit] = extract


def stargazer(results: Results) -> Stargazer:
    """
    Return stargazer's table of the REML fits, as the original report has it.

    Parameters
    ----------
    results : Results

    Returns
    -------
    Stargazer
    """
    fits = [fits["REML"] for fits in results.models.values()]
    table = Stargazer(fits)
    present = [name for name in results.study.predictors if name in table.cov_names]
    table.title(caption(results))
    table.covariate_order([*present, INTERCEPT])
    table.rename_covariates({INTERCEPT: "Constant"})
    table.custom_columns([fit.name.upper() for fit in fits], [1] * len(fits))
    table.show_model_numbers(False)
    table.show_ngroups = False
    table.significant_digits(DIGITS)
    for label, statistic in _STATISTICS.items():
        values = [f"{statistic(fit):.{DIGITS}f}" for fit in fits]
        table.add_line(label, values, LineLocation.FOOTER_BOTTOM)
    return table


def caption(results: Results) -> str:
    """Return the caption of the regression table."""
    names = ", ".join(results.models)
    return f"Regression of {results.study.outcome} in models {names} (REML)"


def regression(results: Results) -> str:
    """
    Return stargazer's table as clean HTML.

    Parameters
    ----------
    results : Results

    Returns
    -------
    str
        The cells of stargazer's own HTML, in a table with headers that say what they head.
    """
    table = stargazer(results)
    outcome, columns, *rows = stargazer_cells(table.render_html())
    n_models = len(columns) - 1
    notes = next(i for i, row in enumerate(rows) if row[0] == plain(table.notes_label))
    n_estimates = 2 * len(table.cov_names)
    estimates = []
    for (name, *values), (_, *errors) in zip(
        rows[:n_estimates:2], rows[1:n_estimates:2], strict=True
    ):
        estimates.append((Cell(pieces=name, scope="row", rowspan=2), *_estimates(values)))
        estimates.append(_estimates(errors))
    statistics = [
        (Cell(pieces=name, scope="row"), *_estimates(values))
        for name, *values in rows[n_estimates:notes]
    ]
    label, *note = rows[notes]
    return render(
        Table(
            name="regression",
            caption=caption(results),
            head=(
                (
                    Cell(pieces=plain(""), rowspan=2),
                    Cell(pieces=outcome[1], kind="estimate", scope="colgroup", colspan=n_models),
                ),
                tuple(Cell(pieces=name, kind="estimate", scope="col") for name in columns[1:]),
            ),
            bodies=(tuple(estimates), tuple(statistics)),
            foot=(
                (
                    Cell(pieces=label, scope="row"),
                    Cell(pieces=note[0], kind="num", colspan=n_models),
                ),
            ),
        )
    )


def regression_latex(results: Results) -> str:
    """
    Return stargazer's LaTeX.

    Parameters
    ----------
    results : Results

    Returns
    -------
    str
        A table environment; underscores and the like in names are escaped.
    """
    table = stargazer(results)
    # Stargazer escapes names of columns, but not a title.
    table.title(table.title_text.replace("_", r"\_"))
    return str(table.render_latex(escape=True)) + "\n"


def _estimates(values: list[Pieces]) -> tuple[Cell, ...]:
    return tuple(Cell(pieces=value, kind="estimate") for value in values)


def stargazer_cells(html: str) -> list[list[Pieces]]:
    """
    Read the cells of stargazer's HTML, row by row; rows without text are left out.

    Parameters
    ----------
    html : str
        With rows that do not end and cells outside of rows (stargazer 0.0.7).

    Returns
    -------
    list of (list of Pieces)
    """
    reader = _Reader()
    reader.feed(html)
    reader.close()
    rows = [[_merged(cell) for cell in row] for row in reader.rows]
    return [row for row in rows if any(text for cell in row for text, _ in cell)]


def _merged(cell: list[tuple[str, bool]]) -> Pieces:
    """Join neighbouring pieces of the same height."""
    pieces: list[tuple[str, bool]] = []
    for text, raised in cell:
        if pieces and pieces[-1][1] == raised:
            pieces[-1] = (pieces[-1][0] + text, raised)
        else:
            pieces.append((text, raised))
    return tuple(pieces) or plain("")


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.rows: list[list[list[tuple[str, bool]]]] = [[]]
        self._inside = False
        self._raised = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "tr":
            self.rows.append([])
        elif tag == "td":
            self.rows[-1].append([])
            self._inside = True
        elif tag == "sup":
            self._raised = True

    def handle_endtag(self, tag: str) -> None:
        if tag == "tr":
            self.rows.append([])
        elif tag == "td":
            self._inside = False
        elif tag == "sup":
            self._raised = False

    def handle_data(self, data: str) -> None:
        if self._inside:
            self.rows[-1][-1].append((data, self._raised))
