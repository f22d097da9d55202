"""What course reports use of Quarto's Markdown, in the built-in renderer."""

import re

import pypdfium2
import pytest
import render
from small_project import FRONT, render_page, text_of, write

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
    assert re.search(r'<div class="callout callout-\w+"\s+role="note">', page)
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
