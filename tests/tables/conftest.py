"""The studies whose tables are read."""

import pytest
from html_tables import study


@pytest.fixture(scope="module")
def all_classes(root, tmp_path_factory):
    table = root / "data" / "popularity.csv"
    return study(
        tmp_path_factory.mktemp("all"),
        f"""
        [data]
        table = '{table}'
        group = "class"
        [model]
        outcome = "popular"
        slope = "extrav"
        covariates = ["sex"]
        group_covariates = ["texp"]
        [labels]
        class = "<b>Class</b> & more"
        extrav = "Extra\\"version"
        [units]
        texp = "<script>"
        """,
    )


@pytest.fixture(scope="module")
def two_models(root, tmp_path_factory):
    """A study with no covariate and no level 2 predictor, and other names."""
    table = root / "tests" / "oracle" / "data" / "text_groups.csv"
    source = table.read_text(encoding="utf-8").replace("y,g,x,sex,w", "out_come,g,pre_dictor,sex,w")
    folder = tmp_path_factory.mktemp("two")
    (folder / "table.csv").write_text(source, encoding="utf-8")
    return study(
        folder,
        """
        [data]
        table = "table.csv"
        group = "g"
        [model]
        outcome = "out_come"
        slope = "pre_dictor"
        """,
    )


@pytest.fixture(scope="module")
def units(root, tmp_path_factory):
    """Return the study with its outcome in other units, by the number of points in one."""
    import pandas as pd

    def in_units(points):
        folder = tmp_path_factory.mktemp("units")
        table = pd.read_csv(root / "data" / "popularity.csv")
        table["popular"] *= points
        table.to_csv(folder / "popularity.csv", index=False)
        return study(folder, (root / "data" / "popularity.toml").read_text(encoding="utf-8"))

    return {points: in_units(points) for points in (1e-6, 1e-3, 1e6)}
