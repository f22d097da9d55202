"""The numbers of the prose: results, rounded and written as a reader reads them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from analysis.errors import StudyError
from analysis.prose.directions import compared, of_model
from analysis.prose.nouns import nouns
from analysis.results.ladder import Role
from analysis.results.results import INTERCEPT
from analysis.writing.notation import Notation, points, two_decimals
from analysis.writing.numbers import number, p_value, percent
from analysis.writing.words import as_markdown, heading, model_title, variable_name

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from analysis.results.coefficients import Coefficient
    from analysis.results.components import VarianceComponents
    from analysis.results.extremes import OfGroup
    from analysis.results.further import Further
    from analysis.results.models import ModelSummary
    from analysis.results.results import ComparisonRow, Results, Study
    from analysis.results.summary import Summary
    from analysis.results.weights import Weights


def values(results: Results) -> dict[str, Any]:
    """
    Return every number of the prose as text, by the name that a document calls it.

    Parameters
    ----------
    results : Results
        With a comparison.

    Returns
    -------
    dict
        Nested, with texts as leaves. Names are such that a document can call them.

    Raises
    ------
    StudyError
        If two columns have one name then.
    """
    summary = results.summary
    models = {
        name: {
            "formula": fits["REML"].spec.formula,
            "called": model_title(name),
            "title": heading(model_title(name)),
            **_model(summary.models[name], results.study),
            **of_model(summary.models[name], results.study.slope, summary.pooling.slopes),
        }
        for name, fits in results.models.items()
    }
    for name, fit in results.compared.items():
        models[name] |= {"aic": number(fit.aic, 3), "bic": number(fit.bic, 3)}
    written = {
        **nouns(results.study),
        "data": _data(results, summary),
        "pooling": _pooling(results, summary),
        **models,
        **({} if summary.weights is None else {"weights": _weights(summary.weights)}),
        "comparison": _comparison(results, summary),
        **_more(results),
        **({} if results.further is None else {"further": _further(results.further)}),
        "normal": {"quantile": number(summary.normal_quantile)},
    }
    try:
        return _callable(written)
    except ValueError as error:
        msg = f"{results.study.path}: {error}; give one of them another under [columns]"
        raise StudyError(msg) from None


def _callable(written: Mapping[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, content in written.items():
        called = variable_name(name)
        if called in found:
            same = [other for other in written if variable_name(other) == called]
            msg = f"{' and '.join(map(repr, same))} have one name in documents, {called}"
            raise ValueError(msg)
        found[called] = _callable(content) if isinstance(content, dict) else content
    return found


def _data(results: Results, summary: Summary) -> dict[str, str]:
    sample = results.sample
    return {
        "source": sample.source,
        "sha256": sample.sha256,
        "n": str(sample.n_observations),
        "n_modelled": str(summary.n_modelled),
        "groups": str(sample.n_groups),
        "n_in_file": str(sample.n_rows_in_table),
        "groups_in_file": str(sample.n_groups_in_table),
        "first_group": as_markdown(sample.groups[0]),
        "last_group": as_markdown(sample.groups[-1]),
        "smallest": str(summary.smallest),
        "largest": str(summary.largest),
        "slope_mean": two_decimals(summary.spread, [summary.centre]).write(summary.centre),
    }


def _pooling(results: Results, summary: Summary) -> dict[str, Any]:
    pooling, complete = summary.pooling, results.complete
    slopes = [line.slope for line in results.none.values() if line.slope is not None]
    write = two_decimals(pooling.slope_deviation, slopes).write
    outcome = summary.variables[results.study.outcome]
    none: dict[str, Any] = {
        "smallest": str(pooling.smallest),
        "largest": str(pooling.largest),
        "slope_sd": write(pooling.slope_deviation),
        "slope_error": write(pooling.slope_error),
    }
    for name, extreme in pooling.extreme_slopes.items():
        none[name] = {"group": as_markdown(extreme.group), "slope": write(extreme.value)}
    return {
        "complete": {
            "intercept": two_decimals(outcome.deviation, [complete.intercept]).write(
                complete.intercept
            ),
            "slope": write(complete.slope),
            **_words_of_pooling(results, summary, write),
        },
        "between": {"slope": write(results.between.slope)},
        "none": none,
    }


def _words_of_pooling(
    results: Results, summary: Summary, write: Callable[[float], str]
) -> dict[str, str]:
    """Return what the slope of complete pooling is called, alone and beside that within groups."""
    slope, name = results.complete.slope, results.ladder.name(Role.INTERCEPTS)
    if slope is None or results.study.slope is None:
        return {}
    words = {"direction": "higher" if slope >= 0 else "lower", "size": write(abs(slope))}
    lines = None if name is None else summary.lines.get(name)
    within = None if lines is None else lines.slope
    if within is not None:
        alike = write(slope) == _notation(within, 2).write(within.estimate)
        words["compared"] = compared(slope, within.estimate, printed_alike=alike)
    return words


def _model(model: ModelSummary, study: Study) -> dict[str, Any]:
    words, slope = study.words, study.slope
    ten = {name: effect.times(10) for name, effect in model.fixed.items()}
    of_one = {name: _notation(effect, 2) for name, effect in model.fixed.items()}
    of_ten = {name: _notation(effect, 1) for name, effect in ten.items()}
    # A slope may vary around 0, without a fixed effect.
    of_random = {
        name: of_one.get(name) or two_decimals(term.deviation)
        for name, term in model.random.items()
    }
    written: dict[str, Any] = {
        "fixed": _estimates(model.fixed, of_one),
        "size": {
            name: of_one[name].write(abs(effect.estimate)) for name, effect in model.fixed.items()
        },
        "about": {
            name: points(effect.estimate, of_one[name], words.point, words.points)
            for name, effect in model.fixed.items()
        },
        "ten": _estimates(ten, of_ten),
        "p": {name: p_value(effect.p) for name, effect in model.fixed.items()},
        "interval": _intervals(model.fixed, of_one),
        "ten_interval": _intervals(ten, of_ten),
        "sd": {name: _deviation(term.deviation) for name, term in model.random.items()},
        "variance": {
            name: _deviation(variance) for name, variance in model.components.variances.items()
        },
        "two_sd_below": {
            name: of_random[name].write(term.two_below) for name, term in model.random.items()
        },
        "two_sd_above": {
            name: of_random[name].write(term.two_above) for name, term in model.random.items()
        },
        "sd_residual": _deviation(model.components.residual_deviation),
        "lowest": {},
        "highest": {},
    }
    for name, term in model.random.items():
        written["lowest"][name] = _of_group(term.totals.low, of_random[name])
        written["highest"][name] = _of_group(term.totals.high, of_random[name])
    if model.components.icc is not None:
        written["icc"] = percent(model.components.icc)
    if model.at_mean is not None:
        written["correlation"] = _correlation(model.components, slope)
        written["at_mean"] = {
            "sd": _deviation(model.at_mean.deviations[INTERCEPT]),
            "correlation": _correlation(model.at_mean, slope),
        }
    return written


def _notation(effect: Coefficient, decimals: int) -> Notation:
    return Notation.of_estimate(effect.estimate, effect.error, decimals=decimals)


def _estimates(
    effects: Mapping[str, Coefficient], notations: Mapping[str, Notation]
) -> dict[str, str]:
    return {name: notations[name].write(effect.estimate) for name, effect in effects.items()}


def _intervals(
    effects: Mapping[str, Coefficient], notations: Mapping[str, Notation]
) -> dict[str, str]:
    return {
        name: " to ".join(map(notations[name].write, effect.interval))
        for name, effect in effects.items()
    }


def _of_group(of_group: OfGroup, notation: Notation) -> dict[str, str]:
    return {
        "group": as_markdown(of_group.group),
        "value": notation.write(of_group.value),
    }


def _deviation(deviation: float) -> str:
    return two_decimals(deviation).write(deviation)


def _correlation(components: VarianceComponents, slope: str | None) -> str:
    correlation = None if slope is None else components.correlations.get(slope)
    return "undefined" if correlation is None else number(correlation)


def _weights(weights: Weights) -> dict[str, str]:
    write = two_decimals(weights.within, [weights.between]).write
    return {
        "median": percent(weights.median),
        "one": percent(weights.one),
        "three": percent(weights.three),
        "between": write(weights.between),
        "within": write(weights.within),
    }


def _comparison(results: Results, summary: Summary) -> dict[str, Any]:
    rows, best = results.comparison or (), summary.best
    written: dict[str, Any] = {row.model: _comparison_row(row) for row in rows}
    if best is not None:
        written["log_n"] = number(best.log_n, 1)
        written["best"] = {
            "aic": model_title(best.aic),
            "bic": model_title(best.bic),
            "bic_of_groups": model_title(best.bic_of_groups),
            "tests": model_title(best.tests),
            "agreement": "in agreement with" if best.aic == best.tests else "against",
        }
    return written


def _more(results: Results) -> dict[str, Any]:
    """Return what prediction and influence have of numbers."""
    written: dict[str, Any] = {}
    if results.prediction is not None:
        scores = {"fewest": results.prediction.fewest, "most": results.prediction.most}
        written["prediction"] = {
            name: {
                "known": str(score.known),
                **{method: number(value) for method, value in score.rmse.items()},
            }
            for name, score in scores.items()
        }
    if results.shrinkage is not None:
        written["shrinkage"] = {
            f"{term}s_clear": str(results.shrinkage.n_clear(term)) for term in ("height", "slope")
        }
    profile = results.inference.models[results.verdicts.preferred].profile
    terms = results.summary.models[results.verdicts.preferred].fixed
    written["profile"] = {
        name: {
            "low": _notation_of_term(results, name).write(profile[name].low),
            "high": _notation_of_term(results, name).write(profile[name].high),
        }
        for name in terms
        if name in profile
    }
    extremes = results.influence
    if extremes:
        written["influence"] = {
            end: {
                term: _of_group(getattr(each, side), _notation_of_term(results, term))
                for term, each in extremes.items()
            }
            for end, side in (("least", "low"), ("greatest", "high"))
        }
    return written


def _notation_of_term(results: Results, term: str) -> Notation:
    fixed = results.summary.models[results.verdicts.preferred].fixed[term]
    return Notation.of(fixed.error, [fixed.estimate], decimals=3, digits=2)


def _further(found: Further) -> dict[str, Any]:
    written: dict[str, Any] = {
        name: _comparison_row(model.test) for name, model in found.models.items()
    }
    written["best"] = {"aic": found.best_aic, "bic": found.best_bic}
    if found.slope_deviations is not None:
        before, after = found.slope_deviations
        write = two_decimals(before, [after]).write
        written["slope_sd"] = {"before": write(before), "after": write(after)}
    places = Notation.spanning([value for value, _ in found.level_2] or [0.0])
    for name, (value, effect) in zip(("low", "high"), found.level_2, strict=False):
        ten = effect.times(10)
        notation = _notation(ten, 1)
        written[name] = {
            "at": places.write(value),
            "ten": notation.write(ten.estimate),
            "ten_interval": " to ".join(map(notation.write, ten.interval)),
        }
    return written


def _comparison_row(row: ComparisonRow) -> dict[str, str]:
    written = {"aic": number(row.aic, 1), "bic": number(row.bic, 1)}
    if row.chisq is not None and row.p is not None:
        written |= {
            "chisq": number(row.chisq),
            "df": str(row.df),
            "p": p_value(row.p),
            "p_printed": p_value(row.p, 4),
        }
    if row.p_boundary is not None:
        written["p_boundary"] = p_value(row.p_boundary, 4)
    return written
