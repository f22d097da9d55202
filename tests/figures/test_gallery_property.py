"""Figures and text alternatives of random studies: all are drawn, and none has a gap."""

import re
import tempfile
from pathlib import Path

import numpy as np
from hypothesis import given, settings
from prose.random_studies import results_of, studies

from analysis.errors import AnalysisError
from analysis.figures.figures import colours
from analysis.figures.gallery import gallery
from analysis.prose.gallery import gallery_texts


@settings(max_examples=25, deadline=None, derandomize=True)
@given(made=studies())
def test_whatever_a_study_has_is_drawn(made):
    with tempfile.TemporaryDirectory() as folder:
        try:
            results = results_of(made, Path(folder))
        except AnalysisError:
            return
        if not results.has_lines:
            return
        texts, figures = gallery_texts(results), gallery(results, colours(results))
    assert list(texts) == list(figures)
    assert not any(re.search(r"\bnan\b|\binf\b|None", text) for text in texts.values())
    found = results.checks
    for each in (found.of_residuals, *found.of_groups.values()):
        assert np.isfinite(np.concatenate((each.found, each.low, each.high))).all()
    assert all(0 <= each.low <= each.high for each in found.spread)
