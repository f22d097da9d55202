"""
Readings, checked against the fits and the rows by another way.

A sentence is matched by a pattern and its numbers, directions and order are computed anew from
estimates, covariances and data; what no pattern matches fails.
"""

import math
import re
from typing import ClassVar

import numpy as np
import pytest


def an(noun):
    return f"an {noun}" if noun[0] in "aeiou" else f"a {noun}"


NUMBER = r"(−?\d+(?:\.\d+)?(?:\N{NO-BREAK SPACE}×\N{NO-BREAK SPACE}10[⁻⁰¹²³⁴⁵⁶⁷⁸⁹]+)?)"
_RAISED = str.maketrans("⁻⁰¹²³⁴⁵⁶⁷⁸⁹", "-0123456789")


def parsed(text):
    """Return a written number, and half a unit of its last digit."""
    digits, _, power = text.replace("−", "-").partition("\N{NO-BREAK SPACE}×\N{NO-BREAK SPACE}10")
    scale = 10.0 ** int(power.translate(_RAISED)) if power else 1.0
    decimals = len(digits.partition(".")[2])
    return float(digits) * scale, 0.5 * 10.0**-decimals * scale


def shows(text, value):
    """Whether a text is a value, rounded."""
    number, half = parsed(text)
    return abs(number - value) <= half * (1 + 1e-6) + 1e-9 * abs(value)


def is_written_as_zero(text):
    return parsed(text)[0] == 0


def unescaped(text):
    return re.sub(r"\\([!-/:-@\[-`{-~])", r"\1", text)


def sentences(text):
    lines = unescaped(text).splitlines()
    assert all(line == line.strip() for line in lines)
    assert "" not in (lines[0], lines[-1])
    return [line for line in lines if line]


class Checker:
    """
    What is known of a study, from its fits and rows alone.

    A subclass has CHECKS, by pattern the name of a method that is given the match.
    """

    CHECKS: ClassVar = {}
    PLAIN = ()

    def __init__(self, results):
        self.results, self.study = results, results.study
        self.words = results.study.words
        self.models = results.models
        self.names = list(results.compared)
        self.largest = max(
            enumerate(self.names), key=lambda at: (self.reml(at[1]).n_parameters, at[0])
        )[1]
        self.seen = []

    def check(self, text):
        """Check every sentence of a reading; return how many of each pattern there were."""
        for line in sentences(text):
            assert line.endswith("."), line
            if any(re.fullmatch(self.nouns(plain), line) for plain in self.PLAIN):
                continue
            for pattern, method in self.CHECKS.items():
                match = re.fullmatch(self.nouns(pattern), line)
                if match:
                    self.line = line
                    getattr(self, method)(match)
                    self.seen.append(method)
                    break
            else:
                pytest.fail(f"nothing checks this sentence: {line}")
        self.complete()
        return self.seen

    def complete(self):
        """Check that nothing is missing."""

    def nouns(self, pattern):
        """Put the study's nouns, and what a number looks like, into a pattern."""
        words = self.words
        for key in ("groups", "group", "units", "unit", "points", "everyone"):
            pattern = pattern.replace(f"<{key}>", re.escape(getattr(words, key)))
        pattern = pattern.replace("<a_group>", re.escape(an(words.group)))
        pattern = pattern.replace("<Group>", re.escape(words.group.capitalize()))
        outcome = re.escape(self.study.label(self.study.outcome))
        big = re.escape(self.study.heading(self.study.outcome))
        pattern = pattern.replace("<outcome>", outcome).replace("<Outcome>", big)
        return pattern.replace("<N>", NUMBER)

    def reml(self, name):
        return self.models[name]["REML"]

    def ml(self, name):
        return self.models[name]["ML"]

    def model(self, title):
        """Return the name of a model that a sentence speaks of."""
        title = title[:1].lower() + title[1:]
        if title == "the null model":
            return "null"
        called = title.removeprefix("model ")
        return f"m{called}" if called.isdigit() else called

    def several(self, title):
        """Return the names of several models."""
        title = title[:1].lower() + title[1:]
        null = [] if not title.startswith("the null model") else ["null"]
        title = title.removeprefix("the null model").removeprefix(" and ")
        numbers = re.split(r", | and ", re.sub(r"^models? ", "", title)) if title else []
        return null + [f"m{each}" if each.isdigit() else each for each in numbers]

    def called(self, term):
        """Return what a sentence calls a term of a model."""
        columns = [*self.study.columns]
        parts = [re.sub(r"\[.*\]$", "", part) for part in term.split(":")]
        if term in columns:
            return self.study.label(term)
        if found := re.fullmatch(r"(\w+)\((\w+)\)", term):
            label = self.study.label(found[2])
            return {
                "group_mean": f"the {self.words.group} mean of {label}",
                "within": f"{label} within {an(self.words.group)}",
                "center": f"{label} (centred)",
                "scale": f"{label} (standardised)",
                "log": f"the logarithm of {label}",
                "sqrt": f"the square root of {label}",
                "exp": f"the exponential of {label}",
            }[found[1]]
        if all(part in columns for part in parts):
            labels = [self.study.label(part) for part in parts]
            return labels[0] if len(labels) == 1 else f"the product of {listing(labels)}"
        return term

    def calls(self, terms):
        return listing(list(dict.fromkeys(map(self.called, terms))))

    def rows(self, name):
        """Return the rows that a model uses."""
        rung = self.results.ladder.rung(name)
        columns = [each for each in rung.columns if each in self.results.sample.table]
        return self.results.sample.table.dropna(subset=columns)

    def common_rows(self):
        columns = {
            column
            for name in self.names
            for column in self.results.ladder.rung(name).columns
            if column in self.results.sample.table
        }
        return self.results.sample.table.dropna(subset=sorted(columns))

    def means(self, fit):
        """Return the means of the predictors whose slopes vary."""
        matrix = self.results.ladder.rung(fit.name).matrix
        table = self.common_rows() if matrix is None else matrix.table
        rows = self.common_rows()
        return np.array(
            [
                (rows if slope == self.study.slope else table)[slope].mean()
                for slope in fit.spec.slopes
            ]
        )

    def at_mean(self, fit):
        """Return the covariance of heights at these means and of slopes."""
        shift = np.eye(len(fit.random_names))
        if fit.spec.slopes and fit.spec.random_intercept:
            shift[0, 1:] = self.means(fit)
        return shift @ fit.random_covariance @ shift.T

    def height_sd(self, fit):
        if not fit.spec.random_intercept:
            return None
        return math.sqrt(max(0.0, self.at_mean(fit)[0, 0]))


def listing(parts):
    return parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} and {parts[-1]}"
