"""The files of the page: complete, valid, small, and the same every time."""

import gzip
import json
import re

import altair
import pytest
from page.reading import read_data, unpacked

from analysis.page.packing import by_column
from analysis.page.page import files

BUDGET = 1.2 * 1024**2


@pytest.mark.parametrize("kind", ["results", "every_class", "no_level_2", "slopeless"])
def test_charts_are_valid_vega_lite_and_name_known_data(kind, request):
    page = read_data(files(request.getfixturevalue(kind)))
    for spec in page["charts"].values():
        altair.Chart.from_dict(spec)
        named = set(re.findall(r'"data": \{"name": "([\w-]+)"', json.dumps(spec)))
        assert named
        assert named <= set(page["datasets"])


def test_without_level_2_predictors_there_is_no_step_5(no_level_2):
    pages = files(no_level_2)
    body, data = pages["visualization/page.html"].decode(), read_data(pages)
    assert data["steps"] == ["complete", "none", "m1", "m2"]
    assert "level-2" not in data["charts"]
    assert "viz-level-2" not in body
    assert "viz-step-m3" not in body


def test_every_class_of_the_file_has_a_row_and_one_frame_serves_all_panels(every_class):
    pages = files(every_class)
    body = pages["visualization/page.html"].decode()
    assert body.count("<tr data-group=") == 100
    assert body.count('data-chart="panel"') == 1


def test_files_are_the_same_every_time(results, pages):
    assert files(results) == pages


def test_pages_fit_the_budget_and_name_no_host(pages):
    parts = {name: data for name, data in pages.items() if "complete" not in name}
    assert sum(len(gzip.compress(data)) for data in parts.values()) < BUDGET
    single = pages["visualization/complete-visualization.html"]
    assert len(gzip.compress(single)) < BUDGET
    assert not re.search(rb'(?:src|href)="(?:https?:)?//', single)
    assert not re.search(rb'(?:src|href)="(?:https?:)?//', pages["visualization/page.html"])


def test_every_part_of_script_and_style_is_delivered(root, pages):
    folder = root / "analysis" / "page"
    delivered = {
        "script/*.js": pages["visualization/visualization.js"].decode(),
        "style/*.css": pages["visualization/visualization.css"].decode(),
    }
    for pattern, whole in delivered.items():
        lines = {line.strip() for line in whole.splitlines()}
        parts = sorted(folder.glob(pattern))
        assert len(parts) > 5
        for part in parts:
            own = [line.strip() for line in part.read_text(encoding="utf-8").splitlines()]
            assert set(own) <= lines, part.name


def test_single_file_needs_no_other(results, pages):
    single = files(results, {"pooling": b"<svg/>"})["visualization/complete-visualization.html"]
    assert b'src="data:image/svg+xml;base64,PHN2Zy8+"' in single
    assert not re.search(rb'src="(?!data:)', single)
    assert b"stylesheet" not in single
    for name in ("vega.min.js", "vega-lite.min.js", "data.js", "visualization.js", "LICENSES.txt"):
        start = pages[f"visualization/{name}"][:60]
        assert start in single


def test_libraries_are_the_releases_that_the_licences_name(pages):
    licences = pages["visualization/LICENSES.txt"].decode()
    for name, version in {"vega": "6.4.0", "vega-lite": "6.4.1"}.items():
        assert f"{name} {version} (BSD-3-Clause)" in licences
        assert f'"{version}"'.encode() in pages[f"visualization/{name}.min.js"]


def test_rows_that_differ_or_are_empty_stay_rows():
    assert by_column([]) == []
    assert by_column([{}, {}]) == [{}, {}]
    assert by_column([{"a": 1}, {"b": 1}]) == [{"a": 1}, {"b": 1}]
    rows = [{"a": {"b": 1, "c": None}, "d": "x"}, {"a": {"b": 2, "c": 3}, "d": "y"}]
    assert by_column(rows) == {"a": {"b": [1, 2], "c": [None, 3]}, "d": ["x", "y"]}
    assert unpacked(by_column(rows)) == rows


def test_texts_that_return_are_said_once():
    rows = [{"g": name, "y": y} for y, name in enumerate(["b", "a", "b", "b"])]
    assert by_column(rows) == {"g": {"": ["b", "a"], "at": [0, 1, 0, 0]}, "y": [0, 1, 2, 3]}
    assert unpacked(by_column(rows)) == rows
    mixed = [{"g": each} for each in ("a", None, "a", "a")]
    assert unpacked(by_column(mixed)) == mixed


def test_no_two_parts_of_the_script_declare_the_same_name(root):
    """They share one closure, in which the later of two functions silently takes both places."""
    declared = [
        name
        for part in sorted((root / "analysis" / "page" / "script").glob("*.js"))
        for name in re.findall(
            r"^(?:function|const|let|class) (\w+)", part.read_text("utf-8"), flags=re.MULTILINE
        )
    ]
    assert len(declared) > 100
    assert len(declared) == len(set(declared)), [n for n in declared if declared.count(n) > 1]
