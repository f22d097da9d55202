"""What --inference adds to results.json."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

    from analysis.inference.coefficients import CoefficientTest
    from analysis.inference.intervals import Interval
    from analysis.inference.profile import ProfileInterval
    from analysis.results.inference import ModelInference
    from analysis.results.prediction import PredictionTest
    from analysis.results.results import Results


def with_inference(record: dict[str, Any], results: Results) -> dict[str, Any]:
    """
    Add what is known of the parameters to the record of a study.

    Parameters
    ----------
    record : dict
        In the form of results.json.
    results : Results

    Returns
    -------
    dict
        With more at each REML fit and in each row of the comparison, and with the prediction test.
    """
    found = results.inference
    for name, model in found.models.items():
        record["models"][name]["REML"] |= _model(model)
    for row in record["comparison"] or []:
        test = found.simulated.get(row["model"])
        row["p_simulated"] = None if test is None else test.p
        row["p_simulated_error"] = None if test is None else test.p_error
    record["prediction"] = None if results.prediction is None else _prediction(results.prediction)
    return record


def _model(model: ModelInference) -> dict[str, Any]:
    r_squared, intraclass = model.r_squared, model.intraclass
    return {
        "tests": {
            name: {
                "satterthwaite": _test(model.satterthwaite.get(name)),
                "kenward_roger": _test(model.kenward_roger.get(name), adjusted=True),
            }
            for name in model.fit.fixed_effects
        },
        "categories": {
            column: {
                "f": test.f,
                "numerator_df": test.numerator_df,
                "denominator_df": test.denominator_df,
                "p": test.p,
            }
            for column, test in model.category_tests.items()
        },
        "r2": {"marginal": r_squared.marginal, "conditional": r_squared.conditional},
        "icc": {"adjusted": intraclass.adjusted, "unadjusted": intraclass.unadjusted},
        "intervals": {
            "wald": _intervals(model.wald),
            "t": _intervals(model.student),
            "profile": {name: _ends(each) for name, each in model.profile.items()},
            "bootstrap": _intervals(model.percentile),
        },
        "influence": {
            "without": {group: dict(values) for group, values in model.without.items()},
            "cook": dict(model.cooks_distances),
        },
    }


def _test(test: CoefficientTest | None, *, adjusted: bool = False) -> dict[str, float] | None:
    if test is None:
        return None
    error = {"se": test.se} if adjusted else {}
    return {**error, "df": test.df, "t": test.t, "p": test.p}


def _intervals(intervals: Mapping[str, Interval | None]) -> dict[str, list[float] | None]:
    return {name: None if each is None else list(each) for name, each in intervals.items()}


def _ends(interval: ProfileInterval) -> list[float | None]:
    """Return the ends of an interval; None in the place of a boundary."""
    return [interval.low, interval.high]


def _prediction(found: PredictionTest) -> dict[str, Any]:
    return {
        "splits": found.n_splits,
        "seed": found.seed,
        "groups": found.n_groups,
        "scores": [
            {"known": score.known, "rmse": dict(score.rmse), "error": dict(score.error)}
            for score in found.scores
        ],
    }
