"""Captioned images, figures side by side and all kinds of callouts, in the built-in renderer."""

import re
import struct
import zlib

import pypdfium2
import pytest
import render
from small_project import BOTH, FOLDED, ONE, SIDE_BY_SIDE, render_page, text_of, write


def made(project, text):
    """Return the page and the text of the PDF of a document."""
    write(project, BOTH + text)
    site = render.render(project).folder / "report"
    document = pypdfium2.PdfDocument(site / "index.pdf")
    words = " ".join(page.get_textpage().get_text_range() for page in document)
    document.close()
    return (site / "index.html").read_text(encoding="utf-8"), re.sub(r"\s+", " ", words)


def figure(page, identifier):
    start = page.index(f'id="{identifier}"')
    return page[page.rindex("<figure", 0, start) :]


# ------------------------------------------------------------------------------------- figures


def test_a_caption_without_an_identifier_takes_no_number(project):
    page, pdf = made(
        project, f"![Of *nothing*, $x$]({ONE})\n\n![Numbered]({ONE}){{#fig-n}}\n\nSee @fig-n.\n"
    )
    first, second = re.findall(r"<figure.*?</figure>", page, re.DOTALL)
    assert 'alt="Of nothing, x"' in first
    assert "<em>nothing</em>" in first
    assert text_of(first).strip().startswith("Of nothing")
    assert text_of(second).strip() == "Figure 1: Numbered"
    assert "Figure 1: Numbered See Figure 1." in pdf


def test_a_number_without_a_caption_is_bare(project):
    page, pdf = made(project, f'![]({ONE}){{#fig-n fig-alt="An image"}}\n\nSee @fig-n.\n')
    (caption,) = re.findall(r"<figcaption>(.*?)</figcaption>", page, re.DOTALL)
    assert caption.strip() == "Figure\u00a01"
    assert "Figure 1 See Figure 1." in pdf
    assert 'alt="An image"' in page


def test_an_image_of_a_figure_is_described_by_its_caption(project):
    page, _ = made(
        project,
        f'::: {{#fig-x}}\n![]({ONE})\n\n![]({ONE}){{fig-alt="Own"}}\n\nThe *caption*\n:::\n',
    )
    assert re.findall(r'<img[^>]*alt="(.*?)"', page) == ["The caption", "Own"]


@pytest.mark.parametrize(
    ("size", "style", "typst"),
    [
        ("width=50%", "width: 50%", "width: 50%"),
        ("width=8cm", "width: 8cm", "width: 8cm"),
        ("width=200", "width: 200px", "width: 150pt"),
        ("width=200px height=2in", "width: 200px; height: 2in", "width: 150pt, height: 2in"),
        ("height=1.5em", "height: 1.5em; width: auto", "height: 1.5em, width: auto"),
        ("width=2pc", "width: 2pc", "width: 24pt"),
    ],
)
def test_an_image_has_the_size_that_is_asked_for(project, size, style, typst):
    from renderer.convert import to_typst
    from renderer.project import read_project

    write(project, BOTH + f"![A caption]({ONE}){{{size}}}\n")
    assert re.search(rf'<img [^>]*style="{style}"', re.sub(r"\s+", " ", render_page(project)))
    found = read_project(project)
    assert f'image("{ONE}", {typst}, alt: "A caption")' in to_typst(found.documents[0], found)
    render.render(project)


def test_a_figure_stands_where_it_is_asked_to(project):
    page, _ = made(
        project,
        f'![A]({ONE}){{width=9% fig-align="left"}}\n\n![B]({ONE}){{width=9%}}\n\n'
        f'![C]({ONE}){{width=9% fig-align="right" #fig-c}}\n',
    )
    assert re.findall(r"quarto-figure-(\w+)", page) == ["left", "center", "right"]
    document = pypdfium2.PdfDocument(project / "_site/report/index.pdf")
    text = document[0].get_textpage()
    edges = [
        text.get_charbox(text.get_text_range().index(each))[0] for each in ("A\r", "B\r", "Figure")
    ]
    document.close()
    assert edges == sorted(edges)
    assert edges[1] - edges[0] > 100 < edges[2] - edges[1]


def test_a_linked_image_with_a_caption_is_a_linked_figure(project):
    page, pdf = made(project, f"[![Linked]({ONE})](https://example.org)\n")
    assert re.search(r'<figure[^>]*>\s*<a\s+href="https://example.org"><img', page)
    assert "Linked" in pdf


def png(width, height):
    """Return a picture in one colour."""

    def chunk(kind, content):
        crc = zlib.crc32(kind + content)
        return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", crc)

    rows = (b"\0" + b"\x80" * width) * height
    head = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        (chunk(b"IHDR", head), chunk(b"IDAT", zlib.compress(rows)), chunk(b"IEND", b""))
    )


def test_a_photograph_keeps_its_place_while_it_loads(project):
    (project / "report" / "a.png").write_bytes(png(30, 20))
    page, _ = made(project, "![A caption](a.png)\n")
    assert re.search(r'<img[^>]*width="30"[^>]*height="20"', re.sub(r"\s+", " ", page))
    assert (project / "_site/report/a.png").is_file()


def test_parts_of_a_figure_have_letters(project):
    page, pdf = made(project, SIDE_BY_SIDE)
    said = "See Figure 1, Figure 1 (a), Figure 1 (c) and Figure 2."
    assert said in text_of(page).replace("\u00a0", " ")
    assert said in pdf
    assert '<a href="#fig-x-c" class="quarto-xref">Figure\u00a01 (c)</a>' in page
    captions = re.findall(r"<figcaption>(.*?)</figcaption>", page, re.DOTALL)
    assert [text_of(each).strip().replace("\u00a0", " ") for each in captions] == [
        "(a) The first", "(b) The second", "(c) The third", "Figure 1: All of them.",
        "Figure 2: After",
    ]  # fmt: skip
    assert "(a) The first (b) The second (c) The third Figure 1: All of them." in pdf
    outer = page[page.index('<figure id="fig-x"') : page.index('<figure id="fig-y"')]
    assert outer.count('<figure id="fig-x-') == 3
    assert outer.count('<div class="quarto-layout-cell">') == 3
    assert '<div class="quarto-layout" style="--columns: 2">' in re.sub(r"\s+", " ", outer)


@pytest.mark.parametrize(
    ("layout", "columns"),
    [("layout-ncol=3", 3), ("layout-nrow=2", 2), ("layout-nrow=1", 3), ("layout-nrow=9", 1)],
)
def test_columns_follow_from_rows(project, layout, columns):
    text = SIDE_BY_SIDE.replace("layout-ncol=2", layout)
    page, _ = made(project, text)
    assert f"--columns: {columns}" in page


def test_parts_of_a_table_have_letters_above_them(project):
    part = "::: {#tbl-x-a}\n| u |\n|---|\n| 7 |\n\nOne part\n:::\n"
    page, pdf = made(
        project,
        f"::: {{#tbl-x layout-ncol=2}}\n{part}\n{part.replace('-a', '-b')}\nBoth.\n:::\n\n"
        "See @tbl-x-b.\n",
    )
    for text in (text_of(page).replace("\u00a0", " "), pdf):
        assert "Table 1: Both. (a) One part u 7 " in text
        assert "See Table 1 (b)." in text


def test_blocks_stand_side_by_side_without_a_number(project):
    page, pdf = made(project, f"::: {{layout-ncol=2}}\n![One]({ONE})\n\nSome text.\n:::\n")
    assert page.count('<div class="quarto-layout-cell">') == 2
    assert "One Some text." in pdf
    assert "Figure" not in pdf


# ------------------------------------------------------------------------------------ callouts


@pytest.mark.parametrize(
    ("attributes", "said", "classes"),
    [
        ("", "Note Mind.", "callout-style-default callout-titled"),
        ('appearance="simple"', "Mind.", "callout-style-simple"),
        ('appearance="simple" title="T *x*"', "T x Mind.", "callout-style-simple callout-titled"),
        ('appearance="minimal"', "Mind.", "callout-style-simple no-icon"),
        ("icon=false", "Note Mind.", "callout-style-default no-icon callout-titled"),
        ('icon="true"', "Note Mind.", "callout-style-default callout-titled"),
    ],
)
def test_a_callout_looks_as_it_is_asked_to(project, attributes, said, classes):
    page, pdf = made(project, f"Before.\n\n::: {{.callout-note {attributes}}}\nMind.\n:::\n")
    assert text_of(page.rpartition("<p>Before.</p>")[2]).strip() == said
    assert f"Before. {said}" in pdf
    assert f'class="callout callout-note {classes}"' in re.sub(r"\s+", " ", page)
    assert "appearance" not in page
    assert "<details>" not in page.partition("<main")[2]


def signs_in(project, attributes):
    """Return how many drawings the PDF of a callout holds."""
    made(project, f"::: {{.callout-tip {attributes}}}\nMind.\n:::\n")
    document = pypdfium2.PdfDocument(project / "_site/report/index.pdf")
    count = sum(1 for _ in document[0].get_objects())
    document.close()
    return count


def test_the_pdf_has_a_sign_unless_it_is_not_wanted(project):
    assert signs_in(project, "") > signs_in(project, "icon=false")
    simple = signs_in(project, "appearance=simple")
    assert simple > signs_in(project, "appearance=minimal")


def test_a_plain_callout_has_neither_title_nor_sign(project):
    page, pdf = made(project, "::: {.callout}\nMind.\n:::\n")
    assert 'class="callout callout-none callout-style-simple no-icon"' in re.sub(r"\s+", " ", page)
    assert "Mind." in pdf


NUMBERED = """See @nte-a, @nte-b, @tip-a, @wrn-a, @imp-a and @cau-a.

::: {#nte-a .callout-note}
First.
:::

::: {#nte-b .callout-note title="Own"}
Second.
:::

::: {#tip-a .callout-tip collapse="true"}
## A heading
Third.
:::

::: {#wrn-a .callout-warning appearance="simple"}
Fourth.
:::

::: {#imp-a .callout-important}
Fifth.
:::

::: {#cau-a .callout-caution}
Sixth.
:::
"""


def test_callouts_are_numbered_by_kind(project):
    page, pdf = made(project, NUMBERED)
    for text in (text_of(page).replace("\u00a0", " "), pdf):
        for words in (
            "See Note 1, Note 2, Tip 1, Warning 1, Important 1 and Caution 1.",
            "Note 1 First. Note 2: Own Second. Tip 1: A heading Third. Warning 1 Fourth.",
            "Important 1 Fifth. Caution 1 Sixth.",
        ):
            assert words in text
    assert '<a href="#imp-a" class="quarto-xref">Important\u00a01</a>' in page
    assert page.count('id="nte-b"') == 1


def test_the_pdf_shows_what_the_page_folds(project):
    page, pdf = made(project, FOLDED)
    assert "Folded Hidden at first. Open Seen at first. Untitled." in pdf
    main = page.partition("<main")[2]
    assert len(re.findall("<details>|<details open>", main)) == 2
