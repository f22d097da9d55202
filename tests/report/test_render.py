"""The renderer's command line, and that it writes all or nothing, and nothing twice."""

import errno
import os
import re
import shutil
import stat
import subprocess
import sys
from pathlib import Path

import pytest
import render
from renderer import record
from renderer.convert import to_page
from small_project import DOCUMENT, FRONT, REPORT, set_key, tree, write
from what_is_here import knows_processes

from analysis.errors import RenderError


def test_target_that_cannot_be_written_is_refused_in_one_line(project, capsys):
    (project / "file").write_text("in the way")
    for target in ("file", "file/site"):
        assert render.main([str(project), "--target", str(project / target)]) == 2
        assert capsys.readouterr().err.count("\n") == 1
    assert (project / "file").read_text() == "in the way"


FOREIGN = {
    "the project": ".",
    "above the project": "..",
    "sources": "report",
    "other files": "../mine",
    "a repository": "../repository",
}


@pytest.mark.parametrize("target", FOREIGN.values(), ids=FOREIGN.keys())
@pytest.mark.parametrize("asked", ["option", "settings", "link"])
def test_only_a_site_is_replaced(project, capsys, target, asked):
    for name in ("mine", "repository/.git"):
        (project.parent / name).mkdir(parents=True)
        (project.parent / name / "precious.txt").write_text("a thesis")
    (project.parent / "repository" / ".render.json").write_text("{}")
    options = []
    if asked == "option":
        options = ["--target", str(project / target)]
    elif asked == "link":
        (project / "_site").symlink_to(project / target)
    else:
        set_key(project, f"project: {{output-dir: {target}, render: [report/*.qmd]}}")
    before = tree(project.parent)
    assert render.main([str(project), *options]) == 2
    error = capsys.readouterr().err
    assert re.fullmatch(r"error: cannot write the site to .*: .*; name another folder .*\n", error)
    assert tree(project.parent) == before


@pytest.mark.parametrize("mark", ["site_libs/quarto-html", "report/x/results.json"])
def test_a_site_of_quartos_is_replaced(project, mark):
    (project / "_site" / mark).mkdir(parents=True)
    (project / "_site" / "search.json").write_text("[]")
    site = render.render(project).folder
    assert not (site / "search.json").exists()


def test_a_full_disk_is_the_targets(project, monkeypatch, capsys):
    def copy(source, target):
        raise OSError(errno.ENOSPC, "No space left on device", str(source), None, str(target))

    monkeypatch.setattr("shutil.copyfile", copy)
    assert render.main([str(project)]) == 2
    place = project / "_site" / "report" / "results.json"
    error = capsys.readouterr().err
    assert error.startswith(f"error: {place}: cannot be written (No space left on device); what")


def test_an_unknown_option_is_refused_in_one_line(capsys):
    with pytest.raises(SystemExit, match="2"):
        render.main(["--foo"])
    assert re.fullmatch(r"error: .*--foo; see .* --help\n", capsys.readouterr().err)


def test_the_installed_analysis_serves_a_project_without_it(project):
    shutil.copytree(
        REPORT, project / "report", dirs_exist_ok=True,
        ignore=shutil.ignore_patterns("_artifacts", "*.qmd", "__pycache__"),
    )  # fmt: skip
    command = [sys.executable, "report/render.py"]
    environment = {**os.environ, "PYTHONPATH": str(REPORT.parent)}
    done = subprocess.run(
        command, cwd=project, env=environment, capture_output=True, text=True, check=False
    )
    page = project / "_site" / "report" / "index.html"
    assert (done.returncode, done.stdout, done.stderr) == (0, f"{page}\n", "")
    assert page.exists()


@pytest.mark.skipif(sys.platform != "linux", reason="/dev/full is a device of Linux")
def test_output_that_cannot_be_written_ends_in_one_line(project):
    command = [sys.executable, str(REPORT / "render.py"), str(project)]
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(command, stdout=full, stderr=subprocess.PIPE, text=True, check=False)
    message = (
        "error: standard output: cannot be written (No space left on device); send it elsewhere\n"
    )
    assert (done.returncode, done.stderr) == (2, message)


def test_a_reader_that_has_enough_is_no_error(project):
    command = [sys.executable, str(REPORT / "render.py"), str(project)]
    reading, writing = os.pipe()
    os.close(reading)
    done = subprocess.run(command, stdout=writing, stderr=subprocess.PIPE, text=True, check=False)
    os.close(writing)
    assert (done.returncode, done.stderr) == (0, "")


def test_command_line_names_no_file_where_the_system_names_none(monkeypatch, capsys):
    def refused(*_, **__):
        raise OSError(errno.ENOMEM, "Cannot allocate memory")

    monkeypatch.setattr(render, "render", refused)
    assert render.main([]) == 2
    assert capsys.readouterr().err == "error: Cannot allocate memory\n"


def test_command_line_prints_the_files(project, capsys):
    assert render.main([str(project)]) == 0
    assert Path(capsys.readouterr().out.rstrip("\n")) == project / "_site/report/index.html"


def test_two_builds_are_the_same_to_the_byte(project, tmp_path):
    write(project, DOCUMENT)
    folders = [render.render(project, target=tmp_path / name).folder for name in ("a", "b")]
    assert tree(folders[0]) == tree(folders[1])


def test_nothing_is_built_twice(project):
    write(project, DOCUMENT)
    first = render.render(project)
    assert first.rebuilt
    assert [path.name for path in first.files] == ["index.html", "index.pdf"]
    assert not render.render(project).rebuilt


@pytest.mark.parametrize(
    "name",
    ["report/index.qmd", "report/_artifacts/variables.json", "_quarto.yml",
     "report/_artifacts/tables/one.html", "extra/read.txt", "_site/report/index.html"],
)  # fmt: skip
def test_a_changed_source_or_page_is_built_again(project, name):
    render.render(project)
    with (project / name).open("a") as file:
        file.write("\n")
    assert render.render(project).rebuilt
    assert not render.render(project).rebuilt


@pytest.mark.parametrize(
    "name",
    ["render.py", "renderer/page.py", "renderer/pandoc/report.lua", "look/style.typ",
     "_extensions/artifact/blocks.lua"],
)  # fmt: skip
def test_a_change_of_the_renderer_builds_anew(project, tmp_path, monkeypatch, name):
    code = shutil.copytree(REPORT, tmp_path / "code", ignore=shutil.ignore_patterns("_art*"))
    monkeypatch.setattr(record, "REPORT", code)
    render.render(project)
    assert not render.render(project).rebuilt
    with (code / name).open("a") as file:
        file.write("\n")
    assert render.render(project).rebuilt


def test_a_change_in_one_document_leaves_the_others(project, monkeypatch):
    (project / "report" / "other.qmd").write_text(FRONT.replace("aliases", "toc: true #"))
    before = tree(render.render(project).folder)
    write(project, FRONT + "A change.\n")
    made = []

    def watched(document, project):
        made.append(document.name)
        return to_page(document, project)

    monkeypatch.setattr(render, "to_page", watched)
    after = tree(render.render(project).folder)
    assert made == ["report/index.qmd"]
    assert after["report/other.html"] == before["report/other.html"]
    assert after["report/index.html"] != before["report/index.html"]


def test_what_the_new_site_lacks_is_gone(project):
    write(project, FRONT + '![](_artifacts/figures/one.svg){fig-alt="x"}\n')
    folder = render.render(project).folder
    assert (folder / "report/_artifacts/figures/one.svg").exists()
    write(project, FRONT + "Nothing.\n")
    render.render(project)
    assert not (folder / "report/_artifacts").exists()


def test_an_interrupt_leaves_the_last_site(project, monkeypatch):
    before = tree(render.render(project).folder)
    write(project, FRONT + "Something else.\n")

    def interrupt(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr(render, "settle_links", interrupt)
    assert render.main([str(project)]) == 130
    assert tree(project / "_site") == before


def test_a_build_killed_between_the_renames_is_mended(project):
    folder = render.render(project).folder
    folder.rename(folder.with_name("._site.old"))
    write(project, FRONT + "{{< var nothing >}}\n")
    with pytest.raises(RenderError, match="unknown variable"):
        render.render(project)
    assert (folder / "report" / "index.html").exists()
    assert not folder.with_name("._site.old").exists()


def test_a_site_behind_a_link_is_replaced_there(project):
    (project / "elsewhere").mkdir()
    (project / "_site").symlink_to("elsewhere")
    for text in ("One.", "Two."):
        write(project, FRONT + text)
        render.render(project)
        assert text in (project / "elsewhere/report/index.html").read_text(encoding="utf-8")
    assert (project / "_site").is_symlink()
    assert sorted(path.name for path in project.glob("*e*where*")) == ["elsewhere"]


@pytest.mark.skipif(os.name == "nt", reason="Windows has no umask")
@pytest.mark.parametrize("umask", [0o022, 0o077])
def test_who_may_read_the_site_is_for_the_umask_to_say(project, umask):
    before = os.umask(umask)
    try:
        render.render(project)
    finally:
        os.umask(before)
    site = project / "_site"
    for path in (site, *site.rglob("*")):
        everyone = 0o777 if path.is_dir() else 0o666
        assert stat.S_IMODE(path.stat().st_mode) == everyone & ~umask


@knows_processes
def test_what_killed_builds_left_is_removed_and_not_read(project):
    """The site was built anew for it, and it stayed."""
    first = render.render(project)
    hidden = project / "report" / "._artifacts.old"
    hidden.mkdir()
    (hidden / "results.json").write_text("{}")
    beside = project / "._site.by999999999-abcdefgh"
    beside.mkdir()
    assert not render.render(project).rebuilt
    assert not beside.exists()
    assert first.folder.is_dir()


def test_names_in_any_script_need_no_locale(project):
    """Pandoc read and wrote ASCII where the locale said so."""
    set_key(project, 'author: "王小明"')
    write(project, DOCUMENT.replace("The value is", "值: é 班 is"))
    done = subprocess.run(
        [sys.executable, str(REPORT / "render.py"), str(project)],
        env={"PATH": os.environ["PATH"], "LC_ALL": "C", "LANG": "C"},
        capture_output=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    page = (project / "_site" / "report" / "index.html").read_text("utf-8")
    assert '<span class="author">王小明</span>' in page
    assert "值: é 班 is" in page


def test_an_interrupt_before_anything_has_begun_is_one_line(project, tmp_path):
    early = tmp_path / "early"
    early.mkdir()
    (early / "yaml.py").write_text("raise KeyboardInterrupt")
    done = subprocess.run(
        [sys.executable, str(REPORT / "render.py"), str(project)],
        env={**os.environ, "PYTHONPATH": str(early)},
        capture_output=True,
        check=False,
    )
    assert (done.returncode, done.stdout, done.stderr.split()) == (130, b"", [b"interrupted"])


def test_too_little_memory_is_one_line(project, monkeypatch, capsys):
    def starved(*_, **__):
        raise MemoryError

    monkeypatch.setattr(render, "read_project", starved)
    assert render.main([str(project)]) == 2
    assert capsys.readouterr().err.startswith("error: this takes more memory than there is")
