"""Every table: HTML that says what it is, escaped, as in the snapshots."""

import os
import re

import pytest
from html_tables import Reader, study

from analysis.tables import TABLES
from analysis.tables.table import Table, cells, header, render

ALLOWED = {"table", "caption", "colgroup", "col", "thead", "tbody", "tfoot", "tr", "th", "td"}
ALLOWED |= {"sup", "strong"}


def test_twin_and_original_agree(results, original, root, tmp_path):
    source = (root / "data" / "popularity.toml").read_text(encoding="utf-8")
    on_original = study(
        tmp_path, source.replace('table = "popularity.csv"', 'dataset = "popular2"')
    )
    assert on_original.sample.source == original.name
    for name in ("comparison", "regression", "weights", "variances"):
        assert TABLES[name](on_original) == TABLES[name](results)


@pytest.mark.parametrize("which", ["results", "all_classes", "two_models"])
@pytest.mark.parametrize("name", TABLES)
def test_semantics(name, which, request):
    reader = Reader(TABLES[name](request.getfixturevalue(which)))
    assert reader.tags[0] == ("table", {"class": "report-table"})
    assert reader.tags[1] == ("caption", {})
    assert reader.caption.strip()
    assert {tag for tag, _ in reader.tags} <= ALLOWED
    for tag, attributes in reader.tags:
        assert set(attributes) <= {"class", "style", "scope", "colspan", "rowspan"}
        if tag in ("td", "th"):
            assert re.fullmatch(r"text-align: (left|right|center)", attributes["style"])
            assert (tag == "th") == ("scope" in attributes)
            assert tag == "td" or attributes["scope"] in ("row", "col", "colgroup")
    assert all(cell["text"] for row in reader.rows for cell in row if cell["tag"] == "th")
    assert _widths(reader.rows) == {len([tag for tag, _ in reader.tags if tag == "col"])}


def _widths(rows):
    """Lay the cells out as a browser does; return the widths of all rows."""
    taken, widths = set(), set()
    for i, row in enumerate(rows):
        j = 0
        for cell in row:
            while (i, j) in taken:
                j += 1
            spans = (int(cell.get("rowspan", 1)), int(cell.get("colspan", 1)))
            taken |= {(i + k, j + m) for k in range(spans[0]) for m in range(spans[1])}
        widths.add(sum(1 for k, _ in taken if k == i))
    return widths


@pytest.mark.parametrize("name", TABLES)
def test_snapshot(name, results, root):
    """To accept a change on purpose: UPDATE_SNAPSHOTS=1 pytest tests/tables/test_tables.py."""
    path = root / "tests" / "snapshots" / f"{name}.html"
    html = TABLES[name](results)
    if os.environ.get("UPDATE_SNAPSHOTS"):
        path.parent.mkdir(exist_ok=True)
        path.write_text(html, encoding="utf-8")
    assert html == path.read_text(encoding="utf-8")


def test_labels_are_escaped(all_classes):
    for name in TABLES:
        html = TABLES[name](all_classes)
        assert "<b>" not in html
        assert "<script>" not in html
    assert "&lt;script&gt;" in TABLES["variables"](all_classes)
    assert "&lt;b&gt;Class&lt;/b&gt; &amp; more" in TABLES["weights"](all_classes)


def test_two_models_and_other_names(two_models):
    rows = Reader(TABLES["regression"](two_models)).texts
    assert rows[1] == ["M1", "M2"]
    assert [row[0] for row in rows[2:6:2]] == ["pre_dictor", "Constant"]
    assert len(Reader(TABLES["comparison"](two_models)).texts) == 4
    assert "Comparing two models" in TABLES["comparison"](two_models)


def test_a_ragged_table_is_refused():
    with pytest.raises(ValueError, match="a row has 1 columns, not 2"):
        Table(
            name="x",
            caption="x",
            head=((header("a"), header("b")),),
            bodies=((cells(["1", "2"]), cells(["1"])),),
        )


def test_row_spans_count_as_columns():
    table = Table(
        name="x",
        caption="x",
        head=((header("a"), header("b")),),
        bodies=(((header("r", scope="row", rowspan=2), *cells(["1"])), cells(["2"])),),
    )
    assert '<th scope="row" class="text" style="text-align: left" rowspan="2">r</th>' in render(
        table
    )
