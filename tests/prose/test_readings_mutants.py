"""Readings that are wrong in one place, of which each must be noticed on some study."""

import pytest
from jinja2 import ChoiceLoader, DictLoader
from prose.checks import check_all
from prose.random_studies import KNOWN, USUAL, results_of

from analysis.prose import phrases
from analysis.prose import readings as module
from analysis.prose.accounts import effects, groups, pooling, variance
from analysis.results import doubts, preferences, verdicts
from analysis.results.coefficients import Coefficient
from analysis.results.preferences import Preference

STUDIES = ("usual", "many groups", "falling", "nothing between", "cross-level", "both signs",
           "no slope", "not nested", "copies", "names", "wider")  # fmt: skip

TEMPLATES = [
    ("sample", "and the largest {{ largest }}", "and the largest {{ n_groups }}"),
    ("sample", "{{ level_1 ~", "{{ level_2 ~"),
    ("pooling", "{{ direction }} on average", "higher on average"),
    ("pooling", "{% if negative == 0 and", "{% if positive == 0 and"),
    ("pooling", "{{ low }} in {{ low_group }}", "{{ low }} in {{ high_group }}"),
    ("pooling", "{{ partial.range }}", "a narrower range"),
    ("variance", "{{ each.between.verb }}", "falls"),
    ("variance", "{{ each.within.verb }}", "rises"),
    ("variance", '{% if each.between and each.between.verb == "rises" %}', "{% if each.between %}"),
    ("variance", "{{ null_between }} between", "{{ null_within }} between"),
    ("effects", "{{ each.direction }} on average", "higher on average"),
    ("effects", '{% if effect.about_zero == "includes" %}', '{% if effect.low < "0" %}'),
    ("effects", '{{ ", " ~ each.held if each.held }}', ""),
    ("effects", "{{ each.size }}", "{{ each.estimate }}"),
    ("groups", "{{ heights.high }}", "{{ heights.low }}"),
    ("groups", "{{ each.tendency }}", "higher"),
    ("groups", "{% elif each.little %}", "{% elif each.slightly %}"),
    ("groups", "a range {{ each.about_zero }} 0", "a range above 0"),
    ("comparison", "prefers {{ each.model }} (", "prefers {{ each.nearest }} ("),
    ("comparison", "{% if each.n_rivals %}", "{% if not each.n_rivals %}"),
    ("comparison", "{{ each.strength }} evidence", "strong evidence"),
    ("comparison", "evidence for {{ each.full }}", "evidence for {{ each.reduced }}"),
    ("comparison", "{% if agreement | length == 1 %}", "{% if true %}"),
    ("cautions", '{% if plenty == "too few" %}', '{% if plenty == "few" %}'),
    ("cautions", "{% if small and", "{% if small > 3 and"),
]


@pytest.fixture(scope="module")
def known(tmp_path_factory):
    return [results_of(USUAL | KNOWN[name], tmp_path_factory.mktemp("known")) for name in STUDIES]


def is_noticed(known):
    try:
        for results in known:
            # Anew, since verdicts are kept.
            results.__dict__.pop("verdicts", None)
            check_all(results, module.readings(results))
    except (pytest.fail.Exception, AssertionError, LookupError, ValueError):
        return True
    finally:
        for results in known:
            results.__dict__.pop("verdicts", None)
    return False


def test_nothing_is_wrong_by_itself(known):
    assert not is_noticed(known)


@pytest.mark.parametrize(("name", "right", "wrong"), TEMPLATES)
def test_a_wrong_template_is_noticed(known, monkeypatch, name, right, wrong):
    environment = module._environment()
    source, *_ = environment.loader.get_source(environment, f"readings/{name}.md.j2")
    assert source.count(right) >= 1
    loader = DictLoader({f"readings/{name}.md.j2": source.replace(right, wrong)})
    changed = environment.overlay(loader=ChoiceLoader([loader, environment.loader]), cache_size=0)
    monkeypatch.setattr(module, "_environment", lambda: changed)
    assert is_noticed(known)


def swapped(before, after, words):
    return phrases.ordered(before, after, words[::-1])


CODE = {
    "directions": (Coefficient, "rises", property(lambda self: self.estimate < 0)),
    "rivals": (preferences, "HARDLY_APART", 5.0),
    "no rivals": (Preference, "rivals", property(lambda self: ())),
    "strength": (preferences.Strength, "of", classmethod(lambda cls, p: cls.STRONG)),
    "plenty": (doubts.Plenty, "of", classmethod(lambda cls, n: cls.FEW)),
    "small": (doubts, "SMALL", 7),
    "order of slopes": (pooling, "ordered", swapped),
    "order of variances": (variance, "ordered", swapped),
    "intervals": (effects, "about_zero", lambda low, high, notation: "above"),
    "ranges": (groups, "about_zero", lambda low, high, notation: "includes"),
    "chance": (verdicts, "variance", lambda values: 4.0),
}


@pytest.mark.parametrize(("place", "name", "wrong"), CODE.values(), ids=CODE)
def test_a_wrong_decision_is_noticed(known, monkeypatch, place, name, wrong):
    monkeypatch.setattr(place, name, wrong)
    assert is_noticed(known)
