"""What the tests of the page share."""

import dataclasses
import json

import pytest
from page.crowd import of_sizes
from page.reading import read_data
from page.screen import RESET, SETTLED
from page.studies import of_table
from what_is_here import chromium

from analysis.page.page import files
from analysis.results.record import as_dict
from analysis.results.results import analyse
from analysis.study.selection import GroupSelection
from analysis.study.studyfile import read_study


@pytest.fixture(scope="module")
def pages(results):
    return files(results)


@pytest.fixture(scope="module")
def data(pages):
    return read_data(pages)


@pytest.fixture(scope="module")
def published(results):
    """Return results.json as its reader gets it."""
    return json.loads(json.dumps(as_dict(results)))


@pytest.fixture(scope="module")
def study(root):
    return read_study(root / "data" / "popularity.toml")


@pytest.fixture(scope="module")
def every_class(study):
    return analyse(dataclasses.replace(study, groups=GroupSelection.parse("all")))


@pytest.fixture(scope="module")
def no_level_2(study):
    return analyse(dataclasses.replace(study, group_covariates=()))


@pytest.fixture(scope="module")
def altered(tmp_path_factory, root):
    """Return a function that analyses the report's classes after a change of their table."""

    def altered(change):
        return of_table(root, tmp_path_factory.mktemp("altered"), change)

    return altered


@pytest.fixture(scope="module")
def slopeless(altered):
    """Return the results of a table in which class 1 has one value of the predictor."""
    return altered(
        lambda table: table.assign(extrav=table["extrav"].where(table["class"] != "1", 5))
    )


@pytest.fixture(scope="module")
def held(crowd):
    return files(crowd)


@pytest.fixture(scope="module")
def large(tmp_path_factory):
    """Return twelve groups of 1,500 rows."""
    return of_sizes(tmp_path_factory.mktemp("large"), 12, 1500)


@pytest.fixture(scope="module")
def browser():
    with chromium() as started:
        yield started


@pytest.fixture(scope="module")
def window(browser, site):
    """Open pages as a reader with given wishes, and listen to what they say and ask for."""
    complaints, asked = [], []

    def open_page(name="visualization.html", *, scripts=True, motion="reduce", **wishes):
        wishes = {"viewport": {"width": 1280, "height": 900}, **wishes}
        context = browser.new_context(
            java_script_enabled=scripts, reduced_motion=motion, accept_downloads=True, **wishes
        )
        page = context.new_page()
        page.on("console", lambda m: complaints.append(m.text) if m.type != "log" else None)
        page.on("pageerror", lambda error: complaints.append(error.stack))
        page.on("request", lambda request: asked.append(request.url))
        page.goto((site / "report" / name).as_uri())
        if scripts and str(name).endswith(("visualization.html", "page.html")):
            page.wait_for_selector(".viz-ready")
        return page

    return open_page, complaints, asked


@pytest.fixture(scope="module")
def standard(window):
    """Open the page once for all tests without wishes, because that takes longest."""
    return window[0]()


@pytest.fixture
def visit(window, request):
    """
    Open a page of the site; at the end, no error and no request to a host.

    Without a name and wishes it is the same page again, with all choices as on arrival.
    """
    open_page, complaints, asked = window
    complaints.clear()
    pages = []

    def visit(*args, **wishes):
        if not args and not wishes:
            page = request.getfixturevalue("standard")
            page.mouse.move(0, 0)
            page.evaluate(RESET)
            page.wait_for_function(SETTLED)
            return page
        pages.append(open_page(*args, **wishes))
        return pages[-1]

    yield visit
    for page in pages:
        page.context.close()
    assert not complaints
    assert all(url.startswith(("file:", "data:", "blob:")) for url in asked)


@pytest.fixture
def show(visit, tmp_path):
    """Return a function that opens the page of results in one file."""

    def show(results):
        path = tmp_path / "page.html"
        path.write_bytes(files(results)["visualization/complete-visualization.html"])
        return visit(path)

    return show
