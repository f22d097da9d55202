"""The regression table: the original's numbers, and what stargazer prints in other formats."""

import math
import re

import pytest
from html_tables import Reader, number
from stargazer.stargazer import Stargazer

from analysis.mixed.estimate import fit
from analysis.mixed.model import ModelSpec
from analysis.tables import TABLES
from analysis.tables.regression import CellRenderer, regression_latex, stargazer

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
    ["Log Likelihood", "−355.630", "−351.334", "−352.193"],
    ["Akaike Inf. Crit.", "721.260", "716.667", "720.387"],
    ["Bayesian Inf. Crit.", "739.894", "742.755", "750.201"],
    ["Note:", "*p<0.1; **p<0.05; ***p<0.01"],
]


def test_regression_prints_the_original(results):
    assert Reader(TABLES["regression"](results)).texts == REGRESSION


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
        tails = {re.sub(r"^−?\d+", "", re.sub(r"\d", "0", cell)) for cell in written}
        assert len(tails) == 1, "one number of decimals and one power for a coefficient"
        columns = zip(values, errors, units[points].compared.values(), strict=True)
        for value, error, found in columns:
            if value:
                assert number(error) == pytest.approx(found.standard_errors[name], rel=0.05)
                half = 0.05 * found.standard_errors[name]
                assert number(value) == pytest.approx(found.fixed_effects[name], abs=half)


def test_powers_of_ten_are_formulas_in_latex(units):
    latex = regression_latex(units[1e-6])
    assert re.search(r"\d \$\\times 10\^{-7}\$\$\^{\*\*\*}\$", latex)
    assert latex.isascii()


def stargazers_rows(table):
    """Read stargazer's own HTML, whose rows may lack an end: what is raised stands in sup."""
    rows = [re.findall(r"<td[^>]*>(.*?)</td>", row) for row in table.render_html().split("<tr>")]
    return {row[0]: row[1:] for row in rows if row}


def test_stargazer_alone_shows_a_fit(results):
    fits = list(results.compared.values())
    rows = stargazers_rows(Stargazer(fits))
    assert rows["texp"] == ["", "", "0.080<sup>***</sup>"]
    assert rows["Observations"] == ["307"] * 3
    assert rows["N. of groups"] == ["15"] * 3
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
    [found] = stargazers_rows(Stargazer([one]))["few"]
    assert re.findall(r"<sup>(.*)</sup>", found) == [stars]
    assert p == pytest.approx(math.erfc(abs(one.t_ratios["few"]) / math.sqrt(2)))


@pytest.mark.parametrize(("p", "stars"), [(0.005, "***"), (0.03, "**"), (0.07, "*"), (0.1, "")])
def test_stars_are_raised_and_stargazers(results, p, stars):
    table = stargazer(results)
    for data in table.model_data:
        data["p_values"] = dict.fromkeys(data["cov_names"], p)
    row = CellRenderer(table).render().bodies[0][0]
    assert [cell.pieces[1:] for cell in row[1:]] == [((stars, True),) if stars else ()] * 3
    assert stargazers_rows(table)["extrav"] == [
        f"{cell.pieces[0][0]}<sup>{stars}</sup>" for cell in row[1:]
    ]


@pytest.mark.parametrize("which", ["results", "all_classes", "two_models"])
def test_page_and_stargazer_agree_cell_by_cell(which, request):
    """Stargazer's HTML and LaTeX, each split by a rule of its own, against the page."""
    chosen = request.getfixturevalue(which)
    page = Reader(TABLES["regression"](chosen)).texts
    raw = stargazer(chosen).render_html()
    theirs = [re.sub(r"<[^>]*>", "", cell) for cell in re.findall(r"<td[^>]*>(.*?)</td>", raw)]
    ours = [cell for row in page for cell in row]
    assert [cell for cell in ours if cell] == [cell.replace("&lt;", "<") for cell in theirs if cell]

    latex = regression_latex(chosen).replace("$<$", "<").replace("$^{}$", "").replace("$-$", "−")
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
