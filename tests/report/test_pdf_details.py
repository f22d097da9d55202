"""What the PDF makes of pictures, code and names that a report's own author adds."""

import re
import shutil
from pathlib import Path

import pypdfium2
import pytest
import typst
from PIL import Image
from renderer import convert
from renderer.convert import to_page, to_typst
from renderer.pdf import to_pdf
from renderer.project import read_project

from analysis.figures.style import WIDE
from analysis.writing.words import as_markdown

REPORT = Path(__file__).resolve().parents[2] / "report"
FRONT = '---\ntitle: "A title"\nformat: {typst: default}\n---\n\n'


@pytest.fixture
def project(tmp_path):
    """Return the report's folder without its documents, beside its settings."""
    shutil.copytree(REPORT, tmp_path / "report", ignore=shutil.ignore_patterns("_art*", "*.qmd"))
    for path in REPORT.parent.glob("_quarto*.yml"):
        text = re.sub(r"href: report/\w+\.qmd", "href: report/index.qmd", path.read_text("utf-8"))
        (tmp_path / path.name).write_text(text, encoding="utf-8")
    (tmp_path / "report" / "_artifacts").mkdir()
    (tmp_path / "report" / "_artifacts" / "variables.json").write_text("{}", encoding="utf-8")
    Image.new("RGB", (300, 200), "red").save(tmp_path / "report" / "red.png")
    return tmp_path


def read(project, text):
    (project / "report" / "index.qmd").write_text(FRONT + text, encoding="utf-8")
    whole = read_project(project)
    return whole.documents[0], whole


def first_page(project, text):
    document = pypdfium2.PdfDocument(to_pdf(*read(project, text)).content)
    assert len(document) == 1
    return document[0]


def box_of(page, words):
    """Return left, bottom, right and top of the first of some words, in points."""
    text = page.get_textpage()
    index, _ = text.search(words).get_next()
    return text.get_charbox(index)


def pictures(page):
    """Return left, bottom, right and top of each picture, in points."""
    kind = pypdfium2.raw.FPDF_PAGEOBJ_IMAGE
    return [item.get_bounds() for item in page.get_objects(filter=[kind])]


def test_a_picture_alone_is_a_block(project):
    source = to_typst(*read(project, 'Above.\n\n![](red.png){fig-alt="red"}\n\nBelow.\n'))
    assert '\n\n#image("red.png", alt: "red")\n\n' in source


@pytest.mark.parametrize(
    "shape", [(300, 200), (3000, 200), (200, 3000)], ids=["usual", "wide", "tall"]
)
def test_a_figure_is_whole_and_as_wide_as_the_text_if_the_page_has_room(project, shape):
    Image.new("RGB", shape, "red").save(project / "report" / "red.png")
    figure = '::: {#fig-red}\n![](red.png){fig-alt="red"}\n\nA caption\n:::\n'
    page = first_page(project, figure)
    ((left, bottom, right, top),) = pictures(page)
    assert (right - left) / (top - bottom) == pytest.approx(shape[0] / shape[1], rel=0.01)
    assert bottom > box_of(page, "Figure")[3]
    if shape == (200, 3000):
        assert top - bottom == pytest.approx(20 * 72 / 2.54, abs=0.1)
    else:
        assert right - left == pytest.approx(WIDE.width, abs=0.1)


def test_code_has_one_box_where_quarto_sets_its_own():
    quarto = "#show raw.where(block: true): set block(fill: luma(230), inset: 8pt, radius: 2pt)\n"
    style = (REPORT / "look" / "style.typ").read_text("utf-8")
    source = f"{quarto}{style}\n```python\nx = 1\n```\n"
    drawing = typst.compile(source.encode(), format="svg").decode()
    assert drawing.count("#f5f7fa") == 1
    assert "#e6e6e6" not in drawing


@pytest.mark.parametrize("name", ["---", "a--b", "5\" x 3'", "'q'", '"', "1...2", "a-?b", "$--_x_"])
def test_a_name_is_printed_as_it_is_written(project, name):
    text = f"Before {as_markdown(name)} **{as_markdown(name)}** after.\n"
    printed = first_page(project, text).get_textpage().get_text_range()
    assert f"Before {name} {name} after." in printed


def test_dashes_and_quotation_marks_of_prose_are_set(project):
    page = first_page(project, "One -- two --- three... \"four\" 'five' it's.\n")
    assert "One – two — three… “four” ‘five’ it’s." in page.get_textpage().get_text_range()


def test_an_author_is_printed_as_written(project):
    path = project / "_quarto.yml"
    text = path.read_text("utf-8").replace("A. Student", "A. One -- B... Two")
    path.write_text(text, encoding="utf-8")
    page = first_page(project, "Text.\n")
    assert "A. One -- B... Two" in page.get_textpage().get_text_range()


def test_a_folder_may_have_the_code_of_a_sign_in_its_name(project, tmp_path, monkeypatch):
    folder = tmp_path / "a%20b 100%"
    shutil.copytree(project, folder, ignore=lambda *_: [folder.name])
    monkeypatch.setattr(convert, "LOOK", folder / "report" / "look")
    monkeypatch.setattr(convert, "PARTS", folder / "report" / "renderer" / "pandoc")
    found = read(folder, "Text [@hox2018].\n")
    assert "#link(<ref-hox2018>)" in to_typst(*found)
    assert 'href="#ref-hox2018"' in to_page(*found).html
