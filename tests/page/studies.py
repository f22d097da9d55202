"""Results like the report's, but for one thing."""

import dataclasses

import pandas as pd

from analysis.mixed.model import ModelSpec
from analysis.results.ladder import Ladder, Rung, ladder
from analysis.results.results import analyse
from analysis.study.selection import GroupSelection
from analysis.study.studyfile import read_study


def with_fit(results, fit):
    """Return results with another REML fit of a model."""
    models = {**results.models, fit.name: {**results.models[fit.name], "REML": fit}}
    return dataclasses.replace(results, models=models)


def of_table(root, folder, change):
    """Analyse the report's classes after a change of their table."""
    study = read_study(root / "data" / "popularity.toml")
    table = pd.read_csv(root / "data" / "popularity.csv", dtype={"class": str})
    path = folder / "popularity.parquet"
    change(table[table["class"].isin(study.groups.names)]).to_parquet(path)
    groups = GroupSelection.parse("all")
    return analyse(dataclasses.replace(study, table=path, groups=groups))


PAIRS = """
[data]
table = "pairs.csv"
group = "couple"
[model]
outcome = "y"
slope = "x"
"""


def of_pairs(folder):
    """Analyse two people a couple, too few rows for model 2: as many as random effects."""
    rows = [f"{i // 2},{i * 7 % 11},{(i * 13 % 17) / 4 + i // 2 % 5}" for i in range(60)]
    (folder / "pairs.csv").write_text("\n".join(["couple,x,y", *rows]), encoding="utf-8")
    (folder / "pairs.toml").write_text(PAIRS, encoding="utf-8")
    return analyse(read_study(folder / "pairs.toml"))


LADDERS = ("null compared", "no intercepts", "two without a role", "no slopes")


def another(study, name, fixed, slopes=()):
    """Return a model without a role."""
    spec = ModelSpec(
        name=name, outcome=study.outcome, fixed=fixed, slopes=slopes, group=study.group
    )
    return Rung(spec=spec)


def ladders(study):
    """Return ladders that lack roles, or have models without one."""
    null, intercepts, slopes, level_2 = ladder(study).rungs
    plain = another(study, "plain", ("sex",))
    every = another(study, "every", ("extrav", "sex", "texp"), ("extrav", "sex"))
    rungs = (
        (dataclasses.replace(null, role=None), intercepts, slopes, level_2),
        (null, slopes),
        (null, plain, intercepts, slopes, level_2, every),
        (intercepts,),
    )
    return dict(zip(LADDERS, rungs, strict=True))


def of_ladder(study, name):
    return analyse(study, Ladder(rungs=ladders(study)[name]))
