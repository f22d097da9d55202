"""Replacing whole or not at all, whatever happens on the way."""

import os
import re
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from analysis.errors import ArtifactError
from analysis.output import replacement
from analysis.output.replacement import replace, replacing, swap

OLD = {"results.json": b"old", "figures/one.svg": b"<svg/>"}
NEW = {"results.json": b"new", "tables/one.html": b"<table></table>"}
RENAMES = ("old folder away", "new folder in", "old file away", "new file in")

needs_modes = pytest.mark.skipif(
    os.name == "nt", reason="Windows has no umask, and cannot tell whether a process runs"
)


class Killed(BaseException):
    """What no handler of errors catches, like an interrupt."""


def tree(folder):
    """Return every file below a folder, by path, as bytes."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def contents(root, files, text):
    return {root / "folder": files, root / "file": text}


def expected(files, text):
    return {"file": text, **{f"folder/{name}": data for name, data in files.items()}}


BEFORE, AFTER = expected(OLD, b"old"), expected(NEW, b"new")


@pytest.fixture
def root(tmp_path):
    replace(contents(tmp_path, OLD, b"old"))
    return tmp_path


def renew(root):
    replace(contents(root, NEW, b"new"))


def nothing_left(root):
    return not [path for path in root.rglob("*") if path.name.startswith(".")]


def failing(count, original, interruption, *, after=False):
    """Return a function that is interrupted in one of its calls, before its work or after."""
    calls = []

    def interrupted(*arguments, **options):
        calls.append(arguments)
        if len(calls) == count and not after:
            raise interruption
        result = original(*arguments, **options)
        if len(calls) == count:
            raise interruption
        return result

    return interrupted


def test_everything_that_was_there_is_replaced(root):
    assert tree(root) == BEFORE
    renew(root)
    assert tree(root) == AFTER
    assert nothing_left(root)


@pytest.mark.parametrize("earlier", [True, False], ids=["again", "first"])
@pytest.mark.parametrize("interruption", [OSError(28, "No space left on device"), Killed()])
@pytest.mark.parametrize("step", ["first room", "second room", "first write", "third write"])
def test_an_interrupted_preparation_leaves_all_as_it_was(
    root, monkeypatch, interruption, step, earlier
):
    if not earlier:
        root = root / "elsewhere"
        root.mkdir()
    count = {"first": 1, "second": 2, "third": 3}[step.split()[0]]
    place, name = (replacement.tempfile, "mkdtemp") if "room" in step else (Path, "write_bytes")
    with monkeypatch.context() as patched:
        patched.setattr(place, name, failing(count, getattr(place, name), interruption))
        with pytest.raises((ArtifactError, Killed)) as refusal:
            renew(root)
    assert tree(root) == (BEFORE if earlier else {})
    assert (root / "folder").exists() == earlier
    assert nothing_left(root)
    if isinstance(interruption, OSError):
        name = {"first room": "folder", "first write": "folder/results.json"}.get(step, "file")
        assert str(refusal.value) == (
            f"{root / name}: cannot be written (No space left on device); what was there is left "
            "as it was: check the folder's permissions and free space"
        )


@pytest.mark.parametrize("moment", ["before", "after"])
@pytest.mark.parametrize("interruption", [OSError(13, "Permission denied"), Killed()])
@pytest.mark.parametrize("count", range(1, 5), ids=RENAMES)
def test_an_interrupted_swap_is_undone(root, monkeypatch, interruption, count, moment):
    rename = failing(count, Path.rename, interruption, after=moment == "after")
    with monkeypatch.context() as patched:
        patched.setattr(Path, "rename", rename)
        with pytest.raises((ArtifactError, Killed)):
            renew(root)
    assert tree(root) == BEFORE
    assert nothing_left(root)


@pytest.mark.parametrize("moment", ["before", "after"])
@pytest.mark.parametrize("count", [1, 2], ids=["folder", "file"])
def test_a_first_build_that_is_interrupted_leaves_nothing(tmp_path, monkeypatch, count, moment):
    rename = failing(count, Path.rename, Killed(), after=moment == "after")
    with monkeypatch.context() as patched:
        patched.setattr(Path, "rename", rename)
        with pytest.raises(Killed):
            renew(tmp_path)
    assert tree(tmp_path) == {}


KILLED = """
import os, sys
from pathlib import Path
from analysis.output.replacement import replace
root, count, moment = Path(sys.argv[1]), int(sys.argv[2]), sys.argv[3]
rename, calls = Path.rename, []
def killed(*arguments):
    calls.append(arguments)
    if len(calls) == count and moment == "before":
        os._exit(9)
    rename(*arguments)
    if len(calls) == count:
        os._exit(9)
Path.rename = killed
replace({root / "folder": {"results.json": b"new", "tables/one.html": b"<table></table>"},
         root / "file": b"new"})
"""


@needs_modes
@pytest.mark.parametrize("moment", ["before", "after"])
@pytest.mark.parametrize("count", range(1, 7), ids=(*RENAMES, "folder's end", "file's end"))
def test_a_killed_swap_loses_nothing_and_is_mended_by_the_next(root, count, moment):
    """Such as by a power cut, after which nothing is undone."""
    checkout = Path(replacement.__file__).parents[2]
    command = [sys.executable, "-c", KILLED, str(root), str(count), moment]
    assert subprocess.run(command, cwd=checkout, check=False).returncode == 9
    with pytest.raises(Killed), replacing(root / "folder", root / "file"):
        raise Killed
    whole = tree(root)
    assert nothing_left(root)
    assert whole["file"] in {b"old", b"new"}
    folder = {name: data for name, data in whole.items() if name != "file"}
    assert folder in [
        {name: data for name, data in state.items() if name != "file"} for state in (BEFORE, AFTER)
    ]
    renew(root)
    assert tree(root) == AFTER
    assert nothing_left(root)


@needs_modes
def test_what_a_killed_build_left_is_removed(root):
    done = subprocess.run([sys.executable, "-c", "import os; print(os.getpid())"],
                          capture_output=True, text=True, check=True)  # fmt: skip
    names = (f"by{done.stdout.strip()}-abcdefgh", f"by{os.getpid()}-abcdefgh", "mine")
    left = [root / f".{target}.{name}" for target in ("folder", "file") for name in names]
    for path in left:
        path.mkdir()
    renew(root)
    assert [path for path in left if not path.exists()] == left[::3]


@needs_modes
@pytest.mark.parametrize("umask", [0o022, 0o027, 0o077])
def test_who_may_read_what_is_written_is_for_the_umask_to_say(root, umask):
    before = os.umask(umask)
    try:
        renew(root)
    finally:
        os.umask(before)
    for path in root.rglob("*"):
        everyone = 0o777 if path.is_dir() else 0o666
        assert stat.S_IMODE(path.stat().st_mode) == everyone & ~umask


@pytest.mark.parametrize("name", ["folder", ".folder.old", "file"])
@pytest.mark.parametrize("what", ["link", "dangling link"])
def test_a_link_is_refused(root, tmp_path_factory, name, what):
    """A link was moved aside once, and stood in the way of every build after."""
    elsewhere = tmp_path_factory.mktemp("elsewhere")
    (elsewhere / "mine.txt").write_text("mine")
    path = root / name
    if path.exists():
        path.rename(elsewhere / "before")
    path.symlink_to(elsewhere / ("none" if what == "dangling link" else ""))
    before = tree(root), tree(elsewhere)
    for _ in range(2):
        with pytest.raises(ArtifactError) as refusal:
            renew(root)
        assert str(refusal.value) == f"{path}: is a link, which no build made; move it away"
        assert (tree(root), tree(elsewhere)) == before
    path.unlink()
    renew(root)
    assert tree(root) == AFTER


@pytest.mark.parametrize("kinds", [("file", "folder"), ("folder", "file")])
def test_no_kind_takes_the_place_of_the_other(root, kinds):
    was, wanted = kinds
    target, content = root / was, {"a": b"new"} if wanted == "folder" else b"new"
    with pytest.raises(ArtifactError) as refusal:
        replace({root / "another": b"new", target: content})
    assert str(refusal.value) == f"{target}: is a {was}, and a {wanted} belongs there; move it away"
    assert tree(root) == BEFORE


def test_a_folder_of_the_users_is_not_in_the_way(root):
    (root / "folder.old").mkdir()
    (root / "folder.old" / "precious.txt").write_text("a thesis")
    renew(root)
    assert tree(root) == {**AFTER, "folder.old/precious.txt": b"a thesis"}


def test_folders_above_are_made(tmp_path):
    replace({tmp_path / "a" / "b" / "file": b"new"})
    assert tree(tmp_path) == {"a/b/file": b"new"}


def test_a_file_in_the_place_of_a_folder_above_is_named(root):
    with pytest.raises(ArtifactError, match=re.escape(f"{root / 'file'}: cannot be written (")):
        replace({root / "file" / "a": b"new"})
    assert tree(root) == BEFORE


def test_a_source_that_cannot_be_read_is_not_the_targets(root):
    source = root / "none.svg"
    with pytest.raises(FileNotFoundError) as refusal, replacing(root / "folder") as (new,):
        new.write_bytes(source.read_bytes())
    assert refusal.value.filename == str(source)
    assert tree(root) == BEFORE


def test_a_failed_copy_is_named_by_its_place(root):
    def copied(new):
        raise OSError(28, "No space left on device", "a source", None, str(new / "a.svg"))

    with pytest.raises(ArtifactError) as refusal, replacing(root / "folder") as (new,):
        copied(new)
    assert str(refusal.value).startswith(f"{root / 'folder' / 'a.svg'}: cannot be written (No spa")


def test_what_was_not_made_takes_no_place(root):
    message = f"{root / 'folder'}: cannot be written (No such file"
    with pytest.raises(ArtifactError, match=re.escape(message)), replacing(root / "folder"):
        pass
    assert tree(root) == BEFORE


def test_a_complete_folder_of_another_program_takes_its_place(root):
    (root / "folder.new").mkdir()
    (root / "folder.new" / "index.html").write_bytes(b"new")
    swap({root / "folder.new": root / "folder"})
    assert tree(root) == {"file": b"old", "folder/index.html": b"new"}
    assert nothing_left(root)


def test_a_missing_folder_of_another_program_leaves_the_old_one(root):
    message = f"{root / 'folder'}: cannot be written (No such file"
    with pytest.raises(ArtifactError, match=re.escape(message)):
        swap({root / "folder.new": root / "folder"})
    assert tree(root) == BEFORE


def test_on_windows_what_is_open_elsewhere_is_named(root, monkeypatch):
    """A reader of the PDF, say, by whose file the folder around it cannot move."""

    class Shared(PermissionError):
        winerror = 32

    def rename(path, target):
        raise Shared(13, "The process cannot access the file", os.fspath(path))

    monkeypatch.setattr(Path, "rename", rename)
    with pytest.raises(ArtifactError, match=r"cannot access the file.*close the program in which"):
        renew(root)
    assert tree(root) == BEFORE
