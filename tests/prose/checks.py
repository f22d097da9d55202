"""The checkers of all readings."""

import re

from prose.checks_of_comparison import Comparison
from prose.checks_of_effects import Effects
from prose.checks_of_further import Further
from prose.checks_of_groups import Groups
from prose.checks_of_pooling import Pooling
from prose.checks_of_rows import Cautions, Sample
from prose.checks_of_variance import Variance
from prose.checks_of_verdict import Verdict

CHECKERS = {
    "sample": Sample,
    "pooling": Pooling,
    "variance": Variance,
    "effects": Effects,
    "groups": Groups,
    "comparison": Comparison,
    "cautions": Cautions,
    "further": Further,
    "verdict": Verdict,
}


def check_all(results, texts):
    """Check every reading; return which sentences there were, by reading."""
    assert list(texts) == list(CHECKERS)
    found = {}
    for name, text in texts.items():
        check_form(text)
        found[name] = CHECKERS[name](results).check(text)
    return found


def check_form(text):
    """No gap, no leftover of a template, nothing that a formula or a number would hide."""
    assert text.endswith(".\n")
    assert not text.startswith("\n")
    assert "\n\n\n" not in text
    assert not re.search(
        r"[ \t]{2,}|[ \t]\n|\bNone\b|\bnan\b|\{\{|\}\}|\{%|\bTrue\b|\bFalse\b", text
    )
    assert not re.search(r" [,.;:)]|\( |,,|\.\.(?!\.)|\d-\d| -\d", text)
