"""The models of a study."""

from __future__ import annotations

from typing import TYPE_CHECKING

from analysis.mixed.model import ModelSpec

if TYPE_CHECKING:
    from analysis.study.study import Study


def ladder(study: Study) -> tuple[ModelSpec, ...]:
    """
    Return a study's models, each a special case of the next.

    Parameters
    ----------
    study : Study

    Returns
    -------
    tuple of ModelSpec
        Random intercepts (m1), random slopes (m2) and, if the study has level 2 predictors, random
        slopes with these (m3).
    """
    level_1 = (study.slope, *study.covariates)
    steps = [("m1", level_1, ()), ("m2", level_1, (study.slope,))]
    if study.group_covariates:
        steps.append(("m3", level_1 + study.group_covariates, (study.slope,)))
    return tuple(
        ModelSpec(name=name, outcome=study.outcome, fixed=fixed, slopes=slopes, group=study.group)
        for name, fixed, slopes in steps
    )
