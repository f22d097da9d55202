"""The fixed effects of the preferred model, with tests that allow for few groups."""

from __future__ import annotations

from typing import TYPE_CHECKING

from analysis.results.results import INTERCEPT
from analysis.tables.table import Table, cells, header, note, render
from analysis.writing.notation import Notation
from analysis.writing.numbers import MISSING, number, p_value
from analysis.writing.words import effect_name, model_title

if TYPE_CHECKING:
    from analysis.results.results import CoefficientTest, Results


def effects(results: Results) -> str | None:
    """
    Test the fixed effects of the model with the lowest AIC by Kenward and Roger.

    Parameters
    ----------
    results : Results

    Returns
    -------
    str or None
        None where the tests cannot be made.
    """
    name = results.verdicts.preferred
    model = results.inference.models[name]
    tests = model.kenward_roger
    if not tests:
        return None
    several = tuple(
        (
            header(f"{results.study.label(column)}, all levels", scope="row"),
            *cells(
                [
                    *(MISSING, MISSING, f"{test.numerator_df}, {number(test.denominator_df, 1)}"),
                    *(f"F = {number(test.f, 2)}", p_value(test.p, 4), MISSING),
                ],
                "num",
            ),
        )
        for column, test in model.category_tests.items()
    )
    names = ("Estimate", "SE", "df", "t", "p", "95% interval")
    return render(
        Table(
            name="effects",
            caption=f"Fixed effects of {model_title(name)} (REML), tested by Kenward and Roger",
            head=((header("Fixed effect"), *(header(each, "num") for each in names)),),
            bodies=(
                tuple(
                    (header(_label(term, results), scope="row"), *cells(_test(test), "num"))
                    for term, test in tests.items()
                ),
                *((several,) if several else ()),
            ),
            foot=(
                note(
                    "SE and df: standard errors and degrees of freedom that allow for the "
                    "variances having been estimated (Kenward and Roger 1997); p and interval by "
                    f"Student’s t{'; of all levels together by F' if several else ''}.",
                    len(names) + 1,
                ),
            ),
        )
    )


def _label(term: str, results: Results) -> str:
    if term == INTERCEPT:
        return "Constant"
    return effect_name(term, results.study.label, results.study.categories)


def _test(test: CoefficientTest) -> list[str]:
    notation = Notation.of(test.se, [test.estimate], decimals=3, digits=2)
    low, high = test.interval
    return [
        notation.write(test.estimate),
        notation.write(test.se),
        number(test.df, 1),
        number(test.t, 2),
        p_value(test.p, 4),
        f"{notation.write(low)} to {notation.write(high)}",
    ]


def simulated(results: Results) -> str | None:
    """
    Set the likelihood-ratio tests beside what simulation says of them.

    Parameters
    ----------
    results : Results

    Returns
    -------
    str or None
        None without tests.
    """
    tests = results.inference.simulated
    if not tests:
        return None
    names = ("Chisq", "Df", "p, chi-square", "p, boundary", "p, simulated", "size of 5% test")
    draws = max(len(test.simulated) for test in tests.values())
    return render(
        Table(
            name="simulated",
            caption="The likelihood-ratio tests, by simulation",
            head=((header("Test"), *(header(each, "num") for each in names)),),
            bodies=(
                tuple(
                    (
                        header(f"{test.full} against {test.reduced}", scope="row"),
                        *cells(
                            [
                                number(test.chisq, 3),
                                str(test.df),
                                p_value(test.p_chisq, 4),
                                MISSING if test.p_boundary is None else p_value(test.p_boundary, 4),
                                f"{number(test.p, 3)} ± {number(test.p_error, 3)}",
                                f"{number(test.size, 3)} ± {number(test.size_error, 3)}",
                            ],
                            "num",
                        ),
                    )
                    for test in tests.values()
                ),
            ),
            foot=(
                note(
                    f"{draws} sets of outcomes are drawn from the smaller model, and both models "
                    "are fitted to each. p, simulated: share with a drop in deviance as large as "
                    "the observed one. Size: share in which the test by chi-square rejects at 5% "
                    "what is true. After ±: Monte Carlo standard error.",
                    len(names) + 1,
                ),
            ),
        )
    )
