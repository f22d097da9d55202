"""Checks of the verdict, from draws, splits and fits."""

from typing import ClassVar

import numpy as np
from prose.checker import Checker, shows
from prose.checks_of_comparison import strength
from prose.checks_of_further import titles
from scipy.stats import chi2
from scipy.stats import t as student


class Verdict(Checker):
    CHECKS: ClassVar = {
        r"By simulation, the test of (.+) against (.+) has \$p\$ = <N>, with a Monte Carlo error "
        r"of <N>, where the chi-square distribution gives \$p\$ ([=<]) ([\d.]+)\.": "simulated",
        r"With (.+) true, the chi-square test at 0\.05 rejects it in a share of <N>, "
        r"(more often than|about as often as|less often than) it says\.": "size",
        r"By the tests of Kenward and Roger, which allow for the number of <groups>, the evidence "
        r"in (.+?) is (.+)\.": "strengths",
        r"With (\d+) <units> known of each of (?:the|([\d,]+) of the ([\d,]+)) <groups>"
        r"(, drawn by chance)?, the others are predicted with an error of <N> by partial pooling, "
        r"<N> by complete pooling and <N> by no pooling(: partial pooling errs least)?\.": (
            "prediction"
        ),
        r"By AIC the model to report is (.+): its value is <N> lower than that of (.+), the best "
        r"of those compared\.": "other",
        r"By AIC the model to report is (.+), the best of those compared"
        r"(, and no model one step further is better by 2 or more)?\.": "own",
        r"It has the lowest BIC as well\.": "same",
        r"The lowest BIC has (.+)\.": "bic",
        r"There is one model to report, (.+)\.": "one",
        r"The models are not compared, so none is preferred\.": "none",
    }

    def __init__(self, results):
        super().__init__(results)
        found = results.further
        self.aics = {name: self.ml(name).aic for name in self.names}
        self.bics = {name: self.ml(name).bic for name in self.names}
        for name, model in (found.models if found else {}).items():
            self.aics[name], self.bics[name] = model.fits["ML"].aic, model.fits["ML"].bic
        self.tested, self.told = [], None

    def simulated(self, m):
        full, reduced = self.model(m[1]), self.model(m[2])
        test = self.results.inference.simulated[full]
        assert test.reduced == reduced
        drop = max(0.0, self.ml(reduced).criterion - self.ml(full).criterion)
        p = (1 + np.sum(test.simulated >= drop - 1e-7)) / (1 + len(test.simulated))
        assert shows(m[3], p)
        assert shows(m[4], (p * (1 - p) / len(test.simulated)) ** 0.5)
        usual = chi2.sf(drop, self.ml(full).n_parameters - self.ml(reduced).n_parameters)
        assert usual < float(m[6]) == 0.001 if m[5] == "<" else abs(float(m[6]) - usual) < 0.0006
        self.tested.append(full)
        self.current = test

    def size(self, m):
        assert self.model(m[1]) == self.current.reduced
        rejected = np.mean(chi2.sf(self.current.simulated, self.current.df) < 0.05)
        assert shows(m[2], rejected)
        error = 2 * (rejected * (1 - rejected) / len(self.current.simulated)) ** 0.5
        word = "more often than" if rejected - error > 0.05 else "about as often as"
        assert m[3] == ("less often than" if rejected + error < 0.05 else word)

    def strengths(self, m):
        name = min(self.names, key=self.aics.get) if self.results.comparison else self.largest
        assert self.model(m[1]) == name
        by_strength = {}
        for term, test in self.results.inference.models[name].kenward_roger.items():
            if term != "Intercept":
                p = 2 * student.sf(abs(test.estimate / test.se), test.df)
                by_strength.setdefault(strength(p), []).append(term)
        order = ["very strong", "strong", "moderate", "weak", "little or no"]
        parts = [
            f"{word} for {self.listed([self.coefficient(term) for term in by_strength[word]])}"
            for word in order
            if word in by_strength
        ]
        *first, last = parts
        assert m[2] == (", ".join(first) + ", and " + last if first else last)

    def listed(self, parts):
        *first, last = parts
        return f"{', '.join(first)} and {last}" if first else last

    def coefficient(self, term):
        return term if "[" in term else self.called(term)

    def prediction(self, m):
        score = self.results.prediction.scores[0]
        assert int(m[1]) == score.known
        complete, none, partial = score.by_split.mean(axis=0)
        n_all = self.results.pooled_rows[self.study.group].nunique()
        of_all = [f"{len(self.results.prediction.rows.groups):,}", f"{n_all:,}"]
        assert (m[2] is None) == (m[4] is None) == (of_all[0] == of_all[1])
        assert m[2] is None or [m[2], m[3]] == of_all
        assert shows(m[5], partial)
        assert shows(m[6], complete)
        assert shows(m[7], none)
        apart = score.by_split[:, :2] - score.by_split[:, 2:]
        error = apart.std(axis=0, ddof=1) / len(apart) ** 0.5
        assert bool(m[8]) == bool(np.all(apart.mean(axis=0) > 2 * error)), (
            m[0],
            apart.mean(axis=0),
            error,
        )

    @property
    def best_own(self):
        return min(self.names, key=self.aics.get)

    def own(self, m):
        assert self.model(m[1]) == self.best_own
        assert self.aics[self.best_own] < min(self.aics.values()) + 2
        assert bool(m[2]) == (len(self.aics) > len(self.names))
        self.told = self.best_own

    def other(self, m):
        self.told = min(self.aics, key=self.aics.get)
        assert m[1] == titles(self)[self.told], (m[1], titles(self))
        assert self.model(m[3]) == self.best_own, (m[0], self.aics)
        gain = self.aics[self.best_own] - self.aics[self.told]
        assert gain >= 2, (m[0], self.aics)
        assert shows(m[2], gain), (m[0], gain, self.aics)

    def same(self, _):
        assert min(self.bics, key=self.bics.get) == self.told

    def bic(self, m):
        best = min(self.bics, key=self.bics.get)
        assert m[1] == titles(self)[best]
        assert best != self.told

    def one(self, m):
        assert [self.model(m[1])] == self.names

    def none(self, _):
        assert self.results.comparison is None
        assert len(self.names) > 1

    def complete(self):
        assert self.tested == list(self.results.inference.simulated)
        assert self.seen.count("size") == len(self.tested)
        tests = self.results.inference.models
        name = min(self.names, key=self.aics.get) if self.results.comparison else self.largest
        assert ("strengths" in self.seen) == (len(tests[name].kenward_roger) > 1)
        assert ("prediction" in self.seen) == (self.results.prediction is not None)
        compared = self.results.comparison is not None and len(self.aics) > 1
        assert bool({"own", "other"} & set(self.seen)) == compared
        if self.told:
            assert {"same", "bic"} & set(self.seen)
