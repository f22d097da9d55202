"""What a document may not hold is refused in one line, and the last site left as it was."""

import os
import re

import pytest
import render
from small_project import DOCUMENT, FRONT, make_project, render_page, set_key, tree, write

from analysis.errors import RenderError

ONE = "_artifacts/figures/one.svg"
REFUSALS = {
    "control character": ("a\x1b[2Jb", "index.qmd:7: the line has the control character U+001B;"),
    "vertical tab": ("a\n\nb\x0bc", "index.qmd:9: the line has the control character U+000B;"),
    "start of heading": ("a\x01", ":7: the line has the control character U+0001; take it out"),
    "variable": ("{{< var a.c >}}", "index.qmd:7: unknown variable a.c"),
    "branch of variables": ("{{< var a >}}", "index.qmd:7: unknown variable a:"),
    "variable with a slip": ("{{< var a.bb >}}", "unknown variable a.bb (is it a.b?): write"),
    "variables": (
        "{{< var a.bb >}} {{< var x >}}\n{{< var a.bb >}}\n{{< var y.z >}}",
        ":7: unknown variables a.bb in line 7 (is it a.b?), x in line 7, y.z in line 9: write",
    ),
    "shortcode": ("{{< video x >}}", "index.qmd:7: unknown shortcode {{< video x >}}"),
    "artifact": ("{{< artifact tables/two.html >}}", ":7: tables/two.html: there is no"),
    "artifact in a line": ("x {{< artifact a.html >}}", ":7: a.html: an artifact stands on"),
    "kind of artifact": ("{{< artifact results.json >}}", ":7: results.json: an artifact is"),
    "figure": ("See @fig-x.", ":7: @fig-x: there is no numbered figure fig-x"),
    "unnumbered section": ("# A {#sec-a .unnumbered}\n\n@sec-a", ":9: @sec-a: there is no"),
    "macro": ("\\newcommand{\\x}{y}", ":7: \\newcommand: LaTeX is read in formulas only"),
    "bare number": ("[-@eq-x]", ":7: @eq-x: there is no numbered equation eq-x"),
    "one of two references": ("# A {#sec-a}\n\n[@sec-a; @eq-x]", ":9: @eq-x: there is no numbered"),
    "reference among citations": (
        "$$x$$ {#eq-x}\n\n@eq-x\n\n[@hox2018; @eq-x]", ":11: @eq-x: write a reference without"
    ),
    "reference and citation": ("@eq-x [@hox2018]", ":7: @eq-x: write a reference without"),
    "words after a reference": ("@eq-x [p. 3]", ":7: @eq-x: write a reference without"),
    "citation": ("As @nobody2000 says.", ":7: @nobody2000: no such entry in the bibliography"),
    "identifier twice": ("[a]{#x}\n\n[b]{#x}", ":9: #x: the identifier is used twice"),
    "image": ('![](no.svg){fig-alt="x"}', ":7: no.svg: there is no such image"),
    "image elsewhere": ('![](../a.svg){fig-alt="x"}', ":7: ../a.svg: write the path of"),
    "image in a line": ('x ![](a.svg){fig-alt="x"}', ":7: a.svg: only Quarto sets"),
    "image's width": (
        f"![A]({ONE})\n\n![A]({ONE}){{width=5xy}}",
        f":9: {ONE}: width=5xy: write a length, such as 50% or 8cm",
    ),
    "image's height": (f"![A]({ONE}){{height=50%}}", f":7: {ONE}: height=50%: write a length"),
    "image's side": (f'![A]({ONE}){{fig-align="top"}}', ":7: fig-align: write left, center or"),
    "second image": (f"![A]({ONE})\n\n![]({ONE})", f":9: {ONE}: the image has no fig-alt"),
    "columns": (
        "::: {layout-ncol=2}\n:::\n\n::: {layout-ncol=no}\nx\n:::",
        ":10: layout-ncol: write a number",
    ),
    "rows": ("::: {layout-nrow=0}\nx\n:::", ":7: layout-nrow: write a number"),
    "layout": ('::: {layout="[[1], [1]]"}\nx\n:::', ":7: layout: only Quarto follows it"),
    "part of a figure": ("See @fig-a-b.", ":7: @fig-a-b: there is no numbered figure fig-a-b"),
    "alternative": ("![](_artifacts/figures/one.svg)", "one.svg: the image has no fig-alt"),
    "caption": ('::: {#fig-x}\n{{< artifact figures/one.svg >}}\n:::', ":7: #fig-x: its last"),
    "table's identifier": (
        "| a |\n|---|\n| 1 |\n\n: A {#tbl-a}\n", ":11: #tbl-a: only Quarto reads it here; write"
    ),
    "cell": ("```{python}\nx\n```", ":7: ```{python}: no document runs"),
    "column": ("::: {.column-margin}\nx\n:::", ":7: .column-margin: only Quarto has"),
    "panel": ("::: {.panel-tabset}\nx\n:::", ":7: .panel-tabset: only Quarto has"),
    "hidden": ("::: {.content-hidden}\nx\n:::", ":7: .content-hidden: only Quarto has"),
    "kind of callout": ("::: {.callout-nota}\nx\n:::", ":7: .callout-nota: write .callout-note"),
    "folding": (
        '::: {.callout-tip collapse="true"}\nx\n:::\n\n::: {.callout-tip collapse="yes"}\nx\n:::',
        ":11: collapse: write true or false",
    ),
    "appearance": ('::: {.callout-tip appearance="big"}\n:::', ":7: appearance: write default,"),
    "callout's identifier": ("::: {#tip-a .callout-note}\n:::", ":7: #tip-a: one of .callout-"),
    "number of a plain callout": ("::: {#nte-a .callout}\nx\n:::", ":7: #nte-a: a plain .callout"),
    "callout": ("See @nte-x.", ":7: @nte-x: there is no numbered note nte-x"),
    "page break in a line": (
        "{{< pagebreak >}}\n\nx {{< pagebreak >}}", ":9: pagebreak: a page break stands on a line"
    ),
    "format": (
        '::: {.content-visible when-format="html"}\nx\n:::\n\n'
        '::: {.content-visible when-format="pdf"}\n:::',
        ":11: when-format: content",
    ),
    "LaTeX": ("\n\\begin{align}\na\n\\end{align}", ":8: \\begin: LaTeX is read in formulas"),
    "LaTeX in a line": ("A \\textbf{word}.", ":7: \\textbf: LaTeX is read in formulas only"),
    "formula": ("a\n\n$\\frac{1$", "index.qmd:9: pandoc: Could not convert TeX math"),
    "link": ("[a](nowhere.html)", "index.qmd:7: nowhere.html: dead link"),
    "place": ("[a](#nowhere)", "index.qmd:7: #nowhere: no such place"),
    "host": ('<img src="https://example.org/a.png" alt="a">', "a.png: the page may not"),
    "set of images": (
        '<img src="read.txt" srcset="a.png 1x, https://x.org/b.png 2x" alt="a">',
        ":7: https://x.org/b.png: the page may not ask another host",
    ),
    "style sheet": (
        '<style>@import "//x.org/a.css";</style>', ":7: //x.org/a.css: the page may not"
    ),
    "style": (
        '<p style="background: url(https://x.org/a.png)">a</p>', "x.org/a.png: the page may not"
    ),
    "style sheet of a style sheet": (
        '<link rel="stylesheet" href="../extra/far.css">', ":7: far.css: https://x.org/a.css: the"
    ),
    "host of a style sheet's own": (
        '<link rel="stylesheet" href="../extra/near.css">', ":7: far.css: https://x.org/a.css: the"
    ),
    "style sheet's dead link": (
        '<link rel="stylesheet" href="../extra/dead.css">', ":7: dead.css: no.png: there is no such"
    ),
    "host without slashes": ('<img src="https:x.org/a.png" alt="a">', "x.org/a.png: the page may"),
    "host that is none": ('<img src="https://[" alt="a">', "https://[: the page may not"),
    "host in a drawing": (
        '<svg><rect fill="url(https://x.org/a.svg#b)"/></svg>', "a.svg#b: the page may not"
    ),
    "host in a set in style": (
        """<p style="background: image-set('https://x.org/a.png' 1x)">a</p>""",
        "x.org/a.png: the page may not",
    ),
    "link to a source": ("[a](index.qmd)", "index.qmd:7: index.qmd: dead link"),
    "first level": ("## Begin", "index.qmd:7: Begin: the heading is more than one level below"),
    "level": ("# A\n\nB\n\n### B", "index.qmd:11: B: the heading is more than one level below"),
}  # fmt: skip


@pytest.mark.parametrize(("text", "message"), REFUSALS.values(), ids=REFUSALS.keys())
def test_what_is_not_understood_is_refused_in_one_line(project, capsys, text, message):
    last = render.render(project).folder
    before = tree(last)
    (project / "extra" / "far.css").write_text("@import url('https://x.org/a.css');")
    (project / "extra" / "near.css").write_text("@import 'near.css'; @import 'far.css';")
    (project / "extra" / "dead.css").write_text("p { background: url(no.png) }")
    write(project, FRONT + text + "\n")
    assert render.main([str(project)]) == 2
    output = capsys.readouterr()
    assert output.out == ""
    assert output.err.count("\n") == 1
    assert message in output.err
    assert tree(last) == before
    assert [path.name for path in project.glob("*_site*")] == ["_site"]


FRONT_MATTER = {
    "no title": ("---\nformat: {html: default}\n---\n", ":1: the front matter has no title"),
    "empty title": ("---\ntitle:\n---\n", ":1: the front matter has no title"),
    "key": ("---\ntitle: x\nexecute: true\n---\n", ":3: execute: only Quarto knows"),
    "format": ("---\ntitle: x\nformat: {docx: default}\n---\n", ":3: docx: only Quarto knows"),
    "format's name": (
        "---\ntitle: x\nformat: html\n---\n",
        "index.qmd:3: format: write the formats",
    ),
    "formats": ("---\ntitle: x\nformat: [html]\n---\n", "index.qmd:3: format: write the formats"),
    "words before a key": ("---\ntitle: the date\ndate: x\n---\n", "index.qmd:3: date x: write"),
    "option": ("---\ntitle: x\nformat: {html: {theme: x}}\n---\n", ":3: theme: only Quarto knows"),
    "author": ("---\ntitle: x\nauthor: [1]\n---\n", "index.qmd:3: author: write a name as text"),
    "date": ("---\ntitle: x\ndate: 2027-13-45\n---\n", "index.qmd:3: date 2027-13-45: write it as"),
    "subtitle": ("---\ntitle: x\nsubtitle: [y]\n---\n", "index.qmd:3: subtitle: write it as one"),
    "no alias": ("---\ntitle: x\n---\n", "index.qmd:1: no page is the site's index.html: add"),
    "alias": ("---\ntitle: x\naliases: [../x.html]\n---\n", "index.qmd:3: aliases: write a list"),
    "relative alias": ("---\ntitle: x\naliases: [x.html]\n---\n", ":3: aliases: write a list"),
    "one alias": ("---\ntitle: x\naliases: /index.html\n---\n", "aliases: write a list"),
    "yaml": ("---\ntitle: [x\n---\n", "index.qmd:3: not YAML"),
    "character": (
        "---\ntitle: \a\n---\n",
        "index.qmd:2: the line has the control character",
    ),
}


@pytest.mark.parametrize(("text", "message"), FRONT_MATTER.values(), ids=FRONT_MATTER.keys())
def test_front_matter_that_is_not_understood_is_refused(project, text, message):
    write(project, text)
    with pytest.raises(RenderError, match=re.escape(message)):
        render.render(project)


def test_a_byte_order_mark_is_no_text(project):
    for name in ("_quarto.yml", "report/index.qmd"):
        path = project / name
        path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes())
    assert "A page." in render_page(project)


def test_a_mistake_in_the_bibliography_is_placed_there(project):
    with (project / "report" / "references.bib").open("a") as file:
        file.write("\n@book{x,\n title = {A}\n\n@book{y, title = {B}}\n")
    line = (project / "report" / "references.bib").read_text().count("\n")
    message = re.escape(f"report/references.bib:{line}: not a bibliography: unexpected '@'")
    with pytest.raises(RenderError, match=message):
        render.render(project)


def test_a_mistake_in_the_citation_style_is_placed_there(project):
    (project / "report" / "references.csl").write_text("<style/>")
    write(project, FRONT + "After @hox2018.\n")
    with pytest.raises(RenderError, match=r"^report/references\.csl: not a citation style"):
        render.render(project)


def test_a_folder_may_have_any_name(tmp_path):
    root = make_project(tmp_path / "Ann's --- $x$ <a> ~y~ ... *z*", DOCUMENT)
    assert 'id="ref-bates2015"' in render_page(root)


def test_author_and_course_are_literal_and_the_title_is_markdown(project):
    set_key(project, "author: 'A. --- (a@b.edu, @ann) <b> $x$ _y_ [z]'")
    title = 'title: "The *title* of $x$"'
    write(
        project,
        FRONT.replace('title: "A title"', title).replace("{html: default}", "{html: , typst: }"),
    )
    page = render_page(project)
    signed = "A. --- (a@b.edu, @ann) &lt;b&gt; $x$ _y_ [z]"
    assert f'<span class="author">{signed}</span>' in page
    assert f'<meta name="author" content="{signed}">' in page
    assert "<title>The title of x – The site</title>" in page
    assert '<h1 class="title">The <em>title</em> of' in page
    assert render.render(project).rebuilt  # Typst takes it, too


def test_raw_html_may_not_vanish_from_the_pdf(project):
    write(project, DOCUMENT + "\n<details>x</details>\n")
    with pytest.raises(RenderError, match="HTML does not reach the PDF"):
        render.render(project)


@pytest.mark.parametrize("name", ["variables.json", "results.json"])
def test_missing_artifacts_are_to_be_built_first(project, name):
    (project / "report" / "_artifacts" / name).unlink()
    with pytest.raises(RenderError, match="build the artifacts first: python -m analysis"):
        render.render(project)


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ('project: {output-dir: "a\\0b", render: [report/*.qmd]}', "project.output-dir: holds the"),
        ('author: "Ann\\e[2J"', "author: holds the control character U+001B; take it out"),
    ],
)
def test_control_characters_in_settings_are_refused_by_key(project, capsys, line, message):
    set_key(project, line)
    assert render.main([str(project)]) == 2
    said = capsys.readouterr().err
    assert said.count("\n") == 1
    assert message in said


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("subtitle: 0b_", ":1: not YAML: '0b_' is no int; a text stands in quotes"),
        ("x: 1\nsubtitle: !!int abc", ":2: not YAML: 'abc' is no int"),
        ("subtitle: " + "9" * 5000, ":1: not YAML: '9999"),
        ("subtitle: 0x" + "f" * 5000, ":1: not YAML: '0xff"),
        ("subtitle: !!bool perhaps", ":1: not YAML: 'perhaps' is no bool"),
        ("x:\n  author: &a [*a]", ":2: not YAML: *a stands in what it is short for"),
        ("x: " + "[" * 3000 + "]" * 3000, ":1: not YAML: more than 50 brackets or levels"),
        ("x: " + "[" * 100_000, ":1: not YAML: more than 50 brackets or levels"),  # once no refusal
    ],
)
def test_yaml_that_no_reader_survives_is_one_line(project, capsys, line, message):
    (project / "_quarto.yml").write_text(line + "\n", "utf-8")
    assert render.main([str(project)]) == 2
    said = capsys.readouterr().err
    assert said.count("\n") == 1
    assert f"_quarto.yml{message}" in said
    set_key(project, "lang: en-GB")
    write(project, FRONT.replace("---\n", f"---\n{line}\n", 1))
    assert render.main([str(project)]) == 2
    said = capsys.readouterr().err
    assert f"report/index.qmd:{int(message[1]) + 1}{message[2:]}" in said


def test_blanks_of_any_kind_are_no_control_characters(project):
    write(project, FRONT + "a\tb\u2028c\n")
    assert "<p>a" in render_page(project)


@pytest.mark.skipif(os.name == "nt", reason="Windows has no control characters in paths")
def test_a_folder_commands_no_terminal(tmp_path, capsys):
    project = make_project(tmp_path / "a\x1b[2J", FRONT + "Text.\n")
    assert render.main([str(project)]) == 0
    said = capsys.readouterr().out
    assert r"a\x1b[2J" in said
    assert "\x1b" not in said


@pytest.mark.skipif(os.name == "nt", reason="os.mkfifo: Windows has no pipes in folders")
def test_a_pipe_is_no_document(project, capsys):
    os.mkfifo(project / "report" / "pipe.yml")
    (project / "_quarto.yml").unlink()
    (project / "_quarto.yml").symlink_to("report/pipe.yml")
    assert render.main([str(project)]) == 2
    assert "_quarto.yml: is no file" in capsys.readouterr().err


IN_THE_PDF = {
    "link": ("Text.\n\n[a](#nowhere)", ":9: Typst: label `<nowhere>` does not exist"),
    "raw": ("Text.\n\n```{=typst}\n#unknown(1)\n```", ":10: Typst: unknown variable: unknown"),
    "unclosed": ("Text.\n\nA `#emph[`{=typst} word", ":9: Typst: unclosed delimiter"),
    "picture": ("Text.\n\n![A](bad.png)", ":9: Typst: failed to decode image"),
    "warning": ('Text.\n\n`#text(font: "Nope")[x]`{=typst}', ":9: Typst: unknown font family"),
}


@pytest.mark.parametrize(("text", "message"), IN_THE_PDF.values(), ids=IN_THE_PDF)
def test_what_the_pdf_cannot_have_is_placed_by_line(project, text, message):
    (project / "report" / "bad.png").write_bytes(b"\x89PNG\r\n\x1a\n")
    write(project, FRONT.replace("html", "typst") + text + "\n")
    with pytest.raises(RenderError, match=re.escape(f"report/index.qmd{message}")):
        render.render(project)
