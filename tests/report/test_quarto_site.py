"""What is mended behind Quarto, and what a partial render is said to leave undone."""

import re

import pytest
from quarto_left import MAIN, PAGE
from quarto_site import mend, settled, undone


def test_the_root_leads_on_without_a_script(quarto_site):
    mend(quarto_site)
    text = (quarto_site / "index.html").read_text(encoding="utf-8")
    assert '<meta http-equiv="refresh" content="0; url=report/index.html">' in text
    assert "<script" not in text


def test_the_bar_has_a_name_and_the_keyboard_reaches_code(quarto_site):
    mend(quarto_site)
    mend(quarto_site)
    text = (quarto_site / "report" / "index.html").read_text(encoding="utf-8")
    assert text.count('<nav aria-label="Pages" class="navbar') == 1
    assert '<button class="navbar-toggler" type="button">' in text
    assert text.count('<pre tabindex="0" class="pycon"><code>') == 1


@pytest.mark.parametrize(
    "script", ["import { a } from './a.js';\n", "export const a = 1;\n" + MAIN], ids=["in", "out"]
)
def test_modules_of_another_quarto_stay_as_they_are(quarto_site, script):
    main = quarto_site / "site_libs" / "quarto-html" / "quarto.js"
    main.write_text(script, encoding="utf-8")
    mend(quarto_site)
    assert main.read_text(encoding="utf-8") == script
    page = (quarto_site / "report" / "index.html").read_text(encoding="utf-8")
    assert page.count('type="module"') == PAGE.count('type="module"') == 2


PDF = b"""stream
%s>>
<xmpMM:DocumentID>%s</xmpMM:DocumentID><xmpMM:InstanceID>%s</xmpMM:InstanceID>
/ID [(%s) (%s)]
"""
NAMES = (
    (b"gLpzmtaNndZz1nf8kanuMA==", b"dcO8h98Z5ekIhgd8/n9Jkg=="),
    (b"nH+AApyJinFsw6pEET25tA==", b"g5PdvuN1Mbx1EKjYjV82RA=="),
)
"""Of the document and of the file; Typst's library for Python takes the former from the path."""


def test_chance_leaves_no_trace_in_a_pdf(quarto_site):
    orders = b"  /gs2 2 0 R\n  /gs10 9 0 R\n", b"  /gs10 9 0 R\n  /gs2 2 0 R\n"
    one, two = (PDF % (o, *n, *n) for o, n in zip(orders, NAMES, strict=True))
    path = quarto_site / "report" / "index.pdf"
    made = []
    for pdf in (one, two):
        path.write_bytes(pdf)
        mend(quarto_site)
        made.append(path.read_bytes())
    assert made[0] == made[1]
    assert len(made[0]) == len(one)
    assert settled(made[0]) == made[0]
    assert not [name for names in NAMES for name in names if name in made[0]]
    # Another document has another name.
    other = settled(one.replace(b"stream", b"Stream"))
    assert re.findall(rb"InstanceID>(.*?)<", other) != re.findall(rb"InstanceID>(.*?)<", made[0])


def test_a_partial_render_is_said_to_be_one(quarto_site):
    pdf = quarto_site / "report" / "index.pdf"
    assert undone(quarto_site) == [
        "report/index.pdf is missing, to which report/index.html leads; quarto render makes it all"
    ]
    pdf.write_bytes(b"")
    assert undone(quarto_site) == []
    (quarto_site / "report" / "index.html").rename(quarto_site / "report" / "other.html")
    assert undone(quarto_site, besides="other.html") == [
        "this render made no pages; quarto render makes them all"
    ]
