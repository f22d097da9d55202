"""The page's simulated groups, drawn anew by NumPy: whole matrices in the place of sums."""

import math

import numpy as np


def uniforms(seed):
    """Return the generator mulberry32."""
    state = seed % 2**32

    def uniform():
        nonlocal state
        state = (state + 0x6D2B79F5) % 2**32
        mixed = (state ^ state >> 15) * (state | 1) % 2**32
        mixed ^= (mixed + (mixed ^ mixed >> 7) * (mixed | 61)) % 2**32
        return (mixed ^ mixed >> 14) % 2**32 / 2**32

    return uniform


def normal(uniform):
    radius = math.sqrt(-2 * math.log(1 - uniform()))
    return radius * math.cos(2 * math.pi * uniform())


class Simulation:
    """The model that the page simulates from, with the predictors of the study's rows."""

    def __init__(self, data):
        truth = data["truth"]
        self.pool = np.array([row["x"] for row in data["datasets"]["observations"] if row["known"]])
        self.average = np.array([truth["average"]["height"], truth["average"]["slope"]])
        self.covariance = np.array(truth["covariance"])
        self.root = np.linalg.cholesky(self.covariance)
        self.residual = truth["residual"]
        self.size, self.groups = truth["size"], truth["groups"]

    def group(self, uniform, size, spread):
        both = np.array([normal(uniform), normal(uniform)])
        line = self.average + spread * self.root @ both
        x = np.zeros(size)
        while np.ptp(x) == 0:
            x = np.array([self.pool[int(uniform() * len(self.pool))] for _ in range(size)])
        return line, np.column_stack((np.ones(size), x - self.pool.mean()))

    def rows(self, seed, size, groups, spread):
        """Return the groups' true lines, predictors and outcomes."""
        uniform, found = uniforms(seed), []
        for _ in range(groups):
            line, x = self.group(uniform, size, spread)
            residuals = np.array([normal(uniform) for _ in range(size)])
            found.append((line, x, x @ line + self.residual * residuals))
        return found

    def sums(self, uniform, size, groups, spread):
        """Return the same with outcomes that have the residuals' part in X'y, and no other."""
        found = []
        for _ in range(groups):
            line, x = self.group(uniform, size, spread)
            both = np.array([normal(uniform), normal(uniform)])
            product = self.residual * np.linalg.cholesky(x.T @ x) @ both
            found.append((line, x, x @ line + x @ np.linalg.solve(x.T @ x, product)))
        return found

    def lines(self, drawn, spread):
        """Return every group's own line, and the one that is predicted with known variances."""
        covariance = spread**2 * self.covariance
        inverses = [
            np.linalg.inv(x @ covariance @ x.T + self.residual**2 * np.eye(len(x)))
            for _, x, _ in drawn
        ]
        left = sum(x.T @ v @ x for v, (_, x, _) in zip(inverses, drawn, strict=True))
        right = sum(x.T @ v @ y for v, (_, x, y) in zip(inverses, drawn, strict=True))
        average = np.linalg.solve(left, right)
        own = [np.linalg.lstsq(x, y, rcond=None)[0] for _, x, y in drawn]
        pooled = [
            average + covariance @ x.T @ v @ (y - x @ average)
            for v, (_, x, y) in zip(inverses, drawn, strict=True)
        ]
        return own, pooled

    def distances(self, drawn, spread):
        """Return the squared distances of own and pooled lines from the truth, shape (2, n)."""
        x = np.column_stack((np.ones(len(self.pool)), self.pool - self.pool.mean()))
        return np.array(
            [
                [
                    np.mean((x @ (line - truth)) ** 2)
                    for line, (truth, _, _) in zip(lines, drawn, strict=True)
                ]
                for lines in self.lines(drawn, spread)
            ]
        )
