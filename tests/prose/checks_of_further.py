"""Checks of what the reading of further models says, by fitting them anew from their formulas."""

import re
from typing import ClassVar

from prose.checker import Checker, is_written_as_zero, shows
from prose.checks_of_comparison import strength
from scipy.stats import chi2

from analysis import fit
from analysis.errors import AnalysisError


def quoted(column):
    return column if re.fullmatch(r"[^\W\d]\w*", column) else f"`{column}`"


def title_of(name):
    if name == "null":
        return "the null model"
    return f"model {name.removeprefix('m')}" if name[1:].isdigit() else f"model {name}"


def titles(checker):
    """Return what all models are called, those one step further among them."""
    study, found = checker.study, checker.results.further
    called = {name: title_of(name) for name in checker.names}
    if found is None:
        return called
    base, level_2 = title_of(found.base), next(iter(study.group_covariates), "")
    return called | {
        "fixed_slope": f"{base} without the random slope",
        "cross_level": f"{base} with the product of {study.label(study.slope)} and "
        f"{study.label(level_2)}",
        "contextual": f"{base} with the {checker.words.group} mean of {study.label(study.slope)}",
    }


class Further(Checker):
    TEST = (
        r"the deviance is (the same to the digits shown|<N> (?:higher|lower)) for (\d) parameters? "
        r"(?:fewer|more) \(\$p\$ ([=<]) ([\d.]+)"
    )
    CHECKS: ClassVar = {
        r"No model goes one step further than those above\.": "none",
        r"(.+) is taken one step further\.": "base",
        rf"Without the random slope of (.+), {TEST}(?:, and (.+) by the mixture of chi-square "
        r"distributions that allows for the boundary)?\): (.+) evidence that the slopes of "
        r"<groups> differ\.": "without",
        rf"With the product of (.+) and (.+), {TEST}\): (.+) evidence that the slope of (.+) "
        r"differs with (.+)\.": "product",
        rf"With the <group> mean of (.+), {TEST}\): (.+) evidence that (.+) has another slope "
        r"across <groups> than within <a_group>\.": "mean",
        r"The standard deviation of the slopes is <N> in (.+), and <N>( to the digits shown)? "
        r"beside the product\.": "sd",
        r"By the model with the product, <outcome> is (?:<N> <points> (higher|lower)|neither "
        r"higher nor lower, to the digits shown,) for each further (.+) where (.+) is "
        r"<N>\.": "end",
        r"Of these models and those above, (.+) has both the lowest AIC \(<N>\) and the lowest BIC "
        r"\(<N>\)\.": "both",
        r"Of these models and those above, (.+) has the lowest AIC \(<N>\), and (.+) the lowest "
        r"BIC \(<N>\)\.": "each",
    }

    def __init__(self, results):
        super().__init__(results)
        self.x, self.ends = results.study.slope, []
        self.level_2 = next(iter(results.study.group_covariates), None)
        self.fits = {}

    def none(self, _):
        assert self.results.further is None or not self.results.further.models

    def base(self, m):
        self.name = self.model(m[1])
        spec = self.reml(self.name).spec
        assert self.x in spec.slopes
        fixed, _, random = self.results.ladder.rung(self.name).spec.formula.rpartition(" + (")
        self.fixed, self.random = fixed, f"({random}"

    def fitted(self, key, formula, method="ML"):
        made = fit(formula, self.results.sample.table, method=method)
        if method == "ML":
            self.fits[key] = made.estimates("ML")
        return made

    def tested(self, key, m, at, *, larger):
        """Check a test whose sentence has it from a group of the match on."""
        text, number, df, sign, p = m[at], m[at + 1], int(m[at + 2]), m[at + 3], float(m[at + 4])
        drop = max(0.0, (self.ml(self.name).criterion - self.fits[key].criterion) * larger)
        assert int(df) == abs(self.fits[key].n_parameters - self.ml(self.name).n_parameters)
        if number is None:
            assert drop < 0.0051
        else:
            assert shows(number, drop)
            assert not is_written_as_zero(number)
            assert text.endswith("lower" if larger > 0 else "higher")
        found = chi2.sf(drop, df)
        assert found < p == 0.001 if sign == "<" else abs(found - p) < 0.0006
        return drop, found

    def without(self, m):
        assert m[1] == self.study.label(self.x)
        self.fitted("fixed_slope", f"{self.fixed} + (1 | {quoted(self.study.group)})")
        drop, p = self.tested("fixed_slope", m, 2, larger=-1)
        mixture = (chi2.sf(drop, 1) + chi2.sf(drop, 2)) / 2
        one = self.ml(self.name).spec.slopes == (self.x,) and not self.ml(self.name).spec.diagonal
        assert (m[7] is not None) == one
        if one:
            assert shows(m[7], mixture) or mixture < 1e-4
        assert m[8] == strength(mixture if one else p)

    def product(self, m):
        labels = self.study.label(self.x), self.study.label(self.level_2)
        assert (m[1], m[2]) == labels == (m[9], m[10])
        self.fitted("cross_level", self.crossed_formula)
        _, p = self.tested("cross_level", m, 3, larger=1)
        assert m[8] == strength(p)

    def mean(self, m):
        assert (m[1], m[8]) == (self.study.label(self.x),) * 2
        self.fitted("contextual", f"{self.fixed} + group_mean({quoted(self.x)}) + {self.random}")
        _, p = self.tested("contextual", m, 2, larger=1)
        assert m[7] == strength(p)

    @property
    def crossed_formula(self):
        return f"{self.fixed} + {quoted(self.x)}:{quoted(self.level_2)} + {self.random}"

    def crossed(self):
        return self.fitted("", self.crossed_formula, "REML").estimates("REML")

    def sd(self, m):
        assert self.model(m[2]) == self.name
        at = self.reml(self.name).random_names.index(self.x)
        for text, each in ((m[1], self.reml(self.name)), (m[3], self.crossed())):
            assert shows(text, max(0.0, each.random_covariance[at, at]) ** 0.5)
        assert bool(m[4]) == is_written_as_zero(m[3])

    def end(self, m):
        assert m[3].endswith(f" of {self.study.label(self.level_2)}")
        assert m[4] == self.study.label(self.x)
        values = self.common_rows()[self.x]
        value = (values.min(), values.max())[len(self.ends)]
        self.ends.append(value)
        assert shows(m[5], value)
        effects = self.crossed().fixed_effects
        effect = effects[self.level_2] + value * effects[f"{self.x}:{self.level_2}"]
        if m[1] is None:
            return
        assert shows(m[1], abs(effect))
        assert m[2] == ("higher" if effect > 0 else "lower")

    def best(self, criterion, title, value):
        own = {name: self.ml(name) for name in self.names}
        values = {name: getattr(each, criterion) for name, each in {**own, **self.fits}.items()}
        name = min(values, key=values.get)
        assert shows(value, values[name])
        assert title == titles(self)[name]

    def both(self, m):
        self.best("aic", m[1], m[2])
        self.best("bic", m[1], m[3])

    def each(self, m):
        self.best("aic", m[1], m[2])
        self.best("bic", m[3], m[4])
        assert m[1] != m[3]

    def complete(self):
        if "base" not in self.seen:
            return
        assert {"both", "each"} & set(self.seen)
        if "product" in self.seen:
            assert self.seen.count("end") == 2
            assert "sd" in self.seen
        formulas = {
            "without": f"{self.fixed} + (1 | {quoted(self.study.group)})",
            "mean": f"{self.fixed} + group_mean({quoted(self.x)}) + {self.random}",
        }
        for sentence, formula in formulas.items():
            if sentence not in self.seen:
                assert self._known(formula) or self._refused(formula), sentence

    def _known(self, formula):
        spec = [self.ml(name).spec for name in self.names]
        return "(1 |" in formula and any(
            not each.slopes and each.fixed == self.ml(self.name).spec.fixed for each in spec
        )

    def _refused(self, formula):
        try:
            made = fit(formula, self.results.sample.table, method="ML")
        except AnalysisError:
            return True
        return (
            made.n_observations != self.ml(self.name).n_observations or "group_mean" in self.fixed
        )
