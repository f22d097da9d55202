"""How far a study's estimates are from those that lme4 finds for the same models and rows."""

from __future__ import annotations

import hashlib
import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np

from analysis.results.capabilities import no_agreement

if TYPE_CHECKING:
    from collections.abc import Iterator

    import pandas as pd

    from analysis.mixed.fit import MixedFit
    from analysis.results.ladder import Rung
    from analysis.results.results import Results
    from analysis.study.references import Estimates, References

Kind = Literal["effect", "error", "covariance", "residual", "criterion"]

TOLERANCE = 1e-4
"""Of `Quantity.distance`: lme4's optimiser goes by values of the criterion, half of the digits."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Quantity:
    """
    An estimate of a model, here and by lme4.

    Parameters
    ----------
    kind : str
    method : str
        "REML" or "ML".
    names : tuple of str
        Of the effect, or of the two random effects; empty for what a model has one of.
    here : float
    lme4 : float or None
        None where no reference has it.
    scale : float
        In what differences count: a fixed effect's standard error, the largest variance of a
        random effect, the value itself for what is positive, 1 for a criterion.
    """

    kind: Kind
    method: str
    names: tuple[str, ...] = ()
    here: float
    lme4: float | None
    scale: float

    @property
    def difference(self) -> float | None:
        """What it is here less what it is by lme4."""
        return None if self.lme4 is None else self.here - self.lme4

    @property
    def distance(self) -> float:
        """Size of the difference on its scale; 0 where there is none."""
        difference = abs(self.difference or 0.0)
        return difference / self.scale if self.scale else (math.inf if difference else 0.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Agreement:
    """
    A study's estimates beside those of lme4.

    Parameters
    ----------
    models : dict of str to (tuple of Quantity)
        By name of the model.
    lme4, r : str
        Releases; empty where there are no reference values.
    why_none : str
        Why they are not compared with those there are; empty if they are.
    """

    models: dict[str, tuple[Quantity, ...]]
    lme4: str = ""
    r: str = ""
    why_none: str = ""

    @property
    def checked(self) -> tuple[str, ...]:
        """The models with reference values for these very rows."""
        return tuple(
            name
            for name, found in self.models.items()
            if all(quantity.lme4 is not None for quantity in found)
        )

    @property
    def unchecked(self) -> tuple[str, ...]:
        """The others."""
        return tuple(name for name in self.models if name not in self.checked)

    @property
    def differing(self) -> tuple[str, ...]:
        """Those of the checked models with a distance above the tolerance."""
        return tuple(
            name
            for name in self.checked
            if any(quantity.distance > TOLERANCE for quantity in self.models[name])
        )

    @property
    def n_checked(self) -> int:
        """Number of quantities that were compared."""
        return sum(len(self.models[name]) for name in self.checked)

    def farthest(self, *kinds: Kind) -> float:
        """Return the largest distance of some kinds of quantities."""
        return max(
            (
                each.distance
                for found in self.models.values()
                for each in found
                if each.kind in kinds
            ),
            default=0.0,
        )


def agreement(results: Results, references: References | None) -> Agreement:
    """
    Set the estimates of every model beside lme4's.

    Parameters
    ----------
    results : Results
    references : References or None

    Returns
    -------
    Agreement
    """
    why_none = no_agreement(results)
    known = {} if references is None or why_none else references.models
    models = {}
    for rung in results.ladder.rungs:
        name = rung.spec.name
        found = known.get(fingerprint_of(rung, results.sample.table), {}) if known else {}
        reml, ml = (results.models[name][method] for method in ("REML", "ML"))
        models[name] = (*_quantities(reml, found.get("REML")), _criterion(ml, found.get("ML")))
    if references is None:
        return Agreement(models=models)
    return Agreement(models=models, lme4=references.lme4, r=references.r, why_none=why_none)


def rows_of(rung: Rung, table: pd.DataFrame) -> pd.DataFrame:
    """Return the rows and columns that a model uses, the group first."""
    spec = rung.spec
    made = table if rung.matrix is None else rung.matrix.table
    return made[[spec.group, *spec.columns]].dropna()


def fingerprint_of(rung: Rung, table: pd.DataFrame) -> str:
    """
    Return the SHA-256 of a model and all that it is fitted to.

    Parameters
    ----------
    rung : Rung
    table : DataFrame
        Of the sample.

    Returns
    -------
    str
        Hexadecimal; of the model's effects, its columns by name, and every value in its rows.
    """
    spec, rows = rung.spec, rows_of(rung, table)
    random = (*spec.random_names, "||" if spec.diagonal else "|")
    digest = hashlib.sha256()
    for part in (spec.fixed_names, random, tuple(rows.columns), tuple(rows[spec.group])):
        digest.update(repr(tuple(map(str, part))).encode("utf-8", "surrogatepass"))
    digest.update(rows[list(spec.columns)].to_numpy(dtype=np.dtype("<f8")).tobytes())
    return digest.hexdigest()


def _quantities(fit: MixedFit, lme4: Estimates | None) -> Iterator[Quantity]:
    errors = fit.standard_errors
    lme4 = lme4 if lme4 and _has_all(lme4, fit) else None
    method = fit.method
    for name, here in fit.fixed_effects.items():
        found = lme4.fixed_effects[name] if lme4 else None
        yield Quantity(
            kind="effect", method=method, names=(name,), here=here, lme4=found, scale=errors[name]
        )
    for name, here in errors.items():
        found = lme4.standard_errors[name] if lme4 else None
        yield Quantity(
            kind="error", method=method, names=(name,), here=here, lme4=found, scale=here
        )
    random = fit.random_covariance
    largest = float(random.diagonal().max())
    for i, first in enumerate(fit.random_names):
        for j, second in enumerate(fit.random_names[: i + 1]):
            yield Quantity(
                kind="covariance",
                method=method,
                names=(second, first),
                here=float(random[i, j]),
                lme4=lme4.random_covariance[i][j] if lme4 else None,
                scale=largest or fit.residual_variance,
            )
    yield Quantity(
        kind="residual",
        method=method,
        here=fit.residual_variance,
        lme4=lme4.residual_variance if lme4 else None,
        scale=fit.residual_variance,
    )
    yield _criterion(fit, lme4)


def _has_all(lme4: Estimates, fit: MixedFit) -> bool:
    """Whether there is a value for each of the fit's, which an edited file may lack."""
    sizes = [len(row) for row in lme4.random_covariance]
    return (
        lme4.fixed_effects.keys() == lme4.standard_errors.keys() == fit.fixed_effects.keys()
        and sizes == [len(fit.random_names)] * len(fit.random_names)
    )


def _criterion(fit: MixedFit, lme4: Estimates | None) -> Quantity:
    return Quantity(
        kind="criterion",
        method=fit.method,
        here=fit.criterion,
        lme4=lme4.criterion if lme4 else None,
        scale=1.0,
    )
