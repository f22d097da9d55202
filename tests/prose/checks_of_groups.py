"""Checks of what the reading of the groups says, by the covariance of the random effects."""

import math
from typing import ClassVar

import numpy as np
from prose.checker import Checker, is_written_as_zero, parsed, shows


class Groups(Checker):
    WHAT = (
        r"the (intercepts|means) of the <groups>|the heights of the lines of the <groups>, at the "
        r"means? of (.+?),"
    )
    CHECKS: ClassVar = {
        r"In (.+) the intercept is the same in all <groups>\.": "no_intercept",
        rf"In (.+?) the standard deviation of (?:{WHAT}) is estimated as 0: the <groups> differ no "
        r"more than chance would make them\.": "zero",
        rf"In (.+?) (?:{WHAT}) have a standard deviation of <N> <points>( beyond what the "
        r"predictors account for)?\.": "height",
        r"Within <a_group> the standard deviation of the <units> around what the model predicts is "
        r"<N> <points>\.": "within",
        r"(<group>|.+?) (\S+) is predicted to lie furthest above (what the predictors account for|"
        r"the average), by <N> <points>, and <group> (\S+) furthest below it, by <N>\.": "furthest",
        r"No slope varies from <group> to <group>\.": "no_slopes",
        r"The slopes on (.+) have an estimated standard deviation of 0: the model predicts the "
        r"same slope for all <groups>\.": "same",
        r"The slopes on (.+) have a standard deviation of <N>(?: around an average of <N>)?"
        r"( beyond what products account for)?\.": "slopes",
        r"If these estimates are right, about 95% of <groups> like these have slopes between <N> "
        r"and <N>, a range (above 0|below 0|that includes 0, so that some may have a slope of the "
        r"other sign|with an end that is 0 to the digits shown)\.": "range",
        r"The slopes that the model predicts for these <groups> run from <N> in <group> (.+) to "
        r"<N> in <group> (.+)\.": "predicted",
        r"The model takes slope and intercept for uncorrelated\.": "uncorrelated",
        r"Height and (slope|the slope on (.+)) have a correlation of (−?[\d.]+)(.+)\.": (
            "correlation"
        ),
    }

    def __init__(self, results):
        super().__init__(results)
        self.fit = self.reml(self.largest)
        self.term, self.ranges, self.apart = None, 0, 0

    def place(self, what, at):
        slopes = self.fit.spec.slopes
        assert (at or "") == (self.calls(slopes) if slopes else "")
        if not slopes:
            assert what == ("intercepts" if self.fit.spec.fixed else "means")

    def no_intercept(self, m):
        assert self.model(m[1]) == self.largest
        assert not self.fit.spec.random_intercept

    def zero(self, m):
        assert self.model(m[1]) == self.largest
        self.place(m[2], m[3])
        assert self.height_sd(self.fit) == 0

    def height(self, m):
        assert self.model(m[1]) == self.largest
        self.place(m[2], m[3])
        assert self.height_sd(self.fit) > 0
        assert shows(m[4], self.height_sd(self.fit))
        assert bool(m[5]) == bool(self.fit.spec.fixed)

    def within(self, m):
        assert shows(m[1], math.sqrt(self.fit.residual_variance))

    def heights(self):
        if not self.height_sd(self.fit) or set(self.fit.spec.slopes) - set(self.study.level_1):
            return None
        if self.fit.spec.slopes and not self.results.has_lines:
            return None
        weights = np.ones(len(self.fit.random_names))
        weights[1:] = self.means(self.fit)
        return self.fit.conditional_means @ weights

    def furthest(self, m):
        heights = self.heights()
        assert m[2] == self.fit.groups[int(heights.argmax())]
        assert m[5] == self.fit.groups[int(heights.argmin())]
        assert ("predictors" in m[3]) == bool(self.fit.spec.fixed)
        assert shows(m[4], heights.max())
        assert shows(m[6], -heights.min())
        assert heights.min() < 0 < heights.max()

    def no_slopes(self, _):
        assert not self.fit.spec.slopes

    def _begin(self, label):
        slopes = list(self.fit.spec.slopes)
        self.term = slopes[0 if self.term is None else slopes.index(self.term) + 1]
        assert label == self.called(self.term)
        self.at = self.fit.random_names.index(self.term)
        self.sd = math.sqrt(max(0.0, self.fit.random_covariance[self.at, self.at]))
        self.mean = self.fit.fixed_effects.get(self.term, 0.0)

    def same(self, m):
        self._begin(m[1])
        assert self.sd == 0

    def slopes(self, m):
        self._begin(m[1])
        assert self.sd > 0
        assert shows(m[2], self.sd)
        self.ranges += m[3] is not None
        totals = self.fit.conditional_means[:, self.at]
        errors = dict(zip(self.fit.fixed_effects, np.diag(self.fit.covariance), strict=True))
        wide = np.ptp(totals) > 2 * math.sqrt(errors.get(self.term, self.sd**2))
        self.apart += bool(m[3] is not None and wide)
        products = any(
            self.term in name.split(":") for name in self.fit.fixed_effects if ":" in name
        )
        assert bool(m[4]) == products
        assert products <= (m[3] is None)
        assert m[3] is None or shows(m[3], self.mean)

    def range(self, m):
        low, high = self.mean - 2 * self.sd, self.mean + 2 * self.sd
        assert shows(m[1], low)
        assert shows(m[2], high)
        zero = is_written_as_zero(m[1]) or is_written_as_zero(m[2])
        if "an end" in m[3]:
            assert zero
        else:
            assert not zero
            assert m[3].startswith("above" if low > 0 else "below" if high < 0 else "that includes")

    def predicted(self, m):
        totals = self.mean + self.fit.conditional_means[:, self.at]
        assert shows(m[1], totals.min())
        assert shows(m[3], totals.max())
        assert m[1] != m[3]
        assert (m[2], m[4]) == (
            self.fit.groups[int(totals.argmin())],
            self.fit.groups[int(totals.argmax())],
        )

    def uncorrelated(self, _):
        assert self.fit.spec.diagonal

    def correlation(self, m):
        covariance = self.at_mean(self.fit)
        value = covariance[0, self.at] / math.sqrt(covariance[0, 0] * covariance[self.at, self.at])
        assert m[2] is None or m[2] == self.called(self.term)
        assert shows(m[3], value)
        said = m[4]
        assert (abs(value) < 0.1) == ("next to nothing" in said)
        assert ("slightly" in said) == (0.1 <= abs(value) < 0.3)
        assert ("limit" in said) == (abs(parsed(m[3])[0]) == 1)
        if abs(value) >= 0.1:
            assert ("lower slopes" in said) == (value < 0)
            assert ("higher slopes" in said) == (value > 0)

    def complete(self):
        assert len({"no_intercept", "zero", "height"} & set(self.seen)) == 1
        assert self.seen.count("within") == 1
        assert ("no_slopes" in self.seen) == bool(self.fit.spec.fixed and not self.fit.spec.slopes)
        assert self.seen.count("range") == self.ranges
        assert self.seen.count("predicted") >= self.apart
        heights = self.heights()
        if heights is not None and min(heights.max(), -heights.min()) > 0.01 * abs(heights).max():
            assert "furthest" in self.seen
        told = self.seen.count("same") + self.seen.count("slopes")
        assert told == len(self.fit.spec.slopes)
        if self.seen.count("slopes") and self.height_sd(self.fit):
            assert {"correlation", "uncorrelated"} & set(self.seen)
