"""What is known of the parameters, as text for a terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING

from analysis.writing.drawn import n_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from analysis.results.inference import ModelInference
    from analysis.results.results import Results


def inference_lines(results: Results) -> Iterator[str]:
    """
    Yield the lines on tests, intervals, shares of variance, influence and prediction.

    Parameters
    ----------
    results : Results
    """
    for name, model in results.inference.models.items():
        yield ""
        yield from _model(name, model)
    for name, test in results.inference.simulated.items():
        yield ""
        yield (
            f"{name} against {test.reduced}: p {test.p:.4f} by {len(test.simulated)} simulations "
            f"(error {test.p_error:.4f}); at 0.05 the test by chi-square rejects in "
            f"{test.size:.3f} of them"
        )
    if results.prediction is not None:
        yield ""
        found = results.prediction
        some = f" in {n_of(found.n_groups, found.n_all, 'groups')}, drawn by chance"
        line = "rows known per group: error of prediction by complete, no and partial pooling"
        yield f"{line}{some if found.some else ''}"
        for score in found.scores:
            errors = "".join(
                f"{rmse:>10.4f} ({score.error[method]:.4f})" for method, rmse in score.rmse.items()
            )
            yield f"  {score.known:>4}{errors}"


def _model(name: str, model: ModelInference) -> Iterator[str]:
    shares, between = model.r_squared, model.intraclass
    yield (
        f"{name}: R2 {shares.marginal:.4f} marginal, {shares.conditional:.4f} conditional; "
        f"ICC {between.adjusted:.4f} adjusted, {between.unadjusted:.4f} unadjusted"
    )
    names = {*model.profile, *model.percentile}
    room = max(map(len, names), default=0)
    yield f"  {'Kenward-Roger':<{room}}{'t':>12}{'df':>10}{'p':>12}"
    for term, test in model.kenward_roger.items():
        yield f"  {term:<{room}}{test.t:>12.4f}{test.df:>10.2f}{test.p:>12.4g}"
    yield f"  {'95% intervals':<{room}}{'profile':>26}{'bootstrap':>26}"
    for term, interval in model.profile.items():
        drawn = model.percentile.get(term)
        ends = (interval.low, interval.high), (drawn.low, drawn.high) if drawn else (None, None)
        yield f"  {term:<{room}}" + "".join(f"{_end(a):>13}{_end(b):>13}" for a, b in ends)
    if model.cooks_distances:
        group, distance = max(model.cooks_distances.items(), key=lambda each: each[1])
        yield f"  without {group} the fixed effects move most (Cook's distance {distance:.4f})"


def _end(value: float | None) -> str:
    return "boundary" if value is None else f"{value:.6g}"
