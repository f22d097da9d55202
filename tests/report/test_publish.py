"""What both renderers end with: downloads, the signature, and Quarto's silent failures."""

import os
import shutil
import subprocess
import sys

import pytest
import render
from publish import sign, unresolved
from small_project import REPORT, set_key

from analysis.errors import RenderError

UNSIGNED = {
    "author: []": "author: write a name as text",
    'author: ["A. One", 2]': "author: write a name as text",
    "author: {affiliation: A}": "author: write a name as text",
    "author:": "author: write a name as text",
    "author: [A. One": "not YAML",
    "subtitle: [a, b]": "subtitle: write it as one text",
    'date: "2022-05-01"': "date 2022-05-01: write it as 2022-05-01, without quotes",
    "date:": "date: write it as 2022-05-01, without quotes",
    "date: now": "date now: write it as 2022-05-01, without quotes, or as today",
    "date: 2027-13-45": "date 2027-13-45: write it as 2022-05-01, without quotes",
}


def test_the_line_of_the_key_is_named(project):
    set_key(project, "date: tomorrow")
    with pytest.raises(RenderError, match=r"^_quarto\.yml:4: date tomorrow: write it as"):
        render.render(project)


@pytest.mark.parametrize(("line", "message"), UNSIGNED.items(), ids=UNSIGNED)
def test_both_renderers_refuse_what_they_cannot_sign_with(project, line, message):
    set_key(project, line)
    with pytest.raises(RenderError, match=message):
        render.render(project)
    page = project / "single.html"
    page.write_text("<!-- author -->", encoding="utf-8")
    with pytest.raises(RenderError, match=message):
        sign(project, page)
    assert page.read_text(encoding="utf-8") == "<!-- author -->"


@pytest.mark.parametrize(
    ("line", "byline"),
    [
        ("subtitle:", "Ann O&#x27;Author · 1 May 2022"),
        ("author:\tA", "A · A course · 1 May 2022"),
        ('author: ["A. One", {name: B. Two}]', "A. One, B. Two · A course · 1 May 2022"),
        (
            "author: [{name: A, affiliation: X}, {name: {given: B, family: C},"
            " affiliations: [{name: Y}, X]}]",
            "A, B C · X, Y · A course · 1 May 2022",
        ),
        ("date: today", "Ann O&#x27;Author · A course · 14 February 2023"),
    ],
    ids=["no subtitle", "tab", "list", "affiliations", "today"],
)
def test_both_renderers_sign_with_the_same(project, monkeypatch, line, byline):
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1676376000")
    set_key(project, line)
    render.render(project)
    page = project / "single.html"
    page.write_text("<!-- byline -->", encoding="utf-8")
    sign(project, page)
    assert page.read_text(encoding="utf-8") == f'<p class="viz-byline">{byline}</p>'


def test_quartos_silent_failures_are_found(tmp_path):
    page = tmp_path / "report" / "index.html"
    page.parent.mkdir()
    page.write_text("<p>See Figure 1, 0.506 (really?) and @home.</p>", encoding="utf-8")
    assert unresolved(tmp_path) == []
    page.write_text("<p>See ?@fig-x and ?var:m1.none.</p>", encoding="utf-8")
    assert unresolved(tmp_path) == [
        "index.html: ?@fig-x is unresolved",
        "index.html: ?var:m1.none is unresolved",
    ]


@pytest.fixture(params=["installed", "checkout"])
def after_quarto(request, project):
    """Return what runs the post-render script as Quarto does: by its path, without the renderer."""
    names = ("publish", "project_keys", "quarto_site", "reading", "redirect", "signature", "epoch")
    for name in names:
        shutil.copy(REPORT / f"{name}.py", project / "report")
    environment = {**os.environ, "QUARTO_PROJECT_OUTPUT_DIR": str(project / "_site")}
    environment.pop("PYTHONPATH", None)
    if request.param == "installed":
        environment["PYTHONPATH"] = str(REPORT.parent)
    else:
        for name in ("errors.py", "output"):
            copy = shutil.copytree if name == "output" else shutil.copy
            (project / "analysis").mkdir(exist_ok=True)
            copy(REPORT.parent / "analysis" / name, project / "analysis" / name)
    page = project / "_site" / "report" / "index.html"
    page.parent.mkdir(parents=True)
    page.write_text("<p>See Figure 1.</p>", encoding="utf-8")

    def run():
        command = [sys.executable, "report/publish.py"]
        done = subprocess.run(
            command, cwd=project, env=environment, capture_output=True, text=True, check=False
        )
        return done.returncode, done.stdout, done.stderr

    return run


def test_quartos_site_gets_its_downloads(project, after_quarto):
    assert after_quarto() == (0, "", "")
    assert {path.name for path in (project / "_site/report").iterdir()} == {
        "index.html", "results.json", "complete-visualization.html",
    }  # fmt: skip


def test_quartos_render_fails_in_one_line(project, after_quarto):
    (project / "report/_artifacts/results.json").unlink()
    status, _, error = after_quarto()
    assert (status, error.count("\n")) == (2, 1)
    assert error.endswith("results.json: No such file or directory; run python -m analysis first\n")
    (project / "_site/report/index.html").write_text("?@fig-x", encoding="utf-8")
    assert after_quarto() == (2, "", "error: index.html: ?@fig-x is unresolved\n")
