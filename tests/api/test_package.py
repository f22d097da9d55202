"""The package as a whole: light to import, documented, installed with little or with all."""

import ast
import inspect
import re
import subprocess
import sys
import tomllib

import pandas as pd
import pytest

import analysis
from analysis import __main__ as cli
from docs import api as reference

WITHOUT = """
import sys
from importlib.machinery import PathFinder

class Without:
    @staticmethod
    def find_spec(name, path=None, target=None):
        known = name.partition(".")[0] not in {names}
        return PathFinder.find_spec(name, path, target) if known else None

sys.meta_path[sys.meta_path.index(PathFinder)] = Without
"""


def run(code, root, *arguments):
    return subprocess.run(
        [sys.executable, "-W", "error", "-c", code, *arguments],
        cwd=root,
        capture_output=True,
        text=True,
        check=False,
    )


def test_importing_it_imports_no_library(root):
    code = """if True:
        import sys
        before = set(sys.modules)
        import analysis
        assert analysis.__version__
        heavy = {name.partition(".")[0] for name in set(sys.modules) - before}
        assert heavy - sys.stdlib_module_names == {"analysis"}, heavy
        from analysis import read_study
        assert "pandas" not in sys.modules
        from analysis import fit
        assert "pandas" in sys.modules and "matplotlib" not in sys.modules
    """
    done = run(code, root)
    assert (done.returncode, done.stderr) == (0, "")


def test_what_it_offers():
    offered = set(analysis.__all__)
    assert {"fit", "compare", "analyse", "read_study", "__version__", "AnalysisError"} <= offered
    assert offered <= set(dir(analysis))
    for name in offered - {"__version__"}:
        thing = getattr(analysis, name)
        assert inspect.getdoc(thing)
        if inspect.isfunction(thing):
            assert "return" in thing.__annotations__
    with pytest.raises(AttributeError, match="module 'analysis' has no attribute 'fitt'"):
        analysis.fitt  # noqa: B018


def test_types_and_names_agree(root):
    """What a type checker sees is what is imported."""
    tree = ast.parse((root / "analysis" / "__init__.py").read_text(encoding="utf-8"))
    seen = {
        alias.name: node.module.removeprefix("analysis.")
        for block in tree.body
        if isinstance(block, ast.If) and ast.unparse(block.test) == "TYPE_CHECKING"
        for node in block.body
        for alias in node.names
    }
    assert seen == analysis._MODULES
    assert set(seen) | {"__version__"} == set(analysis.__all__)


def test_one_version(root):
    settings = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))
    assert settings["tool"]["hatch"]["version"]["path"] == "analysis/__init__.py"
    assert settings["project"]["dynamic"] == ["version"]
    citation = (root / "CITATION.cff").read_text(encoding="utf-8")
    assert f"\nversion: {analysis.__version__}\n" in citation


def test_the_readmes_example_runs(root, tmp_path, monkeypatch, capsys):
    readme = (root / "README.md").read_text(encoding="utf-8")
    (example,) = re.findall(r"## From Python\n\n```python\n(.*?)```", readme, re.DOTALL)
    assert f"```python\n{example}```" in reference.PAGE.read_text(encoding="utf-8")
    (tmp_path / "data").symlink_to(root / "data")
    monkeypatch.chdir(tmp_path)
    names = {}
    exec(compile(example, "README.md", "exec"), names)
    assert names["predicted"].index.equals(names["pupils"].index)
    printed = capsys.readouterr().out
    assert str(names["slopes"].summary()) in printed
    assert "Comparing two models" in printed
    assert {path.name for path in tmp_path.iterdir()} == {"data", "comparison.html", "pooling.svg"}


def test_the_page_is_what_the_docstrings_say():
    """To make it anew: nox -s api."""
    text = reference.PAGE.read_text(encoding="utf-8")
    assert reference.page() == text
    for name in set(analysis.__all__) - {"Study", "__version__"}:
        assert f"\n# `{name}` {{#{name.lower()} .unnumbered}}\n" in text
    assert "\n## `predict` {#fittedmodel-predict .unnumbered}\n" in text
    assert "\n`singular`\n\n:   Whether a random effect has variance 0" in text


def test_the_command_of_an_installation(root, monkeypatch, capsys):
    settings = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))
    assert settings["project"]["scripts"] == {cli.COMMAND: "analysis.__main__:run"}
    for program, prog in (
        (f"bin/{cli.COMMAND}", cli.COMMAND),
        ("__main__.py", "python -m analysis"),
    ):
        monkeypatch.setattr(sys, "argv", [program, "--what"])
        with pytest.raises(SystemExit):
            cli.main()
        assert capsys.readouterr().err.endswith(f"see {prog} --help\n")


def test_the_command_has_the_settings_of_the_module(root):
    """Set before NumPy is imported, which reads one of them."""
    code = """if True:
        import gc, os, sys
        os.environ.pop("OPENBLAS_NUM_THREADS", None)
        from analysis import __main__ as cli
        assert "numpy" not in sys.modules and gc.isenabled()
        status = cli.run()
        assert os.environ["OPENBLAS_NUM_THREADS"] == "1" and not gc.isenabled()
        sys.exit(status)
    """
    done = run(code, root, "fit", "nowhere.toml")
    assert done.returncode == 2
    assert done.stderr == "error: nowhere.toml: no such study file; give the path of a TOML file\n"


EXTRAS = {
    "parquet": {"pyarrow"},
    "duckdb": {"duckdb"},
    "polars": {"polars"},
    "dask": {"dask"},
    "report": {"pypandoc", "yaml", "typst"},
}


def test_the_extras(root):
    settings = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))
    named = {"pypandoc_binary": "pypandoc", "pyyaml": "yaml"}
    found = {
        extra: {
            named.get(name, name) for name in (re.split(r"[>=\[]", each)[0] for each in packages)
        }
        for extra, packages in settings["project"]["optional-dependencies"].items()
    }
    assert found == EXTRAS


def test_without_extras_models_are_fitted_and_studies_analysed(root, tmp_path):
    pd.read_csv(root / "data" / "popularity.csv").to_parquet(tmp_path / "popularity.parquet")
    study = (root / "data" / "popularity.toml").read_text(encoding="utf-8")
    path = tmp_path / "parquet.toml"
    path.write_text(study.replace("popularity.csv", "popularity.parquet"), encoding="utf-8")
    code = """if True:
        import polars
        from analysis import AnalysisError, analyse, compare, fit
        frame = polars.read_csv("data/popularity.csv").with_columns(
            sex=polars.when(polars.col("sex") == 1).then(polars.lit("girl")).otherwise(None)
            .fill_null("boy")
        )
        fixed = ("sex", "sex + extrav")
        models = [fit(f"popular ~ {each} + (1 | class)", frame) for each in fixed]
        print(list(models[1].fixed_effects), models[1].predict(frame).notna().all())
        print(compare(*models), analyse("data/popularity.toml"))
        try:
            analyse(sys.argv[1])
        except AnalysisError as error:
            print(error)
    """
    # A frame of Polars is fitted wherever there is one.
    names = set.union(*EXTRAS.values()) - {"polars"}
    done = run(WITHOUT.format(names=names) + code, root, str(path))
    assert (done.returncode, done.stderr) == (0, "")
    first, *_, analysed, refused = done.stdout.splitlines()
    assert first == "['Intercept', 'sex[girl]', 'extrav'] True"
    assert "307 rows in 15 classes" in analysed
    assert refused == (
        f"{tmp_path / 'popularity.parquet'}: Parquet is read by pyarrow, which is missing here: "
        "pip install pyarrow"
    )


@pytest.mark.parametrize("missing", ["pypandoc", "yaml", "typst"])
def test_without_an_extra_the_renderer_says_what_installs_it(missing, site, root, tmp_path):
    project = site.parent
    code = """if True:
        import os
        os.environ["PATH"] = ""
        script, project = sys.argv[1:3]
        sys.argv = [script, project, "--target", sys.argv[3]]
        sys.path.insert(0, os.path.dirname(script))
        import runpy
        runpy.run_path(script, run_name="__main__")
    """
    without = WITHOUT.format(names={missing})
    script = str(root / "report" / "render.py")
    done = run(without + code, tmp_path, script, str(project), str(tmp_path / "site"))
    assert done.returncode == 2
    what = "pandoc" if missing == "pypandoc" else missing
    advice = "pip install -e '.[report]' in the project's folder"
    assert done.stderr == f"error: there is no {what}: {advice}\n"
    assert not (tmp_path / "site").exists()
