"""The tutorial's commands, run in order as it has them, and what they leave."""

import re
import shutil
import zipfile
from types import SimpleNamespace

import pytest
from copies import copy_checkout, python
from handed_in import sign
from noxfiles import load_noxfile
from report_text import page_text, pdf_text


def blocks(text, language):
    return re.findall(rf"^```{language}\n(.*?)^```$", text, flags=re.DOTALL | re.MULTILINE)


@pytest.fixture(scope="module")
def followed(root, tmp_path_factory):
    """Follow the tutorial in a copy of the checkout; return its folder and the draft's words."""
    folder = copy_checkout(root, tmp_path_factory.mktemp("tutorial"), "analysis", "data", "report")
    sign(folder, "B. One", "A course")  # as the tutorial says to
    text = (root / "report" / "tutorial.qmd").read_text("utf-8")
    readme = (root / "README.md").read_text("utf-8")
    commands = [line for block in blocks(text, "sh") for line in block.splitlines()]
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        for name in ("QUARTO_PROFILE", "MULTILEVEL_REPORT_STUDY", "MULTILEVEL_REPORT_DRAFT"):
            patch.delenv(name, raising=False)
        noxfile = load_noxfile(root, patch)
        for name in ("install", "find_quarto", "install_quarto"):
            patch.setattr(noxfile, name, lambda *_: None)
        draft = ""
        for command in commands:
            if "venv" in command.split()[2]:
                assert command in readme
                continue
            run(noxfile, folder, command)
            if " new " in command:
                study = folder / "data" / "nights.toml"
                [words] = blocks(text, "toml")
                own = study.read_text("utf-8")
                study.write_text(own[: own.index("# What a column is called")] + words, "utf-8")
            if "--draft" in command:
                draft = page_text(folder / "_site-nights/report/nights/index.html")
                gap, claim = blocks(text, "markdown")
                document = folder / "report" / "nights" / "index.qmd"
                written = document.read_text("utf-8")
                assert gap in written
                claim = claim.replace("{{{<", "{{<").replace(">}}}", ">}}")
                document.write_text(written.replace(gap, claim), "utf-8")
    return folder, draft


def run(noxfile, folder, command):
    """Run a command in the environment of the tests, in place of the one that it would make."""
    program, *arguments = command.split()
    if program == ".venv/bin/nox":
        option, session, *rest = arguments
        assert (option, rest[:1]) in (("-s", []), ("-s", ["--"]))
        getattr(noxfile, session)(nox_session(noxfile, folder, rest[1:]))
    elif program == ".nox/report/bin/python":
        python(folder, *arguments)
    else:
        assert program == "cp"
        shutil.copy(*(folder / name for name in arguments))


def nox_session(noxfile, folder, posargs):
    session = SimpleNamespace(posargs=posargs, env={}, log=lambda _: None)
    session.run = lambda _, *arguments: python(folder, *arguments, **session.env)
    session.notify = lambda name, posargs: getattr(noxfile, name)(
        nox_session(noxfile, folder, posargs)
    )
    return session


def test_the_tutorial_leads_to_a_report(followed):
    folder, draft = followed
    assert draft.count("To fill:") == 10
    site = folder / "_site-nights" / "report" / "nights"
    for text in (page_text(site / "index.html"), pdf_text(site / "index.pdf")):
        assert "Sleep is 0.31 hours shorter for each hour of screen time." in text
        assert "582 nights in 42 persons" in text
        assert "To fill" not in text
    with zipfile.ZipFile(folder / "b-one-nights.zip") as archive:
        names = {name.removeprefix("b-one-nights/") for name in archive.namelist()}
        text = archive.read("b-one-nights/HOW-TO-CHECK.txt").decode()
    assert names >= {"index.pdf", "index.html", "source/data/nights.toml", "source/data/nights.csv"}
    assert "source/report/nights/index.qmd" in names
    assert "  .venv/bin/nox -s report -- nights" in text.splitlines()


def test_the_tutorial_names_what_there_is(root, followed):
    folder, _ = followed
    text = (root / "report" / "tutorial.qmd").read_text("utf-8")
    for name in re.findall(r"`((?:data|report|_site[\w-]*)/[^`]+)`", text):
        assert (folder / name).exists(), name
