"""Degrees of freedom by their definitions, with matrices of n rows: what the sums are held to."""

import numpy as np


class Dense:
    """The matrices of a fit: X, and the covariance of the outcome as a sum of parts."""

    def __init__(self, fit, rows):
        spec = fit.spec
        ones = np.ones(len(rows))
        self.fit = fit
        self.x = np.column_stack((ones, *(rows[name].to_numpy(float) for name in spec.fixed)))
        columns = [ones] if spec.random_intercept else []
        z = np.column_stack((*columns, *(rows[name].to_numpy(float) for name in spec.slopes)))
        groups = rows[spec.group].to_numpy()
        same = (groups[:, None] == groups).astype(float)
        q = z.shape[1]
        self.pairs = [(i, j) for i in range(q) for j in range(i + 1) if i == j or not spec.diagonal]
        self.parts = [self._part(z, same, i, j) for i, j in self.pairs] + [np.eye(len(rows))]
        self.parameters = [fit.random_covariance[i, j] for i, j in self.pairs]
        self.parameters.append(fit.residual_variance)
        v = sum(a * part for a, part in zip(self.parameters, self.parts, strict=True))
        self.inverse = np.linalg.inv(v)
        self.phi = np.linalg.inv(self.x.T @ self.inverse @ self.x)
        across = self.inverse @ self.x
        self.projection = self.inverse - across @ self.phi @ across.T
        self.y = rows[spec.outcome].to_numpy(float)

    @staticmethod
    def _part(z, same, i, j):
        part = np.outer(z[:, i], z[:, j])
        return same * (part if i == j else part + part.T)

    def satterthwaite(self, contrast):
        """Return the df of a contrast by the observed information in the entries of a factor."""
        projected = self.projection if self.fit.method == "REML" else self.inverse
        residual = self.projection @ self.y
        moved = [part @ residual for part in self.parts]
        gradient = np.array(
            [
                np.sum(projected * part) - residual @ column
                for part, column in zip(self.parts, moved, strict=True)
            ]
        )
        spread = [projected @ part for part in self.parts]
        hessian = np.array(
            [
                [
                    2 * moved[r] @ self.projection @ moved[s] - np.sum(spread[r] * spread[s].T)
                    for s in range(len(moved))
                ]
                for r in range(len(moved))
            ]
        )
        image = self.inverse @ self.x @ self.phi @ contrast
        slopes = np.array([image @ part @ image for part in self.parts])
        jacobian, bend = self._by_factor(gradient)
        information = jacobian @ hessian @ jacobian.T + bend
        by_entry = jacobian @ slopes
        # In units in which the entries are of one size.
        unit = np.sqrt(np.abs(information.diagonal()))
        information, by_entry = information / unit / unit[:, None], by_entry / unit
        known = 2 * np.linalg.pinv(information, rcond=1e-9, hermitian=True)
        return 2 * (contrast @ self.phi @ contrast) ** 2 / (by_entry @ known @ by_entry)

    def _by_factor(self, gradient):
        """Return derivatives of the parameters by the factor's entries, and what bends by them."""
        values, vectors = np.linalg.eigh(self.fit.random_covariance)
        q, r = len(values), self.fit.rank
        if self.fit.spec.diagonal:
            factor = np.diag(np.sqrt(self.fit.random_covariance.diagonal()))
            entries = [(i, i) for i in range(q) if factor[i, i] > 0]
        else:
            factor = (vectors * np.sqrt(np.clip(values, 0, None)))[:, q - r :]
            entries = [(i, c) for i in range(q) for c in range(r)]
        m = len(entries)
        jacobian, bend = np.zeros((m + 1, len(self.parts))), np.zeros((m + 1, m + 1))
        jacobian[m, -1] = 1.0
        for e, (i, c) in enumerate(entries):
            for a, (k, j) in enumerate(self.pairs):
                jacobian[e, a] = (k == i) * factor[j, c] + (j == i) * factor[k, c]
            for f, (j, d) in enumerate(entries):
                pair = (max(i, j), min(i, j))
                if c == d and pair in self.pairs:
                    bend[e, f] = (1 + (i == j)) * gradient[self.pairs.index(pair)]
        return jacobian, bend

    def kenward_roger(self):
        """Return the adjusted covariance, and the matrices P and W (pbkrtest's vcovAdj)."""
        p = [-self.x.T @ self.inverse @ part @ self.inverse @ self.x for part in self.parts]
        m = len(p)
        half = [self.inverse @ part for part in self.parts]
        information = np.zeros((m, m))
        q = {}
        for r in range(m):
            for s in range(m):
                q[r, s] = self.x.T @ half[r] @ half[s] @ self.inverse @ self.x
                information[r, s] = (
                    np.sum(half[r] * half[s].T)
                    - 2 * np.trace(self.phi @ q[r, s])
                    + np.trace(self.phi @ p[r] @ self.phi @ p[s])
                )
        w = 2 * np.linalg.inv(information)
        excess = sum(
            w[r, s] * (q[r, s] - p[r] @ self.phi @ p[s]) for r in range(m) for s in range(m)
        )
        return self.phi + 2 * self.phi @ excess @ self.phi, p, w

    def kenward_roger_f(self, rows):
        """Return F, its scale in it, and the denominator df of some rows of contrasts."""
        adjusted, p, w = self.kenward_roger()
        contrasts = np.array(rows, dtype=float)
        n = len(contrasts)
        theta = contrasts.T @ np.linalg.inv(contrasts @ self.phi @ contrasts.T) @ contrasts
        moved = [theta @ self.phi @ part @ self.phi for part in p]
        pairs = [(r, s) for r in range(len(p)) for s in range(len(p))]
        a1 = sum(w[r, s] * np.trace(moved[r]) * np.trace(moved[s]) for r, s in pairs)
        a2 = sum(w[r, s] * np.trace(moved[r] @ moved[s]) for r, s in pairs)
        b = (a1 + 6 * a2) / (2 * n)
        g = ((n + 1) * a1 - (n + 4) * a2) / ((n + 2) * a2)
        below = 3 * n + 2 * (1 - g)
        c1, c2, c3 = g / below, (n - g) / below, (n + 2 - g) / below
        mean = 1 / (1 - a2 / n)
        variance = 2 / n * (1 + c1 * b) / ((1 - c2 * b) ** 2 * (1 - c3 * b))
        rho = variance / (2 * mean**2)
        df = 4 + (n + 2) / (n * rho - 1)
        scale = df / (mean * (df - 2))
        estimates = contrasts @ np.array(list(self.fit.fixed_effects.values()))
        wald = estimates @ np.linalg.solve(contrasts @ adjusted @ contrasts.T, estimates)
        return scale * wald / n, df
