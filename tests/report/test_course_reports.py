"""What course reports use of Quarto's Markdown, in the built-in renderer."""

import re

import pypdfium2
import pytest
import render
from small_project import FRONT, render_page, set_key, text_of, write

from analysis.errors import RenderError

BOTH = FRONT.replace("{html: default}", "{html: default, typst: default}")


def text_of_pdf(path):
    document = pypdfium2.PdfDocument(path)
    texts = [page.get_textpage().get_text_range() for page in document]
    document.close()
    return [re.sub(r"\s+", " ", text) for text in texts]


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("::: {.callout-warning}\nMind *it*.\n:::", "Warning"),
        ('::: {.callout-note title="A title"}\nMind *it*.\n:::', "A title"),
        ("::: {.callout-tip}\n## Own *line*\n\nMind *it*.\n:::", "Own line"),
    ],
    ids=["kind", "attribute", "heading"],
)
def test_callouts_have_their_title_and_their_text(project, text, title):
    write(project, f"{BOTH}# First\n\n{text}\n\nAfter.\n")
    site = render.render(project).folder / "report"
    page = (site / "index.html").read_text(encoding="utf-8")
    assert f"{title} Mind it." in text_of(page)
    assert "<em>it</em>" in page
    assert re.search(
        r'<div\s+class="callout callout-\w+ callout-style-default callout-titled"', page
    )
    assert f"{title} Mind it. After." in " ".join(text_of_pdf(site / "index.pdf"))
    # A heading of a box is none of the text.
    assert "1 First" in text_of(page)
    assert "2 Own" not in text_of(page)


def test_a_page_break_breaks_the_page_of_the_pdf(project):
    write(project, f"{BOTH}Before.\n\n{{{{< pagebreak >}}}}\n\nAfter.\n")
    site = render.render(project).folder / "report"
    first, second = text_of_pdf(site / "index.pdf")
    assert "Before." in first
    assert "After." in second
    assert '<div class="pagebreak"></div>' in render_page(project)


def test_authors_are_a_list_with_their_affiliations(project):
    set_key(project, "author: [A. One, {name: B. Two, affiliation: Uni *X*}]")
    write(project, f"{BOTH}Text.\n")
    site = render.render(project).folder / "report"
    page = (site / "index.html").read_text(encoding="utf-8")
    assert '<span class="author">A. One, B. Two</span>' in page
    assert '<span class="affiliation">Uni *X*</span>' in page
    assert '<meta name="author" content="A. One, B. Two">' in page
    assert "A. One, B. Two · Uni *X* · 1 May 2022" in text_of_pdf(site / "index.pdf")[0]


def test_a_report_of_today_is_made_anew_tomorrow(project, monkeypatch):
    set_key(project, "date: today")
    pages = []
    for epoch in ("1676376000", "1676376001", "1676462400"):
        monkeypatch.setenv("SOURCE_DATE_EPOCH", epoch)
        site = render.render(project)
        page = (site.folder / "report" / "index.html").read_text(encoding="utf-8")
        pages.append((site.rebuilt, re.search(r'datetime="(.*?)"', page)[1]))
    assert pages == [(True, "2023-02-14"), (False, "2023-02-14"), (True, "2023-02-15")]


SUMMED_UP = """---
title: "A title"
aliases: [/index.html]
abstract: |
  The slope is {{< var a.b >}}, *as* @hox2018 says; $x^2$.

  Another paragraph.
keywords: [schools, "C & D"]
format: {html: default, typst: default}
---

Text.
"""


def test_abstract_and_keywords_stand_below_the_title(project):
    write(project, SUMMED_UP)
    site = render.render(project).folder / "report"
    page = (site / "index.html").read_text(encoding="utf-8")
    header = text_of(page.partition("<main")[2].partition("</header>")[0])
    assert "Abstract The slope is 0.506, as Hox" in header
    assert "Another paragraph. Keywords: schools, C &amp; D" in header
    assert '<meta name="keywords" content="schools, C &amp; D">' in page
    text = text_of_pdf(site / "index.pdf")[0]
    assert "Abstract. The slope is 0.506, as Hox" in text
    assert "Keywords: schools, C & D" in text


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("abstract: [a]", "index.qmd:4: abstract: write one text"),
        ('abstract: "{{< artifact a >}}"', "index.qmd:4: abstract: of shortcodes"),
        ('abstract: "{{< var a.none >}}"', "index.qmd:4: unknown variable a.none"),
        ("keywords: []", "index.qmd:4: keywords: write a list of texts"),
        ("keywords: [{a: b}]", "index.qmd:4: keywords: write a list of texts"),
    ],
)
def test_what_is_no_abstract_and_no_keyword_is_refused_by_line(project, line, message):
    write(project, FRONT.replace("format:", f"{line}\nformat:") + "Text.\n")
    with pytest.raises(RenderError, match=re.escape(message)):
        render.render(project)


def put_part(project, name, text):
    path = project / "report" / name
    path.parent.mkdir(exist_ok=True)
    path.write_text(text, encoding="utf-8")


def test_a_document_includes_others(project):
    put_part(project, "_part.qmd", "# Part\n\nIts {{< var a.b >}}.\n\n{{< include deep/_d.md >}}\n")
    put_part(project, "deep/_d.md", "Deep.\n\n{{< include deep/_c.md >}}")
    # As in Quarto, a part is looked for from the document, or from the project.
    put_part(project, "deep/_c.md", "{{< include /report/_e.qmd >}}")
    put_part(project, "_e.qmd", "End, see @sec-last.\n")
    write(project, f"{FRONT}{{{{< include _part.qmd >}}}}\n\n# Last {{#sec-last}}\n")
    site = render.render(project)
    page = (site.folder / "report" / "index.html").read_text(encoding="utf-8")
    assert "1 Part Its 0.506. Deep. End, see Section 2. 2 Last" in text_of(page)
    put_part(project, "_e.qmd", "Another end.\n")
    assert render.render(project).rebuilt


@pytest.mark.parametrize(
    ("part", "message"),
    [
        ("\n\n{{< var a.none >}}", "report/_part.qmd:3: unknown variable a.none"),
        ("\nSee @fig-y.", "report/_part.qmd:2: @fig-y: there is no numbered figure"),
        ("{{< include _part.qmd >}}", "report/_part.qmd:1: include _part.qmd: the file includes"),
        ("{{< include _no.qmd >}}", "report/_part.qmd:1: include _no.qmd: there is no such file"),
        ("{{< include ../../x >}}", "report/_part.qmd:1: include ../../x: write the path of a"),
        ("a {{< include _b.qmd >}}", "report/_part.qmd:1: {{< include _b.qmd >}} stands on a"),
        ("---\ntitle: x\n---\n", "report/index.qmd:8: include _part.qmd: the part has a front"),
        ("", "report/index.qmd:10: @fig-z: there is no numbered figure"),
    ],
)
def test_a_fault_in_a_part_is_placed_there(project, part, message):
    put_part(project, "_part.qmd", part)
    write(project, f"{FRONT}Text.\n{{{{< include _part.qmd >}}}}\n\nSee @fig-z.\n")
    with pytest.raises(RenderError, match=re.escape(message)):
        render.render(project)


TABLES = """| Group *A* | Mean |
|:----------|-----:|
| One       | 1.25 |
| @hox2018  |    2 |

: The "means"

| Plain |
|-------|
| {{< var a.b >}} |

::: {#tbl-numbered}
| x | y |
|---|---|
| 7 | 8 |

A numbered table.
:::

See @tbl-numbered.
"""


def test_tables_of_markdown_look_as_those_of_the_analysis(project):
    write(project, BOTH + TABLES)
    site = render.render(project).folder / "report"
    page = (site / "index.html").read_text(encoding="utf-8")
    assert page.count('<table class="report-table"') == 3
    assert 'role="region" tabindex="0" aria-label="The “means”"' in page
    assert page.count('aria-label="Table"') == 2
    said = text_of(page)
    assert "Group A Mean One 1.25" in said
    assert "Plain 0.506" in said
    assert "Table 1: A numbered table. x y 7 8" in said
    text = " ".join(text_of_pdf(site / "index.pdf"))
    for words in ("The “means” Group A Mean One 1.25", "Plain 0.506", "x y 7 8", "See Table 1."):
        assert words in text
    assert "Table 1: A numbered table." in text
    # Those without a number take none.
    assert "Table 2" not in text


REFERENCES = """# One {#sec-one}

# Two {#sec-two}

::: {#tip-a .callout-tip}
x
:::

See [@sec-one; @sec-two; -@tip-a], [-@sec-two], [Chap. *nr.* @sec-one] and [hint @tip-a].
"""


def test_references_stand_in_brackets_together_and_under_other_names(project):
    write(project, BOTH + REFERENCES)
    site = render.render(project).folder / "report"
    page = (site / "index.html").read_text(encoding="utf-8")
    said = "See Section 1, Section 2, 1, 2, Chap. nr. 1 and hint 1."
    assert said in text_of(page)
    assert said in " ".join(text_of_pdf(site / "index.pdf"))
    assert '<a href="#sec-one" class="quarto-xref">Chap. <em>nr.</em>\u00a01</a>' in page
    assert '<a href="#tip-a" class="quarto-xref">1</a>' in page
