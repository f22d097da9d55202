"""Random studies: any signs and sizes, boundaries, few and many groups, numbers and categories."""

import json

import numpy as np
import pandas as pd
from hypothesis import strategies as st

from analysis.results.results import analyse
from analysis.study.studyfile import read_study

FORMULAS = (
    {"null": "y ~ 1 + (1 | g)", "m1": "y ~ x + (1 | g)", "m2": "y ~ x + b + kind + (1 + x | g)"},
    {"m1": "y ~ x + kind + (1 | g)", "m2": "y ~ x * w + b + (1 + x | g)"},
    {"a": "y ~ b * kind + (1 | g)", "z": "y ~ x + b + (1 + x || g)"},
    {"m1": "y ~ x * kind + w + (1 | g)", "m2": "y ~ x * kind + w + (1 + x | g)"},
    {"m1": "y ~ within(x) + group_mean(x) + (1 | g)", "m2": "y ~ center(x) * b + (1 | g)"},
    {"m1": "y ~ x + (0 + x | g)", "m2": "y ~ scale(x) + I(x**2) + (1 | g)"},
    {"m1": "y ~ b + (1 + x | g)", "m2": "y ~ x + b + (1 + x + b | g)"},
    {"m1": "y ~ b * w * x + (1 | g)"},
    {"m1": "y ~ C(b) * kind + x + (1 | g)"},
    {"m1": "y ~ x + (0 + x | g)"},
    {"null": "y ~ 1 + (1 | g)", "m1": "y ~ x + b + (1 + x || g)"},
)


@st.composite
def studies(draw):
    """Draw what a study is made of."""
    return {
        "seed": draw(st.integers(0, 10_000)),
        "n_groups": draw(st.sampled_from([3, 4, 5, 9, 10, 15, 29, 30, 49, 50, 60])),
        "sizes": draw(st.sampled_from([(2, 2), (1, 3), (2, 5), (3, 14), (6, 6), (8, 20)])),
        "outcome": 10.0 ** draw(st.integers(-6, 6)),
        "predictor": 10.0 ** draw(st.integers(-6, 6)),
        "shift": draw(st.sampled_from([0.0, 2.0, -50.0])),
        "slope": draw(st.sampled_from([0.0, 0.05, 0.8, -0.8, -3.0])),
        "between": draw(st.sampled_from([0.0, 0.0, 0.3, 2.0])),
        "slopes": draw(st.sampled_from([0.0, 0.1, 0.9])),
        "along": draw(st.sampled_from([-0.95, 0.0, 0.6])),
        "binary": draw(st.sampled_from([0.0, 1.0, -2.0])),
        "level_2": draw(st.sampled_from([0.0, 0.7, -0.7])),
        "missing": draw(st.sampled_from([0, 0, 0, 7])),
        "odd": draw(st.sampled_from(["", "", "", "", "", "", "steady", "but one", "copies"])),
        "form": draw(st.sampled_from(["full", "full", "names", "no level 2", "no slope", "cross",
                                      "alone", "null", "formulas", "formulas"])),
        "models": draw(st.sampled_from(FORMULAS)),
    }  # fmt: skip


def table_of(made):
    rng = np.random.default_rng(made["seed"])
    low, high = made["sizes"]
    sizes = rng.integers(low, high + 1, made["n_groups"])
    g = np.repeat(np.arange(made["n_groups"]), sizes)
    n = len(g)
    x, b = rng.normal(size=n).round(2), rng.integers(0, 2, n)
    w = rng.normal(size=made["n_groups"]).round(2)[g]
    kind = rng.choice(["fish", "meat", "none"], n)
    spread = np.array([[1, made["along"]], [made["along"], 1]])
    match made["odd"]:
        case "steady":
            x = rng.normal(size=made["n_groups"]).round(2)[g]
        case "but one":
            x = np.where(g == 1, x, g)
        case "copies":
            made = {**made, "between": 0.0, "slopes": 0.0, "level_2": 0.0}
            g = np.repeat(np.arange(made["n_groups"]), high)
            n = len(g)
            x, b, kind = (np.tile(each[:high], made["n_groups"]) for each in (x, b, kind))
            w = rng.normal(size=made["n_groups"]).round(2)[g]
    own = rng.multivariate_normal([0, 0], spread, made["n_groups"])[g]
    y = (
        3
        + made["between"] * own[:, 0]
        + (made["slope"] + made["slopes"] * own[:, 1]) * x
        + made["binary"] * b
        + made["level_2"] * w
        + (np.tile(rng.normal(size=high), made["n_groups"]) if made["odd"] == "copies"
           else rng.normal(size=n))
    )  # fmt: skip
    table = pd.DataFrame(
        {
            "g": [f"g{each}" for each in g],
            "y": y * made["outcome"],
            "x": (x + made["shift"]) * made["predictor"],
            "b": b.astype(float),
            "w": w,
            "kind": kind,
        }
    )
    if made["missing"]:
        # Of the outcome and of a predictor, in rows that no other choice depends on.
        table.loc[rng.choice(n, min(made["missing"], n // 3), replace=False), "b"] = np.nan
        table.loc[rng.choice(n, 2, replace=False), "y"] = np.nan
        table.loc[rng.choice(n, 1), "g"] = np.nan
    return table


def study_of(made):
    """Return the text of the study file."""
    roles = {
        "outcome": "y",
        "slope": "x",
        "covariates": ["b"],
        "group_covariates": ["w"],
    }
    match made["form"]:
        case "no level 2":
            roles["group_covariates"] = []
        case "no slope":
            del roles["slope"]
        case "alone":
            roles |= {"covariates": [], "group_covariates": []}
        case "null":
            roles = {"outcome": "y", "covariates": [], "group_covariates": []}
    lines = ['title = "Random"', "[data]", 'table = "t.csv"']
    if made["missing"]:
        lines.append('rows = "complete"' if made["seed"] % 2 else "filter = 'w < 1'")
    if made["form"] == "formulas":
        lines += ["[models]", *(f'{name} = "{text}"' for name, text in made["models"].items())]
    else:
        lines += ['group = "g"', "[model]"]
        lines += [f"{key} = {json.dumps(value)}" for key, value in roles.items()]
        lines += ["cross_level = true"] if made["form"] == "cross" else []
    if made["form"] not in {"names", "formulas"}:
        lines += [
            "[labels]", 'y = "pain score"', 'x = "dose"', 'b = "treatment"', 'w = "workload"',
            "[units]", 'y = "0–100"', 'x = "mg"', 'b = "0 = old, 1 = new"', 'w = "hours"',
            "[words]", 'unit = "patient"', 'point = "mark"',
            f'group = "{made.get("group", "ward")}"',
        ]  # fmt: skip
    return "\n".join(lines)


def results_of(made, folder):
    """Write a study and its table, and analyse it."""
    (folder / "t.csv").write_text(table_of(made).to_csv(index=False), encoding="utf-8")
    (folder / "study.toml").write_text(study_of(made), encoding="utf-8")
    return analyse(read_study(folder / "study.toml"))


USUAL = {
    "seed": 1,
    "n_groups": 15,
    "sizes": (3, 14),
    "outcome": 1.0,
    "predictor": 1.0,
    "shift": 2.0,
    "slope": 0.8,
    "between": 2.0,
    "slopes": 0.9,
    "along": 0.6,
    "binary": 1.0,
    "level_2": 0.7,
    "missing": 0,
    "odd": "",
    "form": "full",
    "models": {},
}


def formulas(*texts):
    return {"form": "formulas", "models": {f"m{i}": text for i, text in enumerate(texts, 1)}}


KNOWN = {
    "usual": {},
    "names": {"form": "names", "n_groups": 30},
    "another noun": {"group": "institution"},
    "many groups": {"n_groups": 60, "sizes": (6, 6)},
    "falling": {"slope": -3.0, "binary": -2.0, "slopes": 0.1, "seed": 2},
    "no slope": {"form": "no slope"},
    "null alone": {"form": "null"},
    "null alone, nothing between": {"form": "null", "between": 0.0, "level_2": 0.0, "slope": 0.0,
                                    "slopes": 0.0, "sizes": (8, 20), "seed": 4},
    "one predictor": {"form": "alone", "sizes": (1, 3), "n_groups": 29},
    "cross-level": {"form": "cross", "sizes": (8, 20)},
    "gaps, filter": {"missing": 7, "seed": 2},
    "gaps, complete": {"missing": 7},
    "gaps, not comparable": {"missing": 7, "n_groups": 29, "seed": 4, "outcome": 1e-6,
                             **formulas("y ~ x + (1 | g)", "y ~ x + b + (1 + x | g)")},
    "nothing between": {"between": 0.0, "slopes": 0.0, "level_2": 0.0, "seed": 3},
    "copies": {"odd": "copies"},
    "steady but one": {"odd": "but one", "form": "alone"},
    "couples": {"sizes": (2, 2), "form": "no level 2"},
    "no intercepts": formulas("y ~ x + (0 + x | g)"),
    "uncorrelated": formulas("y ~ x + (1 | g)", "y ~ x + b + (1 + x || g)"),
    "covariances": formulas("y ~ x + (1 + x || g)", "y ~ x + (1 + x | g)"),
    "curve": formulas("y ~ x + (1 | g)", "y ~ x + I(x**2) + log(w + 9) + (1 | g)"),
    "not nested": formulas("y ~ x + (1 | g)", "y ~ b + (1 + x | g)", "y ~ b + w + (1 + x | g)"),
    "categories": formulas("y ~ 1 + (1 | g)", "y ~ C(b, 1) * kind + x + (1 | g)"),
    "products": formulas("y ~ 1 + (1 | g)", "y ~ x * kind + center(x):w + b * w + (1 + x | g)"),
    "two slopes": formulas("y ~ x + b + (1 | g)", "y ~ x + b + (1 + x + b | g)"),
    "level": {"slope": 0.0, "slopes": 0.0, "sizes": (8, 20), "n_groups": 60, "binary": 0.0,
              "seed": 23},
    "an end at 0": {"slope": 0.0, "slopes": 0.0, "sizes": (8, 20), "n_groups": 60, "binary": 0.0,
                    "seed": 22},
    "both signs": {"slope": 0.5, "slopes": 0.25, "sizes": (8, 20), "n_groups": 60, "seed": 8},
    "below 0": {"slope": -3.0, "slopes": 0.25, "sizes": (8, 20), "n_groups": 60, "seed": 0},
    "wider": {"n_groups": 4, "slopes": 0.1, "binary": -2.0, "sizes": (2, 5), "seed": 8},
    "one small group": {"n_groups": 9, "seed": 4},
    "small units": {"outcome": 1e-6, "predictor": 1e6, "shift": -50.0},
    "large units": {"outcome": 1e6, "predictor": 1e-6, "slope": 0.05, "seed": 5},
}  # fmt: skip
"""Studies that between them have every sentence there is, by what is special in them."""
