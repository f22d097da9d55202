"""A second study in other words through every output, and no word of the first one in the code."""

import ast
import json
import re

import pytest
from matplotlib.text import Text
from page.reading import page_text, read_data
from wards import STUDY, WITH_LEVEL_2, foreign, put_wards, wards

from analysis.figures.figures import figures
from analysis.page.page import files
from analysis.prose.alt_texts import alt_texts
from analysis.prose.readings import readings
from analysis.prose.text import as_text
from analysis.prose.values import values
from analysis.results.results import analyse
from analysis.study.studyfile import read_study
from analysis.tables import TABLES, regression_latex

CODE = {".py", ".j2", ".js", ".html", ".typ"}
OF_A_STUDY = re.compile(
    r"\b(pupils?|class(es)?|schools?|years?|teachers?|genders?|girls?|boys?|extrav\w*|popularity)\b",
    re.IGNORECASE,
)


@pytest.fixture(scope="module", params=[STUDY, WITH_LEVEL_2], ids=["level 1", "level 2"])
def hospital(request, tmp_path_factory):
    return analyse(read_study(put_wards(tmp_path_factory.mktemp("wards"), request.param)))


def test_no_foreign_word_is_in_any_text(hospital):
    texts = {
        "terminal": as_text(hospital),
        "variables": json.dumps(values(hospital), ensure_ascii=False),
        "alternatives": " ".join(alt_texts(hospital).values()),
        "latex": regression_latex(hospital),
        **readings(hospital),
        **{name: table(hospital) or "" for name, table in TABLES.items()},
    }
    for name, text in texts.items():
        # The group's column is named in formulas alone.
        assert not foreign(re.sub(r"\| ward_id\)", "", text)), name


def test_no_foreign_word_is_on_the_page_or_in_its_script(hospital):
    pages = files(hospital)
    for name in ("page.html", "complete-visualization.html"):
        text = re.sub(r"\| ward_id\)|data-column=\"ward_id\"", "", page_text(pages, name))
        assert not foreign(text), name
    data = read_data(pages)
    assert next(iter(data["table"][0])) == "ward_id"
    texts = " ".join(_texts({**data, "table": []}))
    assert "Out-patients in the ward" in texts
    assert not foreign(texts)


def _texts(value):
    if isinstance(value, dict):
        for each in value.values():
            yield from _texts(each)
    elif isinstance(value, list):
        for each in value:
            yield from _texts(each)
    elif isinstance(value, str):
        yield value


def test_no_foreign_word_is_in_a_figure(hospital):
    for figure in figures(hospital).values():
        texts = figure.findobj(Text)
        assert not foreign(" ".join(text.get_text() for text in texts))


def test_where_lines_fall_the_remark_on_a_missing_line_stands_left(hospital, results):
    for found, side in ((hospital, "left"), (results, "right")):
        *_, last = figures(found)["random-slopes"].axes
        [remark] = [text for text in last.texts if text.get_text().startswith("no line for")]
        assert remark.get_horizontalalignment() == side
        assert remark.xy == (0 if side == "left" else 1, 0)


def test_a_difference_is_counted_in_points_of_the_outcome(hospital, results):
    assert re.fullmatch(r"−\d\.?5? marks", values(hospital)["m1"]["about"]["day"])
    assert values(results)["m1"]["about"]["extrav"] == "0.51 points"


def test_the_page_speaks_of_patients_in_wards(hospital):
    text = re.sub(r"<[^>]*>", "", page_text(files(hospital)))
    for sentence in (
        "Each dot is an out-patient, each line what a model of the report says of a ward.",
        "it is the same for all out-patients: what sets one ward apart",
        "A line for each ward, from its own out-patients and nothing else.",
        "the smallest ward, with 3 out-patients, keeps",
        "the lines of out-patients (treatment: usual care) or out-patients (treatment: new drug)",
    ):
        assert sentence in text
    slopes = [line.slope for line in hospital.none.values()]
    assert max(slopes) < 0
    flattest, steepest = f"−{-max(slopes):.3f}", f"−{-min(slopes):.3f}"
    assert f"Flattest slope{flattest} Steepest slope{steepest}" in re.sub(r"\s+", " ", text)


def test_the_level_2_predictor_is_spoken_of_in_its_unit(tmp_path):
    found = analyse(read_study(put_wards(tmp_path, WITH_LEVEL_2)))
    effect = found.models["m3"]["REML"].fixed_effects["nurses"]
    assert effect < 0
    text = re.sub(r"<[^>]*>", "", page_text(files(found)))
    assert f"Each further percent goes with {-effect:.3f} less predicted pain score" in text
    assert "from 20 to 75 percent." in text
    assert ">Share of night nurses</button>" in page_text(files(found))
    assert "Data: invented, by wards.py." in text


def test_a_unit_that_counts_something_heads_its_column(tmp_path):
    counted = WITH_LEVEL_2.replace('"percent"', '"nurses per ten beds"')
    text = page_text(files(analyse(read_study(put_wards(tmp_path, counted)))))
    assert ">Nurses per ten beds</button>" in text
    assert "Each further nurse per ten beds goes with" in text


def test_slopes_of_both_signs_are_the_lowest_and_the_highest(tmp_path):
    path = put_wards(tmp_path)
    table = wards()
    table.loc[table["ward_id"] == "W12", "pain"] *= -1
    table.to_csv(tmp_path / "pain.csv", index=False)
    text = page_text(files(analyse(read_study(path))))
    assert "Flattest" not in text
    low, high = re.search(
        r"<dt>Lowest slope</dt><dd>(\S+)</dd>.*?<dt>Highest slope</dt><dd>(\S+)</dd>", text
    ).groups()
    assert low.startswith("−")
    assert float(high) > 0


def test_a_study_without_words_speaks_of_observations(tmp_path):
    text = STUDY.partition("[words]")[0].replace("ward_id", "ward")
    path = put_wards(tmp_path, text)
    (tmp_path / "pain.csv").write_text(
        (tmp_path / "pain.csv").read_text(encoding="utf-8").replace("ward_id", "ward"),
        encoding="utf-8",
    )
    page = page_text(files(analyse(read_study(path))))
    assert "Each dot is an observation" in page
    assert "Observations in the steps" in page
    assert "says of a ward" in page
    assert "<span>All observations</span>" in page


def test_the_regression_table_goes_by_labels_where_the_study_says_so(hospital, results):
    table, latex = TABLES["regression"](hospital), regression_latex(hospital)
    for text in ("day after surgery", "treatment", "Dependent variable: pain score"):
        assert text in table
        assert text in latex
    assert "of pain score in models" in table
    assert ">extrav<" in TABLES["regression"](results)


def test_labels_are_escaped_in_latex(tmp_path):
    text = STUDY.replace('"pain score"', '"pain_100 & 5% more"')
    latex = regression_latex(analyse(read_study(put_wards(tmp_path, text))))
    assert r"pain\_100 \& 5\% more in models" in latex
    assert latex.count(r"5\% more") == 2


def test_no_word_of_one_study_is_in_the_code(root):
    """But for docstrings, the name of the report's own study file, and that of a data set's."""
    paths = [*(root / "analysis").rglob("*"), *(root / "report" / "renderer").rglob("*")]
    for path in paths:
        if {"vendor", "popular2.py"} & {*path.parts} or path.suffix not in {
            ".py",
            ".j2",
            ".js",
            ".html",
            ".typ",
        }:
            continue
        source = path.read_text(encoding="utf-8")
        if path.suffix == ".py":
            source = " ".join(_code(source)).replace("popularity.toml", "")
        source = re.sub(r"\bclass=", "", source)
        found = OF_A_STUDY.search(source)
        assert not found, f"{path}: {found and found[0]}"


def _code(source):
    """Yield the texts and names of a module, but for its docstrings."""
    tree = ast.parse(source)
    docs = {node.value for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and node not in docs:
            yield node.value
        elif isinstance(node, ast.Name | ast.arg):
            yield getattr(node, "id", "") or getattr(node, "arg", "")
        elif isinstance(node, ast.FunctionDef):
            yield node.name.replace("_", " ")
