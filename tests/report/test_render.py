"""The site without Quarto: what it understands and refuses, and that it writes all or nothing."""

import errno
import json
import os
import re
import shutil
import stat
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path

import pytest
import render
from publish import sign, unresolved
from renderer.convert import to_page, to_typst
from renderer.page import Page
from renderer.project import read_project

from analysis.errors import RenderError

REPORT = Path(__file__).resolve().parents[2] / "report"

SETTINGS = """
author: "Ann O'Author"
subtitle: "A course"
date: 2022-05-01
project: {type: website, output-dir: _site, render: [report/*.qmd], resources: [extra/*.txt]}
website:
  title: "The site"
  navbar: {left: [{href: report/index.qmd, text: Report}]}
lang: en-GB
bibliography: report/references.bib
csl: report/references.csl
format: {html: {toc: true}, typst: {}}
"""

VARIABLES = {"a": {"b": "0.506"}, "alt": {"one": 'Its "alt" <text>'}}

FRONT = """---
title: "A title"
aliases: [/index.html]
format: {html: default}
---

"""

DOCUMENT = """---
title: "A title"
aliases: [/index.html]
format:
  html: default
  typst: default
---

See @fig-one, [-@fig-two], [@tbl-one; @tbl-two], @eq-one and @sec-inner, after @hox2018.
The value is {{< var a.b >}}, *of* `{{< var a.b >}}` and $x = {{< var a.b >}}$.

# First {#sec-first}

## Inner {#sec-inner}

$$
\\alpha_j \\approx \\frac{1}{2}
$$ {#eq-one}

$$ y $$

::: {#fig-one}
{{< artifact figures/one.svg >}}

The *first* figure.
:::

::: {#fig-two}
![](_artifacts/figures/one.svg){fig-alt="Text of the second" width=50%}

The second figure.
:::

{{< artifact tables/one.html >}}

::: {#tbl-one}
{{< artifact tables/one.html >}}

The first table
:::

| a | b |
|---|--:|
| 1 | 2 |

: The second table {#tbl-two}

# Second {#sec-second}

::: {.content-visible when-format="html"}
Seen on the page, with [results](results.json), the [start](index.qmd#sec-first) and
<span class="raw">HTML</span>.
:::

::: {.content-visible when-format="typst"}
Seen in the PDF.
:::

::: {.notes}
A note.[^1]
:::

Term
:   Definition [@bates2015, p. 3]

```python
x = 1
```

[^1]: A footnote.

# References {.unnumbered}

::: {#refs}
:::
"""

TABLE = """<table class="report-table">
<caption>Inner caption</caption>
<thead><tr><th scope="col"></th><th scope="col" style="text-align: right">M1</th></tr></thead>
<tbody><tr><th scope="row">x</th><td style="text-align: right">0.506<sup>***</sup></td></tr></tbody>
<tbody><tr><th scope="row">N</th><td style="text-align: right">307</td></tr></tbody>
<tfoot><tr><td colspan="2">A note</td></tr></tfoot>
</table>
"""

SVG = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 40 20"><path d="M0 0h40"/></svg>'


@pytest.fixture
def project(tmp_path):
    """Return a project with one short page."""
    return make_project(tmp_path / "project", FRONT + "A page.\n")


def make_project(root, document):
    artifacts = root / "report" / "_artifacts"
    files = {
        root / "_quarto.yml": SETTINGS,
        root / "_variables.yml": json.dumps(
            {"a": {"b": "0.506"}, "alt": {"one": 'Its "alt" <text>'}}
        ),
        root / "extra" / "read.txt": "resource",
        root / "report" / "index.qmd": document,
        artifacts / "figures" / "one.svg": SVG,
        artifacts / "tables" / "one.html": TABLE,
        artifacts / "tables" / "text.html": "<p>No table</p>",
        artifacts / "results.json": "{}",
        artifacts / "visualization" / "complete-visualization.html": "<p>One file</p>",
    }
    for path, text in files.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    for name in ("references.bib", "references.csl", "theme.css"):
        shutil.copyfile(REPORT / name, root / "report" / name)
    shutil.copytree(REPORT / "pandoc", root / "report" / "pandoc")
    return root


def write(root, text):
    (root / "report" / "index.qmd").write_text(text, encoding="utf-8")


def set_key(root, line):
    """Replace a key of _quarto.yml by a line."""
    key = line.partition(":")[0]
    text = re.sub(rf"^{key}:.*\n( .*\n)*", lambda _: f"{line}\n", SETTINGS, flags=re.MULTILINE)
    (root / "_quarto.yml").write_text(text, encoding="utf-8")


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    """Return the folder of the rendered site of the whole document."""
    root = make_project(tmp_path_factory.mktemp("site") / "project", DOCUMENT)
    return render.render(root).folder


@pytest.fixture(scope="module")
def page(site):
    return (site / "report" / "index.html").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def typst_source(tmp_path_factory):
    root = make_project(tmp_path_factory.mktemp("typst") / "project", DOCUMENT)
    found = read_project(root)
    return to_typst(found.documents[0], found)


def text_of(html):
    return re.sub(r"\s+", " ", re.sub(r"<annotation.*?</annotation>|<[^>]*>", "", html))


def tree(folder):
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


# What a page holds


def test_site_has_the_files_that_quarto_makes(site):
    assert set(tree(site)) == {
        ".render.json",
        "index.html",
        "extra/read.txt",
        "report/index.html",
        "report/index.pdf",
        "report/results.json",
        "report/complete-visualization.html",
        "report/theme.css",
        "report/pandoc/page.css",
        "report/pandoc/page.js",
        "report/_artifacts/figures/one.svg",
    }


def test_alias_leads_to_the_page(site):
    assert 'url=report/index.html"' in (site / "index.html").read_text(encoding="utf-8")


def test_references_are_numbered_links(page):
    assert '<a href="#fig-one" class="quarto-xref">Figure\u00a01</a>' in page
    assert '<a href="#fig-two" class="quarto-xref">2</a>' in page
    assert 'Table\u00a01</a>, <a href="#tbl-two" class="quarto-xref">Table\u00a02</a>' in page
    assert '<a href="#eq-one" class="quarto-xref">Equation\u00a01</a>' in page
    assert '<a href="#sec-inner" class="quarto-xref">Section\u00a01.1</a>' in page


def test_headings_are_numbered_below_the_title(page):
    headings = re.findall(r"<(h\d)[^>]*>(.*?)</h\d>", page)
    assert [(level, text_of(text)) for level, text in headings] == [
        ("h1", "A title"),
        ("h2", "1 First"),
        ("h3", "1.1 Inner"),
        ("h2", "2 Second"),
        ("h2", "References"),
    ]


def test_a_document_may_start_at_level_two(project):
    write(project, FRONT + "## First {#sec-first}\n\n### Inner\n\nSee @sec-first.\n")
    page = render_page(project)
    assert re.findall(r"<(h\d)", page) == ["h1", "h2", "h3"]
    assert "Section\u00a01</a>" in page


def test_contents_list_the_headings(page):
    contents = page[page.index('<nav id="TOC"') : page.index("</nav>", page.index('id="TOC"'))]
    assert 'href="#sec-inner"' in contents
    assert "1.1" in contents


def test_a_document_may_do_without_contents(project):
    write(project, FRONT.replace("format:", "toc: false\nformat:") + "# First\n")
    assert 'id="TOC"' not in render_page(project)


def test_title_block_names_author_course_and_date(page):
    start = page.index('<header id="title-block-header"')
    block = text_of(page[start : page.index("</header>", start)])
    assert " ".join(block.split()) == "A title A course Ann O’Author 1 May 2022"
    assert '<time class="date" datetime="2022-05-01">' in page
    assert "<title>A title – The site</title>" in page


def test_variables_are_values_everywhere(page):
    assert "The value is 0.506, <em>of</em> <code>0.506</code> and" in page
    assert "x = 0.506" in page  # the formula's own text, in its annotation


def test_figures_have_caption_number_and_alternative(page):
    first = page[page.index('<figure id="fig-one"') : page.index("</figure>")]
    assert 'alt="Its &quot;alt&quot; &lt;text&gt;"' in first
    assert 'width="40" height="20"' in first
    assert "Figure\u00a01: The <em>first</em> figure." in first
    assert 'alt="Text of the second"' in page
    assert 'style="width:50.0%"' in page


def test_tables_keep_their_html(page):
    assert page.count(TABLE.strip()) == 2
    assert page.count('<div class="table-scroll" role="region" tabindex="0" aria-label=') == 3
    table = page[page.index('<figure id="tbl-one"') :]
    assert table.index("Table\u00a01: The first table") < table.index("<table")
    assert '<th scope="col">a</th>' in page


def test_equations_are_numbered_mathml(page):
    equation = page[page.index('<span id="eq-one" class="equation">') :]
    assert equation.index('<math display="block"') < equation.index(
        '<span class="equation-number">(1)</span>'
    )
    assert page.count('class="equation-number"') == 1
    assert page.count('<math display="block"') == 2


def test_citations_link_to_the_references(page):
    assert '<a href="#ref-bates2015"' in page
    assert 'id="ref-bates2015"' in page
    assert 'id="ref-gelman2007"' not in page


def test_links_to_documents_lead_to_pages(page):
    assert '<a href="index.html#sec-first">start</a>' in page


def test_each_format_sees_its_own(page, typst_source):
    assert "Seen on the page" in page
    assert "Seen in the PDF" not in page
    assert "Seen in the PDF" in typst_source
    assert "Seen on the page" not in typst_source


def test_code_and_boxes_and_footnotes(page, typst_source):
    assert '<pre class="sourceCode python">' in page
    assert '<div class="notes">' in page
    assert "#notes[" in typst_source
    assert "#footnote[A footnote.]" in typst_source


def test_page_asks_no_other_host(site, page):
    assert Page(page).foreign == []
    styles = [path.read_text(encoding="utf-8") for path in site.rglob("*.css")]
    assert len(styles) == 2
    assert not [text for text in styles if re.search(r"@import|url\((?!data:)", text)]


class Nesting(HTMLParser):
    """Check that every element is closed, inside its parent, and that a paragraph holds text."""

    VOID = ("meta", "link", "br", "hr", "img", "input", "circle", "path", "col", "source")
    BLOCKS = ("p", "div", "section", "figure", "table", "ul", "ol", "dl", "h2", "h3", "pre")

    def __init__(self, html):
        super().__init__()
        self.open = []
        self.wrong = []
        self.feed(html)
        self.wrong += self.open

    def handle_starttag(self, tag, attrs):
        if "p" in self.open and tag in self.BLOCKS:
            self.wrong.append(f"{tag} in p")
        if len({name for name, _ in attrs}) < len(attrs):
            self.wrong.append(f"an attribute of {tag} twice")
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        if tag in self.VOID:
            return
        if not self.open or self.open.pop() != tag:
            self.wrong.append(f"/{tag}")


def test_page_is_well_nested_with_unique_identifiers(page):
    assert page.startswith("<!DOCTYPE html>")
    assert Nesting(page).wrong == []
    identifiers = re.findall(r'\sid="([^"]*)"', page)
    assert len(identifiers) == len(set(identifiers))


def test_page_has_its_landmarks(page):
    assert '<html lang="en-GB">' in page
    assert page.index('class="skip-link" href="#quarto-document-content"') < page.index("<nav")
    assert page.count("<main ") == 1
    assert 'aria-current="page"' in page


# What the PDF holds


def test_pdf_is_tagged_and_says_what_it_is(site):
    pdf = (site / "report" / "index.pdf").read_bytes()
    assert pdf.startswith(b"%PDF-")
    assert b"/StructTreeRoot" in pdf
    assert b"pdfuaid:part" in pdf
    assert b"/CreationDate" not in pdf


def test_typst_references_and_floats(typst_source):
    assert "See #ref(<fig-one>, supplement: [Figure]);" in typst_source
    assert "#ref(<fig-two>, supplement: []);" in typst_source
    assert '#figure(kind: "quarto-float-fig", supplement: [Figure]' in typst_source
    assert "<tbl-two>" in typst_source
    assert '#image("_artifacts/figures/one.svg", alt: "Its \\"alt\\" <text>")' in typst_source
    assert 'alt: "Text of the second", width: 50%' in typst_source


def test_typst_headings_start_at_one(typst_source):
    assert re.findall(r"^(=+) (\w+)", typst_source, re.MULTILINE)[:2] == [
        ("=", "First"),
        ("==", "Inner"),
    ]
    assert 'numbering: "(1)", alt: "\\\\alpha_j \\\\approx \\\\frac{1}{2}", $' in typst_source


def test_typst_tables_are_tables(typst_source):
    assert "table.header(" in typst_source
    assert "table.hline(stroke: 0.3pt)" in typst_source
    assert "0.506#super[\\*\\*\\*]" in typst_source
    assert typst_source.count("#inner-caption[Inner caption]") == 2
    assert "#table-note[A note]" in typst_source


def test_an_image_has_the_size_that_it_is_given(project):
    for name in ("my 100% picture.svg", "plain.svg"):
        (project / "report" / name).write_text(SVG, encoding="utf-8")
    write(
        project,
        FRONT.replace("{html: default}", "{html: default, typst: default}")
        + """
![](<my 100% picture.svg>){fig-alt="One" height=5cm}

![](plain.svg){fig-alt="Two" width=300px}

![](plain.svg){fig-alt="Three" width=300 height=1inch}
""",
    )
    found = read_project(project)
    code = to_typst(found.documents[0], found)
    assert 'image("my 100% picture.svg", alt: "One", height: 5cm);' in code
    assert 'image("plain.svg", alt: "Two", width: 225pt, height: auto);' in code
    assert 'alt: "Three", width: 225pt, height: 1in, fit: "stretch");' in code
    page = render_page(project)
    assert 'style="height:5cm"' in page
    assert page.count('width="300"') == 2
    site = render.render(project).folder
    assert (site / "report/my 100% picture.svg").read_text(encoding="utf-8") == SVG


def test_an_image_above_the_document_does_not_reach_the_pdf(project):
    (project / "top.svg").write_text(SVG, encoding="utf-8")
    text = FRONT + '![](../top.svg){fig-alt="x"}\n'
    write(project, text)
    assert (render.render(project).folder / "top.svg").exists()
    write(project, text.replace("{html: default}", "{html: default, typst: default}"))
    with pytest.raises(RenderError, match=r"index.qmd:7: ../top.svg: .*: copy the image to its"):
        render.render(project)


def test_macros_reach_the_formulas_of_both(project):
    write(project, FRONT + "\\newcommand{\\x}{\\alpha}\n\n$\\x$\n")
    found = read_project(project)
    assert "<mi>α</mi>" in to_page(found.documents[0], found).html
    assert "$alpha$" in to_typst(found.documents[0], found)


# What is refused


REFUSALS = {
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
    "words in a reference": ("[see @eq-x]", ":7: @eq-x: references and citations stand"),
    "citation": ("As @nobody2000 says.", ":7: @nobody2000: no such entry in the bibliography"),
    "identifier twice": ("[a]{#x}\n\n[b]{#x}", ":9: #x: the identifier is used twice"),
    "image": ('![](no.svg){fig-alt="x"}', ":7: no.svg: there is no such image"),
    "name": ('![](%ff%0a.png){fig-alt="x"}', "\\xff .png: there is no such image"),
    "alternative": ("![](_artifacts/figures/one.svg)", "one.svg: the image has no fig-alt"),
    "caption": ('::: {#fig-x}\n{{< artifact figures/one.svg >}}\n:::', ":7: #fig-x: its last"),
    "table": ("| a |\n|---|\n| 1 |\n", "index.qmd:7: |: a table needs a caption"),
    "language": ("```fortran\nx\n```", ":7: ```fortran: not one of the languages"),
    "cell": ("```{python}\nx\n```", ":7: ```{python}: no document runs"),
    "callout": ("::: {.callout-note}\nx\n:::", ":7: .callout-note: only Quarto has"),
    "format": ('::: {.content-visible when-format="pdf"}\nx\n:::', ":7: when-format: content"),
    "LaTeX": ("\n\\begin{align}\na\n\\end{align}", ":8: \\begin{align}: LaTeX is read in formulas"),
    "LaTeX in a line": ("A \\textbf{word}.", ":7: \\textbf{word}: LaTeX is read in formulas only"),
    "image's width": (
        '![](_artifacts/figures/one.svg){fig-alt="x" width=5foo}',
        ":7: _artifacts/figures/one.svg: width=5foo: write it in %, cm, mm, in, pt, em or px",
    ),
    "formula": ("$\\frac{1$", "index.qmd: pandoc: Could not convert TeX math"),
    "link": ("[a](nowhere.html)", "index.qmd:7: nowhere.html: dead link"),
    "place": ("[a](#nowhere)", "index.qmd:7: #nowhere: no such place"),
    "host": ('<img src="https://example.org/a.png" alt="a">', "a.png: the page may not"),
    "level": ("# A\n\n### B", "index.qmd:9: B: the heading is more than one level below"),
}  # fmt: skip


@pytest.mark.parametrize(("text", "message"), REFUSALS.values(), ids=REFUSALS.keys())
def test_what_is_not_understood_is_refused_in_one_line(project, capsys, text, message):
    last = render.render(project).folder
    before = tree(last)
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
    "format's name": ("---\ntitle: x\nformat: docx\n---\n", ":3: docx: only Quarto knows"),
    "formats": ("---\ntitle: x\nformat: [html]\n---\n", "index.qmd: format: write html, or"),
    "option": ("---\ntitle: x\nformat: {html: {theme: x}}\n---\n", ":3: theme: only Quarto knows"),
    "date": ("---\ntitle: x\ndate: today\n---\n", "index.qmd: date today: write it as"),
    "no date": ("---\ntitle: x\ndate: 2027-13-45\n---\n", "index.qmd: date 2027-13-45: write it"),
    "no alias": ("---\ntitle: x\n---\n", "index.qmd: no page is the site's index.html: add"),
    "alias": ("---\ntitle: x\naliases: [../x.html]\n---\n", "index.qmd: aliases: write paths"),
    "yaml": ("---\ntitle: [x\n---\n", "index.qmd:3: not YAML"),
    "character": ("---\ntitle: \a\n---\n", "index.qmd: not YAML: unacceptable character"),
}


@pytest.mark.parametrize(("text", "message"), FRONT_MATTER.values(), ids=FRONT_MATTER.keys())
def test_front_matter_that_is_not_understood_is_refused(project, text, message):
    write(project, text)
    with pytest.raises(RenderError, match=re.escape(message)):
        render.render(project)


@pytest.mark.parametrize("key", ["author", "bibliography", "website"])
def test_settings_must_be_complete(project, key):
    path = project / "_quarto.yml"
    path.write_text(re.sub(rf"^{key}:.*\n( .*\n)*", "", SETTINGS, flags=re.MULTILINE))
    with pytest.raises(RenderError, match=f"_quarto.yml: the key {key} is missing"):
        render.render(project)


UNSIGNED = {
    'author: ["A. One", "B. Two"]': "author: write all names as one text",
    "author: {name: A. One}": "author: write all names as one text",
    "author:": "author: write all names as one text",
    "author: [A. One": "not YAML",
    "subtitle: [a, b]": "subtitle: write it as one text",
    'date: "2022-05-01"': "date 2022-05-01: write it as 2022-05-01, without quotes",
    "date:": "date: write it as 2022-05-01, without quotes",
    "date: today": "date today: write it as 2022-05-01, without quotes",
    "date: 2027-13-45": "date 2027-13-45: write it as 2022-05-01, without quotes",
}


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
    [("subtitle:", "Ann O&#x27;Author · 1 May 2022"), ("author:\tA", "A · A course · 1 May 2022")],
    ids=["no subtitle", "tab"],
)
def test_both_renderers_sign_with_the_same(project, line, byline):
    set_key(project, line)
    render.render(project)
    page = project / "single.html"
    page.write_text("<!-- byline -->", encoding="utf-8")
    sign(project, page)
    assert page.read_text(encoding="utf-8") == f'<p class="viz-byline">{byline}</p>'


WRONG_SETTINGS = {
    "project: website": "project: write keys and values below it",
    "project: {render: [/report/x.qmd]}": "project.render: write paths below the project's",
    "project: {render: [nothing/*.qmd]}": "project.render names no document",
    "project: {type: website}": "project.render: name the documents",
    "project: {render: ['../*/report/*.qmd']}": "project.render: index.qmd is not below",
    "project: {render: [report/*.qmd], output-dir: ''}": "project.output-dir: write one text",
    "website: A site": "website: write keys and values below it",
    "website: {title: }": "website.title: write one text",
    "website: {title: x, navbar: {left: [report/index.qmd]}}": "website.navbar.left: write each",
    "format: docx": "format: only Quarto writes docx",
    "format: [html]": "format: write html, or keys",
    "bibliography: {a: b}": "bibliography: write one text",
    "bibliography: [report/none.bib]": "bibliography: there is no file report/none.bib",
    "csl: none.csl": "csl: there is no file none.csl",
}


@pytest.mark.parametrize(("line", "message"), WRONG_SETTINGS.items(), ids=WRONG_SETTINGS)
def test_settings_that_are_not_understood_are_refused(project, line, message):
    set_key(project, line)
    with pytest.raises(RenderError, match=re.escape(f"_quarto.yml: {message}")):
        render.render(project)


@pytest.mark.parametrize(
    "line",
    ["format: html", "bibliography: [report/references.bib, report/more.bib]",
     "project: {type: website, render: report/index.qmd, resources: extra/read.txt}"],
)  # fmt: skip
def test_settings_may_be_one_text_or_several(project, line):
    (project / "report" / "more.bib").write_text("@book{more, title={More}, author={Moore}}")
    write(project, FRONT.replace("{html: default}", "html") + "A page, after @hox2018.\n")
    set_key(project, line)
    site = render.render(project)
    assert [path.name for path in site.files] == ["index.html"]
    assert site.folder.name == "_site"


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
    title = """title: "The *title* of $x$"\ndescription: 'A "*b*" <i>'"""
    write(
        project,
        FRONT.replace('title: "A title"', title).replace("{html: default}", "{html: , typst: }"),
    )
    page = render_page(project)
    signed = "A. --- (a@b.edu, @ann) &lt;b&gt; $x$ _y_ [z]"
    assert f'<span class="author">{signed}</span>' in page
    assert f'<meta name="author" content="{signed}">' in page
    assert '<meta name="description" content="A “*b*” &lt;i&gt;">' in page
    assert "<title>The title of x – The site</title>" in page
    assert '<h1 class="title">The <em>title</em> of' in page
    assert render.render(project).rebuilt  # Typst takes it, too


def test_raw_html_may_not_vanish_from_the_pdf(project):
    write(project, DOCUMENT + "\n<details>x</details>\n")
    with pytest.raises(RenderError, match="HTML does not reach the PDF"):
        render.render(project)


@pytest.mark.parametrize("name", ["_variables.yml", "report/_artifacts/results.json"])
def test_missing_artifacts_are_to_be_built_first(project, name):
    (project / name).unlink()
    with pytest.raises(RenderError, match="build the artifacts first: python -m analysis"):
        render.render(project)


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


@pytest.mark.parametrize("mark", ["site_libs/quarto-html", "report/complete-visualization.html"])
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


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no /dev/full")
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


# How it is written


def render_page(root):
    found = read_project(root)
    return to_page(found.documents[0], found).html


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
    ["report/index.qmd", "_variables.yml", "_quarto.yml", "report/_artifacts/tables/one.html",
     "extra/read.txt", "_site/report/index.html"],
)  # fmt: skip
def test_a_changed_source_or_page_is_built_again(project, name):
    render.render(project)
    with (project / name).open("a") as file:
        file.write("\n")
    assert render.render(project).rebuilt
    assert not render.render(project).rebuilt


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


def test_command_line_names_no_file_where_the_system_names_none(monkeypatch, capsys):
    def refused(*_, **__):
        raise OSError(errno.ENOMEM, "Cannot allocate memory")

    monkeypatch.setattr(render, "render", refused)
    assert render.main([]) == 2
    assert capsys.readouterr().err == "error: Cannot allocate memory\n"


def test_command_line_prints_the_files(project, capsys):
    assert render.main([str(project)]) == 0
    assert Path(capsys.readouterr().out.rstrip("\n")) == project / "_site/report/index.html"


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
