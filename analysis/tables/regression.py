"""The regression table: what stargazer prints, and its cells in a table of our own."""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING, Any

from stargazer.stargazer import RESULTS_CLASSES, LaTeXRenderer, LineLocation, Renderer, Stargazer

from analysis.results.coefficients import Coefficient
from analysis.results.results import INTERCEPT, MixedFit
from analysis.tables.table import Cell, Pieces, Table, cells, header, plain, render
from analysis.writing.notation import Notation
from analysis.writing.numbers import number
from analysis.writing.words import effect_name

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from analysis.results.results import Results, Study

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
    effects = {name: Coefficient.of(fit, name) for name in fit.fixed_effects}
    absent = ("r2", "r2_adj", "pseudo_r2", "resid_std_err", "f_statistic", "f_p_value")
    return {
        "dependent_variable": fit.spec.outcome,
        "cov_names": list(effects),
        "cov_values": {name: effect.estimate for name, effect in effects.items()},
        "cov_std_err": {name: effect.error for name, effect in effects.items()},
        "p_values": {name: effect.p for name, effect in effects.items()},
        "conf_int_low_values": {name: effect.interval.low for name, effect in effects.items()},
        "conf_int_high_values": {name: effect.interval.high for name, effect in effects.items()},
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
    # The levels of categories are in no list of the study's.
    of_models = [name for fit in fits for name in fit.fixed_effects]
    first = of_models if results.study.categories else results.study.predictors
    order = dict.fromkeys((*first, *table.cov_names))
    present = [name for name in order if name in table.cov_names and name != INTERCEPT]
    table.title(caption(results))
    table.dependent_variable_name(_name(results.study, results.study.outcome))
    table.covariate_order([*present, INTERCEPT])
    table.rename_covariates({**_labels(results), INTERCEPT: "Constant"})
    table.custom_columns([fit.name.upper() for fit in fits], [1] * len(fits))
    table.show_model_numbers(False)
    table.show_ngroups = False
    table.significant_digits(DIGITS)
    for name in table.cov_names:
        _write_in_its_unit(table, name)
    for label, statistic in _STATISTICS.items():
        values = [number(statistic(fit), DIGITS) for fit in fits]
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
    outcome = _name(results.study, results.study.outcome)
    return f"Regression of {outcome} in models {names} (REML)"


def _labels(results: Results) -> dict[str, str]:
    study = results.study
    effects = {name for fit in results.compared.values() for name in fit.fixed_effects}
    return {
        name: effect_name(name, study.label, study.categories)
        if study.words.regression == "labels"
        else name
        for name in (*study.predictors, *effects)
    }


def _name(study: Study, column: str) -> str:
    """Return what the table calls a column: its name, unless the study asks for labels."""
    return study.label(column) if study.words.regression == "labels" else column


class CellRenderer(Renderer):  # type: ignore[misc]  # stargazer has no types
    """Stargazer's table as cells; numbers, stars and statistics are those of its other formats."""

    def render(self) -> Table:
        """Return the table; it is called "regression", and its caption is stargazer's title."""
        width = self.num_models
        outcome = f"{self.dep_var_name}{self.dependent_variable}"
        return Table(
            name="regression",
            caption=self.title_text,
            head=(
                (
                    Cell(pieces=plain(""), rowspan=2),
                    header(outcome, "estimate", scope="colgroup", colspan=width),
                ),
                tuple(header(label, "estimate") for label in self.column_labels),
            ),
            bodies=(self._estimates(), self._statistics()),
            foot=(
                (
                    header(self.notes_label, scope="row"),
                    Cell(pieces=self._levels(), kind="num", colspan=width),
                ),
            ),
        )

    def _estimates(self) -> tuple[tuple[Cell, ...], ...]:
        rows: list[tuple[Cell, ...]] = []
        for name in self.cov_names:
            models = [data if name in data["cov_names"] else None for data in self.model_data]
            values = (
                Cell(pieces=self._estimate(data, name) if data else plain(""), kind="estimate")
                for data in models
            )
            errors = (
                f"({self._float_format(data['cov_std_err'][name])})" if data else ""
                for data in models
            )
            rows += [
                (header(self.cov_map(name), scope="row", rowspan=2), *values),
                cells(errors, "estimate"),
            ]
        return tuple(rows)

    def _estimate(self, data: Mapping[str, Any], name: str) -> Pieces:
        stars = self.get_sig_icon(data["p_values"][name])
        value = plain(self._float_format(data["cov_values"][name]))
        return (*value, (stars, True)) if stars else value

    def _statistics(self) -> tuple[tuple[Cell, ...], ...]:
        observations = [self._formatters["nobs"](data["nobs"]) for data in self.model_data]
        rows = [["Observations", *observations], *self.custom_lines[LineLocation.FOOTER_BOTTOM]]
        return tuple((header(name, scope="row"), *cells(row, "estimate")) for name, *row in rows)

    def _levels(self) -> Pieces:
        pieces: list[tuple[str, bool]] = []
        for level in self.sig_levels:
            # Stargazer's own p for a level's stars, a thousandth below it.
            stars = (self.get_sig_icon(level - 0.001), True)
            pieces += [stars, (f"p<{level}; ", False)]
        return (*pieces[:-1], (f"p<{level}", False))


def regression(results: Results) -> str:
    """Return the regression table as an HTML fragment."""
    return render(CellRenderer(stargazer(results)).render())


def regression_latex(results: Results) -> str:
    """
    Return stargazer's LaTeX.

    Parameters
    ----------
    results : Results

    Returns
    -------
    str
        A table environment; underscores and the like in names and labels are escaped, and
        signs and powers of ten are formulas.
    """
    table = stargazer(results)
    # Stargazer escapes names of columns, but not a title.
    table.title(LaTeXRenderer(table, escape=True)._escape(table.title_text))
    latex = str(table.render_latex(escape=True)) + "\n"
    latex = re.sub("\xa0×\xa010([⁻⁰¹²³⁴-⁹]+)", _power_in_latex, latex)
    return latex.replace("−", "$-$")


def _power_in_latex(found: re.Match[str]) -> str:
    # NFKC turns raised digits, and the raised minus, into usual ones.
    power = unicodedata.normalize("NFKC", found[1]).replace("−", "-")
    return rf" $\times 10^{{{power}}}$"
