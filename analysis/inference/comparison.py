"""Likelihood-ratio comparison of fits, with a refusal wherever it would mean nothing."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

from scipy.special import chdtrc

from analysis.errors import NotComparableError, UnequalRowsError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from analysis.mixed.fit import MixedFit

# What the certificates of two optima leave open, in deviance.
_SLACK = 1e-6


@dataclass(frozen=True, slots=True, kw_only=True)
class ComparisonRow:
    """
    One model in a comparison, tested against the one before it.

    Parameters
    ----------
    model : str
        Name of the model.
    npar : int
        Number of parameters.
    aic, bic, log_likelihood, deviance : float
        Of the fit; deviance is -2 log-likelihood.
    chisq : float or None
        Drop in deviance from the model before; None, like the rest, in the first row, and where the
        model before is no special case.
    df : int or None
        Parameters more than the model before.
    p : float or None
        Upper tail of chi-square(df) beyond `chisq`.
    p_boundary : float or None
        The same with the reference distribution for a variance on its boundary; None where the
        test adds fixed effects, or more than one random effect.
    """

    model: str
    npar: int
    aic: float
    bic: float
    log_likelihood: float
    deviance: float
    chisq: float | None = None
    df: int | None = None
    p: float | None = None
    p_boundary: float | None = None


def compare(fits: Sequence[MixedFit], *, nested: bool = True) -> tuple[ComparisonRow, ...]:
    """
    Compare fits, each with the one before it.

    Parameters
    ----------
    fits : sequence of MixedFit
        From the smallest model to the largest; one alone has no test.
    nested : bool
        Whether each must be a special case of the next; otherwise those that are not have no test.

    Returns
    -------
    tuple of ComparisonRow

    Raises
    ------
    NotComparableError
        If there is no fit; if two neighbours differ in outcome, group or method, are REML fits with
        different fixed effects, are not nested, or if the larger has the lower likelihood.
    UnequalRowsError
        If two neighbours use different rows.
    """
    if not fits:
        msg = "cannot compare 0 fits; give at least one"
        raise NotComparableError(msg)
    tested: list[MixedFit | None] = [None]
    for reduced, full in pairwise(fits):
        _refuse(reduced, full)
        if nested or _nested(reduced, full):
            _refuse_without_order(reduced, full)
            tested.append(reduced)
        else:
            tested.append(None)
    return tuple(_row(full, reduced) for reduced, full in zip(tested, fits, strict=True))


def boundary_p_value(chisq: float, n_random: int) -> float:
    """
    Return the p value of one more random effect, whose variance is 0 under the smaller model.

    Parameters
    ----------
    chisq : float
        Drop in deviance.
    n_random : int
        Random effects in the smaller model, q, so that the larger has q more covariances.

    Returns
    -------
    float
        Upper tail of the 50:50 mixture of chi-square(q) and chi-square(q + 1) (Stram & Lee 1994).

    Examples
    --------
    >>> round(boundary_p_value(3.84, 1), 3)
    0.098
    """
    return float(0.5 * chdtrc(n_random, chisq) + 0.5 * chdtrc(n_random + 1, chisq))


def _row(fit: MixedFit, reduced: MixedFit | None) -> ComparisonRow:
    test: dict[str, float | int | None] = {}
    if reduced is not None:
        chisq = max(0.0, reduced.criterion - fit.criterion)
        df = fit.n_parameters - reduced.n_parameters
        one_more_random = (
            fit.spec.fixed == reduced.spec.fixed
            and not fit.spec.diagonal
            and not reduced.spec.diagonal
            and len(fit.random_names) == len(reduced.random_names) + 1
        )
        test = {
            "chisq": chisq,
            "df": df,
            "p": float(chdtrc(df, chisq)),
            "p_boundary": (
                boundary_p_value(chisq, len(reduced.random_names)) if one_more_random else None
            ),
        }
    return ComparisonRow(
        model=fit.name,
        npar=fit.n_parameters,
        aic=fit.aic,
        bic=fit.bic,
        log_likelihood=fit.log_likelihood,
        deviance=fit.criterion,
        **test,  # type: ignore[arg-type]
    )


def _refuse(reduced: MixedFit, full: MixedFit) -> None:
    pair = f"cannot test {reduced.name} against {full.name} by likelihood ratio"
    if (reduced.spec.outcome, reduced.spec.group) != (full.spec.outcome, full.spec.group):
        msg = f"{pair}: their outcomes or groups differ; fit both to the same columns"
        raise NotComparableError(msg)
    if reduced.fingerprint.rows != full.fingerprint.rows:
        msg = (
            f"{pair}: {reduced.name} uses {reduced.n_observations} rows and {full.name} "
            f"{full.n_observations}, because a column of one lacks values; drop those rows first, "
            "so that both use the same"
        )
        raise UnequalRowsError(msg)
    same = {
        full.spec.outcome: reduced.fingerprint.outcome == full.fingerprint.outcome,
        full.spec.group: reduced.fingerprint.groups == full.fingerprint.groups,
    }
    for column, equal in same.items():
        if not equal:
            msg = f"{pair}: their tables differ in column {column!r}; fit both to the same table"
            raise NotComparableError(msg)
    if reduced.method != full.method:
        msg = f"{pair}: one is a {reduced.method} fit, the other {full.method}; use ML for both"
        raise NotComparableError(msg)
    if full.method == "REML" and set(reduced.spec.fixed) != set(full.spec.fixed):
        msg = f"{pair}: both are REML fits and their fixed effects differ; compare the ML fits"
        raise NotComparableError(msg)


def _nested(reduced: MixedFit, full: MixedFit) -> bool:
    """Whether a model is a special case of another, by the names of its columns."""
    return (
        set(reduced.spec.fixed) <= set(full.spec.fixed)
        and set(reduced.random_names) <= set(full.random_names)
        and (not full.spec.diagonal or reduced.spec.diagonal or len(reduced.random_names) == 1)
        and reduced.n_parameters < full.n_parameters
    )


def _refuse_without_order(reduced: MixedFit, full: MixedFit) -> None:
    pair = f"cannot test {reduced.name} against {full.name} by likelihood ratio"
    if not _nested(reduced, full):
        msg = f"{pair}: {reduced.spec.formula} is no special case of {full.spec.formula}"
        raise NotComparableError(msg)
    if full.criterion > reduced.criterion + _SLACK:
        msg = (
            f"{pair}: the larger model fits worse ({full.criterion:.6f} against "
            f"{reduced.criterion:.6f}), so one of the two is not at its optimum"
        )
        raise NotComparableError(msg)
