r"""
Sums of products of a model that lets fewer effects vary than `CrossProducts` assumes.

There the columns of Z are the intercept and the slopes, all of them among those of X, and their
covariance is free, so that orthogonal columns may stand for them. Here Z is what the model has:
with the sums' columns c, Z is :math:`cA`, and :math:`Q_jR_jA = \tilde Q_j\tilde R_j` is the
decomposition of each group anew. What no :math:`\tilde Q_j` spans is left over.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from analysis.mixed.crossproducts import Array, CrossProducts
    from analysis.mixed.model import ModelSpec

# A smaller share of a predictor's size that the others leave is rounding.
_COLLINEAR = 1e-8


def restricted(products: CrossProducts, spec: ModelSpec) -> CrossProducts:
    """
    Return the sums of a model from those with every random effect and every fixed one.

    Parameters
    ----------
    products : CrossProducts
        Of the intercept and the slopes as columns of Z, and of `spec.names_of_columns` as
        predictors.
    spec : ModelSpec

    Returns
    -------
    CrossProducts
        With a diagonal covariance the columns of Z are those of the table but for their scale: in
        other columns the covariance would not be diagonal.
    """
    transform, basis = _fixed_part(products, spec)
    loadings, random_basis = _random_part(products, spec)
    s, q = loadings.shape
    moved = np.einsum("abg,bc->gac", products.roots, loadings)
    spanned = np.einsum("akg,kc->gac", products.spanned, transform)
    left = np.zeros((len(transform), len(transform), products.n_groups))
    left[s:, s:] = products.left
    left = np.einsum("ka,klg,lb->gab", transform, left, transform, optimize=True)
    # Of a group where Z has fewer dimensions, the last rows of the root are 0 but for rounding.
    vectors, roots = np.linalg.qr(moved, mode="complete")
    spanned = vectors.transpose(0, 2, 1) @ spanned
    rest = spanned[:, q:]
    left += rest.transpose(0, 2, 1) @ rest
    return replace(
        products,
        n_random=q,
        basis=basis,
        roots=_last(roots[:, :q]),
        spanned=_last(spanned[:, :q]),
        left=_last(left),
        within=left.sum(axis=0),
        random_basis=random_basis,
    )


def _last(by_group: Array) -> Array:
    """Return the same with the groups along the last axis, one after another in memory."""
    return np.ascontiguousarray(by_group.transpose(1, 2, 0))


def _fixed_part(products: CrossProducts, spec: ModelSpec) -> tuple[Array, Array]:
    """Return what makes columns of X and y, orthogonal, from all of them, and their basis."""
    names, kept = spec.names_of_columns, spec.names_of_sums
    basis, p = products.basis, len(kept)
    raw = basis[:-1, [names.index(name) for name in kept]]
    vectors, root = np.linalg.qr(raw)
    signs = np.where(root.diagonal() < 0, -1.0, 1.0)
    vectors, root = vectors * signs, root * signs[:, None]
    explained = vectors.T @ basis[:-1, -1]
    # Of the outcome stays what belongs to slopes that X lacks.
    beside = basis[:-1, -1] - vectors @ explained
    unit = float(np.hypot(np.linalg.norm(beside), basis[-1, -1]))
    transform = np.zeros((len(basis), p + 1))
    transform[:-1, :p] = vectors
    transform[:-1, p], transform[-1, p] = beside / unit, basis[-1, -1] / unit
    new = np.zeros((p + 1, p + 1))
    new[:p, :p], new[:p, p], new[p, p] = root, explained, unit
    for j in range(1, p):
        if new[j, j] <= _COLLINEAR * float(np.linalg.norm(new[1 : j + 1, j])):
            new[j, j] = 0.0
    return transform, new


def _random_part(products: CrossProducts, spec: ModelSpec) -> tuple[Array, Array]:
    """Return what makes columns of Z, of neat size, from its span, and their basis."""
    span = products.n_random
    raw = products.basis[:span, 0 if spec.random_intercept else 1 : span]
    if spec.diagonal:
        sizes = np.linalg.norm(raw, axis=0)
        return raw / sizes, np.diag(sizes)
    vectors, root = np.linalg.qr(raw)
    return vectors, root
