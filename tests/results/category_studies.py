"""Studies with categories of both levels on a small table, by roles and by formulas."""

import numpy as np
from results.formula_studies import of, rows

from analysis.results.results import analyse
from analysis.study.studyfile import read_study

LADDER = {
    "null": "y ~ 1 + (1 | g)",
    "m1": "y ~ x + C(diet, 'none') + (1 | g)",
    "m2": "y ~ x + C(diet, 'none') + (1 + x | g)",
    "m3": "y ~ x + C(diet, 'none') + region + w + (1 + x | g)",
    "m4": "y ~ x + C(diet, 'none') + region + w + x:region + (1 + x | g)",
}
"""Categories of three levels: diet at level 1, region at level 2."""

SHORT = """
slope = "x"
covariates = ["diet"]
group_covariates = ["region", "w"]
references = {diet = "none"}
cross_level = true
"""
"""The same in the short form."""


def table():
    """Return twelve groups of three regions, and pupils of three diets."""
    found = rows()
    number = found["g"].str[1:].astype(int)
    sex = np.random.default_rng(3).choice(["boy", "girl"], len(found))
    region = np.array(["north", "south", "west"])[number % 3]
    return found.assign(region=region, sex=sex)


def coded(found):
    """Return a table whose texts are numbers, too: a column of 0 and 1 for each level."""
    return found.assign(
        **{
            f"{column}_{level}": (found[column] == level) * 1.0
            for column in ("diet", "region", "sex")
            for level in sorted(found[column].unique())
        }
    )


def by_roles(folder, model=SHORT, frame=None, more=""):
    """Analyse a study of the short form."""
    return analyse(study_by_roles(folder, model, frame, more))


def study_by_roles(folder, model=SHORT, frame=None, more=""):
    (table() if frame is None else frame).to_csv(folder / "t.csv", index=False)
    path = folder / "roles.toml"
    data = '[data]\ntable = "t.csv"\ngroup = "g"\n'
    path.write_text(f'{data}[model]\noutcome = "y"\n{model}\n{more}', encoding="utf-8")
    return read_study(path)


def by_formulas(folder, models, frame=None, more=""):
    return of(folder, models, table() if frame is None else frame, more)
