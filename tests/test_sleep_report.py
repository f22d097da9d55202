"""The report of the second study, built whole: its words, its claims, its numbers."""

import json
import re

import pytest
from copies import copy_checkout, site_of
from report_text import page_text, pdf_text

FOREIGN = re.compile(
    r"\b(pupils?|class(es)?|schools?|teachers?|genders?|girls?|boys?|popular\w*|extrav\w*|Hox|Xu|"
    r"observations?|units?|patients?|wards?)\b",
    re.IGNORECASE,
)
NEUTRAL = re.compile(
    r"Level [12] observational units|[Uu]nits of level [12]|Unit\b|"
    r"Observations|multilevel-report"
)


@pytest.fixture(scope="module")
def site(root, tmp_path_factory):
    folder = copy_checkout(root, tmp_path_factory.mktemp("sleep"), "data", "report")
    return site_of(root, folder, "sleep")


@pytest.fixture(scope="module")
def texts(site):
    pages = {name: page_text(site / f"{name}.html") for name in ("index", "visualization")}
    return {**pages, "pdf": pdf_text(site / "index.pdf")}


def test_no_word_is_another_studys(texts):
    for name, text in texts.items():
        bare = NEUTRAL.sub("", text)
        found = [bare[max(0, at.start() - 30) : at.end() + 30] for at in FOREIGN.finditer(bare)]
        assert not found, name


def test_nothing_is_left_to_fill_or_unresolved(texts):
    for name, text in texts.items():
        assert not re.search(r"To fill|Draft\.|\?@|\?var|<<|%>|\bNone\b|\bnan\b", text), name


def test_the_numbers_are_the_models(site, texts):
    results = json.loads((site / "results.json").read_bytes())
    slope = results["models"]["m2"]["REML"]["fixed_effects"]["screen"]
    assert slope < 0
    for name in ("index", "pdf"):
        text = texts[name].replace("- ", "")
        assert f"finds sleep {-slope:.2f} hours shorter for each hour of screen time" in text
        assert f"Sleep is {-slope:.2f} hours lower on average for each further hour" in text
        assert f"{results['data']['n_observations']} simulated nights of 42 persons" in text


def test_its_claims_are_checked(site):
    claims = json.loads((site.parents[2] / "report/sleep/_artifacts/claims.json").read_bytes())
    assert claims["draft"] is False
    assert len(claims["claims"]) >= 7
    assert set(claims["claims"].values()) == {True}
