"""The ML deviance from rows and whole matrices: nothing that the estimator computes is used."""

import itertools
import math

import numpy as np
from scipy.optimize import minimize


class Dense:
    """
    The deviance of a model with one or two random effects, and its minima by SciPy.

    Coordinates are the logarithms of standard deviations, in units in which the outcome and the
    random effects' columns have size 1, the angle whose sine is the correlation, and the logarithm
    of the residual standard deviation in that unit.
    """

    def __init__(self, table, spec):
        names = spec.fixed_names
        columns = {"Intercept": np.ones(len(table)), **{n: table[n].to_numpy() for n in names[1:]}}
        self.x = np.column_stack([columns[name] for name in names])
        self.y = table[spec.outcome].to_numpy()
        random = [np.ones(len(table)) if n == "Intercept" else table[n] for n in spec.random_names]
        self.z = np.column_stack(random)
        rows = table.groupby(spec.group).indices.values()
        # Groups of a size are computed at once.
        self.blocks = [
            np.stack([found for found in rows if len(found) == size])
            for size in {len(found) for found in rows}
        ]
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
        both, scaled, logarithms = np.column_stack((x, y)), [], 0.0
        for block in self.blocks:
            z = self.z[block]
            v = variance * np.eye(block.shape[1]) + z @ covariance @ z.transpose(0, 2, 1)
            root = np.linalg.cholesky(v)
            scaled.append(np.linalg.solve(root, both[block]).reshape(-1, both.shape[1]))
            logarithms += 2 * float(np.log(np.diagonal(root, axis1=1, axis2=2)).sum())
        orthogonal = np.linalg.qr(np.concatenate(scaled), mode="r")
        return logarithms + len(y) * math.log(2 * math.pi) + float(orthogonal[-1, -1]) ** 2

    def at(self, coordinates, name=None, value=0.0):
        q = self.z.shape[1]
        deviations = self.size / self.sizes * np.exp(np.clip(coordinates[:q], -30, 6))
        correlation = np.eye(len(deviations))
        if len(coordinates) == 4:
            correlation[0, 1] = correlation[1, 0] = math.sin(coordinates[2])
        covariance = correlation * np.outer(deviations, deviations)
        residual = self.size * math.exp(min(max(coordinates[-1], -8), 4))
        return self.deviance(covariance, residual**2, name, value)

    def low(self, name, value):
        """Return the lowest deviance with a parameter held, from several starts."""
        held = {}
        if name in self.names:
            i = self.names.index(name)
            if name.startswith("cor"):
                held[i] = math.asin(value)
            else:
                unit = self.size / (1.0 if name == "sigma" else self.sizes[i])
                held[i] = math.log(max(value / unit, 1e-12))
        free = [i for i in range(len(self.names)) if i not in held]
        fixed = (name, value) if name in self.fixed else ()

        def of(point):
            whole = np.empty(len(self.names))
            whole[list(held)] = list(held.values())
            whole[free] = point
            try:
                return self.at(whole, *fixed)
            except np.linalg.LinAlgError:  # SciPy tries steps that lead anywhere
                return 1e6

        angles = [(-1.2, 1.2)] if len(self.names) == 4 else []
        deviations = [(0.0, -3.0)] * self.z.shape[1]
        starts = itertools.product(*deviations, *angles, [-0.5])
        found = [minimize(of, np.array(start)[free], method="BFGS", tol=1e-7) for start in starts]
        return min(end.fun for end in found)
