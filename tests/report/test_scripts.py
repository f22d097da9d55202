"""A site whose names are in any script: pages and PDF are made, and what no font has is marked."""

import pypdfium2
import pytest
import typst
from render import render
from renderer import pdf
from renderer.pdf import to_pdf
from renderer.project import read_project
from scripts import UNKNOWN
from small_project import DOCUMENT, make_project, set_key, text_of, write

from analysis.errors import RenderError


def text_of_pdf(content):
    document = pypdfium2.PdfDocument(content)
    return "".join(page.get_textpage().get_text_range() for page in document)


def made(root):
    found = read_project(root)
    return to_pdf(found.documents[0], found)


@pytest.fixture
def project(tmp_path):
    return make_project(tmp_path, DOCUMENT)


def test_without_foreign_characters_the_machines_fonts_are_not_asked(project, monkeypatch):
    monkeypatch.setattr(pdf, "_with_any_fonts", pytest.fail)
    assert made(project).lacking == ""


def test_the_machines_fonts_are_asked_before_a_character_is_marked(project, monkeypatch):
    compiled, asked = typst.compile_with_warnings, []

    def compile_with_warnings(source, **options):
        asked.append((options["ignore_system_fonts"], "\ufffd".encode() in source))
        return compiled(source, **options)

    monkeypatch.setattr(typst, "compile_with_warnings", compile_with_warnings)
    write(project, DOCUMENT.replace("A title", f"A {UNKNOWN} title"))
    assert made(project).lacking == UNKNOWN
    assert asked == [(True, False), (False, False), (False, True)]


def test_a_character_without_a_font_is_marked_in_the_pdf_and_told_in_one_note(project, capsys):
    name = f"Ann {UNKNOWN} O'Author"
    set_key(project, f'author: "{name}"')
    write(project, DOCUMENT.replace("A title", f"A {UNKNOWN} title"))
    for _ in range(2):
        site = render(project)
        assert site.rebuilt
        assert capsys.readouterr().err == (
            f"note: report/index.pdf: no font here has {UNKNOWN} (U+10FFF0), marked there; "
            "write others\n"
        )
    page, document = site.files
    assert f"Ann {UNKNOWN} O’Author" in text_of(page.read_text(encoding="utf-8"))
    text = text_of_pdf(document.read_bytes())
    assert "Ann \ufffd O’Author" in text
    assert "A \ufffd title" in text
    assert pypdfium2.PdfDocument(document.read_bytes()).get_metadata_value("Author") == name


def test_the_site_is_kept_once_no_character_is_marked(project):
    write(project, DOCUMENT.replace("A title", f"A {UNKNOWN} title"))
    assert render(project).rebuilt
    write(project, DOCUMENT)
    assert render(project).rebuilt
    assert not render(project).rebuilt


@pytest.mark.parametrize("name", ["王小明", "محمد علي", "अमित", "Ann \N{SCHOOL} 王"])
def test_an_author_of_any_name_is_printed_or_marked(project, name):
    set_key(project, f'author: "{name}"')
    done = made(project)
    text = text_of_pdf(done.content)
    for character in name.replace(" ", ""):
        assert (character in text) or done.lacking
    assert ("\ufffd" in text) == bool(done.lacking)


def test_letters_with_an_accent_that_no_font_has_stay(project):
    write(project, DOCUMENT.replace("A title", "A\u1abe title"))
    done = made(project)
    assert set(done.lacking) <= {"\u1abe"}
    assert "A" in text_of_pdf(done.content)


@pytest.mark.parametrize("sign", ["\N{ARABIC NUMBER SIGN}", "\N{KAITHI NUMBER SIGN}"])
def test_a_sign_that_parts_letters_and_is_seen_is_printed_or_marked(project, sign):
    write(project, DOCUMENT.replace("A title", f"A{sign} title"))
    done = made(project)
    assert set(done.lacking) <= {sign}
    assert ("\ufffd" if done.lacking else sign) in text_of_pdf(done.content)


def test_characters_that_cannot_even_be_marked_are_refused(project, monkeypatch):
    monkeypatch.setattr(pdf, "_marking", lambda _: "")
    write(project, DOCUMENT.replace("A title", f"A {UNKNOWN} title"))
    with pytest.raises(RenderError, match=r"report/index\.qmd:2: Typst: no font has"):
        made(project)
