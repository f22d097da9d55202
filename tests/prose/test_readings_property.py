"""Every sentence of the readings of random studies, against numbers that are computed anew."""

import math
import re
import tempfile
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from prose.checks import CHECKERS, check_all
from prose.random_studies import results_of, studies
from scipy.stats import chi2

from analysis.errors import AnalysisError
from analysis.prose.readings import reading, readings
from analysis.results import inference


@pytest.fixture(scope="module", autouse=True)
def fewer_draws():
    """Draw less, as there are many studies: what is said of draws is checked by the same ones."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(inference, "DRAWS", 60)
        yield


@settings(max_examples=120, deadline=None, derandomize=True)
@given(made=studies())
def test_every_sentence_is_borne_out(made):
    with tempfile.TemporaryDirectory() as folder:
        try:
            results = results_of(made, Path(folder))
        except AnalysisError:
            return
        check_all(results, readings(results))


def compared(results, drops):
    """Return results whose models' deviances drop so, whatever the fits say."""
    first, *others = results.comparison
    n = math.log(results.models[first.model]["ML"].n_observations)
    rows, deviance = [replace(first, aic=700 + 2 * first.npar, bic=700 + n * first.npar,
                              deviance=700.0)], 700.0  # fmt: skip
    for row, drop in zip(others, drops, strict=True):
        deviance -= drop
        df = row.npar - rows[-1].npar
        boundary = (chi2.sf(drop, 1) + chi2.sf(drop, 2)) / 2
        rows.append(
            replace(
                row,
                deviance=deviance,
                aic=deviance + 2 * row.npar,
                bic=deviance + n * row.npar,
                chisq=drop,
                df=df,
                p=float(chi2.sf(drop, df)),
                p_boundary=None if row.p_boundary is None else float(boundary),
            )
        )
    return replace(results, comparison=tuple(rows))


@pytest.fixture(scope="module")
def with_drops(results):
    """Return a function, which has a shorter name in Hypothesis' reports than results have."""
    return lambda drops: compared(results, drops)


NEAR_BOUNDS = (0.0, 1.9, 2.0, 3.7, 3.9, 4.0, 6.0, 6.7, 9.3, 11.5, 14.0)
DROPS = st.sampled_from(NEAR_BOUNDS) | st.floats(0, 40)


@settings(max_examples=300, deadline=None, derandomize=True)
@given(drops=st.tuples(DROPS, DROPS))
@example(drops=(8.0, 3.0))
@example(drops=(0.0, 0.0))
@example(drops=(4.0, 2.0))
@example(drops=(18.0, 0.0))
def test_whichever_model_wins_the_comparison_says_so(with_drops, drops):
    found = with_drops(drops)
    told = CHECKERS["comparison"](found).check(reading(found, "comparison"))
    assert told.count("test") == 2
    if drops == (8.0, 3.0):
        assert "disagree" in told


WORDS = {
    "higher": "lower", "lower": "higher", "narrower": "wider", "falls": "rises", "rises": "falls",
    "positive": "negative", "above": "below", "includes": "leaves out", "leaves out": "includes",
    "agree on": "prefer", "strong": "weak", "moderate": "strong", "smallest": "largest",
    "highest": "lowest", "few": "many", "share": "differ", "for girls than for boys":
    "for boys than for girls", "extraversion": "gender", "gender": "extraversion",
    "teacher’s experience": "extraversion", "AIC": "BIC", "BIC": "AIC", "let": "lets",
}  # fmt: skip


def is_noticed(results, name, text):
    try:
        CHECKERS[name](results).check(text)
    except (
        pytest.fail.Exception,
        AssertionError,
        AttributeError,
        LookupError,
        StopIteration,
        ValueError,
    ):
        return True
    return False


@pytest.mark.parametrize("name", CHECKERS)
def test_the_checkers_notice_what_is_wrong(results, name):
    """Every number a little larger, every word that says a direction or a name turned round."""
    text = reading(results, name)
    assert not is_noticed(results, name, text)
    missed = [what for what, wrong in spoilt(name, text) if not is_noticed(results, name, wrong)]
    assert missed == []


def spoilt(name, text):
    """Yield what is wrong, and the text with it."""
    for number in re.finditer(r"\d+(?:\.\d+)?", text):
        decimals = len(number[0].partition(".")[2])
        more = f"{float(number[0]) + 2 * 10.0**-decimals:.{decimals}f}"
        yield replaced(text, number, more)
    for word, other in WORDS.items():
        for found in re.finditer(rf"\b{word}\b", text):
            yield replaced(text, found, other)
    for line in text.splitlines():
        plain = any(re.fullmatch(nouned(each), line) for each in CHECKERS[name].PLAIN)
        if line and not plain:
            yield f"without: {line}", text.replace(f"{line}\n", "", 1)
    yield "a sentence more", f"{text}This is new.\n"


def nouned(pattern):
    return re.sub(r"<\w+>", r"\\w+", pattern)


def replaced(text, found, other):
    begin = text.rfind("\n", 0, found.start()) + 1
    line = text[begin : text.find("\n", begin)]
    what = f"{found[0]} -> {other} at {found.start() - begin}: {line}"
    return what, text[: found.start()] + other + text[found.end() :]
