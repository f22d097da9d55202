"""The rows that a study's filter chooses, and the expressions that it refuses."""

import dataclasses
import operator

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from ratings import pupils
from tables_on_disk import put, study_of

from analysis.errors import DataError, StudyError
from analysis.study.condition import Condition
from analysis.study.sample import load
from analysis.study.selection import GroupSelection

TABLE = pd.DataFrame(
    {
        "age": [17.0, 18.0, np.nan, 30.0],
        "school type": ["A", "B", None, "and"],
        "größe.cm": ["1", "2", "3", "-4.5"],
        "sex": [0, 1, 1, 0],
    }
)
LABELS = {"sex": {0: "boy", 1.0: "girl"}}


@pytest.mark.parametrize(
    ("text", "rows"),
    [
        ("age >= 18", [1, 3]),
        ("age != 18", [0, 3]),
        ("age not in [17, 30]", [1]),
        ("age < 18 or age > 2.9e+1", [0, 3]),
        ("(age == 17 or age == 18) and sex == 1", [1]),
        ("age == 17 or age == 18 and sex == 1", [0, 1]),
        ('`school type` == "A"', [0]),
        ("`school type` != 'A'", [1, 3]),
        ("`school type` in ('A', 'and')", [0, 3]),
        (r'`school type` != "\d"', [0, 1, 3]),
        ("`größe.cm` <= -4.5", [3]),
        ("`größe.cm` in [1, 3]", [0, 2]),
        ('`größe.cm` == "3"', [2]),
        ('sex == "girl"', [1, 2]),
        ("sex == 0", [0, 3]),
        ('  sex == "boy"\n', [0, 3]),
    ],
)
def test_chooses_rows(text, rows):
    found = Condition.parse(text).holds(TABLE, LABELS)
    assert found.dtype == bool
    assert np.flatnonzero(found).tolist() == rows


OPERATORS = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
    "==": operator.eq,
    "!=": operator.ne,
}
cells = st.integers(-3, 3) | st.none()
comparisons = st.tuples(st.sampled_from("ab"), st.sampled_from(list(OPERATORS)), st.integers(-3, 3))


@given(
    st.lists(st.tuples(cells, cells), min_size=1, max_size=6),
    *[comparisons] * 3,
    *[st.sampled_from(["and", "or"])] * 2,
)
def test_means_what_python_means(table, first, second, third, one, two):
    """But that a comparison with a missing value never holds."""
    text = " ".join(map(str, (*first, one, *second, two, *third)))
    frame = pd.DataFrame(table, columns=["a", "b"], dtype=float)
    found = Condition.parse(text).holds(frame, {})

    def holds(row):
        each = [
            row["ab".index(name)] is not None and OPERATORS[sign](row["ab".index(name)], value)
            for name, sign, value in (first, second, third)
        ]
        return eval(f"{each[0]} {one} {each[1]} {two} {each[2]}")

    assert found.tolist() == [holds(row) for row in table]


@pytest.mark.parametrize(
    "text",
    [
        *("", "age", "age >", "18 <= age", "17 < age < 19", "age + 1 > 2", "age > sex"),
        *("not age > 3", "age is 3", "age == None", "age == True", "age in 3", "age == [3]"),
        *("age in []", 'age in [1, "2"]', 'age > "3"', "age in [sex]", "x.y > 1", "age == 3;"),
        *("__import__('os').system('true')", "age == (lambda: 3)()", "age == f'{age}'"),
        *("age.__class__ == 3", "[x for x in age] == 3", "age := 3", "age == 3 if sex else 4"),
        *("age == 1e", "`age == 3", "age == 3 &", "(" * 300 + "age == 3", "9" * 5000, "age\0 == 3"),
        *(3, True, None, ["age > 3"], "age == 1j", "age @ 3", "age > 10" + "0" * 400),
    ],
)
def test_refuses_what_is_no_comparison_of_a_column_with_a_value(text):
    with pytest.raises(ValueError, match=r"^filter is .*; write comparisons such as age >= 18, "):
        Condition.parse(text)


def test_says_where_numbers_and_texts_are_compared(tmp_path):
    path = put(pupils().assign(place="x").astype({"class": str}), tmp_path / "table.csv")
    for text, said in {
        "place > 3": "filter compares column 'place' with a number, and it holds 'x' in data row 1",
        "sex == 'boy'": "filter compares column 'sex' with a text, and it holds numbers; write",
        "extrav > 99": "no row fulfils filter = 'extrav > 99'; write another",
        "age > 3": "no column 'age', which study.toml names; columns: ",
        "class == 3": "column 'class' has 1 group with a 'popular'",
    }.items():
        with pytest.raises(DataError) as refusal:
            load(study_of(path, data=f'filter = "{text}"'))
        assert said in str(refusal.value)
    with pytest.raises(StudyError, match=r"study\.toml: filter is 'age'; write comparisons"):
        study_of(path, data='filter = "age"')


@pytest.mark.parametrize("suffix", [".csv", ".sav", ".xlsx"])
def test_rows_are_left_out_counted_and_said(tmp_path, suffix):
    frame = pupils().astype(float).assign(age=np.arange(72) % 10)
    frame.loc[[2, 30], "popular"] = np.nan
    frame.loc[[13, 31], "class"] = np.nan
    path = put(frame, tmp_path / f"table{suffix}")
    data = 'filter = "age > 1 and class in [1, 2, 4]"'
    sample = load(study_of(path, data=data))
    expected = frame[(frame["age"] > 1) & frame["class"].isin([1, 2, 4])]
    assert sample.table["extrav"].tolist() == expected["extrav"][expected.index != 2].tolist()
    assert "age" not in sample.table
    assert (sample.n_rows_in_table, sample.n_groups_in_table) == (72, 8)
    assert (sample.n_filtered, sample.n_missing_group) == (72 - len(expected), 0)
    assert sample.n_observations + sample.n_filtered + sample.n_missing_outcome == 72
    assert sample.notes == (
        f"table{suffix}: filter = 'age > 1 and class in [1, 2, 4]': {len(expected)} of 72 rows "
        "fulfil it",
        f"table{suffix}: 1 of {len(expected)} rows have no 'popular' and are dropped",
    )


def test_what_is_wrong_in_other_rows_does_not_matter(tmp_path):
    frame = pupils().astype({"extrav": object})
    frame.loc[frame["class"] == 3, "extrav"] = "unknown"
    path = put(frame, tmp_path / "table.csv")
    assert load(study_of(path, data='filter = "class != 3"')).n_observations == 63
    frame.loc[40, "extrav"] = "?"
    path = put(frame, tmp_path / "table.csv")
    with pytest.raises(DataError, match=r"'extrav' holds '\?' in data row 41; it must"):
        load(study_of(path, data='filter = "class != 3"'))


def test_groups_are_chosen_among_the_rows_that_are_left(tmp_path):
    path = put(pupils(), tmp_path / "table.csv")
    data = 'filter = "class > 2"'
    study = study_of(path, data=data)
    assert load(study).groups == tuple("345678")
    with pytest.raises(DataError) as refusal:
        load(dataclasses.replace(study, groups=GroupSelection(names=("2", "3"))))
    assert str(refusal.value).endswith(
        "study.toml asks for group 2; column 'class' has 6 groups, 3 to 8 in the rows that fulfil "
        "the filter"
    )


def test_words_for_missing_groups_are_those_of_the_rows_that_are_left(tmp_path):
    frame = pupils().astype({"class": object}).assign(age=1)
    frame.loc[[2, 3], "class"], frame.loc[3, "age"] = "NA", 0
    sample = load(study_of(put(frame, tmp_path / "table.csv"), data='filter = "age == 1"'))
    assert (sample.n_missing_group, sample.words_for_missing_group) == (1, {"NA": 1})
    assert sample.notes[1] == (
        "table.csv: 1 of 71 rows have no 'class' and are dropped (read as missing: 'NA' in 1; "
        'if such a word is a name, write names = ["NA"] under [data])'
    )
