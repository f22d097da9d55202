"""The house has one way through it: imports point one way, and each thing lives in one room."""

import ast
import re

import pytest

MAY_IMPORT = {
    "errors": set(),
    "study": {"errors"},
    "mixed": {"errors"},
    "writing": {"errors"},
    "output": {"errors"},
    "inference": {"errors", "mixed"},
    "results": {"errors", "study", "mixed", "inference", "writing"},
    "prose": {"errors", "mixed", "inference", "study", "results", "writing"},
    "tables": {"errors", "mixed", "inference", "study", "results", "writing"},
    "figures": {"errors", "mixed", "inference", "study", "results", "writing"},
    "page": {"errors", "mixed", "inference", "study", "results", "writing"},
    "build": {"errors", "study", "results", "prose", "tables", "figures", "page", "output"},
    "__main__": {"errors", "study", "results", "output", "build"},
    "prerender": {"__main__"},
}
"""What each room may import from, beside itself."""

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


def test_imports_follow_the_rules(modules):
    for path, source in modules.items():
        here = room(path)
        for there in imported(ast.parse(source)):
            assert there == here or there in MAY_IMPORT[here], f"analysis/{path} imports {there}"


def test_every_room_exists(modules):
    assert {room(path) for path in modules} == MAY_IMPORT.keys()


def test_the_words_of_statsmodels_stay_where_it_is_called(modules):
    for path, source in modules.items():
        if path.name != "as_statsmodels.py":
            assert not STATSMODELS_WORDS.search(source), f"analysis/{path} speaks statsmodels"


def test_only_one_module_writes(modules):
    writing = re.compile(r"\.write_(text|bytes)\(|\.mkdir\(|\bsavefig\(\s*[\"']|os\.replace\(")
    for path, source in modules.items():
        if path.name != "replacement.py":
            assert not writing.search(source), f"analysis/{path} writes files"
