"""The rules of the house: which room may know which, and what is done in one place only."""

import ast
import re
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

ROOMS = {
    "errors": set(),
    # 1. These know only errors and themselves, and study and mixed the engines that hold a table's
    # rows; mixed knows no study and no file.
    "engines": {"errors"},
    "study": {"errors", "engines"},
    "mixed": {"errors", "engines"},
    "writing": {"errors"},
    "output": {"errors"},
    # 2. Nobody below imports results.
    "inference": {"errors", "mixed"},
    "results": {"errors", "engines", "study", "mixed", "inference"},
    # 3. Four ways to show the results; none imports another.
    "prose": {"errors", "results", "writing"},
    "tables": {"errors", "results", "writing"},
    "figures": {"errors", "results", "writing"},
    "page": {"errors", "results", "writing"},
    # 4. Nothing imports build but new and __main__; api is what the package itself offers, and
    # nothing else imports it.
    "build": {
        *("errors", "output", "study", "mixed", "inference", "results", "writing"),
        *("prose", "tables", "figures", "page"),
    },
    "new": {"build", "errors", "output", "results", "study", "writing"},
    "api": {"errors", "output", "study", "mixed", "inference", "results", "tables", "figures"},
    "__main__": {"build", "errors", "new", "output", "study"},
    "prerender": {"__main__"},
}
"""What each room of analysis/ may import from, beside itself."""

REPORT_MAY_IMPORT = {"errors", "output"}
"""5. What the documents' folder may import from analysis/."""

SHOWING = ("prose", "tables", "page")
"""6. Rooms that write numbers and compute none."""

ALWAYS_ARITHMETIC = (ast.Div, ast.FloorDiv, ast.Pow, ast.MatMult)
ARITHMETIC_ON_WHAT_IS_READ = (ast.Mult, ast.Sub, ast.Mod)
COMPUTING = {"math", "statistics", "numpy", "pandas", "scipy", "statsmodels"}

STATSMODELS_WORDS = re.compile(r"\b(endog|exog|exog_re|bse_fe|fe_params|re_formula)\b")
MODEL_NAME = re.compile(r"\bm[123]\b")


@pytest.fixture(scope="module")
def modules(root) -> dict[Path, str]:
    """Return the source of every module of the code by its path in the project."""
    paths = [*(root / "analysis").rglob("*.py"), *(root / "report").rglob("*.py")]
    return {
        path.relative_to(root): path.read_text(encoding="utf-8")
        for path in sorted(paths)
        if path != root / "analysis" / "__init__.py" and "_artifacts" not in path.parts
    }


def name_of(path):
    """Return the dotted name of a module; one of report/ is imported by its name there."""
    parts = path.with_suffix("").parts
    parts = parts[1:] if parts[0] == "report" else parts
    return ".".join(parts).removesuffix(".__init__")


def room_of(name):
    """Return the room of analysis/ that a dotted name is in."""
    return name.split(".")[1]


def imported(source):
    """Return the dotted names that a module imports, those for type checking included."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert not node.level, "write imports in full, so that they can be followed"
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def of_analysis(source):
    return [name for name in imported(source) if name.startswith("analysis.")]


def test_rooms_import_as_the_rules_say(modules):
    for path, source in modules.items():
        names = of_analysis(source)
        if path.parts[0] == "report":
            allowed = REPORT_MAY_IMPORT
        else:
            here = room_of(name_of(path))
            allowed = ROOMS[here] | {here}
            assert not [n for n in imported(source) if n.split(".")[0] in {"renderer", "report"}]
        for name in names:
            assert room_of(name) in allowed, f"{path} imports {name}"


def test_the_package_offers_what_is_in_api(root):
    source = (root / "analysis" / "__init__.py").read_text(encoding="utf-8")
    assert {room_of(name) for name in of_analysis(source)} == {"api", "errors", "study"}


def test_every_room_is_there(modules):
    rooms = {room_of(name_of(path)) for path in modules if path.parts[0] == "analysis"}
    assert rooms == ROOMS.keys()


def test_no_two_modules_import_each_other(modules):
    known = {name_of(path): path for path in modules}
    graph = {}
    for name, path in known.items():
        asked = imported(modules[path])
        graph[name] = {
            found
            for full in asked
            for found in (full, full.rpartition(".")[0])
            if found in known and found != name
        }
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        pytest.fail(f"modules import each other: {' -> '.join(error.args[1])}")


def test_numbers_are_computed_in_results_or_below(modules):
    for path, source in modules.items():
        if path.parts[:1] != ("analysis",) or room_of(name_of(path)) not in SHOWING:
            continue
        heavy = {name.split(".")[0] for name in imported(source)} & COMPUTING
        assert not heavy, f"{path} imports {heavy}: compute it in results"
        for node in ast.walk(ast.parse(source)):
            if isinstance(node, ast.BinOp) and _computes(node):
                where = f"{path}:{node.lineno}: {ast.unparse(node)}"
                pytest.fail(f"{where} is arithmetic: compute it in results")


def _computes(node):
    """Whether an operation is on numbers of results, not on rows and columns or pixels."""
    if isinstance(node.op, ALWAYS_ARITHMETIC):
        return True
    operands = (node.left, node.right)
    if any(isinstance(operand, ast.List | ast.Tuple) for operand in operands):
        return False  # a list is repeated
    read = (ast.Attribute, ast.Subscript, ast.Call)
    return isinstance(node.op, ARITHMETIC_ON_WHAT_IS_READ) and any(
        isinstance(part, read) for operand in operands for part in ast.walk(operand)
    )


def test_templates_compute_nothing(root):
    """But for the place of a step, which is no number of the report."""
    for path in sorted((root / "analysis").rglob("*.j2")):
        # Those of documents leave Jinja's own signs to Quarto.
        signs = r"<[<%](.*?)[%>]>" if path.parent.name == "skeleton" else r"\{[{%](.*?)[%}]\}"
        for code in re.findall(signs, path.read_text(encoding="utf-8"), re.DOTALL):
            bare = re.sub(r"\"[^\"]*\"|'[^']*'", "", code.strip("-"))
            assert not re.search(r"[*/%]|\d\s*-|\w\s+-\s+\w|\bround\b|\bsum\b", bare), (path, code)


def test_models_are_asked_for_by_role(modules, root):
    templates = {
        path: path.read_text(encoding="utf-8")
        for path in (root / "analysis").rglob("*")
        if path.suffix in {".j2", ".js", ".css"} and "vendor" not in path.parts
    }
    for path, source in {**modules, **templates}.items():
        if path == Path("analysis", "results", "ladder.py"):  # gives them these names
            continue
        code = _without_texts(source) if path.suffix == ".py" else source
        assert not MODEL_NAME.search(code), f"{path} names a model"


def _without_texts(source):
    """Return a module without its docstrings and examples, where m1 may be an example."""
    tree = ast.parse(source)
    for node in ast.walk(tree):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            node.value = ast.Constant(value=None)
    return ast.unparse(tree)


def test_the_words_of_statsmodels_are_nowhere(modules):
    for path, source in modules.items():
        assert not STATSMODELS_WORDS.search(source), f"{path} speaks statsmodels"


def test_only_one_module_of_the_analysis_writes(modules):
    writing = re.compile(r"\.write_(text|bytes)\(|\.mkdir\(|\bsavefig\(\s*[\"']|os\.replace\(")
    for path, source in modules.items():
        if path.parts[0] == "analysis" and path.name != "replacement.py":
            assert not writing.search(source), f"{path} writes files"


def test_folders_and_files_are_swapped_by_one_function(modules, root):
    swapping = re.compile(r"\.rename\(|\.replace\(\s*(new|old|target|folder)\b|\brmtree\(")
    sources = {**modules, Path("noxfile.py"): (root / "noxfile.py").read_text(encoding="utf-8")}
    for path, source in sources.items():
        if path != Path("analysis", "output", "replacement.py"):
            assert not swapping.search(source), f"{path} swaps a folder by itself"


def test_tests_lie_in_folders_of_the_rooms(root):
    tests = [path.relative_to(root / "tests") for path in (root / "tests").rglob("test_*.py")]
    folders = {path.parts[0] for path in tests if len(path.parts) > 1}
    assert folders <= {*ROOMS, "report", "data"}
    for path in tests:
        lines = (root / "tests" / path).read_text(encoding="utf-8").count("\n")
        assert lines <= 420, f"tests/{path} has {lines} lines"


def test_what_needs_a_browser_is_named_so(root):
    """Where there is none, as in a job of checks.yml, the files of that name are left out."""
    trees = {
        path: ast.parse(path.read_text(encoding="utf-8"))
        for path in (root / "tests").rglob("*.py")
        if path.name != "what_is_here.py"
    }
    needing = {"chromium"}
    for _ in range(4):  # fixtures that ask for one another
        for path, tree in trees.items():
            if path.name == "conftest.py":
                needing |= {name for name, asked in _functions(tree) if asked & needing}
    assert {"browser", "visit", "show"} <= needing
    unnamed = {
        path.name
        for path, tree in trees.items()
        if path.name != "conftest.py" and not path.name.endswith("_in_browser.py")
        if any(asked & needing for _, asked in _functions(tree))
    }
    # Where there is no Quarto it is skipped before.
    assert unnamed == {"test_bit_for_bit_with_quarto.py"}


def _functions(tree):
    """Yield each function's name with those of the fixtures that it asks for and of its calls."""
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef):
            called = {
                each.func.id
                for each in ast.walk(node)
                if isinstance(each, ast.Call) and isinstance(each.func, ast.Name)
            }
            yield node.name, {each.arg for each in node.args.args} | called
