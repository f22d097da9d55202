"""
A finished site, whichever renderer made it: `nox -s site` names the folder, or it is built here.

Valid HTML means what a parser by the standard finds wrong: tags, nesting, attributes given twice,
characters. It knows neither which attributes an element has nor which values these take.
"""

import re
from urllib.parse import unquote, urljoin, urlsplit

import pypdfium2
import pytest
from report_text import pdf_text


def report_of(pages):
    """Return the path of the report's own page."""
    return next(name for name in pages if name.endswith("/index.html"))


def test_every_page_is_valid_html(pages):
    assert {name: wrong for name, (_, wrong) in pages.items() if wrong} == {}


def test_identifiers_are_unique(pages):
    for name, (tree, _) in pages.items():
        # Quarto gives its two style sheets, light and dark, one identifier, which leads nowhere.
        elements = [element for element in tree.iter() if element.tag != "link"]
        found = [element.get("id") for element in elements if element.get("id")]
        assert {each for each in found if found.count(each) > 1} == set(), name


def addresses(tree):
    """Return what the elements of a page link to or load."""
    for element in tree.iter():
        for attribute in ("href", "src", "data", "poster"):
            if element.get(attribute) is not None:
                yield element.get(attribute)
        for candidate in (element.get("srcset") or "").split(","):
            yield from candidate.split()[:1]
        if element.tag == "meta" and (element.get("http-equiv") or "").lower() == "refresh":
            yield element.get("content").partition("url=")[2]


def test_no_link_and_no_anchor_is_broken_at_a_sub_path(folder, pages):
    base = "http://site.invalid/some/where/"
    broken = []
    for name, (tree, _) in pages.items():
        for address in addresses(tree):
            url = urlsplit(urljoin(base + name, address))
            if url.scheme not in {"http", "https"} or url.netloc != "site.invalid":
                continue
            path = unquote(url.path).removeprefix("/some/where/")
            path += "index.html" if not path or path.endswith("/") else ""
            target = pages.get(path)
            ids = {each.get("id") for each in target[0].iter()} if target else set()
            if not (folder / path).is_file() or (target and url.fragment not in {"", *ids}):
                broken.append((name, address))
    assert broken == []


def test_every_page_says_its_language_and_title(pages):
    for name, (tree, _) in pages.items():
        refresh = [each for each in tree.iter("meta") if each.get("http-equiv")]
        assert tree.find("head/title").text, name
        assert tree.get("lang") or refresh, name


# ------------------------------------------------------------------------------------ the PDF


@pytest.fixture(scope="module")
def pdf(folder, pages):
    path = (folder / report_of(pages)).with_suffix(".pdf")
    document = pypdfium2.PdfDocument(path)
    yield path, document
    document.close()


def test_the_pdf_is_tagged_and_has_title_language_and_outline(pdf):
    path, document = pdf
    release = re.match(r"Typst (\d+)\.(\d+)", document.get_metadata_value("Creator"))
    # Typst tags a PDF since 0.14; Quarto 1.7 brings 0.13.
    if (int(release[1]), int(release[2])) >= (0, 14):
        assert pypdfium2.raw.FPDFCatalog_IsTagged(document)
        # That it is PDF/UA-1 is what Typst has checked when it says so.
        assert b"pdfuaid:part>1<" in path.read_bytes()
    assert document.get_metadata_value("Title")
    assert re.search(rb"/Lang\s*\(en", path.read_bytes())
    titles = [item.get_title() for item in document.get_toc()]
    assert len(titles) >= 8


def test_numbers_of_page_and_pdf_are_the_same(pages, pdf):
    main = pages[report_of(pages)][0].find(".//main")
    page = decimals(" ".join(text_of(main)))
    # A line may end within a number of an address, not within one of the results.
    assert page
    assert page == decimals(pdf_text(pdf[0]))


def test_a_minus_is_no_hyphen(pages, pdf):
    code = ("pre", "code")
    texts = {name: " ".join(text_of(tree.find("body"), code)) for name, (tree, _) in pages.items()}
    texts["the PDF"] = pdf_text(pdf[0])
    found = {name: re.findall(r"(?<![^\s(])-[\d.]+", text) for name, text in texts.items()}
    assert {name: numbers for name, numbers in found.items() if numbers} == {}
    assert any("−" in text for text in texts.values())


def decimals(text):
    """Return the numbers with three decimals or more: those of tables and of results."""
    return set(re.findall(r"(?<![\d./])\d+\.\d{3,}(?![\d./])", text))


def text_of(element, besides=()):
    """Yield the text of an element but that of formulas, scripts and navigation, and of others."""
    if element.tag in {"script", "style", "nav", "annotation", *besides}:
        return
    yield element.text or ""
    for child in element:
        yield from text_of(child, besides)
        yield child.tail or ""
