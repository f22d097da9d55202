"""A study of the tests: ratings in which nothing is wrong, until a test spoils them."""

import json

import numpy as np
import pandas as pd
import pyreadstat

from analysis import __main__ as cli

STUDY = """
title = "Ratings"
[data]
table = "pupils.csv"
group = "class"
groups = "all"
[model]
outcome = "popular"
slope = "extrav"
covariates = ["sex"]
group_covariates = ["texp"]
[labels]
extrav = "Extraversion"
"""


def pupils():
    """Return 8 classes of 9 pupils, in which nothing is wrong."""
    rng = np.random.default_rng(8)
    classes = np.repeat(np.arange(1, 9), 9)
    extrav = rng.integers(1, 11, 72)
    sex = rng.integers(0, 2, 72)
    intercept, slope = rng.normal(2, 1, 9)[classes], rng.normal(0.5, 0.3, 9)[classes]
    return pd.DataFrame(
        {
            "class": classes,
            "popular": intercept + slope * extrav + sex + rng.normal(0, 0.8, 72),
            "extrav": extrav,
            "sex": sex,
            "texp": rng.integers(2, 26, 9)[classes],
        }
    )


def with_gaps():
    """Return them with gaps in each column: 3 classes, 2 outcomes, 3 slopes, 2 sexes, 9 texp."""
    frame = pupils().astype(float)
    for column, rows in {
        "class": [3, 23, 41],
        "popular": [2, 22],
        "extrav": [1, 21, 40],
        "sex": [0, 20],
        "texp": range(63, 72),
    }.items():
        frame.loc[list(rows), column] = np.nan
    return frame


def put(frame, path):
    """Write a table in the format of its name."""
    match path.suffix:
        case ".csv":
            frame.to_csv(path, index=False)
        case ".parquet":
            frame.to_parquet(path)
        case ".sav":
            pyreadstat.write_sav(frame, str(path))


def everything(folder):
    """Return what stands below a folder: bytes of files, None for folders and links."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        if path.is_file() and not path.is_symlink()
        else None
        for path in sorted(folder.rglob("*"))
    }


def run(capsys, *arguments):
    """Run the command line; return its exit status and what it printed."""
    try:
        status = cli.main(arguments)
    except SystemExit as stop:
        status = stop.code
    printed = capsys.readouterr()
    return status, printed.out, printed.err


def column(name, value, rows=(4,)):
    """Return the table with some values of a column replaced."""
    frame = pupils().astype({name: object})
    frame.loc[list(rows), name] = value
    return frame


def csv():
    """Return the table as the bytes of its file."""
    return pupils().to_csv(index=False, lineterminator="\n").encode()


def fitted(capsys, project, text=STUDY):
    """Return the results of a study as JSON, and the notes on it."""
    study = project / "data" / "study.toml"
    study.write_text(text, encoding="utf-8")
    status, out, err = run(capsys, "fit", str(study), "--json")
    assert status == 0
    return json.loads(out), err


def small_artifacts(_results, _figures):
    return {"results.json": b"{}", "figures/pooling.svg": b"<svg/>"}, {"n": "72"}, ""
