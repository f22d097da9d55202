"""The numbers of the interactive page: lines, effects and predictions, read off the fits."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from analysis.formatting import value_names

if TYPE_CHECKING:
    from analysis.models import MixedFit
    from analysis.pooling import Line
    from analysis.results import Results

INTERCEPT = "Intercept"
ALL = "all"
"""Key of the mix that holds the covariates at their means: a group's own, or the sample's."""

_NORMAL_975 = 1.959963984540054
"""97.5% quantile of the normal distribution, for 95% intervals."""

_CHI_SQUARE_95 = -2 * math.log(0.05)
"""95% quantile of the chi-square distribution with 2 degrees of freedom, for the ellipse."""

_GOLDEN = (math.sqrt(5) - 1) / 2

Mix = Mapping[str, float]
Ends = dict[str, float]


def mixes(results: Results) -> dict[str, tuple[str, Mix]]:
    """
    Return the covariate values that a reader can choose between.

    Parameters
    ----------
    results : Results

    Returns
    -------
    dict of str to (str, Mapping of str to float)
        Name and fixed covariates by key. The first, `ALL`, fixes none. Two more follow if a
        covariate has two values; its unit, such as "0 = boy, 1 = girl", names them.
    """
    choices: dict[str, tuple[str, Mix]] = {ALL: ("Everyone", {})}
    study = results.study
    for column in study.covariates:
        values = sorted(results.sample.table[column].dropna().unique().tolist())
        if len(values) == 2:
            names = value_names(study.unit(column))
            for value in values:
                name = f"{study.label(column)} = {value:g}"
                if value in names:
                    name = plural(names[value]).capitalize()
                choices[f"{value:g}"] = (name, {column: value})
            break
    return choices


def plural(noun: str) -> str:
    """
    Return the plural of a regular English noun.

    >>> plural("class"), plural("school"), plural("country")
    ('classes', 'schools', 'countries')
    """
    if re.search(r"(s|x|z|ch|sh)$", noun):
        return noun + "es"
    if re.search(r"[^aeiou]y$", noun):
        return noun[:-1] + "ies"
    return noun + "s"


def ratio(results: Results) -> float:
    """Return the estimated ratio of between- to within-group variance, from m1 by REML."""
    fit = results.models["m1"]["REML"]
    return float(fit.random_covariance[0, 0]) / fit.residual_variance


class Lines:
    """
    The lines of every step of the ladder: intercepts and slopes, for a group or the average one.

    Parameters
    ----------
    results : Results
    """

    def __init__(self, results: Results) -> None:
        self.results = results
        self.study = study = results.study
        self.fits: dict[str, MixedFit] = {
            name: methods["REML"] for name, methods in results.models.items()
        }
        self.steps = ("complete", "none", *self.fits)
        self.mixes = mixes(results)
        self.sizes = results.sample.sizes
        # A group without a complete row has no line and no place in the charts.
        self.groups = tuple(group for group in results.sample.groups if group in results.none)
        covariates = [*study.covariates, *study.group_covariates]
        table = results.sample.table
        self.average: Mix = {name: float(table[name].mean()) for name in covariates}
        by_group = table.groupby(study.group)[covariates].mean().to_dict() if covariates else {}
        # Without a known value of its own, a group stands at the average.
        self.means: dict[str, Mix] = {
            group: {
                name: average if math.isnan(by_group[name][group]) else by_group[name][group]
                for name, average in self.average.items()
            }
            for group in self.groups
        }

    def name(self, group: str) -> str:
        """Return the name of a group, as a reader sees it."""
        return f"{self.study.label(self.study.group)} {group}"

    def model(self, name: str, group: str | None, covariates: Mix) -> tuple[float, float]:
        """Return intercept and slope of a group, or of the average one, in a mixed model."""
        fit = self.fits[name]
        fixed = fit.fixed_effects
        effects = fit.group_effects.get(group, {}) if group is not None else {}
        shift = sum(fixed[c] * value for c, value in covariates.items() if c in fixed)
        intercept = fixed[INTERCEPT] + effects.get(INTERCEPT, 0.0) + shift
        return intercept, fixed[self.study.slope] + effects.get(self.study.slope, 0.0)

    def at(self, step: str, group: str | None, mix: str) -> tuple[float, float]:
        """Return intercept and slope at a step, for the covariates of a mix."""
        complete, fixed = self.results.complete, self.mixes[mix][1]
        if step in self.fits:
            means = self.average if group is None else self.means[group]
            return self.model(step, group, {**means, **fixed})
        line = complete if step == "complete" or group is None else self.results.none[group]
        # A group at one place of the predictor has a level and no slope.
        return line.intercept, 0.0 if line.slope is None else line.slope

    def ends(self, group: str | None, x: float) -> dict[str, Ends]:
        """Return the height of every step's line at a place of the predictor, by mix."""
        return {
            step: {
                mix: intercept + slope * x
                for mix in self.mixes
                for intercept, slope in [self.at(step, group, mix)]
            }
            for step in self.steps
        }

    def coefficients(self, group: str | None) -> dict[str, dict[str, float]]:
        """Return the mixed models' intercepts and slopes, by model."""
        return {
            name: dict(zip(("intercept", "slope"), self.at(name, group, ALL), strict=True))
            for name in self.fits
        }


def datasets(lines: Lines) -> dict[str, list[dict[str, Any]]]:
    """
    Collect the data sets that the charts name.

    Parameters
    ----------
    lines : Lines

    Returns
    -------
    dict of str to list of dict
        Rows by the name of the data set.
    """
    sets = {
        "pupils": _pupils(lines),
        "lines": _lines(lines),
        "groups": _groups(lines),
        "average": [{"group": None, "name": "Average", "partial": lines.coefficients(None)}],
        "effects": _effects(lines),
        "ellipse": _ellipse(lines),
        "sizes": [{"n": i / 4} for i in range(4 * max(lines.sizes.values()) + 9)],
    }
    if "m3" in lines.fits:
        sets["experience"] = _experience(lines)
    return sets


def _pupils(lines: Lines) -> list[dict[str, Any]]:
    study, table = lines.study, lines.results.sample.table
    x, y = table[study.slope].to_numpy(), table[study.outcome].to_numpy()
    keys = list(lines.mixes)[1:]
    column = next(iter(lines.mixes[keys[0]][1])) if keys else None
    mix = [f"{value:g}" for value in table[column]] if column else [ALL] * len(table)
    # Whole numbers lie on top of each other; a golden-ratio sequence spreads them evenly and,
    # unlike a random one, the same way every time.
    spread = 0.36 if bool(np.all(x[~np.isnan(x)] % 1 == 0)) else 0.0
    return [
        {
            "group": group,
            "name": lines.name(group),
            "x": float(x[i]),
            "y": float(y[i]),
            "place": float(x[i]) + spread * ((i * _GOLDEN) % 1 - 0.5),
            "mix": mix[i],
            "open": bool(keys) and mix[i] == keys[-1],
        }
        for i, group in enumerate(table[study.group])
        if not math.isnan(x[i])
    ]


def _lines(lines: Lines) -> list[dict[str, Any]]:
    study, table = lines.study, lines.results.sample.table
    by_group = table.groupby(study.group)[study.slope]
    low, high, sizes = by_group.min(), by_group.max(), lines.sizes
    spans = [(group, low[group], high[group]) for group in lines.groups]
    rows: list[dict[str, Any]] = [
        {
            "group": group,
            "name": lines.name(group),
            "n": sizes[group],
            "x1": float(x1),
            "x2": float(x2),
            "y1": lines.ends(group, float(x1)),
            "y2": lines.ends(group, float(x2)),
        }
        for group, x1, x2 in spans
    ]
    x1, x2 = float(table[study.slope].min()), float(table[study.slope].max())
    ends = {"y1": lines.ends(None, x1), "y2": lines.ends(None, x2)}
    return [*rows, {"group": None, "name": "Average", "n": None, "x1": x1, "x2": x2, **ends}]


def _groups(lines: Lines) -> list[dict[str, Any]]:
    study = lines.study
    centre = float(lines.results.sample.table[study.slope].mean())
    experience = study.group_covariates[0] if "m3" in lines.fits else None
    rows = []
    for group in lines.groups:
        row: dict[str, Any] = {
            "group": group,
            "name": lines.name(group),
            "n": lines.sizes[group],
            "none": _line(lines.results.none[group]),
            "partial": lines.coefficients(group),
        }
        if experience is not None:
            row["years"] = lines.means[group][experience]
            row["predicted"] = {
                mix: intercept + slope * centre
                for mix, (_, fixed) in lines.mixes.items()
                for intercept, slope in [
                    lines.model("m3", group, {**lines.average, **_level_2(lines, group), **fixed})
                ]
            }
        rows.append(row)
    return rows


def _level_2(lines: Lines, group: str) -> Mix:
    return {name: lines.means[group][name] for name in lines.study.group_covariates}


def _line(line: Line) -> dict[str, float | None]:
    return {"intercept": line.intercept, "slope": line.slope}


def _effects(lines: Lines) -> list[dict[str, Any]]:
    """Return the group effects with 95% intervals, by model and term, ranked within each."""
    rows = []
    for model, fit in lines.fits.items():
        for index, column in enumerate(fit.random_names):
            known = [group for group in lines.groups if group in fit.group_effects]
            ordered = sorted(known, key=lambda group: fit.group_effects[group][column])
            for rank, group in enumerate(ordered):
                effect = fit.group_effects[group][column]
                variance = float(fit.group_effect_covariances[group][index, index])
                reach = _NORMAL_975 * math.sqrt(max(variance, 0.0))
                rows.append(
                    {
                        "model": model,
                        "term": INTERCEPT if column == INTERCEPT else "slope",
                        "group": group,
                        "name": lines.name(group),
                        "n": lines.sizes[group],
                        "rank": rank,
                        "effect": effect,
                        "low": effect - reach,
                        "high": effect + reach,
                    }
                )
    return rows


def _ellipse(lines: Lines, n_points: int = 60) -> list[dict[str, Any]]:
    """
    Return, per model, what holds 95% of the lines it expects of groups with average covariates.

    That is an ellipse, or a bar where the effects have one dimension: with random intercepts
    alone, or in a singular fit.
    """
    rows = []
    for model, fit in lines.fits.items():
        covariance = np.zeros((2, 2))
        size = len(fit.random_names)
        covariance[:size, :size] = fit.random_covariance
        values, vectors = np.linalg.eigh(covariance)
        root = vectors * np.sqrt(np.clip(values, 0.0, None))
        angles = np.linspace(0, 2 * math.pi, n_points + 1)
        circle = math.sqrt(_CHI_SQUARE_95) * np.array([np.cos(angles), np.sin(angles)])
        bar = _NORMAL_975 * np.array([[0.0, 0.0], [-1.0, 1.0]])
        offsets = root @ (circle if fit.rank > 1 else bar)
        intercept, slope = lines.at(model, None, ALL)
        rows += [
            {"model": model, "order": order, "intercept": intercept + a, "slope": slope + b}
            for order, (a, b) in enumerate(offsets.T.tolist())
        ]
    return rows


def _experience(lines: Lines) -> list[dict[str, Any]]:
    """Return m3's prediction for the average group, with a 95% confidence interval, by year."""
    study, fit = lines.study, lines.fits["m3"]
    table = lines.results.sample.table
    name = study.group_covariates[0]
    names = list(fit.fixed_effects)
    centre = {**lines.average, INTERCEPT: 1.0, study.slope: float(table[study.slope].mean())}
    rows = []
    for mix, (_, fixed) in lines.mixes.items():
        for years in experience_range(table[name]):
            values = {**centre, **fixed, name: float(years)}
            x = np.array([values[column] for column in names])
            predicted = float(sum(fit.fixed_effects[c] * values[c] for c in names))
            reach = _NORMAL_975 * math.sqrt(float(x @ fit.covariance @ x))
            rows.append(
                {
                    "mix": mix,
                    "years": years,
                    "fit": predicted,
                    "low": predicted - reach,
                    "high": predicted + reach,
                }
            )
    return rows


def experience_range(values: Iterable[float]) -> list[float]:
    """
    Return the grid of the group covariate: whole steps from its least value to a round greatest.

    >>> experience_range([2.0, 24.0])[:2], experience_range([2.0, 24.0])[-1]
    ([2, 3], 25)
    >>> experience_range([0.0, 0.5])
    [0.0, 0.125, 0.25, 0.375, 0.5]
    """
    known = [value for value in values if not math.isnan(value)]
    low, high = min(known), max(known)
    if high - low < 4:
        return [low + (high - low) * i / 4 for i in range(5)]
    end = 5 * math.ceil(high / 5)
    step = max(1, round((end - low) / 50))
    grid: list[float] = list(range(math.floor(low), end + 1, step))
    return grid


def domains(sets: Mapping[str, list[dict[str, Any]]]) -> dict[str, Any]:
    """
    Return the ends of the charts' axes, wide enough for every choice a reader has.

    Parameters
    ----------
    sets : Mapping of str to list of dict
        What `datasets` returns.

    Returns
    -------
    dict of str to (float, float)
    """
    lines, groups = sets["lines"], sets["groups"]
    heights = [y for r in lines for e in ("y1", "y2") for s in r[e].values() for y in s.values()]
    partial = [c for r in groups for c in r["partial"].values()]
    own = [r["none"] for r in groups if r["none"]["slope"] is not None]
    ellipse = sets["ellipse"]
    found = {
        "slope": _padded([r["place"] for r in sets["pupils"]] + [r["x1"] for r in lines], 0.02),
        "outcome": _padded([*(r["y"] for r in sets["pupils"]), *heights], 0.03),
        "intercept": _padded([c["intercept"] for c in [*partial, *own, *ellipse]], 0.04),
        "slopes": _padded([c["slope"] for c in [*partial, *own, *ellipse]], 0.06),
        "n": (0.0, float(sets["sizes"][-1]["n"])),
        "rank": (0.0, float(max(r["rank"] for r in sets["effects"]))),
    }
    for term in (INTERCEPT, "slope"):
        rows = [r for r in sets["effects"] if r["term"] == term]
        found[f"effects-{term}"] = _padded([x for r in rows for x in (r["low"], r["high"])], 0.04)
    if "experience" in sets:
        curve = sets["experience"]
        years = [r["years"] for r in curve]
        found["experience"] = _padded(years, 0.02)
        predicted = [y for r in groups for y in r["predicted"].values()]
        found["prediction"] = _padded(
            [*predicted, *(x for r in curve for x in (r["low"], r["high"]))], 0.08
        )
    return found


def _padded(values: Iterable[float], share: float) -> tuple[float, float]:
    known = list(values)
    low, high = min(known), max(known)
    pad = share * (high - low) or 1.0
    return low - pad, high + pad
