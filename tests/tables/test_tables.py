"""The tables: every printed number of the original, cell by cell, in HTML that says what it is."""

import math
import os
import re
from html.parser import HTMLParser

import pandas as pd
import pytest
from stargazer.stargazer import Stargazer

from analysis.mixed.estimate import fit
from analysis.mixed.model import ModelSpec
from analysis.results.results import analyse
from analysis.study.study import read_study
from analysis.tables import TABLES
from analysis.tables.markup import stargazer_cells
from analysis.tables.regression import regression_latex, stargazer
from analysis.tables.table import Table, cells, header, plain, render
from analysis.tables.variables import _description
from analysis.tables.weights import example_groups

# Xu (2022), Table 1.
COMPARISON = [
    ["m1", "5", "711.8461", "730.4803", "-350.9230", "701.8461", "", "", ""],
    ["m2", "7", "707.8031", "733.8910", "-346.9015", "693.8031", "8.043012", "2", "0.0179260"],
    ["m3", "8", "705.6621", "735.4768", "-344.8310", "689.6621", "4.141001", "1", "0.0418564"],
]
# Xu (2022), Table 2.
REGRESSION = [
    ["", "Dependent variable: popular"],
    ["M1", "M2", "M3"],
    ["extrav", "0.506***", "0.524***", "0.518***"],
    ["(0.038)", "(0.055)", "(0.055)"],
    ["sex", "1.026***", "1.026***", "1.036***"],
    ["(0.084)", "(0.083)", "(0.083)"],
    ["texp", "", "", "0.080***"],
    ["", "", "(0.026)"],
    ["Constant", "1.584***", "1.440***", "0.414"],
    ["(0.272)", "(0.433)", "(0.485)"],
    ["Observations", "307", "307", "307"],
    ["Log Likelihood", "-355.630", "-351.334", "-352.193"],
    ["Akaike Inf. Crit.", "721.260", "716.667", "720.387"],
    ["Bayesian Inf. Crit.", "739.894", "742.755", "750.201"],
    ["Note:", "*p<0.1; **p<0.05; ***p<0.01"],
]
ALLOWED = {"table", "caption", "colgroup", "col", "thead", "tbody", "tfoot", "tr", "th", "td"}
ALLOWED |= {"sup", "strong"}


class Reader(HTMLParser):
    """Reads a fragment strictly: every element closed where it must be."""

    def __init__(self, html):
        super().__init__()
        self.open, self.rows, self.tags = [], [], []
        self.caption = ""
        self.feed(html)
        self.close()
        assert not self.open

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))
        if tag == "tr":
            self.rows.append([])
        if tag in ("td", "th"):
            self.rows[-1].append({"tag": tag, "text": "", **dict(attrs)})
        if tag != "col":
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        if "td" in self.open or "th" in self.open:
            self.rows[-1][-1]["text"] += data
        elif "caption" in self.open:
            self.caption += data
        else:
            assert not data.strip(), f"stray text {data!r}"

    @property
    def texts(self):
        return [[cell["text"] for cell in row] for row in self.rows]


def study(tmp_path, text):
    path = tmp_path / "study.toml"
    path.write_text(text, encoding="utf-8")
    return analyse(read_study(path))


@pytest.fixture(scope="module")
def all_classes(root, tmp_path_factory):
    table = root / "data" / "popularity.csv"
    return study(
        tmp_path_factory.mktemp("all"),
        f"""
        [data]
        table = '{table}'
        group = "class"
        [model]
        outcome = "popular"
        slope = "extrav"
        covariates = ["sex"]
        group_covariates = ["texp"]
        [labels]
        class = "<b>Class</b> & more"
        extrav = "Extra\\"version"
        [units]
        texp = "<script>"
        """,
    )


@pytest.fixture(scope="module")
def two_models(root, tmp_path_factory):
    """A study with no covariate and no level 2 predictor, and other names."""
    table = root / "tests" / "oracle" / "data" / "text_groups.csv"
    source = table.read_text(encoding="utf-8").replace("y,g,x,sex,w", "out_come,g,pre_dictor,sex,w")
    folder = tmp_path_factory.mktemp("two")
    (folder / "table.csv").write_text(source, encoding="utf-8")
    return study(
        folder,
        """
        [data]
        table = "table.csv"
        group = "g"
        [model]
        outcome = "out_come"
        slope = "pre_dictor"
        """,
    )


@pytest.fixture(scope="module")
def units(root, tmp_path_factory):
    """Return the study with its outcome in other units, by the number of points in one."""
    import pandas as pd

    def in_units(points):
        folder = tmp_path_factory.mktemp("units")
        table = pd.read_csv(root / "data" / "popularity.csv")
        table["popular"] *= points
        table.to_csv(folder / "popularity.csv", index=False)
        return study(folder, (root / "data" / "popularity.toml").read_text(encoding="utf-8"))

    return {points: in_units(points) for points in (1e-6, 1e-3, 1e6)}


def test_comparison_prints_the_original(results):
    head, *rows, _note = Reader(TABLES["comparison"](results)).texts
    assert head[1:] == ["npar", "AIC", "BIC", "logLik", "deviance", "Chisq", "Df", "Pr(>Chisq)"]
    assert rows == COMPARISON


def test_regression_prints_the_original(results):
    assert Reader(TABLES["regression"](results)).texts == REGRESSION


def number(text):
    """Read a number that may have stars, brackets and a power of ten."""
    digits, _, power = text.strip("*()").partition("\xa0×\xa010")
    usual = power.translate(str.maketrans("⁻⁰¹²³⁴⁵⁶⁷⁸⁹", "-0123456789"))
    return float(digits) * 10.0 ** int(usual or 0)


@pytest.mark.parametrize("points", [1e-6, 1e-3, 1e6])
def test_no_unit_makes_a_coefficient_print_as_zero(units, points, results):
    """The same stars and ratios as in the usual unit, to the digits that are printed."""
    rows = Reader(TABLES["regression"](units[points])).texts[2:10]
    assert not any(re.search(r"\d{8}", cell) for row in rows for cell in row)
    for (_, *values), errors, usual in zip(
        rows[::2], rows[1::2], Reader(TABLES["regression"](results)).texts[2:10:2], strict=True
    ):
        name = usual[0].replace("Constant", "Intercept")
        assert [v.count("*") for v in values] == [v.count("*") for v in usual[1:]]
        written = [re.sub(r"[*()]", "", cell) for cell in (*values, *errors) if cell]
        tails = {re.sub(r"^-?\d+", "", re.sub(r"\d", "0", cell)) for cell in written}
        assert len(tails) == 1, "one number of decimals and one power for a coefficient"
        for value, error, fits in zip(values, errors, units[points].models.values(), strict=True):
            if value:
                fit = fits["REML"]
                assert number(error) == pytest.approx(fit.standard_errors[name], rel=0.05)
                half = 0.05 * fit.standard_errors[name]
                assert number(value) == pytest.approx(fit.fixed_effects[name], abs=half)


@pytest.mark.parametrize("points", [1e-6, 1e-3, 1e6])
def test_variances_and_weights_keep_their_digits_in_every_unit(units, points):
    m2 = units[points].models["m2"]["REML"]
    rows = {tuple(row[:2]): row[2:] for row in Reader(TABLES["variances"](units[points])).texts}
    for name, value in (
        ("Residual", m2.residual_variance),
        ("Class, slope of extraversion", m2.random_covariance[1, 1]),
    ):
        text = rows[name, "variance"][1]
        assert number(text) == pytest.approx(value, rel=0.005)
        assert len(text) < 16
    _, *weights, note = Reader(TABLES["weights"](units[points])).texts
    m1 = units[points].models["m1"]["REML"]
    for row in weights:
        assert row[-1] == row[-2]
        group = row[0].partition("\xa0")[0]
        predicted = m1.fixed_effects["Intercept"] + m1.group_effects[group]["Intercept"]
        assert number(row[-1]) == pytest.approx(predicted, rel=0.02)
        assert 0.9 < float(row[3]) < 1
    assert "0.0000," not in note[0]


def test_powers_of_ten_are_formulas_in_latex(units):
    latex = regression_latex(units[1e-6])
    assert re.search(r"\d \$\\times 10\^{-7}\$\$\^{\*\*\*}\$", latex)
    assert latex.isascii()


def test_twin_and_original_agree(results, original, root, tmp_path):
    source = (root / "data" / "popularity.toml").read_text(encoding="utf-8")
    on_original = study(
        tmp_path, source.replace('table = "popularity.csv"', 'dataset = "popular2"')
    )
    assert on_original.sample.source == original.name
    for name in ("comparison", "regression", "weights", "variances"):
        assert TABLES[name](on_original) == TABLES[name](results)


def test_stargazer_alone_shows_a_fit(results):
    fits = [fits["REML"] for fits in results.models.values()]
    html = Stargazer(fits).render_html()
    rows = {row[0][0][0]: row[1:] for row in stargazer_cells(html)}
    assert rows["texp"] == [plain(""), plain(""), (("0.080", False), ("***", True))]
    assert rows["Observations"] == [plain("307")] * 3
    assert rows["N. of groups"] == [plain("15")] * 3
    assert Stargazer(fits).render_latex().count("***") >= 9


def test_stargazer_shows_normal_confidence_limits(results):
    m1 = results.models["m1"]["REML"]
    table = Stargazer([m1])
    table.show_confidence_intervals(True)
    error = m1.standard_errors["sex"]
    low, high = (m1.fixed_effects["sex"] + sign * 1.959964 * error for sign in (-1, 1))
    assert f"({low:.3f} , {high:.3f})" in table.render_html()


def test_stars_of_a_fit_that_has_each_kind(root):
    import pandas as pd

    table = pd.read_csv(root / "data" / "popularity.csv")
    table = table[table["class"] <= 15].reset_index(drop=True)
    table["few"] = table.index % 7
    spec = ModelSpec(name="m", outcome="popular", fixed=("few",), slopes=(), group="class")
    one = fit(spec, table)
    p = one.p_values["few"]
    stars = "***" if p < 0.01 else "**" if p < 0.05 else "*" if p < 0.1 else ""
    rows = {row[0][0][0]: row[1] for row in stargazer_cells(Stargazer([one]).render_html())}
    assert "".join(text for text, raised in rows["few"] if raised) == stars
    assert p == pytest.approx(math.erfc(abs(one.t_ratios["few"]) / math.sqrt(2)))


@pytest.mark.parametrize("which", ["results", "all_classes", "two_models"])
def test_page_and_stargazer_agree_cell_by_cell(which, request):
    """Stargazer's HTML and LaTeX, each split by a rule of its own, against the page."""
    chosen = request.getfixturevalue(which)
    page = Reader(TABLES["regression"](chosen)).texts
    raw = stargazer(chosen).render_html()
    theirs = [re.sub(r"<[^>]*>", "", cell) for cell in re.findall(r"<td[^>]*>(.*?)</td>", raw)]
    ours = [cell for row in page for cell in row]
    assert [cell for cell in ours if cell] == [cell.replace("&lt;", "<") for cell in theirs if cell]

    latex = regression_latex(chosen).replace("$<$", "<").replace("$^{}$", "")
    latex = re.sub(r"\$\^\{(\**)\}\$", r"\1", latex).replace(r"\_", "_")
    lines = re.findall(r"^ ?([^\\&]*)((?:& [^\\&]*)+)\\\\$", latex, re.MULTILINE)
    numbers = [[name.strip(), *re.findall(r"& ([^&]*?) ?(?=&|$)", rest)] for name, rest in lines]
    assert [[cell for cell in row if cell] for row in numbers] == [
        [cell for cell in row if cell] for row in page[2:-1]
    ]


@pytest.mark.parametrize("which", ["results", "all_classes", "two_models"])
def test_latex_is_well_formed(which, request):
    latex = regression_latex(request.getfixturevalue(which))
    assert latex.count("{") == latex.count("}")
    assert re.findall(r"\\(begin|end){(\w+)}", latex) == [
        ("begin", "table"),
        ("begin", "tabular"),
        ("end", "tabular"),
        ("end", "table"),
    ]
    assert not re.search(r"(?<!\\)_", latex), "an underscore outside of math stops LaTeX"
    assert not re.search(r"(?<!\\)[%#]", latex)


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
    """To accept a change on purpose: UPDATE_SNAPSHOTS=1 pytest tests/test_tables.py."""
    path = root / "tests" / "snapshots" / f"{name}.html"
    html = TABLES[name](results)
    if os.environ.get("UPDATE_SNAPSHOTS"):
        path.parent.mkdir(exist_ok=True)
        path.write_text(html, encoding="utf-8")
    assert html == path.read_text(encoding="utf-8")


def test_variables_describe_level_2_once_a_group(results):
    rows = {row[1]: row for row in Reader(TABLES["variables"](results)).texts[1:-1]}
    assert list(rows) == ["popular", "extrav", "sex", "texp"]
    table = results.sample.table
    by_class = table.groupby("class")["texp"].first()
    assert rows["texp"][2:] == [
        *("2", "years", "15", f"{by_class.min():.0f}–{by_class.max():.0f}"),
        *(f"{by_class.mean():.2f}", f"{by_class.std():.2f}"),
    ]
    assert rows["sex"][0] == "Gender"
    assert rows["sex"][3:] == ["0 = boy, 1 = girl", "307", "0–1", "0.45", "0.50"]


def test_weighted_average_is_the_models_intercept(results):
    m1 = results.models["m1"]["REML"]
    _, *rows, _note = Reader(TABLES["weights"](results)).texts
    assert [row[:2] for row in rows] == [
        ["14\N{NO-BREAK SPACE}(smallest)", "17"],
        ["13\N{NO-BREAK SPACE}(median)", "20"],
        ["10\N{NO-BREAK SPACE}(largest)", "24"],
    ]
    for row, group in zip(rows, ("14", "13", "10"), strict=True):
        own, weight, average, other, both, predicted = map(float, row[2:])
        assert weight * own + other * average == pytest.approx(both, abs=2e-4)
        lme4 = m1.fixed_effects["Intercept"] + m1.group_effects[group]["Intercept"]
        assert row[-2] == row[-1] == f"{lme4:.4f}"
        assert min(own, average) <= predicted <= max(own, average)


def test_groups_of_equal_size_are_represented_by_the_furthest_from_the_average(root, tmp_path):
    lines = ["y,x,g"]
    lines += [f"{(i * 7) % 5 + i / 9},{i % 4},{g}" for g in "cab" for i in range(6)]
    (tmp_path / "t.csv").write_text("\n".join(lines), encoding="utf-8")
    even = study(tmp_path, '[data]\ntable="t.csv"\ngroup="g"\n[model]\noutcome="y"\nslope="x"\n')
    fit = even.models["m1"]["REML"]
    furthest = max(even.sample.groups, key=lambda group: abs(fit.group_effects[group]["Intercept"]))
    assert example_groups(even) == {furthest: "smallest, median, largest"}
    assert len(Reader(TABLES["weights"](even)).texts) == 3


@pytest.mark.parametrize(
    ("values", "printed"),
    [
        ([-1.9e-9, 5.6e-9], ["2", "-1.9 × 10⁻⁹ to 5.6 × 10⁻⁹", "1.8 × 10⁻⁹", "5.3 × 10⁻⁹"]),
        ([6.1e10, 9.4e10], ["2", "6.1 × 10¹⁰ to 9.4 × 10¹⁰", "7.8 × 10¹⁰", "2.3 × 10¹⁰"]),
        ([0.0, 1.0], ["2", "0–1", "0.50", "0.71"]),
        ([2.0, 24.0], ["2", "2–24", "13.00", "15.56"]),
    ],
)
def test_columns_are_described_in_any_unit(values, printed):
    found = [text.replace("\xa0", " ") for text in _description(pd.Series(values))]
    assert found == printed


def test_tiny_p_values_are_powers_of_ten(all_classes):
    html = TABLES["comparison"](all_classes)
    assert [row[-1] for row in Reader(html).texts[2:4]] == ["5.66 × 10−17", "1.00 × 10−11"]
    assert "5.66 × 10<sup>−17</sup>" in html
    row = all_classes.comparison[1]
    assert f"{row.p:.2e}" == "5.66e-17"
    assert Reader(html).texts[2][6] == "74.82231"


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


def test_singular_fits_are_said_to_be(root, tmp_path):
    table = root / "tests" / "oracle" / "data" / "intercept_variance_zero.csv"
    singular = study(
        tmp_path,
        f"[data]\ntable='{table}'\ngroup='g'\n[model]\noutcome='y'\nslope='x'\n",
    )
    rows = {row[0]: row[1:] for row in Reader(TABLES["variances"](singular)).texts}
    expected = ["yes" if fits["REML"].singular else "no" for fits in singular.models.values()]
    assert "yes" in expected
    assert rows["Singular fit"] == expected


def test_variances_are_the_fits(results):
    rows = Reader(TABLES["variances"](results)).texts
    m2 = results.models["m2"]["REML"]
    by_name = {row[0]: row for row in rows}
    assert by_name["Class, slope of extraversion"][3] == f"{m2.random_covariance[1, 1]:.4f}"
    assert by_name["Class, slope of extraversion"][2] == "–"
    assert by_name["Class, correlation of intercept and slope"][2] == "-0.933"
    assert by_name["Intraclass correlation"][1:] == [
        f"{results.models['m1']['REML'].icc:.3f}",
        "–",
        "–",
    ]


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
