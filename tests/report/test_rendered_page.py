"""What the renderer's page holds."""

import re
from html.parser import HTMLParser

import pytest
from renderer.page import Page
from small_project import FRONT, TABLE, render_page, text_of, tree, write


@pytest.fixture
def page(small_page):
    return small_page


def test_site_has_the_files_that_quarto_makes(small_site):
    assert set(tree(small_site)) == {
        ".render.json",
        "index.html",
        "extra/read.txt",
        "report/index.html",
        "report/index.pdf",
        "report/results.json",
        "report/complete-visualization.html",
        "report/look/theme.css",
        "report/renderer/pandoc/page.css",
        "report/renderer/pandoc/page.js",
        "report/_artifacts/figures/one.svg",
        "report/_artifacts/figures/narrow/one.svg",
    }


def test_alias_leads_to_the_page(small_site):
    assert 'url=report/index.html"' in (small_site / "index.html").read_text(encoding="utf-8")


def test_references_are_numbered_links(page):
    assert '<a href="#fig-one" class="quarto-xref">Figure\u00a01</a>' in page
    assert '<a href="#fig-two" class="quarto-xref">Figure\u00a02</a>' in page
    assert '<a href="#tbl-one" class="quarto-xref">Table\u00a01</a>' in page
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
    narrow = '<source media="(max-width: 30rem)" srcset="_artifacts/figures/narrow/one.svg"'
    assert f'<picture>{narrow} width="20" height="30">' in first
    assert first.index("<source ") < first.index("<img ") < first.index("</picture>")
    assert "Figure\u00a01: The <em>first</em> figure." in first
    assert 'alt="Text of the second"' in page
    second = page[page.index('<figure id="fig-two"') :]
    assert second.index("<img ") < second.index("Figure\u00a02: The second figure.")


def test_tables_keep_their_html(page):
    assert page.count(TABLE.strip()) == 2
    assert page.count('<div class="table-scroll" role="region" tabindex="0" aria-label=') == 2
    table = page[page.index('<figure id="tbl-one"') :]
    assert table.index("Table\u00a01: The first table") < table.index("<table")


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
    assert '<span class="fu">library</span>(lme4)' in page
    assert '<div class="notes">' in page
    assert "#notes[" in typst_source
    assert "#footnote[A footnote.]" in typst_source


def test_page_asks_no_other_host(small_site, page):
    assert Page(page).foreign == []
    styles = [path.read_text(encoding="utf-8") for path in small_site.rglob("*.css")]
    assert len(styles) == 2
    assert not [text for text in styles if re.search(r"@import|url\((?!\"?data:)", text)]


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
