"""The ML deviance from rows and whole matrices: nothing that the estimator computes is used."""

import itertools
import math

import numpy as np
from scipy.optimize import minimize


class Dense:
    """
    The deviance of a model with one or two random effects, and its minima by SciPy.

    Coordinates are the logarithms of standard deviations, the angle whose sine is the correlation,
    and the logarithm of the residual standard deviation.
    """

    def __init__(self, table, spec):
        names = spec.fixed_names
        columns = {"Intercept": np.ones(len(table)), **{n: table[n].to_numpy() for n in names[1:]}}
        self.x = np.column_stack([columns[name] for name in names])
        self.y = table[spec.outcome].to_numpy()
        random = [np.ones(len(table)) if n == "Intercept" else table[n] for n in spec.random_names]
        self.z = np.column_stack(random)
        groups = table[spec.group].to_numpy()
        self.same = (groups[:, None] == groups).astype(float)
        self.names = [*(f"sd({n})" for n in spec.random_names)]
        if len(random) == 2 and not spec.diagonal:
            self.names.append(f"cor({','.join(spec.random_names)})")
        self.names.append("sigma")
        self.fixed = names
        self.size = float(np.std(self.y))
        self.sizes = np.sqrt(np.mean(self.z**2, axis=0))

    def deviance(self, covariance, variance, name=None, value=0.0):
        """Return the deviance, by all fixed effects or by all but one that is held."""
        x, y = self.x, self.y
        if name is not None:
            j = self.fixed.index(name)
            y, x = y - x[:, j] * value, np.delete(x, j, axis=1)
        v = variance * np.eye(len(y)) + (self.z @ covariance @ self.z.T) * self.same
        root = np.linalg.cholesky(v)
        scaled = np.linalg.solve(root, np.column_stack((x, y)))
        orthogonal = np.linalg.qr(scaled, mode="r")
        rest = float(orthogonal[-1, -1]) ** 2
        logarithms = 2 * float(np.log(root.diagonal()).sum())
        return logarithms + len(y) * math.log(2 * math.pi) + rest

    def at(self, coordinates, name=None, value=0.0):
        deviations = np.exp(np.clip(coordinates[: self.z.shape[1]], -40, 40))
        correlation = np.eye(len(deviations))
        if len(coordinates) == 4:
            correlation[0, 1] = correlation[1, 0] = math.sin(coordinates[2])
        covariance = correlation * np.outer(deviations, deviations)
        return self.deviance(covariance, math.exp(2 * coordinates[-1]), name, value)

    def low(self, name, value):
        """Return the lowest deviance with a parameter held, from several starts."""
        held = {}
        if name in self.names:
            i = self.names.index(name)
            if name.startswith("cor"):
                held[i] = math.asin(value)
            else:
                held[i] = math.log(max(value, 1e-12))
        free = [i for i in range(len(self.names)) if i not in held]
        fixed = (name, value) if name in self.fixed else ()

        def of(point):
            whole = np.empty(len(self.names))
            whole[list(held)] = list(held.values())
            whole[free] = point
            return self.at(whole, *fixed)

        log_size = math.log(self.size)
        sizes = [(log_size - s, log_size - s - 3) for s in np.log(self.sizes)]
        angles = [(-1.4, 0.0, 1.4)] if len(self.names) == 4 else []
        starts = itertools.product(*sizes, *angles, [log_size - 0.5])
        found = [minimize(of, np.array(start)[free], method="BFGS", tol=1e-7) for start in starts]
        best = min(found, key=lambda end: end.fun)
        return min(best.fun, minimize(of, best.x, method="Nelder-Mead", tol=1e-9).fun)
