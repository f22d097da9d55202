"""Writing: whole or not at all, and only when something has changed."""

import hashlib
import json
import os
import shutil
import stat
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.errors import ArtifactError
from analysis.output import artifacts, replacement
from analysis.output import project as places
from analysis.output.artifacts import encode, fingerprint, up_to_date, write
from analysis.output.project import Project
from analysis.output.replacement import staged

OLD = {"results.json": b"old", "figures/pooling.svg": b"<svg/>"}
NEW = {"results.json": b"new", "tables/weights.html": b"<table></table>"}

needs_modes = pytest.mark.skipif(
    os.name == "nt", reason="Windows has no umask, and cannot tell whether a process runs"
)


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
        "report/_artifacts/results.json": b"old",
        "report/_artifacts/figures/pooling.svg": b"<svg/>",
    }
    assert manifest == {
        "fingerprint": "old inputs",
        "files": {name: hashlib.sha256(data).hexdigest() for name, data in written.items()},
    }


def test_replaces_everything_that_was_there(project):
    write(project, NEW, {"n": "16"}, "new inputs")
    assert set(tree(project.artifacts)) == {*NEW, "manifest.json"}
    assert up_to_date(project, "new inputs")


@needs_modes
@pytest.mark.parametrize("umask", [0o022, 0o027, 0o077])
def test_who_may_read_what_is_written_is_for_the_umask_to_say(project, umask):
    before = os.umask(umask)
    try:
        write(project, NEW, {"n": "16"}, "new inputs")
    finally:
        os.umask(before)
    for path in (project.variables, project.artifacts, *project.artifacts.rglob("*")):
        everyone = 0o777 if path.is_dir() else 0o666
        assert stat.S_IMODE(path.stat().st_mode) == everyone & ~umask


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


class Killed(BaseException):
    """What no handler of errors catches, like an interrupt."""


@pytest.mark.parametrize("interruption", [OSError(28, "No space left on device"), Killed()])
@pytest.mark.parametrize("step", ["mkdtemp", "write_bytes", "first rename", "second rename"])
def test_an_interruption_leaves_the_last_good_artifacts(project, monkeypatch, interruption, step):
    before = tree(project.root)
    calls = []

    def at(count, original):
        def interrupted(*arguments, **options):
            calls.append(arguments)
            if len(calls) == count:
                raise interruption
            return original(*arguments, **options)

        return interrupted

    with monkeypatch.context() as patched:
        match step:
            case "mkdtemp":
                patched.setattr(replacement.tempfile, "mkdtemp", at(1, None))
            case "write_bytes":
                patched.setattr(Path, "write_bytes", at(2, Path.write_bytes))
            case "first rename":
                patched.setattr(Path, "rename", at(1, Path.rename))
            case "second rename":
                patched.setattr(Path, "rename", at(2, Path.rename))
        with pytest.raises((ArtifactError, Killed)) as refusal:
            write(project, NEW, {"n": "16"}, "new inputs")
    assert calls
    assert tree(project.root) == before
    assert not [path for path in project.root.rglob("*") if path.name.startswith(".")]
    if isinstance(interruption, OSError):
        assert refusal.type is ArtifactError
        assert "No space left on device" in str(refusal.value)


def test_a_build_killed_between_two_renames_is_mended_by_the_next(project):
    project.artifacts.rename(project.artifacts.with_name("_artifacts.old"))
    write(project, NEW, {"n": "16"}, "new inputs")
    assert sorted(path.name for path in (project.root / "report").iterdir()) == ["_artifacts"]
    assert up_to_date(project, "new inputs")


@needs_modes
def test_what_a_killed_build_left_is_removed(project):
    done = subprocess.run([sys.executable, "-c", "import os; print(os.getpid())"],
                          capture_output=True, text=True, check=True)  # fmt: skip
    left = [
        folder / f"{prefix}{process}"
        for folder, prefix in (
            (project.root / "report", "._artifacts."),
            (project.root, "._variables.yml."),
        )
        for process in (f"by{done.stdout.strip()}-abcdefgh", f"by{os.getpid()}-abcdefgh", "mine")
    ]
    for path in left:
        path.mkdir()
    write(project, NEW, {"n": "16"}, "new inputs")
    assert [path for path in left if not path.exists()] == left[::3]


def test_a_build_killed_before_the_variables_is_done_again(project):
    """Such as by a power cut, after which nothing is undone."""
    variables = project.variables.read_bytes()
    write(project, NEW, {"n": "16"}, "new inputs")
    project.variables.write_bytes(variables)
    assert not up_to_date(project, "new inputs")


@pytest.mark.parametrize("earlier", [True, False])
@pytest.mark.parametrize("step", ["mkdtemp", "write_bytes", "replace"])
@pytest.mark.parametrize("interruption", [OSError(28, "No space left on device"), Killed()])
def test_without_the_variables_nothing_is_new(project, monkeypatch, interruption, step, earlier):
    """The figures were the new study's, and the numbers of the prose the old one's."""
    if not earlier:
        shutil.rmtree(project.artifacts)
        project.variables.unlink()
    before = tree(project.root)

    def interrupted(*_arguments, **_options):
        raise interruption

    with monkeypatch.context() as patched:
        patched.setattr(replacement.tempfile if step == "mkdtemp" else Path, step, interrupted)
        with pytest.raises((ArtifactError, Killed)) as refusal:
            write(project, NEW, {"n": "16"}, "new inputs")
    assert tree(project.root) == before
    assert project.artifacts.exists() == earlier
    if isinstance(interruption, OSError):
        assert str(refusal.value).startswith(f"{project.variables}: cannot be written (No space")


def test_refuses_a_folder_for_the_variables(project):
    project.variables.unlink()
    project.variables.mkdir()
    before = tree(project.root)
    with pytest.raises(ArtifactError, match="cannot be written") as refusal:
        write(project, NEW, {"n": "16"}, "new inputs")
    assert tree(project.root) == before
    assert str(refusal.value).startswith(f"{project.variables}: cannot be written (")
    assert "left as they were" in str(refusal.value)


@pytest.mark.parametrize("name", ["_artifacts", "_artifacts.old"])
@pytest.mark.parametrize("what", ["a link", "a dangling link", "a file"])
def test_refuses_a_link_or_a_file_for_the_folder(project, tmp_path_factory, name, what):
    """A link was moved aside once, and stood in the way of every build after."""
    path = project.artifacts.with_name(name)
    elsewhere = tmp_path_factory.mktemp("elsewhere")
    (elsewhere / "mine.txt").write_text("mine")
    if path.exists():
        shutil.rmtree(path)
    match what:
        case "a link":
            path.symlink_to(elsewhere)
        case "a dangling link":
            path.symlink_to(elsewhere / "none")
        case "a file":
            path.write_text("mine")
    before = tree(project.root), tree(elsewhere)
    for _ in range(2):
        with pytest.raises(ArtifactError) as refusal:
            write(project, NEW, {"n": "16"}, "new inputs")
        assert str(refusal.value).startswith(f"{path}: is {what.replace('dangling ', '')}")
        assert "move it away" in str(refusal.value)
        assert (tree(project.root), tree(elsewhere)) == before
    path.unlink()
    write(project, NEW, {"n": "16"}, "new inputs")
    assert up_to_date(project, "new inputs")


def test_names_the_file_that_cannot_be_written_not_the_temporary_one(project, monkeypatch):
    write_bytes = Path.write_bytes

    def full(path, data):
        if path.name == "results.json":
            raise OSError(28, "No space left on device", "a temporary file")
        return write_bytes(path, data)

    monkeypatch.setattr(Path, "write_bytes", full)
    with pytest.raises(ArtifactError) as refusal:
        write(project, NEW, {"n": "16"}, "new inputs")
    assert str(refusal.value).startswith(f"{project.artifacts / 'results.json'}: cannot be written")


def test_refuses_a_target_that_is_no_folder(tmp_path):
    (tmp_path / "report").write_text("a file where a folder should be")
    with pytest.raises(ArtifactError, match=r"report: cannot be written .*left as they were"):
        write(Project(tmp_path), NEW, {}, "inputs")
    assert set(tree(tmp_path)) == {"report"}


def test_a_file_is_written_whole_or_not_at_all(tmp_path, monkeypatch):
    path = tmp_path / "page.html"
    with staged(path, b"old") as put:
        assert tree(tmp_path).get("page.html") is None
        put()

    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "replace", full)
    with pytest.raises(OSError, match="No space left"), staged(path, b"new") as put:
        put()
    assert tree(tmp_path) == {"page.html": b"old"}


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
