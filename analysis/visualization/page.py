"""The interactive page: the fits' numbers, the charts and the prose put together as files."""

from __future__ import annotations

import base64
import json
import math
import statistics
from collections.abc import Mapping
from functools import cache
from importlib.resources import files as resources
from typing import TYPE_CHECKING, Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup, escape

from analysis.pooling import shrinkage_weight
from analysis.visualization import payload
from analysis.visualization.charts import charts

if TYPE_CHECKING:
    from collections.abc import Callable

    from analysis.crossproducts import Array
    from analysis.results import Results

FOLDER = "visualization"
SCRIPTS = ("vega.min.js", "vega-lite.min.js")
"""Vendored libraries, in the order in which a page loads them."""

STEP_NAMES = {
    "complete": "Complete pooling",
    "none": "No pooling",
    "m1": "Random intercepts",
    "m2": "Random slopes",
}


REPORT_CREDIT = (
    "After the course report <cite>Multilevel Linear Models</cite> by Lindsay Xu (2022), "
    "which asked for such a page in its first line."
)
_BOOK = (
    "J. J. Hox, M. Moerbeek and R. van de Schoot, <cite>Multilevel Analysis: Techniques and "
    "Applications</cite> (3rd ed., 2018)"
)
DATA_CREDITS = {
    "popularity.csv": "Data: a synthetic twin, with the same sums in every class, of the "
    f"simulated <code>popular2</code> of {_BOOK}.",
    "popular2": f"Data: the simulated <code>popular2</code> of {_BOOK}.",
}
"""What to say of the data, by the name of the data set or of the table's file."""


def files(results: Results, figures: Mapping[str, bytes] | None = None) -> dict[str, bytes]:
    """
    Make the files of the interactive page.

    Parameters
    ----------
    results : Results
    figures : Mapping of str to bytes, optional
        The report's figures as SVG, by name. The self-contained page holds them for readers
        without scripts; the other page links to them.

    Returns
    -------
    dict of str to bytes
        Content by path, relative to the folder of the artifacts.
    """
    environment = _environment()
    lines = payload.Lines(results)
    table = estimates(lines)
    facts = _facts(lines, table)
    names = {"pooling": "complete", "random-intercepts": "m1", "random-slopes": "m2"}
    if "m3" in results.models:
        names["experience"] = "m3"
    body = environment.get_template("body.html.j2")
    linked = {name: f"_artifacts/figures/{name}.svg" for name in names}
    inlined = {
        name: f"data:image/svg+xml;base64,{base64.b64encode((figures or {})[name]).decode()}"
        for name in names
        if name in (figures or {})
    }
    data = f"window.completeVisualization = {_json(_payload(lines, table))};\n"
    style, script = _asset("visualization.css"), _asset("visualization.js")
    licences = _asset("vendor/LICENSES.txt")
    libraries = {name: _asset(f"vendor/{name}") for name in SCRIPTS}
    page = environment.get_template("page.html.j2").render(
        body=Markup(body.render(facts, figures=linked, single=False)),
        folder=f"_artifacts/{FOLDER}",
        scripts=SCRIPTS,
    )
    single = environment.get_template("single.html.j2").render(
        title=f"{results.study.title}: the complete visualization",
        study_title=results.study.title.lower(),
        body=Markup(body.render(facts, figures=inlined, single=True)),
        style=Markup(style),
        scripts=[_inline(text) for text in (*libraries.values(), data, script)],
        licences=_inline(licences),
    )
    texts = {
        "page.html": page,
        "complete-visualization.html": single,
        "data.js": data,
        "visualization.css": style,
        "visualization.js": script,
        **libraries,
        "LICENSES.txt": licences,
    }
    return {f"{FOLDER}/{name}": text.encode() for name, text in texts.items()}


def _payload(lines: payload.Lines, table: list[dict[str, Any]]) -> dict[str, Any]:
    """Collect what the page's script reads."""
    results = lines.results
    sets = payload.datasets(lines)
    return {
        "charts": charts(_axis_texts(results), payload.domains(sets)),
        "datasets": sets,
        "steps": list(lines.steps),
        "groups": [row["group"] for row in sets["groups"]],
        "ratio": payload.ratio(results),
        "median": statistics.median_low(row["n"] for row in sets["groups"]),
        "years": _middle_year(sets),
        "table": table,
    }


def _middle_year(sets: Mapping[str, list[dict[str, Any]]]) -> float | None:
    years = sorted({row["years"] for row in sets.get("experience", [])})
    return years[len(years) // 2] if years else None


def estimates(lines: payload.Lines) -> list[dict[str, Any]]:
    """
    Return the estimates of every group, for the table and its download.

    Parameters
    ----------
    lines : Lines

    Returns
    -------
    list of dict
        A row a group: size, group covariates, own line, and per model the line at the group's own
        covariates and the group effects; full precision, None where there is no value.
    """
    results, study = lines.results, lines.study
    fit = results.models["m1"]["REML"]
    rows = []
    for group in lines.groups:
        n, own = lines.sizes[group], results.none[group]
        row: dict[str, Any] = {study.group: group, "n": n}
        row |= {name: lines.means[group][name] for name in study.group_covariates}
        row |= {"none_intercept": own.intercept, "none_slope": own.slope}
        for model, mixed in lines.fits.items():
            row[f"{model}_intercept"], row[f"{model}_slope"] = lines.at(model, group, payload.ALL)
            for term, effect in mixed.group_effects.get(group, {}).items():
                key = "intercept" if term == payload.INTERCEPT else "slope"
                row[f"{model}_effect_{key}"] = effect
        row["weight"] = shrinkage_weight(
            n,
            between_variance=float(fit.random_covariance[0, 0]),
            within_variance=fit.residual_variance,
        )
        rows.append(row)
    return rows


def _axis_texts(results: Results) -> dict[str, str]:
    study = results.study
    group = study.label(study.group)

    def axis(column: str) -> str:
        unit = study.unit(column)
        return f"{study.label(column)} ({unit})" if unit else study.label(column)

    texts = {
        "outcome": study.label(study.outcome),
        "outcome_axis": axis(study.outcome),
        "slope": study.label(study.slope),
        "slope_axis": axis(study.slope),
        "slope_name": f"Slope of {study.label(study.slope).lower()}",
        "group": group,
        "n": "Pupils",
        "n_axis": f"Pupils in the {group.lower()}",
        "weight_axis": f"Weight of the {group.lower()}’s own line",
    }
    if "m3" in results.models:
        texts["experience"] = study.label(study.group_covariates[0])
        texts["experience_axis"] = axis(study.group_covariates[0])
    return texts


def _facts(lines: payload.Lines, table: list[dict[str, Any]]) -> dict[str, Any]:
    """Collect what the templates' prose needs."""
    results, study, sample = lines.results, lines.study, lines.results.sample
    tests = {row.model: row for row in results.comparison or ()}
    slopes = {g: own.slope for g, own in results.none.items() if own.slope is not None}
    noun = study.label(study.group).lower()
    predictor = sample.table[study.slope]
    names = [step for step in lines.steps if step != "m3"]
    steps = {step: STEP_NAMES[step] for step in names}
    experience = None
    if "m3" in lines.fits:
        column = study.group_covariates[0]
        grid = payload.experience_range(sample.table[column])
        experience = {
            "column": column,
            "label": study.label(column),
            "unit": study.unit(column),
            "first": grid[0],
            "last": grid[-1],
            "step": grid[1] - grid[0],
            "least": _whole(sample.table[column].min()),
            "greatest": _whole(sample.table[column].max()),
            "value": _middle_year({"experience": [{"years": year} for year in grid]}),
        }
        steps["m3"] = f"With {study.label(column).lower()}"
    return {
        "study": study,
        "noun": noun,
        "nouns": payload.plural(noun),
        "outcome": study.label(study.outcome).lower(),
        "slope": study.label(study.slope).lower(),
        "covariates": [study.label(c).lower() for c in study.covariates],
        "steps": steps,
        "mixes": lines.mixes,
        "mixed": "the steps" + (f" and under {experience['label']}" if experience else ""),
        "centre": float(predictor.mean()),
        "off_scale": bool(predictor.min() > 0 or predictor.max() < 0),
        "centred": {
            name: _height(fit.random_covariance_at(float(predictor.mean())))
            for name, fit in lines.fits.items()
            if len(fit.random_names) > 1
        },
        "credit": _credit(results),
        "n_observations": sample.n_observations,
        "n_groups": len(lines.groups),
        "sizes": lines.sizes,
        "complete": results.complete,
        "own": results.none,
        "flattest": min(slopes, key=lambda g: slopes[g]) if slopes else None,
        "steepest": max(slopes, key=lambda g: slopes[g]) if slopes else None,
        "slopeless": [g for g in lines.groups if results.none[g].slope is None],
        "fits": lines.fits,
        "tests": tests,
        "ratio": payload.ratio(results),
        "experience": experience,
        "table": table,
    }


def _whole(value: float) -> float:
    return int(value) if value == int(value) else float(value)


def _height(covariance: Array) -> dict[str, float | None]:
    """Return the SD of the lines' heights, and its correlation with the slopes if there is one."""
    between, slopes = float(covariance[0, 0]), float(covariance[1, 1])
    product = between * slopes
    return {
        "sd": math.sqrt(max(between, 0.0)),
        "correlation": float(covariance[0, 1]) / math.sqrt(product) if product > 0 else None,
    }


def _credit(results: Results) -> Markup:
    """Name the report that this one re-creates, and the source of the data where it is known."""
    source = results.study.dataset or results.sample.source
    data = DATA_CREDITS.get(source, f"Data: {escape(source)}.")
    return Markup(f"{REPORT_CREDIT} {data}")


def number(value: float | None, digits: int = 2) -> str:
    """
    Print a number for a reader: rounded, with a true minus sign; a dash where there is none.

    >>> number(-0.126), number(None), number(5.0, 0)
    ('−0.13', '–', '5')
    """
    if value is None or value != value:
        return "–"
    text = f"{value:.{digits}f}"
    return (text if float(text) else text.lstrip("-")).replace("-", "−")


def probability(p: float) -> str:
    """
    Print a p value with its sign of relation.

    >>> probability(0.0179), probability(1e-9)
    ('= 0.018', '< 0.001')
    """
    return "< 0.001" if p < 0.0005 else f"= {p:.3f}"


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("analysis.visualization"),
        undefined=StrictUndefined,
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    filters: dict[str, Callable[..., str]] = {"number": number, "probability": probability}
    environment.filters |= filters
    return environment


@cache
def _asset(name: str) -> str:
    return (resources("analysis.visualization") / name).read_text(encoding="utf-8")


def _json(value: object) -> str:
    # "</" would end the script element that the text may stand in.
    text = json.dumps(value, allow_nan=False, ensure_ascii=False, separators=(",", ":"))
    return text.replace("</", "<\\/")


def _inline(script: str) -> Markup:
    """Make a script safe to stand inside a page: its strings must not end the element."""
    return Markup(script.replace("</script", "<\\/script").replace("<!--", "<\\!--"))
