"""What the renderer's PDF holds."""

import re


def test_pdf_is_tagged_and_says_what_it_is(small_site):
    pdf = (small_site / "report" / "index.pdf").read_bytes()
    assert pdf.startswith(b"%PDF-")
    assert b"/StructTreeRoot" in pdf
    assert b"pdfuaid:part" in pdf
    assert b"/CreationDate" not in pdf


def test_typst_references_and_floats(typst_source):
    assert "See #ref(<fig-one>, supplement: [Figure]);" in typst_source
    assert '#figure(kind: "quarto-float-fig", supplement: [Figure]' in typst_source
    assert "] <tbl-one>" in typst_source
    assert '#image("_artifacts/figures/one.svg", alt: "Its \\"alt\\" <text>")' in typst_source
    assert '#image("_artifacts/figures/one.svg", alt: "Text of the second")' in typst_source


def test_typst_headings_start_at_one(typst_source):
    assert re.findall(r"^(=+) (\w+)", typst_source, re.MULTILINE)[:2] == [
        ("=", "First"),
        ("==", "Inner"),
    ]


def test_typst_formulas_have_an_alternative(typst_source):
    numbered = r'#[#set math.equation(alt: "\\alpha_j \\approx \\frac{1}{2}", numbering: "(1)");$'
    assert numbered in typst_source
    assert "$<eq-one>];" in typst_source
    assert '#[#set math.equation(alt: "x = 0.506");$x = 0.506$];' in typst_source


def test_typst_tables_are_tables(typst_source):
    assert "table.header(" in typst_source
    assert "table.hline(stroke: 0.3pt)" in typst_source
    assert "0.506#super[\\*\\*\\*]" in typst_source
    assert typst_source.count("#inner-caption[Inner caption]") == 2
    assert "#table-note[A note]" in typst_source
