"""Checks of what the reading of complete and no pooling says, by least squares anew."""

import re
from typing import ClassVar

import numpy as np
from prose.checker import Checker, is_written_as_zero, parsed, shows


class Pooling(Checker):
    PLAIN = (
        r"It takes no account of the <groups>\.",
        r"No pooling predicts it by the mean of each <group>\.",
    )
    CHECKS: ClassVar = {
        r"Complete pooling has no slope here, because the study names no predictor along which "
        r"lines could run: it predicts <outcome> by one mean, <N>, for <everyone>\.": "mean",
        r"Complete pooling, one line for <everyone>, finds <outcome> <N> <points> (higher|lower) "
        r"on average for each further (.+?) of (.+)\.": "slope",
        r"Complete pooling, one line for <everyone>, finds a slope of <outcome> on (.+) that is 0 "
        r"to the digits shown \(<N>\)\.": "no_slope",
        r"It mixes the slope within <groups> with the slope across their means, which is <N>\.": (
            "between"
        ),
        r"(.+), which gives each <group> an intercept of its own(?: and holds (.+) equal)?, finds "
        r"(a higher slope|a lower slope|the same slope to the digits shown), <N>\.": "intercepts",
        r"No pooling fits a line to each <group> by itself, and the (\d+) slopes run from <N> in "
        r"<group> (.+) to <N> in <group> (.+), with a standard deviation of <N>\.": "run",
        r"No pooling fits a line to each <group> by itself, but none has a slope, because (.+) has "
        r"one value in each\.": "no_own",
        r"No pooling fits a line to each <group> by itself, but only <group> (.+) has a slope, "
        r"<N>\.": "one_own",
        r"No pooling fits a line to each <group> by itself, and to the digits shown all (\d+) "
        r"slopes are <N>\.": "alike",
        r"All of them are (positive|negative)\.": "signs",
        r"(\d+) of them (is|are) positive and (\d+) negative\.": "both_signs",
        r"A single slope, from (\d+)(?: to (\d+))? (?:<unit>|<units>), has a standard error of <N> "
        r"on average\.": "error",
        r"By these standard errors, chance alone accounts for about (\d+)% of the variance of the "
        r"slopes\.": "chance",
        r"By these standard errors, chance alone would make the slopes differ as much\.": (
            "all_chance"
        ),
        r"(\d+) (?:<group>|<groups>) (has|have) no slope, because (.+) has one value there\.": (
            "without"
        ),
        r"(.+), which estimates all slopes together, predicts slopes over (a narrower "
        r"range|a wider range|a range as wide to the digits shown), from <N> to <N>\.": "partial",
        r"(.+), which estimates all slopes together, predicts one slope to the digits "
        r"shown, <N>, for every <group>\.": "one_partial",
    }

    def __init__(self, results):
        super().__init__(results)
        table, self.x = results.sample.table, self.study.slope
        self.rows_ = table if self.x is None else table.dropna(subset=[self.x])
        self.y, self.g = self.study.outcome, self.study.group
        self.own = {}
        if self.x is None:
            return
        self.unit = self.study.unit(self.x)
        for group, rows in self.rows_.groupby(self.g):
            dx = rows[self.x] - rows[self.x].mean()
            dy = rows[self.y] - rows[self.y].mean()
            if (dx**2).sum() <= (1e-13 * self.rows_[self.x].abs().max()) ** 2:
                continue
            slope = (dx * dy).sum() / (dx**2).sum()
            error = None
            if len(rows) > 2:
                squares = ((dy - slope * dx) ** 2).sum()
                error = np.sqrt(squares / (len(rows) - 2) / (dx**2).sum())
            self.own[group] = (slope, error)

    @property
    def slopes(self):
        return [slope for slope, _ in self.own.values()]

    @property
    def all_rows_slope(self):
        dx = self.rows_[self.x] - self.rows_[self.x].mean()
        return (dx * (self.rows_[self.y] - self.rows_[self.y].mean())).sum() / (dx**2).sum()

    @property
    def means_differ(self):
        means = self.rows_.groupby(self.g)[self.x].mean()
        return np.ptp(means) > 1e-13 * self.rows_[self.x].abs().max()

    def of_level_1(self, spec):
        """Whether a model has the slope, and nothing that is constant in every group."""
        table = self.results.sample.table
        names = {
            name
            for term in spec.fixed
            for name in table.columns
            if re.search(rf"(?<![\w.]){re.escape(name)}(?![\w.])", re.sub(r"\[.*?\]", "", term))
        }
        constant = [name for name in names if table.groupby(self.g)[name].nunique().max() < 2]
        means = any("group_mean(" in term for term in spec.fixed)
        return self.x in spec.fixed and not constant and not means

    @property
    def intercepts_model(self):
        """Return the first model of random intercepts alone with the slope, all of level 1."""
        for name, fits in self.models.items():
            spec = fits["REML"].spec
            if not spec.slopes and self.of_level_1(spec):
                return name
        return None

    @property
    def slopes_model(self):
        """Return the first model that adds a random slope to these."""
        for name, fits in self.models.items():
            spec = fits["REML"].spec
            known = self.of_level_1(spec)
            if known and spec.slopes == (self.x,) and spec.random_intercept and not spec.diagonal:
                return name
        return None

    def mean(self, m):
        assert self.x is None
        assert shows(m[1], self.rows_[self.y].mean())

    def slope(self, m):
        assert shows(m[1], abs(self.all_rows_slope))
        assert not is_written_as_zero(m[1])
        assert m[2] == ("higher" if self.all_rows_slope > 0 else "lower")
        assert m[4] == self.study.label(self.x)
        self.written = m[1] if self.all_rows_slope > 0 else f"−{m[1]}"

    def no_slope(self, m):
        assert m[1] == self.study.label(self.x)
        assert shows(m[2], self.all_rows_slope)
        assert is_written_as_zero(m[2])
        self.written = m[2]

    def between(self, m):
        means = self.rows_.groupby(self.g)[[self.x, self.y]].transform("mean")
        dx = means[self.x] - means[self.x].mean()
        assert shows(m[1], (dx * (means[self.y] - means[self.y].mean())).sum() / (dx**2).sum())

    def intercepts(self, m):
        fit = self.reml(self.model(m[1]))
        assert fit.name == self.intercepts_model
        others = [name for name in fit.spec.fixed if name != self.x]
        assert (m[2] or "") == (self.calls(others) if others else "")
        value = fit.fixed_effects[self.x]
        assert shows(m[4], value)
        word = {"a higher slope": 1, "a lower slope": -1}.get(m[3])
        if word is None:
            first, second = parsed(self.written), parsed(m[4])
            assert abs(first[0] - second[0]) <= 1.001 * max(first[1], second[1]) * 2
        else:
            assert word * (value - self.all_rows_slope) > 0
            assert m[4] != self.written

    def run(self, m):
        slopes = {group: slope for group, (slope, _) in self.own.items()}
        assert int(m[1]) == len(slopes)
        assert (m[3], m[5]) == (
            min(slopes, key=slopes.__getitem__),
            max(slopes, key=slopes.__getitem__),
        )
        assert shows(m[2], min(self.slopes))
        assert shows(m[4], max(self.slopes))
        assert m[2] != m[4]
        assert shows(m[6], np.std(self.slopes, ddof=1))
        self.ends = m[2], m[4]

    def no_own(self, m):
        assert not self.own
        assert m[1] == self.study.label(self.x)

    def one_own(self, m):
        [(group, (slope, _))] = self.own.items()
        assert m[1] == group
        assert shows(m[2], slope)

    def alike(self, m):
        assert int(m[1]) == len(self.own)
        assert shows(m[2], min(self.slopes))
        assert shows(m[2], max(self.slopes))

    def signs(self, m):
        sign = 1 if m[1] == "positive" else -1
        assert all(sign * slope > 0 for slope in self.slopes)
        assert not any(map(is_written_as_zero, self.ends))

    def both_signs(self, m):
        counts = sum(slope > 0 for slope in self.slopes), sum(slope < 0 for slope in self.slopes)
        assert (int(m[1]), int(m[3])) == counts
        assert m[2] == ("is" if m[1] == "1" else "are")
        assert not any(map(is_written_as_zero, self.ends))

    def error(self, m):
        sizes = self.rows_.groupby(self.g).size()
        assert (int(m[1]), int(m[2] or m[1])) == (sizes.min(), sizes.max())
        assert shows(m[3], np.mean([error for _, error in self.own.values() if error is not None]))

    @property
    def share(self):
        known = [(slope, error) for slope, error in self.own.values() if error is not None]
        slopes, errors = np.array(known).T
        return (errors**2).mean() / slopes.var(ddof=1)

    def chance(self, m):
        assert shows(m[1], 100 * self.share)
        assert int(m[1]) < 100

    def all_chance(self, _):
        assert self.share > 0.99

    def without(self, m):
        n = self.rows_[self.g].nunique() - len(self.own)
        assert int(m[1]) == n > 0
        assert m[2] == ("has" if n == 1 else "have")

    def _totals(self, name):
        fit = self.reml(name)
        at = fit.random_names.index(self.x)
        assert set(fit.spec.slopes) == {self.x}
        return fit.fixed_effects[self.x] + fit.conditional_means[:, at]

    def partial(self, m):
        totals = self._totals(self.model(m[1]))
        assert shows(m[3], totals.min())
        assert shows(m[4], totals.max())
        assert m[3] != m[4]
        spans = np.ptp(totals), np.ptp(self.slopes)
        if "narrower" in m[2]:
            assert spans[0] < spans[1]
        elif "wider" in m[2]:
            assert spans[0] > spans[1]
        else:
            assert abs(spans[0] - spans[1]) <= 2.01 * max(parsed(m[3])[1], parsed(self.ends[0])[1])

    def one_partial(self, m):
        totals = self._totals(self.model(m[1]))
        assert shows(m[2], totals.min())
        assert shows(m[2], totals.max())

    def complete(self):
        if self.x is None:
            assert self.seen == ["mean"]
            return
        assert len({"slope", "no_slope"} & set(self.seen)) == 1
        assert len({"run", "no_own", "one_own", "alike"} & set(self.seen)) == 1
        assert ("without" in self.seen) == (0 < len(self.own) < self.rows_[self.g].nunique())
        told = self.seen.count("partial") + self.seen.count("one_partial")
        assert told == (self.slopes_model is not None and len(self.own) > 1)
        assert ("between" in self.seen) == self.means_differ
        assert ("intercepts" in self.seen) == (self.intercepts_model is not None)
        if "run" in self.seen and not any(map(is_written_as_zero, self.ends)):
            assert {"signs", "both_signs"} & set(self.seen)
        assert ("error" in self.seen) == (
            "run" in self.seen and any(error is not None for _, error in self.own.values())
        )
        if "error" in self.seen and sum(error is not None for _, error in self.own.values()) > 1:
            assert {"chance", "all_chance"} & set(self.seen)
