"""The studies whose figures are drawn, one of each kind that needs other room."""

import pandas as pd
import pytest

from analysis.figures.figures import figures
from analysis.figures.style import NARROW
from analysis.results.results import analyse
from analysis.study.studyfile import read_study

MODEL = (
    "group='class'\n[model]\noutcome='popular'\nslope='extrav'\ncovariates=['sex']\n"
    "group_covariates=['texp']"
)


def study(folder, table, model, labels=""):
    """Analyse a table, a file or a frame that is written to one."""
    if isinstance(table, pd.DataFrame):
        table.to_csv(folder / "t.csv", index=False)
        table = "t.csv"
    (folder / "study.toml").write_text(
        f"[data]\ntable='{table}'\n{model}\n{labels}", encoding="utf-8"
    )
    return analyse(read_study(folder / "study.toml"))


def classes(root, most):
    """Return the pupils of the first classes."""
    return pd.read_csv(root / "data" / "popularity.csv").query(f"`class` <= {most}")


@pytest.fixture(scope="session")
def drawn(results):
    return figures(results)


@pytest.fixture(scope="session")
def all_classes(root, tmp_path_factory):
    return study(
        tmp_path_factory.mktemp("all"),
        root / "data" / "popularity.csv",
        MODEL,
        "[labels]\nclass='School $1$ and $2 ^'",
    )


@pytest.fixture(scope="session")
def tiny(tmp_path_factory):
    """Two groups of the same kind, one of one pupil, and one whose predictor does not vary."""
    rows = [(1.0 + 0.5 * x + g + (x * 7 % 3) / 5, x, f"g{g}") for g in (1, 2) for x in range(8)]
    rows += [(3.0, 4, "one"), (2.0, 5, "flat"), (2.5, 5, "flat")]
    return study(
        tmp_path_factory.mktemp("tiny"),
        pd.DataFrame(rows, columns=["y", "x", "g"]),
        "group='g'\n[model]\noutcome='y'\nslope='x'",
    )


@pytest.fixture(scope="session")
def three_covariates(root, tmp_path_factory):
    """Two covariates with two values each, so that neither can have the panels."""
    table = classes(root, 12)
    table["even"] = table["pupil"] % 2
    return study(
        tmp_path_factory.mktemp("three"), table, MODEL.replace("['sex']", "['sex', 'even']")
    )


@pytest.fixture(scope="session")
def long_names(root, tmp_path_factory):
    """Schools with long names that begin alike, long labels and units, and an odd unit."""
    table = classes(root, 12)
    kinds = ("Gymnasium", "Integrierte Gesamtschule am")
    places = ("Nord", "Süd", "Altstadt", "Neustadt", "Ring", "Tor")
    names = [f"{kind} {place}" for kind in kinds for place in places]
    table["school"] = [names[each - 1] for each in table["class"]]
    table["score"] = table["popular"] * 31234.5
    table["share"] = table["texp"] / 7 - 1.61787
    return study(
        tmp_path_factory.mktemp("long"),
        table,
        "group='school'\n[model]\noutcome='score'\nslope='extrav'\ncovariates=['sex']\n"
        "group_covariates=['share']",
        """
        [labels]
        school = "Neighbourhood or integrated comprehensive school"
        extrav = "Extraversion as rated by two teachers and by the school psychologist"
        sex = "Gender as recorded in the register"
        share = "Share of parents with a degree or a school certificate"
        score = "Reading score in the national assessment"
        [units]
        extrav = "10-point scale from introverted to extraverted"
        sex = "0 = boy or not recorded, 1 = girl or not recorded"
        share = "percent of those who answered"
        score = "points of the 2021 standardised scale"
        """,
    )


@pytest.fixture(scope="session")
def tiny_units(root, tmp_path_factory):
    """An outcome in millionths and a predictor far from 0, on a path through 20 classes."""
    table = classes(root, 20)
    table["popular"] *= 1e-6
    table["extrav"] = 2010 + table["extrav"] / 10
    return study(
        tmp_path_factory.mktemp("units"), table, MODEL, "[units]\npopular='points'\ntexp='years'"
    )


@pytest.fixture(scope="session")
def treatment(root, tmp_path_factory):
    """A predictor that is 0 or 1, and an outcome that it moves in all of 30 classes."""
    table = classes(root, 30)
    table["treated"] = table["pupil"] % 2
    table["popular"] += table["treated"] * (1 + table["class"] % 3)
    return study(
        tmp_path_factory.mktemp("treatment"),
        table,
        "group='class'\n[model]\noutcome='popular'\nslope='treated'",
    )


@pytest.fixture(scope="session")
def three_values(root, tmp_path_factory):
    """A predictor with three values that are far apart, and not known of all, in two panels."""
    table = classes(root, 18)
    table["extrav"] = table["extrav"].clip(4, 6) * 250
    table.loc[table.index % 9 == 0, "extrav"] = None
    return study(tmp_path_factory.mktemp("values"), table, MODEL)


@pytest.fixture(scope="session")
def two_groups(root, tmp_path_factory):
    return study(
        tmp_path_factory.mktemp("pair"),
        classes(root, 2),
        "group='class'\n[model]\noutcome='popular'\nslope='extrav'\ncovariates=['sex']",
    )


STUDIES = (
    *("results", "all_classes", "tiny", "three_covariates", "long_names", "tiny_units"),
    *("treatment", "three_values", "two_groups"),
)


@pytest.fixture(scope="session", params=STUDIES)
def any_study(request):
    """Return each study in turn."""
    return request.getfixturevalue(request.param)


@pytest.fixture(scope="session")
def all_drawn(any_study):
    """Return the figures of each study in turn."""
    return figures(any_study)


@pytest.fixture(scope="session")
def all_narrow(any_study):
    """Return the figures of each study in turn as a phone shows them."""
    return figures(any_study, NARROW)
