"""Studies analysed from Python: from a file or a frame, with tables and figures to show."""

import shutil
import xml.etree.ElementTree as ET

import pandas as pd
import polars
import pytest
from html_tables import Reader

from analysis import Analysis, analyse, compare, read_study
from analysis.errors import ArtifactError, ModelError, NotComparableError, StudyError
from analysis.figures.figures import draw_all, draw_gallery
from analysis.tables import TABLES


@pytest.fixture(scope="module")
def analysis(root):
    return analyse(root / "data" / "popularity.toml")


def test_it_has_all_that_the_report_has(analysis, results):
    assert isinstance(analysis, Analysis)
    assert analysis.comparison == results.comparison
    assert analysis.table_names == tuple(TABLES)
    for name in TABLES:
        assert analysis.table(name)._repr_html_() == TABLES[name](results)
    drawn = draw_all(results).files
    drawn |= draw_gallery(results).files
    assert analysis.figure_names == tuple(name for name in drawn if "/" not in name)
    for name in ("pooling", "level-2", "shrinkage", "simple-slopes"):
        assert analysis.figure(name)._repr_svg_().encode() == drawn[name]


@pytest.mark.parametrize("kind", ["path", "text", "study"])
@pytest.mark.parametrize("frame", [None, pd.read_csv, polars.read_csv])
def test_a_study_or_its_file_and_a_frame(kind, frame, analysis, root, tmp_path):
    path = root / "data" / "popularity.toml"
    table = None if frame is None else frame(root / "data" / "popularity.csv")
    if frame is not None:
        # The study's own table is not even there.
        path = shutil.copy(path, tmp_path / "popularity.toml")
    study = {"path": path, "text": str(path), "study": None}[kind] or read_study(path)
    found = analyse(study, table)
    assert found.comparison == analysis.comparison
    assert found.sample.source == ("popularity.csv" if frame is None else "the data frame")


def test_display(analysis):
    assert repr(analysis) == (
        "<Analysis of 'Popularity in school classes': null, m1, m2, m3; 307 rows in 15 classes>"
    )
    reader = Reader(analysis._repr_html_())
    assert reader.caption.startswith("Popularity in school classes: 307 rows in 15 classes, from")
    asked = dict(row for row in reader.texts if len(row) == 2)
    assert asked['model("m2")'] == "popular ~ extrav + sex + (1 + extrav | class)"
    assert asked["table(name)"] == (
        "variables, weights, comparison, regression, variances, effects, simulated, intervals, "
        "influence, further"
    )
    assert asked["figure(name)"] == (
        "pooling, random-intercepts, random-slopes, level-2, shrinkage, group-effects, prediction, "
        "residuals, quantiles, simple-slopes"
    )
    assert repr(analysis.table("weights")) == "<ShownTable weights>"
    assert repr(analysis.figure("pooling")) == "<ShownFigure pooling>"


def test_results_have_a_short_name_too(results):
    assert repr(results).startswith("<Results of 'Popularity in school classes': null, m1,")
    assert len(repr(results)) < 100


def test_models_predict_and_are_compared(analysis, results, root):
    models = [analysis.model(name) for name in ("m1", "m2", "m3")]
    assert compare(*models).rows == results.comparison
    for model in models:
        for method, fit in results.models[model.name].items():
            assert model.estimates(method).criterion == pytest.approx(fit.criterion, abs=1e-9)
        assert model.notes == ()
    pupils = pd.read_csv(root / "data" / "popularity.csv")
    assert models[2].predict(pupils).notna().all()
    assert analysis.model("m1", method="ML").method == "ML"


def test_files(analysis, tmp_path):
    analysis.table("comparison").save(tmp_path / "new" / "comparison.html")
    written = (tmp_path / "new" / "comparison.html").read_text(encoding="utf-8")
    assert written == analysis.table("comparison").html
    analysis.figure("pooling").save(str(tmp_path / "pooling.SVG"))
    assert ET.parse(tmp_path / "pooling.SVG").getroot().tag.endswith("svg")
    with pytest.raises(ArtifactError, match=r"p.png: its name must end in .svg, which is what is"):
        analysis.figure("pooling").save(tmp_path / "p.png")
    with pytest.raises(ArtifactError, match=r"its name must end in .html"):
        analysis.table("comparison").save(tmp_path / "p")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["new", "pooling.SVG"]


def test_refusals(analysis):
    with pytest.raises(StudyError, match="has no table 'x'; it has variables, weights, comp"):
        analysis.table("x")
    with pytest.raises(StudyError, match="has no figure 'x'; it has pooling, random-intercepts"):
        analysis.figure("x")
    with pytest.raises(ModelError, match="has no model 'x': there are null, m1, m2, m3"):
        analysis.model("x")
    with pytest.raises(StudyError, match=r"nowhere.toml: no such study file"):
        analyse("nowhere.toml")


def test_a_study_without_some_of_it(root, tmp_path):
    """Its models have no slope, and use different rows."""
    pupils = pd.read_csv(root / "data" / "popularity.csv")
    pupils.loc[:20, "sex"] = None
    study = tmp_path / "few.toml"
    study.write_text(
        '[data]\ntable = "none.csv"\ngroup = "class"\n'
        '[model]\noutcome = "popular"\ncovariates = []\ngroup_covariates = ["texp"]\n',
        encoding="utf-8",
    )
    found = analyse(study, pupils)
    assert found.figure_names == ()
    for name in found.table_names:
        assert "<table" in found.table(name).html
    assert "weights" not in found.table_names
    with pytest.raises(StudyError, match="has no table 'weights'; it has variables, comparison"):
        found.table("weights")
    with pytest.raises(StudyError, match="no figure 'pooling'; the study has no level 1 number"):
        found.figure("pooling")
    assert Reader(found._repr_html_()).texts[-1][0].startswith("no figures and no interactive")
    study.write_text(
        '[data]\ntable = "none.csv"\n[models]\na = "popular ~ extrav + (1 | class)"\n'
        'b = "popular ~ extrav + sex + (1 | class)"\n',
        encoding="utf-8",
    )
    unequal = analyse(study, pupils)
    assert unequal.table_names == tuple(
        name for name in TABLES if name not in {"comparison", "simulated", "further"}
    )
    with pytest.raises(NotComparableError, match="a uses 2000 rows and b 1979"):
        unequal.table("comparison")
    assert unequal.model("b").notes == (
        "21 of 2000 rows lack a value and are left out (sex in 21)",
    )


def test_rows_that_the_study_leaves_out_are_counted(root, tmp_path):
    pupils = pd.read_csv(root / "data" / "popularity.csv")
    pupils.loc[:4, "class"] = None
    pupils.loc[5:7, "popular"] = None
    pupils.loc[10:19, "sex"] = None
    study = tmp_path / "complete.toml"
    study.write_text(
        '[data]\ntable = "none.csv"\nrows = "complete"\ngroups = "1-15"\n'
        '[models]\na = "popular ~ extrav + (1 | class)"\nb = "popular ~ sex + (1 | class)"\n',
        encoding="utf-8",
    )
    (note,) = analyse(study, pupils).model("a").notes
    assert note == (
        "18 of 307 rows lack a value and are left out (class in 5, popular in 3, another column of "
        "the study in 10)"
    )
