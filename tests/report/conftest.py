"""What the tests of the renderer share."""

import pytest
import render
from renderer.convert import to_typst
from renderer.project import read_project
from small_project import DOCUMENT, FRONT, make_project


@pytest.fixture
def project(tmp_path):
    """Return a project with one short page."""
    return make_project(tmp_path / "project", FRONT + "A page.\n")


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
