"""Claims: found where documents make them, refused in a line each, marked in a draft."""

import pytest

from analysis.errors import ClaimsError
from analysis.prose.claims import check, find_claims

NAMED = {"m": {"a": 1.0, "b": 2.0, "none": None}, "data": {"group": "15"}}


def found(text):
    return [(claim.place, claim.sentence, claim.condition) for claim in find_claims("a.qmd", text)]


FORMS = {
    "span": ('x [It is.]{.claim holds="m.a > 0"} y', ("a.qmd:1", "It is.", "m.a > 0")),
    "single quotes": ("[x]{.claim holds='m.a == \"b\"'}", ("a.qmd:1", "x", 'm.a == "b"')),
    "no quotes": ("[x]{.claim holds=m.a>0}", ("a.qmd:1", "x", "m.a>0")),
    "order": ('[x]{#id holds="m.a > 0" .claim k="}"}', ("a.qmd:1", "x", "m.a > 0")),
    "lines": ('A\n[one\ntwo]{.claim\nholds="m.a >\n 0"}', ("a.qmd:2", "one two", "m.a > 0")),
    "brackets": (
        '[a [b](c) [@d] \\] e]{.claim holds="x"}',
        ("a.qmd:1", "a [b](c) [@d] \\] e", "x"),
    ),
    "code": ('[a `]{.claim` b]{.claim holds="x"}', ("a.qmd:1", "a `]{.claim` b", "x")),
    "formula": ('[in $[0, 1)$ or $]$ ]{.claim holds="x"}', ("a.qmd:1", "in $[0, 1)$ or $]$", "x")),
    "variable": ('[{{< var m.a >}} up]{.claim holds="x"}', ("a.qmd:1", "{m.a} up", "x")),
    "div": (
        '\n::: {.claim holds="x"}\nOne.\n\n::: {.notes}\nTwo.\n:::\nThree.\n:::\nFour.',
        ("a.qmd:2", "One. ::: {.notes} Two. ::: Three.", "x"),
    ),
    "box": ('::: {.notes .claim holds="x"}\nOne.\n:::', ("a.qmd:1", "One.", "x")),
    "quoted div": ('> ::: {.claim holds="x"}\n> One.\n> :::', ("a.qmd:1", "> One.", "x")),
    "open div": ('::::: {.claim holds="x"} :::::\nOne.', ("a.qmd:1", "::::: One.", "x")),
    "no condition": ("[x]{.claim}", ("a.qmd:1", "x", "")),
    "long": (f'[{"word " * 40}]{{.claim holds="x"}}', ("a.qmd:1", "word " * 15 + "…", "x")),
}


@pytest.mark.parametrize(("text", "claim"), FORMS.values(), ids=FORMS)
def test_finds_a_claim(text, claim):
    assert found(text) == [claim]


@pytest.mark.parametrize(
    "text",
    [
        "[x]{.claims holds='a'} [x]{.no-claim}",
        '`[x]{.claim holds="a"}`',
        '```markdown\n[x]{.claim holds="a"}\n```',
        '~~~~\n[x]{.claim holds="a"}\n~~~\n~~~~',
        '<!-- [x]{.claim holds="a"} -->',
        '---\ntitle: "[x]{.claim holds=a}"\n---\nText.',
        '[x]{title=".claim"}',
    ],
)
def test_what_is_no_claim_is_none(text):
    assert found(text) == []


def test_code_and_comments_hide_no_claim_after_them():
    text = "A `tick.\n\nB\n```\n[\n```\n<!-- ] -->\n[x]{.claim holds='y'} costs $5, and $6."
    assert found(text) == [("a.qmd:8", "x", "y")]


@pytest.mark.parametrize("text", ["# A {.claim holds='x'}", "[a](b){.claim}", "`a`{.claim}"])
def test_a_claim_on_anything_else_is_refused(text):
    with pytest.raises(ClaimsError, match=r"^a\.qmd:3: \.claim marks nothing here; write \["):
        find_claims("a.qmd", f"\n\n{text}")


CLAIMS = find_claims(
    "a.qmd",
    '[One.]{.claim holds="m.a > 0"} [Two.]{.claim holds="m.a > m.b"}\n'
    "[Three.]{.claim holds=\"m.none < 1 or data.group == '1'\"}",
)


def test_each_claim_that_does_not_hold_has_a_line():
    with pytest.raises(ClaimsError) as refusal:
        check(CLAIMS, NAMED)
    assert refusal.value.lines == (
        "a.qmd:1: “Two.” does not hold: m.a > m.b; found m.a = 1, m.b = 2; rewrite it, or see it "
        "marked with --draft",
        "a.qmd:2: “Three.” does not hold: m.none < 1 or data.group == '1'; found m.none = nothing "
        "(it does not exist here), data.group = “15”; rewrite it, or see it marked with --draft",
    )


def test_a_draft_is_told_what_was_found():
    assert check(CLAIMS, NAMED, draft=True) == {
        "m.a > 0": True,
        "m.a > m.b": "m.a = 1, m.b = 2",
        "m.none < 1 or data.group == '1'": (
            "m.none = nothing (it does not exist here), data.group = “15”"
        ),
    }


@pytest.mark.parametrize("draft", [False, True])
def test_what_cannot_be_read_is_refused_in_a_draft_too(draft):
    claims = find_claims("a.qmd", '[One.]{.claim}\n\n[Two.]{.claim holds="m.c > 0"}')
    with pytest.raises(ClaimsError) as refusal:
        check(claims, NAMED, draft=draft)
    assert refusal.value.lines == (
        'a.qmd:1: “One.”: it says not what it rests on; write holds="…" beside .claim',
        "a.qmd:3: “Two.”: there is no value m.c; is it m.b?",
    )
