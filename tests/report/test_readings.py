"""Sentences that the analysis wrote, in the middle of a section of a document."""

import re

import pypdfium2
import pytest
import render
from small_project import DOCUMENT, make_project

BETWEEN = "Before.\n\n{{< artifact readings/one.md >}}\n\nAfter.\n"
SAID = (
    'Before. Class #5 lies highest, as @fig-one of *b_c* says of "x--y..." (p < 0.001). '
    "See Figure 1 and Section 1.1, after Hox et al. (2018). Another paragraph: −0.07. After."
)


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    document = DOCUMENT.replace("$$ y $$\n", BETWEEN)
    return render.render(make_project(tmp_path_factory.mktemp("site") / "project", document)).folder


def words(text):
    return " ".join(text.replace("\N{NO-BREAK SPACE}", " ").split())


def test_the_page_says_them_with_references_and_formulas(site):
    page = (site / "report" / "index.html").read_text(encoding="utf-8")
    passage = page[page.index("<p>Before.") : page.index("After.</p>")]
    assert re.search(r'<a href="#fig-one" class="quarto-xref"[^>]*>Figure\s1</a>', passage)
    assert "<math" in passage
    assert passage.count("<p>") == 4
    bare = re.sub(r"<annotation.*?</annotation>|<[^>]*>", "", passage.replace("&lt;", "‹"))
    assert words(bare).replace("‹", "<") + " After." == SAID


def test_the_pdf_says_them(site):
    document = pypdfium2.PdfDocument(site / "report" / "index.pdf")
    text = words(" ".join(page.get_textpage().get_text_range() for page in document))
    document.close()
    assert SAID.replace("(p", "(𝑝") in text
