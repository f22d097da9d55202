"""The commit that a build names."""

import subprocess

import pytest

from analysis.output.commit import commit_of


def git(folder, *arguments):
    settings = ["-c", "user.name=A", "-c", "user.email=a@example.org", "-c", "commit.gpgsign=false"]
    command = ["git", *settings, *arguments]
    return subprocess.run(command, cwd=folder, check=True, capture_output=True, text=True).stdout


@pytest.fixture
def kept(tmp_path):
    git(tmp_path, "init", "-q")
    (tmp_path / ".gitignore").write_text("built/\n", encoding="utf-8")
    git(tmp_path, "add", ".")
    git(tmp_path, "commit", "-qm", "one")
    return tmp_path


def test_a_commit_without_a_change(kept):
    (kept / "built").mkdir()
    (kept / "built" / "page.html").write_text("x", encoding="utf-8")
    found = commit_of(kept)
    assert (found.name, found.changed) == (git(kept, "rev-parse", "HEAD").strip(), False)


@pytest.mark.parametrize("name", [".gitignore", "new.toml"])
def test_a_change_and_a_new_file_are_seen(kept, name):
    (kept / name).write_text("# another\nbuilt/\n", encoding="utf-8")
    assert commit_of(kept).changed


def test_without_git_there_is_none(kept, tmp_path_factory, monkeypatch):
    assert commit_of(tmp_path_factory.mktemp("bare")) is None
    git(tmp_path_factory.mktemp("empty"), "init", "-q")
    assert commit_of(tmp_path_factory.getbasetemp() / "empty0") is None
    monkeypatch.setenv("PATH", "")
    assert commit_of(kept) is None
