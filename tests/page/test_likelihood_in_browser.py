"""The likelihood over the slider in headless Chromium, and its words wherever its ends are."""

import dataclasses
import re

import pytest
from page.reading import page_text
from page.screen import SETTLED
from page.studies import with_fit

from analysis.page.page import files

MARKER = """() => {
  const box = document.querySelector('[data-chart="likelihood"]');
  const rule = box.querySelector(".layer_3_marks line").getBoundingClientRect();
  const slider = document.getElementById("viz-ratio").getBoundingClientRect();
  return [rule.left + rule.width / 2 - slider.left, slider.width,
    box.querySelector(".layer_4_marks path").__data__.datum.share];
}"""


@pytest.mark.parametrize("width", [1280, 360])
def test_a_mark_stands_over_the_thumb_and_tells_the_likelihood(visit, results, width):
    page = visit()
    page.set_viewport_size({"width": width, "height": 800})
    slider = page.get_by_role("slider", name="Ratio of variances")
    slider.scroll_into_view_if_needed()
    shares = results.ratio_likelihood.shares
    for place in (0, 300, 520, 560, 650, 900, 1000):
        slider.fill(str(place))
        page.wait_for_function(SETTLED)
        across, long, share = page.evaluate(MARKER)
        # The thumb is 16 pixels wide.
        assert across == pytest.approx(8 + (long - 16) * place / 1000, abs=1.5)
        assert share == shares[place]
        said = page.locator("#viz-likelihood").inner_text()
        expected = f"{100 * share:.0f}%" if share >= 0.001 else r"(less than 0\.1|0)%"
        verdict = "not ruled out" if share >= results.ratio_likelihood.least_share else "ruled out"
        sentence = rf"Here the data are {expected} as likely as at the estimate: {verdict}\."
        assert re.fullmatch(sentence, said), place
    page.get_by_role("button", name="estimated").click()
    said = page.locator("#viz-likelihood").inner_text()
    assert said == "The estimate is where the data are likeliest."
    page.set_viewport_size({"width": 1280, "height": 900})


def test_what_is_not_ruled_out_is_coloured(visit, results):
    page = visit()
    page.wait_for_function(SETTLED)
    low, high = results.ratio_likelihood.places
    ends = page.evaluate(
        """() => {
          const box = document.querySelector('[data-chart="likelihood"]');
          const at = (layer) => box.querySelector(`.${layer} path`).getBoundingClientRect();
          const [whole, part] = [at("layer_0_marks"), at("layer_1_marks")];
          return [part.left, part.right].map((x) => 1000 * (x - whole.left) / whole.width);
        }"""
    )
    assert ends == pytest.approx([low, high], abs=2)


def test_the_estimate_and_its_region_are_told(pages, results):
    text = re.sub(r"<[^>]*>", "", page_text(pages))
    found = results.ratio_likelihood
    assert (
        "It is the one that makes the data likeliest, by the restricted likelihood of model 1."
        in text
    )
    sentence = f"do not rule out any ratio from {found.low:.2f} to {found.high:.2f}: the deviance"
    assert f"At the 95% level the data {sentence} is within 3.84 of the least there" in text
    assert (
        f"For a middle-sized class, n = 20, that is a weight from {100 * found.low_weight:.0f}% to "
        f"{100 * found.high_weight:.0f}%. The upper end is {found.span:.1f} times the lower one: "
        "so closely, and no closer, 15 classes tell how much classes differ." in text
    )


class Fake:
    """Results with another likelihood."""

    def __init__(self, results, **changes):
        self._results = results
        self.ratio_likelihood = dataclasses.replace(results.ratio_likelihood, **changes)

    def __getattr__(self, name):
        return getattr(self._results, name)


def told(results, **changes):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]*>", "", page_text(files(Fake(results, **changes)))))


def test_edges_are_told_in_words(results):
    centre = results.ratio_likelihood.scale.centre
    text = told(results, low=None, low_weight=0.0)
    assert "any ratio up to 2.35, nor 0, no variance between classes at all: the deviance" in text
    assert "that is a weight from 0% to 98%. So closely, and no closer, 15 classes tell" in text
    text = told(results, high=None, high_weight=1.0)
    assert "any ratio from 0.46 on, however large: the deviance" in text
    assert "that is a weight from 90% to 100%." in text
    text = told(results, low=None, high=None, low_weight=0.0, high_weight=1.0)
    assert "do not rule out any ratio, be it 0 or however large: the deviance" in text
    text = told(results, high=150 * centre, high_weight=0.9996)
    assert "144.66 (the upper end lies beyond the slider’s scale): the deviance" in text
    assert "that is a weight from 90% to over 99%." in text
    text = told(results, low=1e-4 * centre, low_weight=0.002)
    assert "(the lower end lies beyond the slider’s scale): the deviance" in text
    assert "that is a weight from under 1% to 98%." in text
    text = told(results, low=1e-4 * centre, high=150 * centre)
    assert "(both ends lie beyond the slider’s scale): the deviance" in text


def test_an_estimate_of_0_is_explained(results):
    fit = results.models["m1"]["REML"]
    flat = dataclasses.replace(
        fit, random_covariance=0 * fit.random_covariance, factor=0 * fit.factor, rank=0
    )
    text = re.sub(r"<[^>]*>", "", page_text(files(with_fit(results, flat))))
    assert "No ratio makes the data likelier than 0, by the restricted likelihood of" in text
