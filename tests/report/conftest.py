"""What the tests of the renderer share."""

import os
from pathlib import Path

import html5lib
import pytest
import render
from quarto_left import write_site
from renderer.convert import to_typst
from renderer.project import read_project
from small_project import DOCUMENT, FRONT, make_project


@pytest.fixture
def project(tmp_path):
    """Return a project with one short page."""
    return make_project(tmp_path / "project", FRONT + "A page.\n")


@pytest.fixture
def quarto_site(tmp_path):
    """Return a site as Quarto 1.7 leaves it."""
    return write_site(tmp_path)


@pytest.fixture(scope="session")
def small_site(tmp_path_factory):
    """Return the folder of the rendered site of the whole document."""
    root = make_project(tmp_path_factory.mktemp("site") / "project", DOCUMENT)
    return render.render(root).folder


@pytest.fixture(scope="session")
def small_page(small_site):
    return (small_site / "report" / "index.html").read_text(encoding="utf-8")


@pytest.fixture(scope="session")
def typst_source(tmp_path_factory):
    root = make_project(tmp_path_factory.mktemp("typst") / "project", DOCUMENT)
    found = read_project(root)
    return to_typst(found.documents[0], found)


SITE_VARIABLE = "MULTILEVEL_REPORT_SITE"
"""Environment variable with the folder of a finished site, in place of one that is built here."""


@pytest.fixture(scope="session")
def folder(request):
    """Return the folder of the site that is named, or else of one that is built now."""
    named = os.environ.get(SITE_VARIABLE)
    return Path(named).resolve() if named else request.getfixturevalue("site")


@pytest.fixture(scope="session")
def pages(folder):
    """Return every page by its path, as a parser by the standard reads it, with what is wrong."""
    read = {}
    for path in sorted(folder.rglob("*.html")):
        parser = html5lib.HTMLParser(namespaceHTMLElements=False)
        tree = parser.parse(path.read_bytes(), transport_encoding="utf-8")
        wrong = [f"line {line}: {code} {details}" for (line, _), code, details in parser.errors]
        read[path.relative_to(folder).as_posix()] = tree, wrong
    assert any(name.endswith("/index.html") for name in read), f"{folder} holds no report"
    return read
