"""The same site in a browser, served from a sub-path: for readers of every kind."""

import functools
from contextlib import contextmanager
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import pytest
from axe_playwright_python.sync_playwright import Axe
from what_is_here import chromium

MODES = {
    "desktop, light": {"viewport": {"width": 1366, "height": 768}, "color_scheme": "light"},
    "desktop, dark": {"viewport": {"width": 1366, "height": 768}, "color_scheme": "dark"},
    "phone, light": {"viewport": {"width": 360, "height": 740}, "color_scheme": "light"},
    "phone, dark": {"viewport": {"width": 360, "height": 740}, "color_scheme": "dark"},
    "forced colours": {"viewport": {"width": 1366, "height": 768}, "forced_colors": "active"},
}


class _Silent(SimpleHTTPRequestHandler):
    def log_message(self, *_):
        pass


@contextmanager
def served(folder):
    """Serve a folder's parent, so that the site is at a sub-path; yield the site's address."""
    handler = functools.partial(_Silent, directory=folder.parent)
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = Thread(target=server.serve_forever)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}/{folder.name}/"
        finally:
            server.shutdown()
            thread.join()


@pytest.fixture(scope="module")
def visits(folder, pages):
    """Open every page in every mode; return what was found there by mode and page."""
    with served(folder) as address, chromium() as browser:
        found = {}
        for mode, wishes in MODES.items():
            context = browser.new_context(reduced_motion="reduce", **wishes)
            for name, (tree, _) in pages.items():
                if tree.find("body/header") is not None or tree.find(".//main") is not None:
                    found[mode, name] = visit(context, address, name)
            context.close()
    return found


def visit(context, address, name):
    page = context.new_page()
    complaints, asked = [], []
    page.on("console", lambda m: complaints.append(m.text) if m.type == "error" else None)
    page.on("pageerror", lambda error: complaints.append(error.message))
    page.on("request", lambda request: asked.append(request.url))
    page.goto(address + name, wait_until="networkidle")
    wide = page.evaluate("document.documentElement.scrollWidth - innerWidth")
    violations = Axe().run(page).response["violations"]
    page.close()
    local = (address, "data:", "blob:")
    return {
        "violations": [
            (each["id"], [node["target"] for node in each["nodes"]][:3]) for each in violations
        ],
        "complaints": complaints,
        "elsewhere": [url for url in asked if not url.startswith(local)],
        "too wide": max(0, wide),
    }


@pytest.mark.parametrize("what", ["violations", "complaints", "elsewhere", "too wide"])
def test_no_page_has_any(visits, what):
    """Of what axe finds, of errors, of requests outside the site, of pixels to scroll sideways."""
    assert visits
    assert {place: found[what] for place, found in visits.items() if found[what]} == {}
