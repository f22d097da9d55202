"""Checks of what readings say of the variances between and within groups."""

import math
from itertools import pairwise
from typing import ClassVar

from prose.checker import Checker, parsed, shows


class Variance(Checker):
    CHECKS: ClassVar = {
        r"The study has no model without predictors, so there is no intraclass correlation of "
        r"<outcome> itself\.": "no_null",
        r"In the null model, which has no predictors, the variance of <outcome> between <groups> "
        r"is estimated as 0: their means differ no more than chance would make them\.": "zero",
        r"Within <groups> the standard deviation is <N>\.": "within_alone",
        r"In the null model, which has no predictors, (\d+)% of the variance of <outcome> lies "
        r"between <groups> \(the intraclass correlation\)\.": "share",
        r"The standard deviation is <N> between <groups> and <N> within them\.": "both",
        r"Of the variance that the predictors of (.+) leave, (\d+)% lies between <groups> \(the "
        r"residual intraclass correlation\)\.": "residual",
        r"In (.+) the share between <groups> is no single number, because it depends on (.+)\.": (
            "sloping"
        ),
        r"From (.+?) to (.+?), (which adds .+|in which .+), the standard deviation (between "
        r"<groups>(?: at the means? of (.+))? (stays|falls|rises) (?:at|from) <N>(?: to <N>)?, "
        r"and that )?within <groups> (stays|falls|rises) (?:at|from) <N>(?: to <N>)?\.": "change",
        r"Such a rise is no mistake: an estimated variance between <groups> need not fall when "
        r"predictors are added\.": "rise",
        r"From (.+?) to (.+?) the rows differ, so their standard deviations are not compared\.": (
            "other_rows"
        ),
    }

    def __init__(self, results):
        super().__init__(results)
        self.null = next(
            (n for n, f in self.models.items() if not f["REML"].spec.fixed and not
             f["REML"].spec.slopes), None,
        )  # fmt: skip
        self.rose, self.rises, self.changed, self.on_others = False, 0, [], []

    def variances(self, name):
        fit = self.reml(name)
        return float(fit.random_covariance[0, 0]), fit.residual_variance

    def no_null(self, _):
        assert self.null is None

    def zero(self, _):
        assert self.variances(self.null)[0] == 0

    def within_alone(self, m):
        assert shows(m[1], math.sqrt(self.variances(self.null)[1]))

    def share(self, m):
        between, within = self.variances(self.null)
        assert between > 0
        assert shows(m[1], 100 * between / (between + within))

    def both(self, m):
        between, within = self.variances(self.null)
        assert shows(m[1], math.sqrt(between))
        assert shows(m[2], math.sqrt(within))

    def residual(self, m):
        name = self.model(m[1])
        assert self.reml(name).spec.fixed
        assert not self.reml(name).spec.slopes
        between, within = self.variances(name)
        assert shows(m[2], 100 * between / (between + within))

    def sloping(self, m):
        names = self.several(m[1])
        assert names == [name for name, fits in self.models.items() if fits["REML"].spec.slopes]
        slopes = [slope for name in names for slope in self.reml(name).spec.slopes]
        assert m[2] == self.calls(slopes)

    def change(self, m):
        reduced, full = self.reml(self.model(m[1])), self.reml(self.model(m[2]))
        order = list(self.models)
        assert order.index(full.name) == order.index(reduced.name) + 1
        assert reduced.n_observations == full.n_observations
        assert set(reduced.spec.fixed) <= set(full.spec.fixed)
        added = [name for name in full.spec.fixed if name not in reduced.spec.fixed]
        slopes = [name for name in full.spec.slopes if name not in reduced.spec.slopes]
        assert ("which adds" in m[3] and "covariances" not in m[3]) == bool(added)
        assert not added or f"which adds {self.calls(added)}" in m[3]
        assert ("too" in m[3].split()) == bool(slopes)
        assert not slopes or f"of {self.calls(slopes)} var" in m[3]
        same = (reduced.random_names, reduced.spec.diagonal) == (
            full.random_names,
            full.spec.diagonal,
        )
        assert bool(m[4]) == (same and full.spec.random_intercept)
        self.rose = False
        if m[4]:
            assert (m[5] or "") == (self.calls(full.spec.slopes) if full.spec.slopes else "")
            self.moves(m[6], m[7], m[8], self.height_sd(reduced), self.height_sd(full))
            self.rose = m[6] == "rises"
            self.rises += self.rose
        within = [math.sqrt(fit.residual_variance) for fit in (reduced, full)]
        self.moves(m[9], m[10], m[11], *within)
        self.changed.append(full.name)

    def other_rows(self, m):
        reduced, full = self.model(m[1]), self.model(m[2])
        assert list(self.rows(reduced).index) != list(self.rows(full).index)
        self.on_others.append(full)

    def moves(self, verb, first, second, before, after):
        assert shows(first, before)
        if verb == "stays":
            assert second is None
            assert abs(before - after) <= 2.01 * parsed(first)[1] + 1e-12
            return
        assert shows(second, after)
        assert first != second
        assert verb == ("rises" if after > before else "falls")

    def rise(self, _):
        assert self.rose
        self.rose = False

    def complete(self):
        assert len({"no_null", "zero", "share"} & set(self.seen)) == 1
        assert ("share" in self.seen) == ("both" in self.seen)
        assert ("zero" in self.seen) == ("within_alone" in self.seen)
        sloping = any(fits["REML"].spec.slopes for fits in self.models.values())
        assert self.seen.count("sloping") == sloping
        assert self.seen.count("rise") == self.rises
        flat = [n for n, f in self.models.items() if f["REML"].spec.fixed
                and not f["REML"].spec.slopes]  # fmt: skip
        assert self.seen.count("residual") == len(flat)
        fits = [fits["REML"] for fits in self.models.values()]
        extended = [
            (full.name, reduced.n_observations == full.n_observations)
            for reduced, full in pairwise(fits)
            if set(reduced.spec.fixed) <= set(full.spec.fixed)
            and set(reduced.random_names) <= set(full.random_names)
            and reduced.n_parameters < full.n_parameters
        ]
        assert self.changed == [name for name, same in extended if same]
        assert self.on_others == [name for name, same in extended if not same]
