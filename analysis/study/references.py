"""Estimates of lme4 that lie beside a study file, for the report to be compared with."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from analysis.errors import StudyError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path


@dataclass(frozen=True, slots=True, kw_only=True)
class Estimates:
    """
    What lme4 estimates of a model by one method, under the names of results.json.

    Parameters
    ----------
    fixed_effects, standard_errors : Mapping of str to float
    random_covariance : tuple of (tuple of float)
    residual_variance : float
    criterion : float
    """

    fixed_effects: Mapping[str, float]
    standard_errors: Mapping[str, float]
    random_covariance: tuple[tuple[float, ...], ...]
    residual_variance: float
    criterion: float


@dataclass(frozen=True, slots=True, kw_only=True)
class References:
    """
    lme4's fits of the models of a study.

    Parameters
    ----------
    lme4, r : str
        Releases.
    models : Mapping of str to (Mapping of str to Estimates)
        By the fingerprint of model and rows, then by method ("REML", "ML").
    """

    lme4: str
    r: str
    models: Mapping[str, Mapping[str, Estimates]]


def references_file(study: Path) -> Path:
    """Return where the reference values of a study lie: NAME.lme4.json beside NAME.toml."""
    return study.with_name(f"{study.stem}.lme4.json")


def read_references(study: Path) -> References | None:
    """
    Read the reference values of a study.

    Parameters
    ----------
    study : Path
        Its file.

    Returns
    -------
    References or None
        None if there are none.

    Raises
    ------
    StudyError
        If they cannot be read, or are not what data/lme4.py writes.
    """
    path = references_file(study)
    if not path.is_file():
        return None
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
        return References(
            lme4=str(found["lme4"]),
            r=str(found["R"]),
            models={
                str(model["fingerprint"]): {
                    method: _estimates(model[method]) for method in ("REML", "ML")
                }
                for model in found["models"].values()
            },
        )
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        what = f"{type(error).__name__}: {error}"
        msg = (
            f"{path}: no reference values ({what}); make the file anew by python data/lme4.py "
            f"{study.stem}, or remove it"
        )
        raise StudyError(msg) from None


def _estimates(found: Mapping[str, Any]) -> Estimates:
    return Estimates(
        fixed_effects=_numbers(found["fixed_effects"]),
        standard_errors=_numbers(found["standard_errors"]),
        random_covariance=tuple(tuple(map(float, row)) for row in found["random_covariance"]),
        residual_variance=float(found["residual_variance"]),
        criterion=float(found["criterion"]),
    )


def _numbers(found: Mapping[str, Any]) -> dict[str, float]:
    return {str(name): float(value) for name, value in found.items()}
