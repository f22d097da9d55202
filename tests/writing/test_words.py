"""How words and labels are written."""

import pytest

from analysis.study.studyfile import read_study
from analysis.study.words import plural
from analysis.writing.words import heading, level_names, model_title, no_line, value_title


@pytest.mark.parametrize(
    ("text", "expected"),
    [("random slopes", "Random slopes"), ("IQ", "IQ"), ("", ""), ("mixed Up", "Mixed Up")],
)
def test_heading(text, expected):
    assert heading(text) == expected


def test_labels_and_names_of_columns_keep_their_capitals(tmp_path):
    """A group column ``Ward`` became "ward intercepts in model 1"."""
    path = tmp_path / "s.toml"
    path.write_text(
        """
        [data]
        table = "t.csv"
        group = "Ward"
        [model]
        outcome = "Stroop_Time"
        slope = "x"
        [labels]
        Stroop_Time = "Stroop time"
        x = "age of the child"
        y = "pH of the soil"
        """,
        encoding="utf-8",
    )
    study = read_study(path)
    assert [study.label(name) for name in ("Ward", "Stroop_Time", "x", "y")] == [
        *("Ward", "Stroop time", "age of the child", "pH of the soil"),
    ]
    assert [study.heading(name) for name in ("Ward", "Stroop_Time", "x", "y")] == [
        *("Ward", "Stroop time", "Age of the child", "pH of the soil"),
    ]


def test_titles_of_models_and_values():
    assert [model_title(name) for name in ("m1", "null", "interaction")] == [
        *("model 1", "the null model", "model interaction"),
    ]
    assert value_title("Treated", "0 = no, 1 = yes", 1.0) == "Treated: yes"
    assert value_title("Dose", "mg", 2.5) == "Dose: 2.5"


def test_levels_are_told_apart():
    assert level_names([-0.9, 0.65], "", "share") == ["share −0.90", "share 0.65"]


def test_groups_without_a_line_are_named_or_counted():
    assert no_line("class", ("a", "b", "c"), 9) == "no line for class a, b, c"
    assert no_line("class", ("a", "b", "c", "d"), 9) == "no line for 4 of 9"


def test_plural():
    assert [plural(noun) for noun in ("boy", "country", "class")] == [
        "boys",
        "countries",
        "classes",
    ]
