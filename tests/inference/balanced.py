"""Tables of balanced studies, rebuilt from lme4's predictions of their groups alone."""

import numpy as np
import pandas as pd

TIMES = {"sleepstudy": ("Days", np.arange(10.0)), "orthodont": ("age", np.array([8.0, 10, 12, 14]))}


def rebuilt(name, oracle):
    """
    Return a table with the groups' sums of a study, whose rows are not here.

    Every group has the same design, so that its least-squares line follows from its predicted
    effects, :math:`\\hat b_j = C Z'Z(\\ell_j - \\beta) / \\sigma^2` with conditional covariance C.
    What lines leave over is known by its sum of squares: with the profiled residual variance,
    :math:`n\\sigma^2 = SS + \\sum_j (\\ell_j - \\beta)'Z'V^{-1}Z(\\ell_j - \\beta)\\sigma^2`.
    """
    predictor, times = TIMES[name]
    fit = oracle["models"]["m2"]["ML"]
    z = np.column_stack((np.ones(len(times)), times))
    variance = fit["sigma"] ** 2
    beta = np.array(list(fit["fixef"].values()))
    v = np.eye(len(times)) + z @ np.array(fit["random_covariance"]) @ z.T / variance
    weight = z.T @ np.linalg.solve(v, z)
    lines, explained = {}, 0.0
    for group, effects in fit["group_effects"].items():
        spread = np.array(effects["cov"]) @ z.T @ z / variance
        off = np.linalg.solve(spread, effects["mean"])
        lines[group] = beta + off
        explained += off @ weight @ off
    left = variance * len(times) * len(lines) - explained
    # Some direction that lines leave over, with an equal share of the sum of squares in each group.
    beside = np.linalg.svd(z.T)[2][-1] * np.sqrt(left / len(lines))
    tables = [
        pd.DataFrame({"Subject": group, predictor: times, "y": z @ line + beside})
        for group, line in lines.items()
    ]
    table = pd.concat(tables, ignore_index=True)
    if name == "orthodont":
        table["female"] = table["Subject"].str.startswith("F").astype(float)
        table["age:female"] = table["age"] * table["female"]
    return table
