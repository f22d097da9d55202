"""The house has one way through it: imports point one way, and each thing lives in one room."""

import ast
import re

import pytest

LAYERS = (
    {"errors"},
    {"selection", "tablefile", "popular2", "replacement"},
    {"study", "artifacts"},
    {"data"},
    {"pooling", "specification", "crossproducts"},
    {"groupterms", "design"},
    {"likelihood"},
    {"curvature", "mixedfit"},
    {"descent", "comparison", "crosscheck"},
    {"optimum"},
    {"models"},
    {"results"},
    {"formatting"},
    {"notation", "lettering"},
    {"panels"},
    {"lines", "layout"},
    {"labels", "cells", "key", "legend"},
    {"markup"},
    {"alt_texts", "drawing", "regression", "variance_tables"},
    {"tables", "figures", "visualization", "values"},
    {"draughtsman"},
    {"__main__"},
    {"prerender"},
)
"""Every module may import from the layers above its own, in the order of the text."""

LAZY = {("mixedfit", "crosscheck")}
"""Imports inside a function that go the other way: a way out to statsmodels, for cross-checks."""

STATSMODELS_WORDS = re.compile(r"\b(endog|exog|exog_re|bse_fe|fe_params|re_formula)\b")


@pytest.fixture(scope="module")
def modules(root):
    """Return the source of every module by its path below analysis/."""
    folder = root / "analysis"
    return {
        path.relative_to(folder): path.read_text(encoding="utf-8")
        for path in sorted(folder.rglob("*.py"))
        if path != folder / "__init__.py"
    }


def rank(name):
    ranks = [number for number, layer in enumerate(LAYERS) if name in layer]
    assert ranks, f"analysis/{name} has no place in the architecture; give it one in LAYERS"
    return ranks[0]


def room(path):
    return path.parts[0].removesuffix(".py")


def imported(tree):
    """Return the rooms that a tree imports from."""
    for node in ast.walk(tree):
        names = []
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            assert not node.level, "write imports in full, so that they can be followed"
            names = [f"{node.module}.{alias.name}" for alias in node.names]
        for name in names:
            package, _, rest = name.partition(".")
            if package == "analysis" and rest:
                yield rest.partition(".")[0]


def test_imports_point_one_way(modules):
    for path, source in modules.items():
        here = room(path)
        for there in imported(ast.parse(source)):
            if there != here and (here, there) not in LAZY:
                assert rank(there) < rank(here), f"analysis/{path} imports analysis.{there}"


def test_lazy_imports_are_inside_functions(modules):
    for path, source in modules.items():
        top = ast.Module([n for n in ast.parse(source).body if not _is_definition(n)], [])
        assert not {(room(path), there) for there in imported(top)} & LAZY


def _is_definition(node):
    return isinstance(node, ast.FunctionDef | ast.ClassDef)


def test_every_layer_exists(modules):
    assert {room(path) for path in modules} == set.union(*LAYERS)


def test_the_words_of_statsmodels_stay_where_it_is_called(modules):
    for path, source in modules.items():
        if room(path) != "crosscheck":
            assert not STATSMODELS_WORDS.search(source), f"analysis/{path} speaks statsmodels"


def test_only_one_module_writes(modules):
    writing = re.compile(r"\.write_(text|bytes)\(|\.mkdir\(|\bsavefig\(\s*[\"']|os\.replace\(")
    for path, source in modules.items():
        if room(path) != "replacement":
            assert not writing.search(source), f"analysis/{path} writes files"
