"""F tests of terms with several columns: a category, or a product with one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from analysis.inference.kenward_roger import kenward_roger_f
from analysis.inference.satterthwaite import satterthwaite_f

if TYPE_CHECKING:
    from collections.abc import Sequence

    from analysis.inference.coefficients import Approximation, FTest
    from analysis.mixed.fit import MixedFit


def f_test(
    fit: MixedFit, names: Sequence[str], approximation: Approximation = "Satterthwaite"
) -> FTest:
    """
    Test by F that some fixed effects are all 0.

    Parameters
    ----------
    fit : MixedFit
        By REML; Satterthwaite's degrees of freedom an ML fit has too.
    names : sequence of str
        Of the fixed effects, for example those of a category's levels.
    approximation : {"Satterthwaite", "Kenward-Roger"}
        Where the denominator degrees of freedom come from.

    Returns
    -------
    FTest

    Raises
    ------
    ModelError
        If the fit has no such effects, or is by ML and the test by Kenward and Roger.
    NotIdentifiableError
        If the data say too little of the variances.
    """
    if approximation == "Satterthwaite":
        return satterthwaite_f(fit, names)
    return kenward_roger_f(fit, names)
