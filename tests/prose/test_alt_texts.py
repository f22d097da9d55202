"""The text alternatives of the figures."""

import re

from analysis.prose.alt_texts import alt_texts


def test_alt_texts_keep_their_digits_in_every_unit(tiny_units):
    texts = alt_texts(tiny_units)
    assert not re.search(r"\D0\.0+\D", " ".join(texts.values()))
    assert "from popular 3.8\xa0×\xa010⁻⁶ at extrav 2010.2 to" in texts["pooling"]


def test_alt_texts_say_the_numbers(results):
    texts = alt_texts(results)
    assert list(texts) == list(FIGURES)
    assert "307 points" in texts["pooling"]
    slopes = {group: line.slope for group, line in results.none.items()}
    steepest = max(slopes, key=slopes.__getitem__)
    assert f"{slopes[steepest]:.2f} (class {steepest})" in texts["pooling"]
    m1, m3 = (results.models[name]["REML"] for name in ("m1", "m3"))
    assert f"with a slope of {m1.fixed_effects['extrav']:.2f};" in texts["random-intercepts"]
    apart = 22 * m3.fixed_effects["texp"]
    assert f"{apart:.2f} apart: 2 years below, 24 years above" in texts["experience"]
    assert not any("nan" in text or "\n" in text for text in texts.values())
