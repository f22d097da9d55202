"""Results like the report's, but for one thing."""

import dataclasses

import pandas as pd

from analysis.results.results import analyse
from analysis.study.selection import GroupSelection
from analysis.study.study import read_study


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
