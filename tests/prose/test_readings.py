"""Readings of known studies: whole, in plain words, and borne out by their numbers."""

import re
from dataclasses import replace

import pytest
from prose.checks import CHECKERS, check_all
from prose.random_studies import KNOWN, USUAL, results_of
from wards import WITH_LEVEL_2, foreign, put_wards

from analysis.prose.readings import READINGS, readings
from analysis.results.results import analyse
from analysis.study.studyfile import read_study

ELSEWHERE = {("pooling", "no_own"), ("comparison", "disagree")}
"""Sentences that no study of `KNOWN` has; tests of their own do."""


@pytest.fixture(scope="module")
def known(tmp_path_factory):
    """Return the results of every known study."""
    return {
        name: results_of(USUAL | more, tmp_path_factory.mktemp("known"))
        for name, more in KNOWN.items()
    }


def test_every_reading_has_a_checker():
    assert READINGS.keys() == CHECKERS.keys()


def test_readings_of_the_report_are_borne_out(results):
    check_all(results, readings(results))


def test_the_report_reads_as_it_did(results, root):
    text = "\n".join(f"# {name}\n\n{text}" for name, text in readings(results).items())
    assert text == (root / "tests" / "snapshots" / "readings.md").read_text(encoding="utf-8")


def test_every_sentence_is_met_and_borne_out(known):
    met = {
        (name, sentence)
        for results in known.values()
        for name, told in check_all(results, readings(results)).items()
        for sentence in told
    }
    every = {(name, each) for name, of in CHECKERS.items() for each in of.CHECKS.values()}
    assert every - met == ELSEWHERE


def test_groups_without_slopes_are_said_to_have_none(results):
    lines = {
        group: replace(line, slope=None, slope_standard_error=None)
        for group, line in results.none.items()
    }
    text = readings(replace(results, none=lines))["pooling"]
    assert "but none has a slope, because extraversion has one value in each." in text
    assert "No pooling" in text
    assert "standard deviation" not in text


def test_a_model_that_is_left_out_is_named(known):
    text = readings(known["couples"])["comparison"]
    [line] = [line for line in text.splitlines() if "left out" in line]
    assert re.match(r"Model 2 is left out: 30 rows for 30 random effects", line)


def test_the_words_are_the_studys(tmp_path):
    found = analyse(read_study(put_wards(tmp_path, WITH_LEVEL_2)))
    texts = readings(found)
    check_all(found, texts)
    for name, text in texts.items():
        assert not foreign(text), name
    assert (
        "Pain score is 3.47 marks lower on average where treatment is new drug than where it is "
        "usual care" in texts["effects"]
    )
    assert "102 out\\-patients in 12 wards" in texts["sample"]


NAMES = ("$x$", "*a*", "b_c_d", "<b>", "@w", "`code`", "1. x", "\\", "{{< var x >}}", "[a](b)",
         "^2^", "~s~", "#", '"--..."', "x!")  # fmt: skip


def test_names_and_labels_are_no_markdown(root, tmp_path):
    import pandas as pd
    import pypandoc

    table = pd.read_csv(root / "data" / "popularity.csv").query("`class` <= 15")
    table["class"] = table["class"].map(dict(enumerate(NAMES, start=1)))
    table.to_csv(tmp_path / "popularity.csv", index=False)
    source = (root / "data" / "popularity.toml").read_text(encoding="utf-8")
    source = source.replace('"1-15"', '"all"').replace('"extraversion"', '"*extra* $v_1$"')
    (tmp_path / "odd.toml").write_text(source.replace("girls", "g*i*rls"), encoding="utf-8")
    texts = readings(analyse(read_study(tmp_path / "odd.toml")))
    plain = {
        name: pypandoc.convert_text(text, "plain", "markdown", extra_args=["--wrap=none"])
        for name, text in texts.items()
    }
    assert "on average for g*i*rls than for boys" in plain["effects"]
    for name in ("effects", "pooling", "groups", "variance", "sample"):
        assert "*extra* $v_1$" in plain[name]
    found = r" run from 0\.31 in class (.*) to 0\.70 in class (.*?)\. Height"
    ends = re.search(found, " ".join(plain["groups"].split()))
    assert ends
    assert {*ends.groups()} <= {*NAMES}


def test_no_number_of_another_unit_is_written_as_zero(known):
    for name in ("small units", "large units"):
        for reading, text in readings(known[name]).items():
            if reading != "comparison":
                sizes = re.findall(r"(?<![\d.−])0\.0+(?![\d])", text)
                assert not sizes or "to the digits shown" in text or "correlation" in text
