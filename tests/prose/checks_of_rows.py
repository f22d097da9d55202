"""Checks of what readings say of rows and groups: sample and cautions."""

from typing import ClassVar

import numpy as np
import pandas as pd
from prose.checker import Checker, an, listing


def filtered(study, file):
    return file if study.filter is None else file.query(study.filter.text)


def of_groups(results, file):
    """Return the file's rows of the study's groups, those that lost all of them included."""
    sample = results.sample
    chosen = {*sample.groups, *sample.groups_without_rows}
    return filtered(results.study, file).loc[
        lambda rows: rows[results.study.group].astype(str).isin(chosen)
    ]


class Sample(Checker):
    CHECKS: ClassVar = {
        r"The outcome is <outcome>(?: \((.+)\))? of (\d+) (?:<unit>|<units>) in (\d+) <groups>\.": (
            "size"
        ),
        r"Each <group> has (\d+) (?:<unit>|<units>)\.": "same",
        r"The smallest <group> has (\d+) (?:<unit>|<units>) and the largest (\d+)\.": "sizes",
        r"The table has (\d+) rows(?: in (\d+) <groups>)?, of which these are a part\.": "in_file",
        r"The study's filter leaves out (\d+) rows?\.": "filtered",
        r"Without <a_group>, (\d+) rows? (is|are) left out\.": "no_group",
        r"Without a value of <outcome>, (\d+) rows? of these <groups> (is|are) left out\.": (
            "no_outcome"
        ),
        r"Without a value of a predictor, (\d+) rows? of these <groups> (is|are) left out\.": (
            "incomplete"
        ),
        r"(.+) uses (\d+) rows in (\d+) <groups>: the others lack a value of one of its "
        r"predictors\.": "used",
        r"There are no predictors\.": "none",
        r"The predictors? (is|are) (.*)\.": "predictors",
        r"(.+?) (lets?) (.+) vary from <group> to <group>(, uncorrelated with each other)?\.": (
            "varying"
        ),
    }

    def __init__(self, results):
        super().__init__(results)
        self.table, self.file = results.sample.table, pd.read_csv(self.study.table)
        self.counts = self.table[self.study.group].value_counts()
        self.told = {}

    def size(self, m):
        assert (m[1] or "") == self.study.unit(self.study.outcome)
        assert (int(m[2]), int(m[3])) == (len(self.table), len(self.counts))

    def same(self, m):
        assert set(self.counts) == {int(m[1])}

    def sizes(self, m):
        assert (self.counts.min(), self.counts.max()) == (int(m[1]), int(m[2]))
        assert int(m[1]) < int(m[2])

    def in_file(self, m):
        assert int(m[1]) == len(self.file) > len(self.table)
        groups = self.file[self.study.group].nunique()
        assert (m[2] is None) == (groups == len(self.counts))
        assert m[2] is None or int(m[2]) == groups

    def filtered(self, m):
        assert int(m[1]) == len(self.file) - len(filtered(self.study, self.file)) > 0

    def no_group(self, m):
        rows = filtered(self.study, self.file)
        assert int(m[1]) == rows[self.study.group].isna().sum()
        assert m[2] == ("is" if m[1] == "1" else "are")

    def no_outcome(self, m):
        assert int(m[1]) == of_groups(self.results, self.file)[self.study.outcome].isna().sum()
        assert m[2] == ("is" if m[1] == "1" else "are")

    def incomplete(self, m):
        assert int(m[1]) == self.results.sample.n_incomplete > 0

    def used(self, m):
        fit = self.reml(self.model(m[1]))
        assert fit.name == self.largest
        rows = self.rows(fit.name)
        assert (int(m[2]), int(m[3])) == (len(rows), rows[self.study.group].nunique())
        assert len(rows) < len(self.table)

    def none(self, _):
        assert [*self.study.predictors, *self.study.categories] == []

    def predictors(self, m):
        columns = [*self.study.predictors, *self.study.categories]
        assert m[1] == ("are" if len(columns) > 1 else "is")
        varies = self.table.groupby(self.study.group)[columns].nunique().max() > 1
        # Of a study by roles the author says it, of few rows the table might say otherwise.
        known = self.study.level_1 if not self.study.formulas else ()
        inside = [each for each in columns if varies[each] or each in known]
        shared = [each for each in columns if each not in inside]
        words = self.words
        parts = []
        if inside:
            parts.append(
                f"{listing([self.study.label(each) for each in inside])}, which may differ from "
                f"{words.unit} to {words.unit} within {an(words.group)}"
            )
        if shared:
            labels = listing([self.study.label(each) for each in shared])
            parts.append(f"{labels}, which all {words.units} of {an(words.group)} share")
        assert m[2] == ", and ".join(parts)

    def varying(self, m):
        names = self.several(m[1])
        assert m[2] == ("let" if len(names) > 1 else "lets")
        for name in names:
            spec = self.reml(name).spec
            slopes = list(spec.slopes)
            parts = ["the intercept"] if spec.random_intercept else []
            if slopes:
                noun = "slopes" if len(slopes) > 1 else "slope"
                parts.append(f"the {noun} of {self.calls(slopes)}")
            assert m[3] == listing(parts)
            assert bool(m[4]) == (spec.diagonal and len(spec.random_names) > 1)
            assert name not in self.told
            self.told[name] = True

    def complete(self):
        assert self.told.keys() == self.models.keys()
        assert "size" in self.seen
        assert len({"same", "sizes"} & set(self.seen)) == 1
        assert len({"none", "predictors"} & set(self.seen)) == 1
        assert ("no_outcome" in self.seen) == (self.results.sample.n_missing_outcome > 0)
        assert ("in_file" in self.seen) == (len(self.file) != len(self.table))
        assert ("used" in self.seen) == (len(self.rows(self.largest)) != len(self.table))


class Cautions(Checker):
    PLAIN = (
        r"That residuals and what varies between <groups> are normally distributed is an "
        r"assumption\.",
        r"No association here need be causal, unless the values of the predictor were assigned at "
        r"random\.",
    )
    CHECKS: ClassVar = {
        r"There are only (\d+) <groups>, too few to estimate well what varies between them\.": (
            "too_few"
        ),
        r"There are (\d+) <groups>, so few that the variances between them are rough "
        r"estimates\.": "few",
        r"There are (\d+) <groups>: enough for averages over them, while the variances between "
        r"them are still uncertain\.": "some",
        r"There are (\d+) <groups>, enough for variances between them by the usual rules\.": (
            "enough"
        ),
        r"The intervals and normal \$p\$ values take the variances as known, and are (somewhat )?"
        r"too optimistic for what rests on the number of <groups>(?:, here (.+))?\.": "optimistic",
        r"(\d+) <groups> have fewer than 5 <units>, too few for lines of their own to be "
        r"reliable\.": "small",
        r"<Group> (.+) has fewer than 5 <units>, too few for a line of its own to be reliable\.": (
            "one_small"
        ),
        r"The (fits|REML fit|ML fit) of (.+?) (is|are) singular: (.+)\.": "singular",
        r"A singular fit does not show that a variance is 0 or a correlation perfect; it shows "
        r"that the data cannot tell it from that\.": "meaning",
        r"(\d+) of (\d+) rows are left out of (.+) for want of a value, and nothing here shows "
        r"that they are like the others\.": "left_out",
    }

    @property
    def n(self):
        return self.rows(self.largest)[self.study.group].nunique()

    def too_few(self, m):
        assert int(m[1]) == self.n < 10

    def few(self, m):
        assert 10 <= int(m[1]) == self.n < 30

    def some(self, m):
        assert 30 <= int(m[1]) == self.n < 50

    def enough(self, m):
        assert int(m[1]) == self.n >= 50

    def optimistic(self, m):
        assert self.n < 50
        assert bool(m[1]) == (self.n >= 30)
        fit, rows = self.reml(self.largest), self.rows(self.largest)
        matrix = self.results.ladder.rung(self.largest).matrix
        table = rows if matrix is None else matrix.table
        resting = []
        for term in fit.spec.fixed:
            within = table.groupby(self.study.group)[term].agg(np.ptp).max()
            steady = within <= 1e-9 * abs(table[term]).max()
            declared = not self.study.formulas and term in self.study.level_1
            if (steady and not declared) or set(term.split(":")) & set(fit.spec.slopes):
                resting.append(term)
        assert (m[2] or "") == (self.calls(resting) if resting else "")

    def _small(self):
        sizes = self.common_rows().groupby(self.study.group).size()
        return [group for group, n in sizes.items() if n < 5]

    def small(self, m):
        assert int(m[1]) == len(self._small()) > 1

    def one_small(self, m):
        assert [m[1]] == self._small()

    def singular(self, m):
        fits = self.models[self.model(m[2])]
        found = [method for method, fit in fits.items() if fit.singular]
        assert m[1] == ("fits" if len(found) == 2 else f"{found[0]} fit")
        assert m[3] == ("are" if len(found) == 2 else "is")
        fit = fits[found[0]]
        variances = dict(zip(fit.random_names, np.diag(fit.random_covariance), strict=True))
        zero = [name for name, variance in variances.items() if variance == 0]
        if zero:
            said = "are" if len(zero) > 1 else "is"
            assert m[4].startswith("the variances of " if len(zero) > 1 else "the variance of ")
            assert m[4].endswith(f"{said} estimated as 0")
            assert ("the intercept" in m[4]) == ("Intercept" in zero)
            assert ("slope" in m[4]) == bool(set(zero) - {"Intercept"})
        else:
            assert "perfectly correlated" in m[4] or "determined by the others" in m[4]
            assert np.linalg.matrix_rank(fit.random_correlation, tol=1e-6) < len(variances)

    def meaning(self, _):
        assert "singular" in self.seen

    def left_out(self, m):
        rows = len(of_groups(self.results, pd.read_csv(self.study.table)))
        n = self.reml(self.model(m[3])).n_observations
        assert (int(m[1]), int(m[2])) == (rows - n, rows)

    def complete(self):
        assert len({"too_few", "few", "some", "enough"} & set(self.seen)) == 1
        assert ("optimistic" in self.seen) == (self.n < 50)
        assert bool({"small", "one_small"} & set(self.seen)) == bool(
            self._small() and self.study.slope
        )
        singular = [fits for fits in self.models.values() if any(f.singular for f in fits.values())]
        assert self.seen.count("singular") == len(singular)
        assert ("meaning" in self.seen) == bool(singular)
