"""What the PDF makes of pictures, code and names that a report's own author adds."""

import shutil
from pathlib import Path

import pypdfium2
import pytest
import typst
from PIL import Image
from renderer import convert
from renderer.convert import to_page, to_pdf, to_typst
from renderer.project import read_project

from analysis.writing.words import as_markdown

REPORT = Path(__file__).resolve().parents[2] / "report"
FRONT = '---\ntitle: "A title"\nformat: {typst: default}\n---\n\n'


@pytest.fixture
def project(tmp_path):
    """Return the report's folder without its documents, beside its settings."""
    shutil.copytree(REPORT, tmp_path / "report", ignore=shutil.ignore_patterns("_art*", "*.qmd"))
    settings = (REPORT.parent / "_quarto.yml").read_text("utf-8")
    settings = settings.replace("href: report/visualization.qmd", "href: report/index.qmd")
    (tmp_path / "_quarto.yml").write_text(settings, encoding="utf-8")
    (tmp_path / "_variables.yml").write_text("{}", encoding="utf-8")
    Image.new("RGB", (300, 200), "red").save(tmp_path / "report" / "red.png")
    return tmp_path


def read(project, text):
    (project / "report" / "index.qmd").write_text(FRONT + text, encoding="utf-8")
    whole = read_project(project)
    return whole.documents[0], whole


def first_page(project, text):
    document = pypdfium2.PdfDocument(to_pdf(*read(project, text)))
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


def test_a_picture_in_a_line_stays_in_it(project):
    page = first_page(project, 'Before ![](red.png){height=1em fig-alt="red"} after.\n')
    before, after = box_of(page, "Before"), box_of(page, "after")
    ((left, bottom, right, top),) = pictures(page)
    assert before[2] < left < right < after[0]
    assert bottom < before[3] < top + 1
    assert abs(before[1] - after[1]) < 1


def test_pictures_beside_each_other_in_a_figure_stay_so(project):
    image = '![](red.png){width=40% fig-alt="red"}'
    page = first_page(project, f"::: {{#fig-two}}\n{image} {image}\n\nTwo.\n:::\n")
    one, two = sorted(pictures(page))
    assert one[2] < two[0]
    assert one[1] == pytest.approx(two[1], abs=1)


def test_a_picture_alone_is_a_block(project):
    source = to_typst(*read(project, '![](red.png){width=3cm fig-alt="red"}\n'))
    assert '\n#image("red.png", alt: "red", width: 3cm, height: auto);\n' in source


@pytest.mark.parametrize("width", ["3cm", "50%", "100%"])
@pytest.mark.parametrize("written", [", height: auto", ""], ids=["renderer", "quarto"])
def test_a_figure_with_a_width_has_its_own_height(project, width, written):
    figure = f'![A caption](red.png){{#fig-red width={width} fig-alt="red"}}'
    source = to_typst(*read(project, f"Above.\n\n{figure}\n"))
    assert ", height: auto);" in source
    source = source.replace(", height: auto);", f"{written});")
    page = pypdfium2.PdfDocument(typst.compile(source.encode(), root=project / "report"))[0]
    ((left, bottom, right, top),) = pictures(page)
    assert (right - left) / (top - bottom) == pytest.approx(1.5, abs=0.01)
    assert 0 < box_of(page, "Above")[1] - top < 25
    assert 0 < bottom - box_of(page, "Figure")[3] < 15


def test_a_figure_without_a_width_has_the_height_of_all(project):
    page = first_page(project, '![A caption](red.png){#fig-red fig-alt="red"}\n')
    ((_, bottom, _, top),) = pictures(page)
    assert top - bottom == pytest.approx(8.2 * 72 / 2.54, abs=0.1)


def test_code_has_one_box_where_quarto_sets_its_own():
    quarto = "#show raw.where(block: true): set block(fill: luma(230), inset: 8pt, radius: 2pt)\n"
    style = (REPORT / "pandoc" / "style.typ").read_text("utf-8")
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
    monkeypatch.setattr(convert, "PARTS", folder / "report" / "pandoc")
    found = read(folder, "Text [@hox2018].\n")
    assert "#link(<ref-hox2018>)" in to_typst(*found)
    assert 'href="#ref-hox2018"' in to_page(*found).html
