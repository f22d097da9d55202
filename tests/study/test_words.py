"""The words of a study: what the file says, and what is said for want of it."""

import pytest
from ratings import STUDY

from analysis.errors import StudyError
from analysis.study.studyfile import read_study
from analysis.study.words import plural


@pytest.fixture
def read(tmp_path):
    def of(words="", text=STUDY):
        path = tmp_path / "study.toml"
        path.write_text(f"{text}\n{words}", encoding="utf-8")
        return read_study(path)

    return of


def test_without_words_the_label_of_the_group_is_its_noun(read):
    words = read().words
    assert (words.unit, words.units, words.everyone) == (
        *("observation", "observations", "all observations"),
    )
    assert (words.group, words.groups) == ("class", "classes")
    assert (words.point, words.points, words.regression) == ("unit", "units", "names")
    words = read('class = "country"').words
    assert (words.group, words.groups) == ("country", "countries")


def test_plurals_are_regular_unless_they_are_given(read):
    words = read('[words]\nunit = "child"\nunits = "children"\ngroup = "family"').words
    assert (words.unit, words.units, words.everyone) == ("child", "children", "all children")
    assert (words.group, words.groups) == ("family", "families")
    assert read('[words]\ngroups = "class lists"').words.groups == "class lists"
    assert plural("班级") == "班级"


def test_nouns_of_group_and_outcome_stand_for_their_labels(read):
    study = read('class = "Class"\npopular = "rating"\n[words]\ngroup = "form"\noutcome = "fame"')
    assert [study.label(name) for name in ("class", "popular", "sex")] == ["form", "fame", "sex"]
    assert [study.heading(name) for name in ("class", "popular", "sex")] == ["Form", "Fame", "sex"]


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ('unti = "pupil"', "unknown key 'unti'; did you mean 'unit'?"),
        ('unit = ""', "[words] unit is ''; write a text"),
        ("group = 3", "[words] group is 3; write a text"),
        (r'everyone = "all\nof them"', "[words] everyone is 'all\\nof them'"),
        ('units = "pupils"', "[words] has units without unit; write both"),
        ('points = "days"', "[words] has points without point"),
        ('plurals = "girls"', "[words] plurals is 'girls'"),
        ("plurals = {girl = 2}", "[words] plurals.girl is 2"),
        ('regression = "label"', "[words] regression is 'label'; write \"names\""),
        ("regression = []", "[words] regression is []"),
        ("credit = 1", "[words] credit is 1"),
    ],
)
def test_words_that_are_none_are_refused(read, words, told):
    with pytest.raises(StudyError) as refusal:
        read(f"[words]\n{words}")
    assert told in str(refusal.value)
    assert "\n" not in str(refusal.value)


@pytest.mark.parametrize(
    ("column", "noun"),
    [
        *(("class", "class"), ("Ward", "Ward")),
        *((odd, "group") for odd in ("g", "id", "ward_id", "V12", "IDSCHOOL", "wardNr")),
    ],
)
def test_a_column_that_is_no_word_is_no_noun(read, column, noun):
    text = STUDY.replace('group = "class"', f'group = "{column}"')
    study = read(text=text)
    assert (study.words.group, study.label(column)) == (noun, noun)
    assert study.heading(column) == ("Group" if noun == "group" else column)
    assert read(f'{column} = "team"', text=text).words.group == "team"


def test_words_are_a_section(read):
    with pytest.raises(StudyError, match=r"section \[words\] is missing|\[words\]"):
        read(text=f"words = 3\n{STUDY}")
