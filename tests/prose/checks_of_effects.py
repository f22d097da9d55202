"""Checks of what the reading of the fixed effects says, by estimates and their covariance."""

import math
import re
from typing import ClassVar

from prose.checker import Checker, is_written_as_zero, parsed, shows

NORMAL = 1.959963984540054
CALL = r"(\w+)\((.+)\)"
INTERVAL = (
    r"\(95% interval <N> to <N>, (which includes 0|which leaves out 0|an end of which is 0 to the "
    r"digits shown)\)\."
)


class Effects(Checker):
    CHECKS: ClassVar = {
        r"The only fixed effect of (.+) is the mean of <outcome> in the average <group>, <N> "
        r"\(95% interval <N> to <N>\)\.": "mean",
        r"These are the fixed effects of (.+?)(, the largest)?, each with the other predictors "
        r"held equal\.": "begins",
        r"The coefficient of (.+) is <N> " + INTERVAL: "coefficient",
        r"(<Outcome>|The slope of <outcome> on .+?) is (<N> <points> (higher|lower) on average|"
        r"neither higher nor lower, to the digits shown,) (.+?)(, in the average <group>)?"
        r"(, given that .+)? " + INTERVAL: "effect",
        r"The coefficients of (.+) describe one curve together, so none of them is an effect by "
        r"itself\.": "curve",
        r"Each interval is the estimate ± <N> standard errors\.": "quantile",
    }

    def __init__(self, results):
        super().__init__(results)
        self.fit = self.reml(self.largest)
        self.terms = [name for name in self.fit.fixed_effects if name != "Intercept"]
        self.next, self.curved = 0, set()
        rung = results.ladder.rung(self.largest)
        self.table = self.common_rows() if rung.matrix is None else rung.matrix.table

    def mean(self, m):
        assert self.model(m[1]) == self.largest
        value, error = self.of("Intercept")
        assert shows(m[2], value)
        assert shows(m[3], value - NORMAL * error)
        assert shows(m[4], value + NORMAL * error)

    def begins(self, m):
        assert self.model(m[1]) == self.largest
        assert bool(m[2]) == (len(self.names) > 1)

    def of(self, term):
        at = list(self.fit.fixed_effects).index(term)
        return self.fit.fixed_effects[term], math.sqrt(self.fit.covariance[at, at])

    def term(self):
        self.next += 1
        return self.terms[self.next - 1]

    def interval(self, low, high, says, value, error):
        ends = value - NORMAL * error, value + NORMAL * error
        assert shows(low, ends[0])
        assert shows(high, ends[1])
        assert parsed(low)[0] <= parsed(high)[0]
        zero = is_written_as_zero(low) or is_written_as_zero(high)
        if "an end" in says:
            assert zero
        else:
            assert not zero
            assert ("includes" in says) == (ends[0] < 0 < ends[1])
            assert ("includes" in says) == (parsed(low)[0] < 0 < parsed(high)[0])

    def coefficient(self, m):
        term = self.term()
        assert m[1] == (term if "[" in term else self.called(term))
        assert term not in self.study.columns or any(
            term in other and term != other for other in self.terms
        )
        value, error = self.of(term)
        assert shows(m[2], value)
        self.interval(m[3], m[4], m[5], value, error)

    def effect(self, m):
        term = self.term()
        value, error = self.of(term)
        step = self.phrase(term, m[1], m[5])
        value, error = step * value, step * error
        if m[4] is None:
            # So small beside its error that its digits, which show a digit of that, are 0.
            assert abs(value) < error
        else:
            assert shows(m[3], abs(value))
            assert not is_written_as_zero(m[3])
            assert m[4] == ("higher" if value > 0 else "lower")
        assert bool(m[6]) == (term in self.fit.spec.slopes)
        self.held(term, m[7] or "")
        self.interval(m[8], m[9], m[10], value, error)

    def phrase(self, term, subject, per):
        """Check what a difference is of and between; return how many units that is."""
        *first, last = term.split(":")
        assert ("The slope of" in subject) == bool(first)
        if first:
            # The one whose slope it is may be either.
            parts = [first[0], last]
            slope = next(each for each in parts if subject.endswith(f" on {self.inner(each)}"))
            last = next(each for each in parts if each != slope)
        if match := re.fullmatch(r"(.+)\[(.+)\]", last):
            column, level = match.groups()
            return self.contrast(per, column, self.reference(column), level)
        if match := re.fullmatch(CALL, last):
            assert self.inner(last) in per
            assert per.startswith("for each further ")
            return 1.0
        values = sorted(self.table[last].unique())
        if len(values) == 2:
            names = dict(re.findall(r"(\S+)\s*=\s*([^,]+)", self.study.unit(last)))
            written = [names.get(f"{value:g}", f"{value:g}") for value in values]
            self.contrast(per, last, *written)
            return values[1] - values[0]
        assert per.startswith("for each further ")
        assert per.endswith(f" of {self.study.label(last)}")
        return 1.0

    def inner(self, part):
        """Return the label of a column, or of the one that something is computed of."""
        match = re.fullmatch(CALL, part)
        return self.study.label(match[2] if match else part)

    def contrast(self, per, column, low, high):
        plurals = self.words.plurals
        if low in plurals and high in plurals:
            assert per == f"for {plurals[high]} than for {plurals[low]}"
        else:
            label = self.study.label(column)
            assert per == f"where {label} is {high} than where it is {low}"
        return 1.0

    def reference(self, column):
        """Return the level of a category that has no effect of its own."""
        values = self.table[column]
        levels = {f"{each:g}" if isinstance(each, float) else str(each) for each in values}
        [reference] = [each for each in levels if f"{column}[{each}]" not in self.terms]
        return reference

    def held(self, term, says):
        """Every other factor of a product of which it is a part is said to be held."""
        own = set(term.split(":"))
        others = {
            part
            for other in self.terms
            if own < set(other.split(":"))
            for part in set(other.split(":")) - own
        }
        assert bool(others) == bool(says)
        for part in others:
            match = re.fullmatch(r"(.+)\[(.+)\]", part)
            assert f"{self.inner(match[1] if match else part)} is " in says
            if match:
                assert f"{self.study.label(match[1])} is {self.reference(match[1])}" in says

    def curve(self, m):
        parts = re.split(r", | and ", m[1])
        assert len(parts) > 1
        assert {each.count("(") for each in parts} != {0}

    def quantile(self, m):
        assert shows(m[1], NORMAL)

    def complete(self):
        assert self.next == len(self.terms)
        assert ("mean" in self.seen) == (not self.terms)
        assert ("begins" in self.seen) == bool(self.terms)
        assert self.seen.count("quantile") == 1
