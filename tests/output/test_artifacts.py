"""Writing: whole or not at all, and only when something has changed."""

import hashlib
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.errors import ArtifactError
from analysis.output import artifacts
from analysis.output import project as places
from analysis.output.artifacts import encode, fingerprint, lend_to_quarto, up_to_date, write
from analysis.output.project import Project

OLD = {"results.json": b"old", "figures/pooling.svg": b"<svg/>"}
NEW = {"results.json": b"new", "tables/weights.html": b"<table></table>"}


@pytest.fixture
def project(tmp_path):
    (tmp_path / "report").mkdir()
    project = Project(tmp_path)
    write(project, OLD, {"n": "15"}, "old inputs")
    return project


def tree(folder):
    """Return every file below a folder, by path, as bytes."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def test_writes_the_files_the_variables_and_a_manifest_of_both(project):
    written = tree(project.root)
    manifest = json.loads(written.pop("report/_artifacts/manifest.json"))
    assert written == {
        "_variables.yml": b'{\n "n": "15"\n}\n',
        "report/_artifacts/variables.json": b'{\n "n": "15"\n}\n',
        "report/_artifacts/results.json": b"old",
        "report/_artifacts/figures/pooling.svg": b"<svg/>",
    }
    del written["_variables.yml"]  # of whatever study Quarto renders
    assert manifest == {
        "fingerprint": "old inputs",
        "files": {name: hashlib.sha256(data).hexdigest() for name, data in written.items()},
    }


def test_replaces_everything_that_was_there(project):
    write(project, NEW, {"n": "16"}, "new inputs")
    assert set(tree(project.artifacts)) == {*NEW, "manifest.json", "variables.json"}
    assert up_to_date(project, "new inputs")


def test_is_up_to_date_for_the_same_inputs_only(project):
    assert up_to_date(project, "old inputs")
    assert not up_to_date(project, "other inputs")


@pytest.mark.parametrize(
    "damage",
    [
        lambda project: project.variables.unlink(),
        lambda project: project.variables.write_text("{}"),
        lambda project: (project.artifacts / "results.json").write_bytes(b"old "),
        lambda project: (project.artifacts / "figures" / "pooling.svg").unlink(),
        lambda project: project.manifest.unlink(),
        lambda project: project.manifest.write_text("{"),
        lambda project: project.manifest.write_text("[]"),
        lambda project: project.manifest.write_text('{"fingerprint": "old inputs"}'),
        lambda project: shutil.rmtree(project.artifacts),
    ],
)
def test_is_not_up_to_date_once_an_artifact_is_gone_or_changed(project, damage):
    damage(project)
    assert not up_to_date(project, "old inputs")


def test_a_build_killed_between_two_renames_is_mended_by_the_next(project):
    project.artifacts.rename(project.artifacts.with_name("._artifacts.old"))
    write(project, NEW, {"n": "16"}, "new inputs")
    assert sorted(path.name for path in (project.root / "report").iterdir()) == ["_artifacts"]
    assert up_to_date(project, "new inputs")


def test_a_build_killed_before_the_variables_is_done_again(project):
    """Such as by a power cut, after which nothing is undone."""
    variables = project.variables.read_bytes()
    write(project, NEW, {"n": "16"}, "new inputs")
    project.variables.write_bytes(variables)
    assert not up_to_date(project, "new inputs")


@pytest.mark.parametrize("name", ["report/_artifacts", "_variables.yml"])
def test_artifacts_and_variables_are_both_new_or_both_old(project, monkeypatch, name):
    """The figures were the new study's, and the numbers of the prose the old one's."""
    before, place, rename = tree(project.root), project.root / name, Path.rename

    def full(path, target):
        if (target, path.name) == (place, place.name):
            raise OSError(28, "No space left on device", os.fspath(path), None, os.fspath(target))
        return rename(path, target)

    monkeypatch.setattr(Path, "rename", full)
    with pytest.raises(ArtifactError) as refusal:
        write(project, NEW, {"n": "16"}, "new inputs")
    assert str(refusal.value).startswith(f"{place}: cannot be written (No space")
    assert tree(project.root) == before


def test_the_fingerprint_is_of_names_contents_and_facts(tmp_path):
    path = tmp_path / "study.toml"
    missing = fingerprint([path])
    path.write_text("a = 1")
    base = fingerprint([path])
    other = tmp_path / "other.toml"
    other.write_text("a = 1")
    changed = {missing, base, fingerprint([other]), fingerprint([path], extra=["3.13"])}
    assert fingerprint([path], extra=["study\udcff.toml"])  # a name that is no UTF-8
    path.write_text("a = 2")
    assert len({*changed, fingerprint([path])}) == 5
    path.write_text("a = 1")
    assert fingerprint([path]) == base


def test_the_sources_are_all_code_and_locks(root):
    sources = {path.relative_to(root).as_posix() for path in Project(root).sources()}
    assert {
        "analysis/__main__.py",
        "analysis/mixed/likelihood.py",
        "analysis/figures/report.mplstyle",
        "requirements/report.txt",
    } <= sources
    assert not [name for name in sources if "__pycache__" in name]


def test_the_sources_are_the_code_that_runs(tmp_path):
    (tmp_path / "analysis").mkdir()
    (tmp_path / "analysis" / "pooling.py").touch()
    sources = Project(tmp_path).sources()
    assert Path(artifacts.__file__) in sources
    assert not [path for path in sources if path.is_relative_to(tmp_path)]


def test_finds_the_project_above_the_current_folder(tmp_path, root):
    (tmp_path / "_quarto.yml").touch()
    below = tmp_path / "a" / "b"
    below.mkdir(parents=True)
    assert Project.find(below).root == tmp_path
    assert Project.find(root / "data").root == root


def test_outside_every_project_it_is_the_checkout_of_the_package(tmp_path, root):
    assert not any((folder / "_quarto.yml").exists() for folder in tmp_path.parents)
    assert Project.find(tmp_path).root == root


def test_outside_every_project_an_installed_package_has_none(tmp_path, monkeypatch):
    """It wrote the artifacts among the installed packages."""
    monkeypatch.setattr(places, "CODE", tmp_path / "packages" / "analysis")
    with pytest.raises(ArtifactError) as refusal:
        Project.find(tmp_path)
    expected = f"{tmp_path}: no _quarto.yml here or above; run in the project's folder"
    assert str(refusal.value) == expected


def test_encodes_floats_in_full_and_refuses_what_is_not_finite():
    assert encode({"x": 0.1 + 0.2}) == b'{\n "x": 0.30000000000000004\n}\n'
    with pytest.raises(ValueError, match="not JSON compliant"):
        encode({"x": float("nan")})


json_values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)


@given(json_values)
def test_json_is_what_json_makes_of_it(content):
    expected = json.dumps(content, ensure_ascii=False, indent=1) + "\n"
    assert encode(content) == expected.encode()


def test_an_up_to_date_build_needs_no_heavy_library(root):
    check = (
        "import sys, analysis.__main__\n"
        "print({'numpy', 'pandas', 'statsmodels', 'matplotlib'} & set(sys.modules))"
    )
    done = subprocess.run(
        [sys.executable, "-c", check],
        cwd=root,
        env={**os.environ, "PYTHONWARNINGS": "error"},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout == "set()\n"


def test_quarto_has_the_variables_of_the_study_that_was_built_last(project):
    own = project.quarto_variables.read_bytes()
    assert not lend_to_quarto(project)
    other = Project(project.root, "other")
    (project.root / "report" / "other").mkdir()
    write(other, NEW, {"n": "7"}, "of another study")
    assert project.quarto_variables.read_bytes() == b'{\n "n": "7"\n}\n'
    assert up_to_date(project, "old inputs")
    assert lend_to_quarto(project)
    assert project.quarto_variables.read_bytes() == own
    project.quarto_variables.unlink()
    assert lend_to_quarto(project)
    assert project.quarto_variables.read_bytes() == own
