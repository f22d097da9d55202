"""What the prose of the page needs to know, by the names that the templates call it."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from analysis.page.credits import credit
from analysis.writing.words import in_running_text, plural

if TYPE_CHECKING:
    from analysis.mixed.crossproducts import Array
    from analysis.page.datasets import Rows
    from analysis.page.level_2 import Experience
    from analysis.page.notations import Notations
    from analysis.results.lines import Lines
    from analysis.study.study import Study

STEP_NAMES = {
    "complete": "Complete pooling",
    "none": "No pooling",
    "m1": "Random intercepts",
    "m2": "Random slopes",
}
"""Titles of the steps but the last, whose title is its level 2 predictor."""


def facts(
    lines: Lines, experience: Experience | None, notations: Notations, table: Rows
) -> dict[str, Any]:
    """
    Collect what the templates need.

    Parameters
    ----------
    lines : Lines
    experience : Experience or None
    notations : Notations
    table : list of dict
        What `estimates` returns.

    Returns
    -------
    dict
    """
    results = lines.results
    return {
        **_words(lines.study),
        **_of_experience(experience),
        **_of_own_lines(lines),
        **_of_heights(lines),
        "credit": credit(results),
        "mixes": lines.mixes,
        "n_observations": results.sample.n_observations,
        "n_groups": len(lines.groups),
        "weighed": lines.weighed,
        "unweighed": sum(lines.sizes[group] - n for group, n in lines.weighed.items()),
        "complete": results.complete,
        "fits": lines.fits,
        "tests": {row.model: row for row in results.comparison or ()},
        "ratio": lines.ratio,
        "notations": notations,
        "table": table,
    }


def _words(study: Study) -> dict[str, Any]:
    noun = in_running_text(study.label(study.group))
    return {
        "study": study,
        "noun": noun,
        "nouns": plural(noun),
        "outcome": in_running_text(study.label(study.outcome)),
        "slope": in_running_text(study.label(study.slope)),
        "covariates": [in_running_text(study.label(column)) for column in study.covariates],
    }


def _of_experience(experience: Experience | None) -> dict[str, Any]:
    if experience is None:
        return {"experience": None, "steps": STEP_NAMES, "mixed": "the steps"}
    return {
        "experience": experience,
        "steps": {**STEP_NAMES, "m3": f"With {in_running_text(experience.label)}"},
        "mixed": f"the steps and under {experience.label}",
    }


def _of_own_lines(lines: Lines) -> dict[str, Any]:
    own = lines.results.none
    slopes = {group: line.slope for group, line in own.items() if line.slope is not None}
    return {
        "own": own,
        "flattest": min(slopes, key=slopes.__getitem__, default=None),
        "steepest": max(slopes, key=slopes.__getitem__, default=None),
        "slopeless": [group for group in lines.groups if group not in slopes],
    }


def _of_heights(lines: Lines) -> dict[str, Any]:
    """Collect what random slopes say of the lines where the data are, at the predictor's mean."""
    predictor = lines.results.sample.table[lines.study.slope]
    return {
        "centre": lines.centre,
        "off_scale": bool(predictor.min() > 0 or predictor.max() < 0),
        "centred": {
            model: _height(fit.random_covariance_at(lines.centre))
            for model, fit in lines.fits.items()
            if len(fit.random_names) > 1
        },
    }


def _height(covariance: Array) -> dict[str, float | None]:
    """Return the SD of the lines' heights, and its correlation with the slopes if there is one."""
    between, slopes = float(covariance[0, 0]), float(covariance[1, 1])
    product = between * slopes
    return {
        "sd": math.sqrt(max(between, 0.0)),
        "correlation": float(covariance[0, 1]) / math.sqrt(product) if product > 0 else None,
    }
