"""The conditions of claims: small, safe, and never more than a line of trouble."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.prose.conditions import ConditionError, Verdict, evaluate

NAMED = {
    "m3": {"fixed": {"sex": 1.25, "a:b": -2.0}, "p": {"sex": 0.02}, "singular": False},
    "best": {"aic": "m3"},
    "gone": None,
    "abs": 3.0,
}

HOLD = [
    "m3.fixed.sex > 0",
    "0 < m3.p.sex < 0.05",
    "not m3.p.sex < 0 < m3.fixed.sex",
    'best.aic == "m3" and m3.p.sex <= 0.02 or m3.singular',
    'm3.fixed["a:b"] < -1.99',
    "abs(m3.fixed.sex - 2) >= 0.75 and abs == 3",
    "round(m3.fixed.sex, 1) != m3.fixed.sex",
    "min(m3.fixed.sex, 2) + max(m3.fixed.sex, 2) == 3.25",
    "m3.fixed.sex * 2 / 5 == (0.5 if m3.p.sex < 0.05 else 0.4)",
    "not m3.singular",
]


@pytest.mark.parametrize("condition", HOLD)
def test_evaluates_what_an_author_needs(condition):
    assert evaluate(condition, NAMED).holds
    assert not evaluate(f"not ({condition})", NAMED).holds


def test_tells_what_it_found_once_each():
    verdict = evaluate(
        'm3.p.sex < 0.01 or m3.p.sex > best.aic == "m1"', {**NAMED, "best": {"aic": 1}}
    )
    assert verdict == Verdict(holds=False, found="m3.p.sex = 0.02, best.aic = 1")


@pytest.mark.parametrize("condition", ["gone > 0", "gone != 0", "gone == None", "gone < 1 or abs"])
def test_nothing_holds_of_what_does_not_exist(condition):
    assert not evaluate(condition, NAMED).holds


REFUSED = {
    "": "it says not what it rests on",
    "m3.fixed.sx > 0": "there is no value m3.fixed.sx; is it m3.fixed.sex?",
    'm3.fixed["ab"] > 0': "there is no value m3.fixed.ab; is it m3.fixed.a:b?",
    "zzz > 0": "there is no value zzz; see report/_artifacts/values.json",
    "m3.fixed > 0": "there is no value m3.fixed;",
    "m3.fixed.sex.real > 0": "there is no value m3.fixed.sex.real",
    "m3.fixed.sex >": "invalid syntax; write a comparison",
    "m3.fixed.sex = 0": "write a comparison",
    "m3.fixed.sex\0": "write a comparison",
    "1 > 0": "it names no value",
    "m3.fixed.sex": "it is 1.25, not true or false; write a comparison",
    "best.aic > 0": "'>' not supported between instances of 'str' and 'int'",
    "1 / (abs - 3) > 0": "division by zero",
    "round(best.aic) > 0": "type str doesn't define __round__ method",
    "m3.fixed.sex in [1]": "In is no part of a condition",
    "m3.fixed.sex ** 9 > 0": "Pow is no part of a condition",
    "m3.fixed.sex % 2 > 0": "Mod is no part of a condition",
    "m3.fixed.sex == [1]": "List is no part of a condition",
    "m3.fixed.sex is 1": "Is is no part of a condition",
    "abs(m3.fixed.sex, x=2) > 0": "keyword is no part of a condition",
    "f'{best.aic}' == '1'": "JoinedStr is no part of a condition",
    "(lambda: best.aic)() > 0": "there is no function lambda: best.aic",
    "open('x') > best.aic": "there is no function open, only abs, max, min, round",
    "best.aic.upper() == 'M3'": "there is no function best.aic.upper",
    "best.aic[0] == 'm'": "names no value",
    "m3.__class__ > 0": "there is no value m3.__class__",
    "[x for x in m3] == best.aic": "there is no value x",
    "best.aic * 999999999 == ''": "will not evaluate something that long",
    "best.aic > 0; 1": "write a comparison",
    "-" * 900 + "abs > 0": "",
    "(" * 300 + "abs > 0" + ")" * 300: "",
}


@pytest.mark.parametrize(("condition", "reason"), REFUSED.items(), ids=range(len(REFUSED)))
def test_refuses_the_rest_in_a_line(condition, reason):
    with pytest.raises(ConditionError) as refusal:
        evaluate(condition, NAMED)
    assert reason in str(refusal.value)
    assert "\n" not in str(refusal.value)


TOKENS = st.sampled_from(
    ["m3", ".", "fixed", "sex", " ", "abs", "(", ")", "[", "]", '"a"', "'", "1e999", "0", "-", "/",
     "*", "<", "==", "and", "not", "if", "else", ",", "=", "lambda", ":", "gone", "best.aic", "\\"]
)  # fmt: skip


@given(st.lists(TOKENS, max_size=12).map("".join) | st.text(max_size=30))
def test_no_condition_is_more_than_refused(condition):
    try:
        said = evaluate(condition, NAMED).found
    except ConditionError as refusal:
        said = str(refusal)
    assert said
    assert "\n" not in said
