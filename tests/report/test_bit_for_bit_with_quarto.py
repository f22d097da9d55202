"""
What is handed in, made twice with Quarto, as by two people: the same bytes.

`nox -s submission` builds the site with Quarto and packs it. A machine without Quarto skips this;
the job of checks.yml that publishes the site runs it.
"""

import os
import re

import pytest
from copies import copy_checkout, python
from handed_in import AUTHOR, COURSE, contents_of, sign
from small_project import tree
from two_builders import OWN, by_both
from what_is_here import chromium, quarto


@pytest.fixture(scope="module")
def builds(root, tmp_path_factory):
    """Hand in the second study, whose documents are fewer, by the code of each copy."""
    program = quarto()

    def build(folder, variables):
        place = copy_checkout(
            root, folder / "checkout", "analysis", "data", "report", "requirements", ".ci"
        )
        sign(place, AUTHOR, COURSE)
        searched = os.pathsep.join((str(program.parent), os.environ["PATH"]))
        variables = {**variables, "PATH": searched, "PYTHONPATH": str(root / "tests")}
        driver = str(root / "tests" / "as_nox_does.py")
        done = python(place, driver, "submission", "sleep", **variables)
        assert "Made by Quarto" in done.stderr
        [packed] = place.glob("*.zip")
        return {packed.name: packed.read_bytes(), **tree(place / "_site-sleep")}

    return by_both(build, tmp_path_factory.mktemp("builds"))


def test_every_file_has_the_same_bytes(builds):
    one, other = ({**files, **contents_of(files)} for files in builds)
    assert one.keys() == other.keys()
    assert [name for name in one if one[name] != other[name]] == []
    suffixes = {name.rpartition(".")[2] for name in one}
    assert {"html", "pdf", "svg", "json", "js", "zip", "txt"} <= suffixes


def test_nothing_of_the_builder_is_in_them(builds):
    own = [os.fsencode(text) for text in OWN]
    for name, data in {**builds[1], **contents_of(builds[1])}.items():
        assert not [text for text in own if text in data], name


def test_quarto_made_them(builds):
    page = builds[0]["report/sleep/index.html"].decode()
    assert re.search(r'name="generator" content="quarto-1\.[\d.]+"', page)
    [said] = [data for name, data in contents_of(builds[0]).items() if name.endswith("CHECK.txt")]
    assert b"Quarto 1." in b" ".join(said.split())


def test_every_page_opens_from_disk(builds, tmp_path):
    """Browsers load no module and no font from there: what a page needs is in it."""
    for name, data in contents_of(builds[0]).items():
        if name.count("/") == 2 and name.endswith(".html"):
            (tmp_path / name.rpartition("/")[2]).write_bytes(data)
    said = {}
    with chromium() as browser:
        for path in sorted(tmp_path.glob("*.html")):
            page, found = browser.new_page(), said.setdefault(path.name, [])
            page.on("console", lambda message, found=found: found.append(message.text))
            page.on("pageerror", lambda error, found=found: found.append(str(error)))
            page.goto(path.as_uri(), wait_until="networkidle")
            page.close()
    assert {name: lines for name, lines in said.items() if lines} == {}
    assert {"index.html", "checks.html", "visualization.html", "reproduce.html"} <= said.keys()
