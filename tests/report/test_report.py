"""The finished report: what stands on the page and in the PDF, not what was meant to."""

import json
import re
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path

import pypdfium2
import pytest

COMPARISON = """
m1 5 711.8461 730.4803 −350.9230 701.8461
m2 7 707.8031 733.8910 −346.9015 693.8031 8.043012 2 0.0179260
m3 8 705.6621 735.4768 −344.8310 689.6621 4.141001 1 0.0418564
"""
"""Table 1 as the original prints it, a model a line, but for the true minus."""

REGRESSION = """
extrav 0.506*** 0.524*** 0.518***
(0.038) (0.055) (0.055)
sex 1.026*** 1.026*** 1.036***
(0.084) (0.083) (0.083)
texp 0.080***
(0.026)
Constant 1.584*** 1.440*** 0.414
(0.272) (0.433) (0.485)
Observations 307 307 307
Log Likelihood −355.630 −351.334 −352.193
Akaike Inf. Crit. 721.260 716.667 720.387
Bayesian Inf. Crit. 739.894 742.755 750.201
Note: *p<0.1; **p<0.05; ***p<0.01
"""
"""Table 2 as the original prints it, but for the true minus."""

HEADINGS = [
    "1 Introduction",
    "2 Goals",
    "3 Data",
    "3.1 Level 1 observational units (i)",
    "3.2 Level 2 observational units (j)",
    "4 Research questions",
    "5 Analysis",
    "5.1 Problems with the no-pooling and complete-pooling analyses",
    "5.2 Random intercept models",
    "5.3 Random slope models",
    "5.4 Why partial pooling",
    "6 Comparing models and interpretation",
    "6.1 Which model to report",
    "Notes on the original",
    "How the numbers were made",
    "References",
]

FIGURES = [
    *("pooling", "random-intercepts", "random-slopes", "level-2"),
    *("prediction", "shrinkage", "group-effects"),  # beside those of the original
]


class Page(HTMLParser):
    """The parts of a page that the tests ask for."""

    def __init__(self, text):
        super().__init__()
        self.text, self.headings, self.tables, self.images, self.links = "", [], [], [], []
        self.ids, self._open = [], []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        attributes = dict(attrs)
        self.ids += [attributes["id"]] if "id" in attributes else []
        match tag:
            case "img":
                self.images.append(attributes)
            case "a" | "link":
                self.links.append(attributes.get("href", ""))
            case "h1" | "h2" | "h3" | "h4":
                self.headings.append("")
            case "table":
                self.tables.append([])
            case "tr":
                self.tables[-1].append([])
            case "td" | "th":
                self.tables[-1][-1].append("")
        if tag not in {"img", "link", "meta", "br", "hr", "input", "col"}:
            self._open.append(tag)

    def handle_endtag(self, tag):
        if tag in self._open:
            while self._open.pop() != tag:
                pass

    def handle_data(self, data):
        if {"script", "style"} & set(self._open):
            return
        self.text += data
        if {"h1", "h2", "h3", "h4"} & set(self._open):
            self.headings[-1] += data
        elif {"td", "th"} & set(self._open):
            self.tables[-1][-1][-1] += data

    def lines(self, word):
        """Return the rows of the table that holds a word, cells joined by spaces."""
        rows = next(
            table for table in self.tables if any(word in cell for row in table for cell in row)
        )
        return [_joined(cell for cell in row if cell.strip()) for row in rows]


def _joined(words):
    return " ".join(" ".join(words).split())


def _lines(text):
    return text.strip().splitlines()


@pytest.fixture(scope="module")
def page(site):
    return Page((site / "report" / "index.html").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def pdf(site):
    document = pypdfium2.PdfDocument(site / "report" / "index.pdf")
    texts = [page.get_textpage().get_text_range() for page in document]
    document.close()
    return "\n".join(_joined([line]) for line in "\n".join(texts).splitlines())


def test_page_shows_every_number_of_table_1(page):
    assert [line for line in page.lines("8.043012") if line[0] == "m"] == _lines(COMPARISON)


def test_page_shows_every_number_of_table_2(page):
    shown = page.lines("Akaike Inf. Crit.")
    first = next(i for i, line in enumerate(shown) if line.startswith("extrav"))
    assert shown[first:] == _lines(REGRESSION)


@pytest.mark.parametrize("table", [COMPARISON, REGRESSION], ids=["table 1", "table 2"])
def test_pdf_shows_every_row_of_both_tables(pdf, table):
    shown = pdf.splitlines()
    assert [line for line in _lines(table) if line not in shown] == []


def test_headings_are_the_originals(page):
    headings = [_joined([heading]) for heading in page.headings]
    assert headings == ["Multilevel Linear Models", *HEADINGS]


def test_pdf_has_the_same_headings(pdf):
    lines = pdf.splitlines()
    assert [heading for heading in HEADINGS if heading not in lines] == []


def test_every_figure_is_there_and_described(page, site):
    assert [image["src"] for image in page.images] == [
        f"_artifacts/figures/{name}.svg" for name in FIGURES
    ]
    for image in page.images:
        assert len(image["alt"]) > 100
        assert (site / "report" / image["src"]).read_bytes().startswith(b"<?xml")


def test_pdf_draws_every_figure(site):
    document = pypdfium2.PdfDocument(site / "report" / "index.pdf")
    captions = []
    for page in document:
        text = page.get_textpage().get_text_range()
        here = re.findall(r"^Figure\s(\d): ", text, flags=re.MULTILINE)
        # A figure is hundreds of paths; a page without one has a few rules.
        paths = sum(item.type == pypdfium2.raw.FPDF_PAGEOBJ_PATH for item in page.get_objects())
        assert paths >= 60 * len(here)
        captions += here
    document.close()
    assert captions == [str(number) for number in range(1, 8)]


@pytest.mark.parametrize("kind", ["Figure", "Table", "Equation", "Section"])
def test_cross_references_are_resolved_and_consecutive(page, pdf, kind):
    found = set(re.findall(rf"{kind}\s([\d.]*\d)", page.text))
    assert found
    if kind in {"Figure", "Table"}:
        last = {"Figure": 7, "Table": 2}[kind]
        assert found == {str(number) for number in range(1, last + 1)}
    for number in found:
        assert re.search(rf"{kind}\s{re.escape(number)}", pdf)


def test_nothing_is_left_unresolved(page, pdf):
    for text in (page.text, pdf):
        assert not re.findall(
            r"\?@|\?var|\?meta|\{\{<|>\}\}|:::|@(?:fig|tbl|eq|sec)-|\bNaN\b", text
        )
    assert "???" not in page.text


def test_every_link_within_the_site_leads_somewhere(site):
    for path in site.rglob("*.html"):
        here = Page(path.read_text(encoding="utf-8"))
        for link in here.links:
            if re.match(r"[a-z]+:", link):
                continue
            target, _, fragment = link.partition("#")
            file = (path.parent / target).resolve() if target else path
            file = file / "index.html" if file.is_dir() else file
            assert file.is_file(), f"{path.name}: {link}"
            if fragment and file.suffix == ".html":
                assert fragment in Page(file.read_text(encoding="utf-8")).ids, link


def test_first_screen_credits_the_original_and_links_on(page):
    start = page.text[: page.text.index("Many data come in groups")]
    assert "Lindsay Xu" in start
    assert {"visualization.html", "index.pdf"} <= set(page.links)
    references = page.text[page.text.rindex("References") :]
    for author in ("Xu", "Gelman", "Hox", "Bates", "Hlavac", "Clark", "Centre for Multilevel"):
        assert author in references


def test_notes_correct_the_original(page):
    notes = _joined([page.text[page.text.index("In four places") :]])
    for said in (
        "so it is the girls, by about one point",
        "classes 1 to 15, the first fifteen of the file",
        "(720.387) than model 2 (716.667)",
        "it is not model 3 that wins but model 1",
        "of 0.0179 is conservative",
        "it is 0.0112",
    ):
        assert said in notes


def test_site_root_leads_to_the_report(site):
    text = (site / "index.html").read_text(encoding="utf-8")
    assert re.search(r'http-equiv="refresh"[^>]*url=(\./)?report/', text)


def test_results_are_published(site, results):
    published = json.loads((site / "report" / "results.json").read_text(encoding="utf-8"))
    fit = published["models"]["m3"]["REML"]
    assert fit["criterion"] == results.models["m3"]["REML"].criterion


def test_prose_holds_no_typed_result(root):
    """Every decimal and every number of three digits in the source must be a variable's."""
    source = (root / "report" / "index.qmd").read_text(encoding="utf-8")
    source = re.sub(r"\{\{<.*?>\}\}|\$\$.*?\$\$|\$[^$]*\$|`[^`]*`", "", source, flags=re.DOTALL)
    source = re.sub(r"\[[^\]]*@[^\]]*\]|@[\w-]+|\]\([^)]*\)|\{[#.][^}]*\}", "", source)
    assert re.findall(r"\d+\.\d+|\b\d{3,}\b", source) == []


def test_every_variable_and_artifact_is_used_and_exists(root, site):
    documents = (root / "report").glob("*.qmd")
    source = "".join(path.read_text(encoding="utf-8") for path in documents)
    source = re.sub(r"\{\{\{<.*?>\}\}\}", "", source)
    variables = json.loads((site.parent / "_variables.yml").read_text(encoding="utf-8"))
    for name in re.findall(r"\{\{< var ([\w.]+) >\}\}", source):
        node = variables
        for part in name.split("."):
            node = node[part]
        assert isinstance(node, str)
    artifacts = site.parent / "report" / "_artifacts"
    used = set(re.findall(r"\{\{< artifact ([\w./-]+) >\}\}", source))
    made = {
        path.relative_to(artifacts).as_posix()
        for folder in ("figures", "readings", "tables", "visualization")
        for path in (artifacts / folder).glob("*.*")
    }
    assert used <= made
    # A report need not say all that could be read from its results.
    shown = {name for name in made - used if name.startswith(("figures/", "tables/"))}
    assert shown == {"tables/regression.tex"}


def test_two_builds_are_the_same_bytes(site, root, tmp_path):
    again = tmp_path / "again"
    done = subprocess.run(
        [sys.executable, str(root / "report" / "render.py"), "--target", str(again)],
        cwd=site.parent,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
    for path in sorted(site.rglob("*")):
        if path.is_file():
            assert (again / path.relative_to(site)).read_bytes() == path.read_bytes(), path


def test_no_page_asks_another_host_for_anything(site):
    for path in site.rglob("*.html"):
        text = re.sub(
            r"<script\b.*?</script>", "", path.read_text(encoding="utf-8"), flags=re.DOTALL
        )
        assert not re.findall(r"""(?:src|srcset|data)=["']?(?:https?:)?//""", text), path
        assert not re.findall(r"""<link\b[^>]*href=["']?(?:https?:)?//""", text), path
        assert not re.findall(r"url\(['\"]?(?:https?:)?//|@import", text), path
    assert Path(site / "report" / "visualization.html").is_file()
