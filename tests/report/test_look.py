"""Filters of both renderers."""

import json
import re
import shutil
import subprocess
from pathlib import Path

import pypdfium2
import pytest
import typst
from project_keys import read_keys
from reading import parse_yaml
from renderer.convert import pandoc_path
from renderer.project import FRONT_MATTER
from small_project import render_page, write

LOOK = Path(__file__).resolve().parents[2] / "report" / "look"


@pytest.mark.parametrize("form", ["html5", "typst"])
def test_quotation_marks_in_code_are_straight(form):
    done = subprocess.run(
        [str(pandoc_path()), f"--to={form}", f"--lua-filter={LOOK / 'code.lua'}"],
        input="`C(x, ‘none’) “é”` and ‘none’",
        capture_output=True,
        encoding="utf-8",
        check=True,
    )
    code, prose = done.stdout.replace("\\", "").split(" and ")
    assert "C(x, 'none') \"é\"" in code.replace("&quot;", '"')
    assert "‘none" in prose


DOCUMENT = """# A *word* {#sec-a}

## B `c` {#sec-b}

### Too deep

# Last
"""


@pytest.mark.parametrize(
    ("form", "metadata", "lists"),
    [("html5", [], 1), ("html5", ["-Mtoc=false"], 0), ("typst", [], 0)],
)
def test_quartos_page_has_folded_contents_for_phones(tmp_path, form, metadata, lists):
    script = tmp_path / "quarto.lua"
    script.write_text(f'quarto = {{}}\nreturn dofile("{(LOOK / "contents.lua").as_posix()}")')
    done = subprocess.run(
        [str(pandoc_path()), f"--to={form}", f"--lua-filter={script}", *metadata],
        input=DOCUMENT,
        capture_output=True,
        encoding="utf-8",
        check=True,
    )
    assert done.stdout.count("<details><summary>Contents</summary>") == lists
    links = re.findall(r'<a href="([^"]*)">([^<]*)</a>', done.stdout)
    assert links == [("#sec-a", "A word"), ("#sec-b", "B c"), ("#last", "Last")] * lists
    # An identifier of a link would be that of the list beside the text.
    assert 'id="toc-' not in done.stdout


def test_quartos_page_is_measured_as_the_built_in_one():
    options = read_keys(LOOK.parents[1])["format"]["html"]
    assert options["fontsize"] == "16px"
    assert options["include-in-header"] == [{"text": '<link rel="icon" href="data:,">'}]


@pytest.mark.parametrize("profile", ["popularity", "sleep"])
def test_no_tab_says_the_title_twice(monkeypatch, profile):
    monkeypatch.setenv("QUARTO_PROFILE", profile)
    project = read_keys(LOOK.parents[1])
    folder = LOOK.parent if profile == "popularity" else LOOK.parent / profile
    text = (folder / "index.qmd").read_text("utf-8")
    title = parse_yaml(FRONT_MATTER.match(text)["yaml"], "index.qmd")["title"]
    name = project["website"]["title"]
    # Quarto leaves out the second only where it is the first to the letter.
    assert title == name or title.casefold() != name.casefold()


UNRESOLVED = r"""See ?\@fig-x, [@nobody2000; @hox2018], ?var:a.none and @hox2018.
And ?\@tbl-b, ?\@fig-analysis.
"""


@pytest.mark.parametrize("form", ["html5", "typst"])
def test_quartos_render_stops_where_nothing_is_referred_to(project, form):
    (project / "report" / "index.qmd").write_text(
        "---\ntitle: x\n---\n\n{{< include parts/_a.qmd >}}\n\n@fig-xy @fig-x\n", encoding="utf-8"
    )
    parts = {
        "parts/_a.qmd": "One.\n\n[@nobody2000]\n{{< include parts/../_b.md >}}\n",
        "_b.md": "Two.\n{{< include /report/parts/_c.md >}}\n@tbl-b, {{< include _no.md >}}\n",
        "parts/_c.md": "\n\n`{{< var a.none >}}`\n{{< include parts/_a.qmd >}}",
    }
    for name, text in parts.items():
        (project / "report" / name).parent.mkdir(exist_ok=True)
        (project / "report" / name).write_text(text, encoding="utf-8")
    script = project / "quarto.lua"
    script.write_text(
        f'quarto = {{ project = {{ directory = "{project.as_posix()}" }},'
        f' doc = {{ input_file = "{project.as_posix()}/report/index.qmd" }} }}\n'
        f'return dofile("{(LOOK / "references.lua").as_posix()}")'
    )
    bibliography = f"--bibliography={project / 'report' / 'references.bib'}"
    command = [str(pandoc_path()), f"--to={form}", f"--lua-filter={script}", bibliography]
    done = subprocess.run(
        command, input=UNRESOLVED, capture_output=True, encoding="utf-8", check=False
    )
    assert done.returncode == 1
    assert done.stderr.splitlines() == [
        "error: report/index.qmd:7: @fig-x: there is nothing numbered with this identifier",
        "error: report/parts/_a.qmd:3: @nobody2000: no such entry in the bibliography",
        "error: report/parts/_c.md:3: a.none: there is no such variable in _variables.yml",
        "error: report/_b.md:3: @tbl-b: there is nothing numbered with this identifier",
        "error: report/index.qmd: @fig-analysis: there is nothing numbered with this identifier",
    ]
    done = subprocess.run(
        command, input="See @hox2018. Why?", capture_output=True, encoding="utf-8", check=False
    )
    assert (done.returncode, done.stderr) == (0, "")


def test_a_reference_that_ends_in_a_digit_is_closed_by_a_quotation_mark(tmp_path):
    source = (LOOK / "style.typ").read_text("utf-8") + "\n#block[‘Using lme4'. 1, 67'.] <refs>\n"
    path = tmp_path / "references.pdf"
    path.write_bytes(typst.compile(source.encode(), format="pdf"))
    document = pypdfium2.PdfDocument(path)
    text = document[0].get_textpage().get_text_range()
    document.close()
    assert "‘Using lme4’. 1, 67’." in text


FIGURES = """---
title: x
---

![Of *nothing*](a.svg)

![Numbered](a.svg){#fig-a}
"""


def filtered(project, text, form, of_quarto="true"):
    """Return a document through the shared filters, as Quarto runs them."""
    script = project / "quarto.lua"
    script.write_text(
        f"quarto = {of_quarto} and {{ doc = {{ include_text = function() end }} }} or nil\n"
        f'return dofile("{(LOOK / "boxes.lua").as_posix()}")'
    )
    command = [str(pandoc_path()), f"--to={form}", f"--lua-filter={script}"]
    done = subprocess.run(command, input=text, capture_output=True, encoding="utf-8", check=True)
    return done.stdout


def test_quartos_pdf_counts_no_figure_that_its_page_does_not(project):
    typst = filtered(project, FIGURES, "typst")
    assert 'kind: "quarto-figure", supplement: none, numbering: none' in typst
    assert typst.count("quarto-figure") == 1
    assert typst.index("#emph[nothing]") < typst.index("a.svg") < typst.index("Numbered")
    assert "quarto-figure" not in filtered(project, FIGURES, "html5")
    assert "quarto-figure" not in filtered(project, FIGURES, "typst", of_quarto="false")


def test_git_ignores_nothing_of_the_look(tmp_path):
    root = LOOK.parents[1]
    subprocess.run(["git", "init", "--quiet"], cwd=tmp_path, check=True)
    shutil.copy(root / ".gitignore", tmp_path)
    names = [path.relative_to(root).as_posix() for path in LOOK.iterdir()]

    def ignored(*names):
        command = ["git", "-c", "core.excludesFile=", "check-ignore", *names]
        return subprocess.run(
            command, cwd=tmp_path, capture_output=True, text=True, check=False
        ).stdout.split()

    assert ignored(*names) == []
    assert ignored("report/index.html") == ["report/index.html"]


def test_both_renderers_fill_in_the_same_title_block(project):
    root = LOOK.parents[1]
    partial = "report/look/title-block.html"
    assert read_keys(root)["format"]["html"]["template-partials"] == [partial]
    # As Quarto calls what it puts in.
    template = project / "title.html"
    template.write_text((root / partial).read_text("utf-8"), encoding="utf-8")
    keys = {
        "title": "A title",
        "subtitle": "A course",
        "by-author": [{"name": {"literal": "A. One"}}, {"name": {"literal": "B. Two"}}],
        "affiliations": [{"name": "X"}, {"name": "Y"}],
        "date": "1 May 2022",
        "abstract": "What *is* said.",
        "keywords": ["schools", "slopes"],
    }
    command = [str(pandoc_path()), "--to=html5", f"--template={template}", "--wrap=none"]
    done = subprocess.run(
        command, input=f"---\n{json.dumps(keys)}\n---\n", capture_output=True, encoding="utf-8",
        check=True,
    )  # fmt: skip
    write(
        project,
        "---\ntitle: A title\naliases: [/index.html]\nformat: {html: default}\nauthor:\n"
        "- {name: A. One, affiliation: X}\n- {name: B. Two, affiliation: Y}\n"
        'abstract: "What *is* said."\nkeywords: [schools, slopes]\n---\n',
    )
    page = render_page(project)
    header = page[page.index('<header id="title') : page.index("</header>", page.index("<main"))]
    assert header.split() == done.stdout.partition("</header>")[0].split()
    assert 'datetime="2022-05-01"' in header
    assert "A. One, B. Two" in header
