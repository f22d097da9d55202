"""The regression table, which the stargazer package makes, and its cells as clean HTML."""

from __future__ import annotations

import re
import unicodedata
from statistics import NormalDist
from typing import TYPE_CHECKING, Any

from stargazer.stargazer import RESULTS_CLASSES, LineLocation, Stargazer

from analysis.mixed.fit import MixedFit
from analysis.mixed.model import INTERCEPT
from analysis.tables.markup import stargazer_cells
from analysis.tables.table import Cell, Pieces, Table, plain, render
from analysis.writing.notation import Notation

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from analysis.results.results import Results

DIGITS = 3
"""Decimals of the table, as in R's stargazer; more where a standard error needs them."""

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


class _Written(float):
    """A number that knows how it is written, since stargazer has one precision for all."""

    notation: Notation

    def __new__(cls, value: float, notation: Notation) -> _Written:
        written = super().__new__(cls, value)
        written.notation = notation
        return written

    def __format__(self, _: str) -> str:
        return self.notation.write(float(self))


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
    fits = list(results.compared.values())
    table = Stargazer(fits)
    present = [name for name in results.study.predictors if name in table.cov_names]
    table.title(caption(results))
    table.covariate_order([*present, INTERCEPT])
    table.rename_covariates({INTERCEPT: "Constant"})
    table.custom_columns([fit.name.upper() for fit in fits], [1] * len(fits))
    table.show_model_numbers(False)
    table.show_ngroups = False
    table.significant_digits(DIGITS)
    for name in table.cov_names:
        _write_in_its_unit(table, name)
    for label, statistic in _STATISTICS.items():
        values = [f"{statistic(fit):.{DIGITS}f}" for fit in fits]
        table.add_line(label, values, LineLocation.FOOTER_BOTTOM)
    return table


def _write_in_its_unit(table: Stargazer, name: str) -> None:
    """Let all models write one coefficient alike, with two digits of the least standard error."""
    models = [data for data in table.model_data if name in data["cov_names"]]
    columns = ("cov_values", "cov_std_err")
    values, errors = ([data[column][name] for data in models] for column in columns)
    smallest = min((error for error in errors if error > 0), default=None)
    notation = Notation.of(smallest, (*values, *errors), decimals=DIGITS, digits=2)
    for data in models:
        for column in columns:
            data[column] = {**data[column], name: _Written(data[column][name], notation)}


def caption(results: Results) -> str:
    """Return the caption of the regression table."""
    names = ", ".join(results.compared)
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
        A table environment; underscores and the like in names are escaped, and powers of ten are
        formulas.
    """
    table = stargazer(results)
    # Stargazer escapes names of columns, but not a title.
    table.title(table.title_text.replace("_", r"\_"))
    latex = str(table.render_latex(escape=True)) + "\n"
    return re.sub("\xa0×\xa010([⁻⁰¹²³⁴-⁹]+)", _power_in_latex, latex)


def _power_in_latex(found: re.Match[str]) -> str:
    # NFKC turns raised digits, and the raised minus, into usual ones.
    power = unicodedata.normalize("NFKC", found[1]).replace("−", "-")
    return rf" $\times 10^{{{power}}}$"


def _estimates(values: list[Pieces]) -> tuple[Cell, ...]:
    return tuple(Cell(pieces=value, kind="estimate") for value in values)
