"""Checks of what the reading of the comparison says, by its rows and by chi-square tails anew."""

import math
import re
from itertools import pairwise
from typing import ClassVar

from prose.checker import Checker, listing, parsed, shows
from scipy.stats import chi2

STRENGTHS = (
    (0.001, "very strong"),
    (0.01, "strong"),
    (0.05, "moderate"),
    (0.1, "weak"),
    (math.inf, "little or no"),
)


def strength(p):
    return next(word for bound, word in STRENGTHS if p < bound)


class Comparison(Checker):
    REASON = r"(?:, which charges <N> for each parameter where AIC charges 2,)?"
    CHECKS: ClassVar = {
        r"The models are not compared: (.+)\.": "refused",
        r"There is one model, (.+), and nothing to compare it with\.": "alone",
        rf"(AIC|BIC){REASON} prefers (.+) \(<N>\): the next, (.+), is <N> higher\.": "prefers",
        rf"(AIC|BIC){REASON} is lowest for (.+) \(<N>\), but (.+) can hardly be told apart from "
        r"it: (its value|.+, the nearest,) is (the same to the digits shown|only <N> higher)\.": (
            "hardly"
        ),
        r"If BIC counted <groups> in place of <units>, it would be lowest for (.+)\.": "of_groups",
        r"(.+?) adds (.+) to ((?:the null )?model.*?)\.": "adds",
        r"This lowers the deviance by <N> for (\d+) parameters? \(\$p\$ ([=<]) ([\d.]+)\): (.+) "
        r"evidence for (.+)\.": "test",
        r"As a variance cannot be below 0, this \$p\$ is too large; the mixture of chi-square "
        r"distributions that allows for it gives (?:<N>|<\N{NO-BREAK SPACE}10⁻³⁰⁰), (again )?"
        r"(.+) evidence\.": "boundary",
        r"(.+) does not contain (.+) as a special case, so there is no test between the two\.": (
            "no_test"
        ),
        r"(.+) agree on ([^;]+)(?:; (.+?) (prefers?|slightly prefers) (.+))?\.": ("agree"),
        r"The criteria disagree: (.+)\.": "disagree",
        r"The tests are taken to prefer the last model with \$p\$ < 0\.05, or else the first\.": (
            "reading_of_tests"
        ),
        r"(.+) is left out: (.+)\.": "left_out",
    }

    def __init__(self, results):
        super().__init__(results)
        self.rows_ = {row.model: row for row in results.comparison or ()}
        n = self.ml(self.names[0]).n_observations
        groups = self.ml(self.names[0]).n_groups
        self.log_n = math.log(n)
        values = {
            name: (row.deviance + 2 * row.npar, row.deviance + self.log_n * row.npar,
                   row.deviance + math.log(groups) * row.npar)
            for name, row in self.rows_.items()
        }  # fmt: skip
        self.values = {
            key: {name: each[i] for name, each in values.items()}
            for i, key in enumerate(("AIC", "BIC", "groups"))
        }
        self.full = None

    def best(self, criterion):
        return min(self.values[criterion].values())

    def refused(self, m):
        assert self.results.comparison is None
        assert m[1] == self.results.not_comparable

    def alone(self, m):
        assert [self.model(m[1])] == self.names

    def _charge(self, text, criterion):
        assert (text is not None) == (criterion == "BIC")
        assert text is None or shows(text, self.log_n)

    def prefers(self, m):
        values = self.values[m[1]]
        self._charge(m[2], m[1])
        name, following = self.model(m[3]), self.model(m[5])
        assert values[name] == min(values.values())
        assert shows(m[4], values[name])
        rest = {each: value for each, value in values.items() if each != name}
        assert rest[following] == min(rest.values())
        assert shows(m[6], rest[following] - values[name])
        assert all(value - values[name] >= 2 for value in rest.values())

    def hardly(self, m):
        values = self.values[m[1]]
        self._charge(m[2], m[1])
        name, near = self.model(m[3]), self.several(m[5])
        assert values[name] == min(values.values())
        assert shows(m[4], values[name])
        behind = {each: value - values[name] for each, value in values.items() if each != name}
        assert set(near) == {each for each, more in behind.items() if more < 2}
        if m[8]:
            assert shows(m[8], min(behind.values()))
            assert parsed(m[8])[0] > 0
        else:
            assert min(behind.values()) <= 0.05
        assert (m[6] == "its value") == (len(near) == 1)
        if len(near) > 1:
            nearest = self.model(m[6].removesuffix(", the nearest,"))
            assert behind[nearest] == min(behind.values())

    def of_groups(self, m):
        name = self.model(m[1])
        assert self.values["groups"][name] == self.best("groups")
        assert self.values["BIC"][name] > self.best("BIC") - 1e-9

    def _pair(self, reduced, full):
        assert self.names.index(self.model(full)) == self.names.index(self.model(reduced)) + 1
        return self.ml(self.model(reduced)), self.ml(self.model(full))

    def adds(self, m):
        reduced, full = self._pair(m[3], m[1])
        fixed = [name for name in full.spec.fixed if name not in reduced.spec.fixed]
        slopes = [name for name in full.spec.slopes if name not in reduced.spec.slopes]
        parts = [self.calls(fixed)] if fixed else []
        if slopes:
            noun = "random slopes" if len(slopes) > 1 else "a random slope"
            parts.append(f"{noun} of {self.calls(slopes)}")
        assert m[2] == listing(parts or ["covariances of the random effects"])
        self.full, self.reduced = full.name, reduced.name

    def test(self, m):
        assert self.model(m[6]) == self.full
        reduced, full = self.rows_[self.reduced], self.rows_[self.full]
        drop, df = max(0.0, reduced.deviance - full.deviance), full.npar - reduced.npar
        assert shows(m[1], drop)
        assert int(m[2]) == df
        p = chi2.sf(drop, df)
        if m[3] == "<":
            assert m[4] == "0.001"
            assert p < 0.001
        else:
            assert shows(m[4], p)
        assert m[5] == strength(p)
        self.p, self.drop = p, drop

    def boundary(self, m):
        reduced, full = self.ml(self.reduced), self.ml(self.full)
        assert reduced.spec.fixed == full.spec.fixed
        q = len(reduced.random_names)
        assert len(full.random_names) == q + 1
        p = (chi2.sf(self.drop, q) + chi2.sf(self.drop, q + 1)) / 2
        assert p < self.p
        assert shows(m[1], p) if m[1] else p < 1e-299
        assert m[3] == strength(p)
        assert bool(m[2]) == (strength(p) == strength(self.p))

    def no_test(self, m):
        reduced, full = self._pair(m[2], m[1])
        assert (
            not set(reduced.spec.fixed) <= set(full.spec.fixed)
            or not set(reduced.random_names) <= set(full.random_names)
            or full.spec.diagonal
            or reduced.n_parameters >= full.n_parameters
        )

    def _choice(self, criterion):
        if criterion == "the tests":
            found = self.names[0]
            for reduced, full in pairwise(self.names):
                before, after = self.rows_[reduced], self.rows_[full]
                drop = max(0.0, before.deviance - after.deviance)
                if chi2.sf(drop, after.npar - before.npar) < 0.05:
                    found = full
            return found
        values = self.values[criterion]
        return min(values, key=values.__getitem__)

    def _choose(self, criteria, title):
        name = self.model(title)
        for criterion in re.split(r", | and ", criteria):
            assert self._choice(criterion) == name
            self.chosen.append(criterion)

    def _verb(self, criterion, verb):
        if criterion == "the tests":
            assert verb == "prefer"
            return
        first, second, *_ = sorted(self.values[criterion].values())
        assert verb == ("slightly prefers" if second - first < 2 else "prefers")

    def agree(self, m):
        self.chosen = []
        self._choose(m[1], m[2])
        if m[3]:
            self._choose(m[3], m[5])
            self._verb(m[3], m[4])
            assert self.model(m[2]) != self.model(m[5])

    def disagree(self, m):
        self.chosen, named = [], []
        for part in m[1].split(", "):
            pattern = r"(.+?) (prefers?|slightly prefers) (.+)"
            criterion, verb, title = re.fullmatch(pattern, part).groups()
            self._choose(criterion, title)
            self._verb(criterion, verb)
            named.append(title)
        assert len(set(named)) == len(named)

    def reading_of_tests(self, _):
        assert all(row.p is not None for row in list(self.rows_.values())[1:])

    def left_out(self, m):
        name = self.model(m[1])
        assert name not in self.models
        assert m[2] in self.results.not_fitted[name]

    def complete(self):
        assert self.seen.count("left_out") == len(self.results.not_fitted)
        if "refused" in self.seen:
            return
        if len(self.names) == 1:
            assert self.seen[0] == "alone"
            return
        assert self.seen.count("prefers") + self.seen.count("hardly") == 2
        tested = [row for row in self.rows_.values() if row.p is not None]
        assert self.seen.count("test") == self.seen.count("adds") == len(tested)
        # Of a drop of 0 both are 1.
        bounded = [
            row
            for row in tested
            if row.p_boundary is not None
            and (row.p_boundary < 1e-4 or f"{row.p:.4f}" != f"{row.p_boundary:.4f}")
        ]
        assert self.seen.count("boundary") == len(bounded)
        assert self.seen.count("no_test") == len(self.names) - 1 - len(tested)
        every = len(tested) == len(self.names) - 1
        assert ("reading_of_tests" in self.seen) == every
        assert sorted(self.chosen) == sorted(["AIC", "BIC", *(["the tests"] if every else [])])
        best = {key: self._choice(key) for key in ("BIC", "groups")}
        assert ("of_groups" in self.seen) == (best["BIC"] != best["groups"])
