"""A study of the tests in other words: patients in wards, whose pain falls from day to day."""

import re

import numpy as np
import pandas as pd

STUDY = """
title = "Pain after surgery"
[data]
table = "pain.csv"
group = "ward_id"
[model]
outcome = "pain"
slope = "day"
covariates = ["drug"]
group_covariates = []
[labels]
day = "day after surgery"
drug = "treatment"
[units]
pain = "rating, 0–100"
drug = "0 = usual care, 1 = new drug"
[words]
unit = "out-patient"
group = "ward"
outcome = "pain score"
point = "mark"
regression = "labels"
"""

WITH_LEVEL_2 = (
    STUDY.replace("group_covariates = []", 'group_covariates = ["nurses"]')
    .replace("[units]", 'nurses = "share of night nurses"\n[units]\nnurses = "percent"')
    .replace("regression", 'credit = "Data: invented, by `wards.py`."\nregression')
)

FOREIGN = re.compile(
    r"\b(pupils?|class(es)?|schools?|years?|teachers?|genders?|girls?|boys?|everyone|\w*popular\w*|"
    r"\w*extrav\w*|sociometric|ward_ids?|a out|nurse percent|Hox|Xu)\b",
    re.IGNORECASE,
)
"""Words of the report's own study, and words that no English speaker would put together."""


def wards():
    """Return 12 wards of 3 to 14 patients; the more nurses at night, the less pain."""
    rng = np.random.default_rng(3)
    ward = np.repeat(np.arange(12), np.arange(3, 15))
    day, drug = rng.integers(1, 8, len(ward)), rng.integers(0, 2, len(ward))
    nurses = np.arange(20, 80, 5)[ward]
    own, slope = rng.normal(75, 6, 12)[ward], rng.normal(-5, 1.2, 12)[ward]
    pain = own + slope * day - 4 * drug - 0.2 * nurses + rng.normal(0, 4, len(ward))
    names = [f"W{number + 1}" for number in ward]
    return pd.DataFrame(
        {"ward_id": names, "pain": pain.round(1), "day": day, "drug": drug, "nurses": nurses}
    )


def put_wards(folder, text=STUDY):
    """Write the study and its table; return the study's path."""
    wards().to_csv(folder / "pain.csv", index=False)
    path = folder / "wards.toml"
    path.write_text(text, encoding="utf-8")
    return path


def foreign(text, words=FOREIGN):
    """Return the foreign words of a text, each with what stands around it."""
    text = re.sub(
        r"<(script|style).*?</\1>|<math.*?</math>|\bclass=\"[^\"]*\"", "", text, flags=re.DOTALL
    )
    return [text[max(0, at.start() - 30) : at.end() + 30] for at in words.finditer(text)]
