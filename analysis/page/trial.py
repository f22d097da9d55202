"""What the page says of pooling put to the test: of each group that is shown, and of all."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from analysis.page.notations import finer
from analysis.results.prediction import METHODS
from analysis.results.shown_split import MOST_ROWS
from analysis.writing.drawn import n_of
from analysis.writing.notation import Notation
from analysis.writing.words import difference_unit, enumerated, heading, spelled

if TYPE_CHECKING:
    from collections.abc import Mapping

    from analysis.results.prediction import Score
    from analysis.results.results import Results, Study
    from analysis.results.shown_split import Trial


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """
    What is said of a group of which so many rows are known.

    Parameters
    ----------
    head : str
        How many are.
    show : str
        What the button says.
    said : str
        Which line errs least.
    errors : Mapping of str to str
        By method; empty where nothing is held out.
    least : tuple of str
        Methods with the least of these, as they are written.
    """

    head: str
    show: str
    said: str
    errors: Mapping[str, str]
    least: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Stop:
    """
    A number of known rows, and what is said of all groups there.

    Parameters
    ----------
    known : int
    name : str
        How the slider writes it.
    said : str
        Which method errs least.
    errors : Mapping of str to str
        By method, with their Monte Carlo errors; empty where all rows are known.
    least : tuple of str
        Methods of which none errs less than the others by more than chance.
    """

    known: int
    name: str
    said: str
    errors: Mapping[str, str]
    least: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class TrialWords:
    """
    What the section says.

    Parameters
    ----------
    fewest : str
        The smallest number of known rows, as a word.
    unit : str
        What errors are counted in, or nothing.
    names : Mapping of str to str
        What a sentence calls the line of each method.
    first : str
        The group that is shown at first.
    some : bool
        Whether the groups of the test are drawn by chance.
    every, all : str
        What these are called: each by itself, and together.
    n_shown, n_others, n_testable, n_groups : int
        Groups that can be shown, those of them beside the first, all of the test with a row held
        out, and all of it.
    n_splits, seed : int
    most_rows : int or None
        Rows of a group that are drawn at most; None where all are.
    stops : tuple of Stop
    last : int
        Place of the last stop, from 0.
    groups : Mapping of str to (tuple of Asked)
        By group, at each stop.
    """

    fewest: str
    unit: str
    names: Mapping[str, str]
    first: str
    some: bool
    every: str
    all: str
    n_shown: int
    n_others: int
    n_testable: int
    n_groups: int
    n_splits: int
    seed: int
    most_rows: int | None
    stops: tuple[Stop, ...]
    last: int
    groups: Mapping[str, tuple[Asked, ...]]

    @classmethod
    def of(cls, results: Results) -> TrialWords | None:
        """Write those of a study, or None if prediction cannot test it."""
        test, split, study = results.prediction, results.shown_split, results.study
        if test is None or split is None:
            return None
        scores = {score.known: score for score in test.scores}
        write = _notation(list(scores.values()))
        names = _names(study)
        among = n_of(test.n_groups, test.n_all, study.words.groups)
        return cls(
            fewest=spelled(split.known[0]),
            unit=difference_unit(study.unit(study.outcome), study.words.points),
            names=names,
            first=split.first,
            some=test.some,
            every=f"each of {among}" if test.some else f"every {study.words.group}",
            all=f"these {study.words.groups}" if test.some else f"all {study.words.groups}",
            n_shown=len(split.groups),
            n_others=split.n_others,
            n_testable=split.n_testable,
            n_groups=split.n_groups,
            n_splits=test.n_splits,
            seed=test.seed,
            most_rows=MOST_ROWS if split.cut else None,
            stops=tuple(_stop(k, scores.get(k), write, names, among, study) for k in split.known),
            last=split.last,
            groups={
                name: tuple(
                    _asked(f"{study.label(study.group)} {name}", trial, write, names, study)
                    for trial in group.trials.values()
                )
                for name, group in split.groups.items()
            },
        )

    @property
    def shown(self) -> Asked:
        """What is said of the group and the number that are shown at first."""
        return self.groups[self.first][0]

    def as_data(self) -> dict[str, Any]:
        """Return what the script reads."""
        return {
            "first": self.first,
            "stops": [asdict(stop) for stop in self.stops],
            # Names as keys could be those of a script's own properties.
            "groups": [
                {"group": name, "at": [asdict(each) for each in asked]}
                for name, asked in self.groups.items()
            ],
        }


def _notation(scores: list[Score]) -> Notation:
    values = [value for score in scores for value in score.rmse.values()]
    return Notation.of(min(values), values, decimals=2, digits=2)


def _names(study: Study) -> dict[str, str]:
    words = study.words
    names = (f"the average of all {words.groups}", f"the {words.group}’s own line")
    return dict(zip(METHODS, (*names, "the compromise"), strict=True))


def _stop(
    known: int,
    score: Score | None,
    write: Notation,
    names: Mapping[str, str],
    among: str,
    study: Study,
) -> Stop:
    words = study.words
    if score is None:
        said = (
            f"All {words.units} of all {words.groups} are known: these are the lines of all of "
            "them, and there is nothing left to test them on."
        )
        return Stop(known=known, name="all", said=said, errors={}, least=())
    over = f"Over {among} and {score.n_splits} random splits"
    fine = finer(write)
    return Stop(
        known=known,
        name=str(known),
        said=f"{over}, {_least_of_all(score.least, names)}",
        errors={
            method: f"{fine.write(value)} ± {fine.write(score.error[method])}"
            for method, value in score.rmse.items()
        },
        least=score.least,
    )


def _least_of_all(least: tuple[str, ...], names: Mapping[str, str]) -> str:
    best, *others = [names[method] for method in least]
    aside = "" if "partial" in least else f". Here {names['partial']} is not the best"
    if not others:
        return f"{best} errs least, by more than two Monte Carlo errors{aside}."
    which = "the others" if len(least) == len(METHODS) else enumerated(others)
    return (
        f"{best} errs least, but {which} by no more than two Monte Carlo errors more, which may be "
        f"chance{aside}."
    )


def _asked(
    name: str, trial: Trial, write: Notation, names: Mapping[str, str], study: Study
) -> Asked:
    words, held = study.words, trial.n_held_out
    n = trial.n_known + held
    if not held:
        every = f"all {n} {words.units} known"
        return Asked(
            head=f"{heading(name)}: {every}",
            show=f"Show {names['partial']}",
            said=f"Of {name} {every.replace(' known', '')} are known: nothing is left to predict.",
            errors={},
            least=(),
        )
    seen = {method: write.seen(error) for method, error in trial.errors.items()}
    least = tuple(method for method, error in seen.items() if error == min(seen.values()))
    others = f"other {words.unit}" if held == 1 else f"other {held} {words.units}"
    return Asked(
        head=f"{heading(name)}: {trial.n_known} of {n} {words.units} known",
        show=f"Show the {others}",
        said=f"On the {others} of {name}, {_least_of_one(least, names)}",
        errors={method: write.write(error) for method, error in trial.errors.items()},
        least=least,
    )


def _least_of_one(least: tuple[str, ...], names: Mapping[str, str]) -> str:
    if len(least) == len(METHODS):
        return "all three lines err alike."
    called = enumerated([names[method] for method in least])
    return f"{called} errs least." if len(least) == 1 else f"{called} err alike, and least."
