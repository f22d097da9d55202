"""The text of finished pages and PDFs."""

import re

import pypdfium2


def page_text(path):
    """Return the words of a page, without those of scripts, styles and formulas."""
    text = path.read_text(encoding="utf-8")
    text = re.sub(r"<(script|style|math)\b.*?</\1>|<[^>]*>", " ", text, flags=re.DOTALL)
    return " ".join(text.split())


def pdf_text(path):
    """Return the words of a PDF."""
    document = pypdfium2.PdfDocument(path)
    text = " ".join(page.get_textpage().get_text_range() for page in document)
    document.close()
    return " ".join(text.split())
