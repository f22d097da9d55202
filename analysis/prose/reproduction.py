"""What the page on reproduction says: commit, lock, agreement with lme4."""

from __future__ import annotations

from typing import TYPE_CHECKING

from analysis.writing.numbers import significant
from analysis.writing.words import as_markdown, enumerated, model_titles

if TYPE_CHECKING:
    from analysis.results.agreement import Agreement
    from analysis.results.provenance import Provenance


def commit(name: str, *, changed: bool) -> str:
    """
    Say which commit the report was made from.

    Parameters
    ----------
    name : str
        Its hash; empty if none is known.
    changed : bool
        Whether files differ from it.
    """
    if not name:
        return (
            "No commit is known of the folder that this report was built in: git does not keep "
            "it, or is not installed.\n"
        )
    if changed:
        return (
            f"The report was built from commit `{name}`, **with changes that are not committed**: "
            "to make it again takes these too.\n"
        )
    return f"The report was built from commit `{name}`, without a change.\n"


def lock(made: Provenance) -> str:
    """Say what pins the releases, and whether it was kept to."""
    if not made.lock_sha256:
        return "There is no `requirements/report.txt` here, which would pin them.\n"
    pins = f"`requirements/report.txt` pins them (SHA-256 `{made.lock_sha256}`)"
    if made.others:
        names = enumerated([as_markdown(release.name) for release in made.others])
        verb = "is" if len(made.others) == 1 else "are"
        return f"{pins}, but {names} {verb} of another release here.\n"
    return f"{pins}, and every package above is of the release that it names.\n"


def in_brief(found: Agreement) -> str:
    """Say in a clause whether the estimates have been checked against lme4."""
    if not found.checked:
        return "its estimates for these data have not been checked against lme4"
    if found.differing:
        return f"its estimates of {model_titles(found.differing)} differ from those of lme4"
    if found.unchecked:
        checked = model_titles(found.checked)
        return f"its estimates of {checked} have been checked against lme4, the others have not"
    return "every estimate has been checked against lme4"


def agreement(found: Agreement, study: str) -> str:
    """
    Say how far the estimates are from those of lme4.

    Parameters
    ----------
    found : Agreement
    study : str
        Name of the study.
    """
    make = f"`python data/lme4.py {study}` makes them where R has lme4"
    if found.why_none:
        return f"The values of lme4 that are kept are not compared here: {found.why_none}.\n"
    if not found.checked:
        missing = (
            "The values of lme4 that are kept with the study are of other rows or other models, "
            "so nothing is compared here"
            if found.lme4
            else "No values of lme4 are kept with this study, so nothing is compared here"
        )
        return f"{missing}; {make}{' anew' if found.lme4 else ''}.\n"
    lines = []
    if found.differing:
        titles = model_titles(found.differing)
        lines.append(
            f"**The estimates of {titles} differ from those of lme4** by more than two optimisers "
            "do that find the same optimum."
        )
    else:
        lines.append(
            f"All {found.n_checked} quantities of {model_titles(found.checked)} agree with lme4 "
            f"{as_markdown(found.lme4)}, as far as an optimiser gets that goes by values of the "
            "criterion alone."
        )
    lines.append(
        f"The largest difference of a fixed effect is {_size(found.farthest('effect'))} of its "
        f"standard error, of a standard error {_size(found.farthest('error'))} of itself, of a "
        f"variance or covariance {_size(found.farthest('covariance', 'residual'))} of the largest "
        f"variance of its kind, and of a criterion {_size(found.farthest('criterion'))}."
    )
    if found.unchecked:
        lines.append(
            f"There are no values for {model_titles(found.unchecked)} on these rows; {make} anew."
        )
    return "\n".join(lines) + "\n"


def _size(distance: float) -> str:
    return "less than 10⁻⁹" if distance < 1e-9 else significant(distance, 2)
