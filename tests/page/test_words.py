"""The words of the page: its numbers are those of results.json, its names those of the study."""

import dataclasses
import json
import math
import re
from html.parser import HTMLParser

import numpy as np
import pytest
from page.reading import page_text, read_data
from page.studies import with_fit

from analysis.page.choices import choosable
from analysis.page.page import files


def test_table_prints_the_estimates(pages, data):
    class Cells(HTMLParser):
        def __init__(self):
            super().__init__()
            self.rows, self.inside = [], False

        def handle_starttag(self, tag, attributes):
            if tag == "tr" and dict(attributes).get("data-group"):
                self.rows.append([])
            self.inside = bool(self.rows) and tag in {"td", "button"}

        def handle_data(self, text):
            if self.inside and text.strip():
                self.rows[-1].append(text.strip())
                self.inside = False

    parser = Cells()
    body = pages["visualization/page.html"].decode()
    parser.feed(re.search(r"<tbody>.*</tbody>", body, re.DOTALL)[0])
    assert len(parser.rows) == 15
    columns = ["none_intercept", "none_height", "none_slope", "m1_intercept", "m1_height"]
    columns += ["m2_intercept", "m2_height", "m2_slope", "m3_intercept", "m3_height", "m3_slope"]
    for printed, row in zip(parser.rows, data["table"], strict=True):
        assert printed[:3] == [row["class"], str(row["n"]), f"{row['texp']:.0f}"]
        assert printed[3:-1] == [f"{row[column]:.2f}".replace("-", "−") for column in columns]
        assert printed[-1] == f"{100 * row['weight']:.0f}%"


def test_prose_of_the_steps_states_the_results(pages, published):
    body = re.sub(r"\s+", " ", pages["visualization/page.html"].decode())
    steps = dict(re.findall(r'id="viz-step-(\w+)"(.*?)</dl>', body))
    assert list(steps) == ["complete", "none", "m1", "m2", "m3"]
    complete = published["pooling"]["complete"]
    assert f"{complete['slope']:.3f}" in steps["complete"]
    assert f"{published['models']['m1']['REML']['fixed_effects']['sex']:.3f}" in steps["m1"]
    assert "χ² = 8.04 on 2 degrees of freedom, p = 0.018" in steps["m2"]
    assert "χ² = 4.14 on 1 degree of freedom, p = 0.042" in steps["m3"]
    assert "there is less left for the random effects" in steps["m3"]
    fit = published["models"]["m1"]["REML"]
    ratio = fit["random_covariance"][0][0] / fit["residual_variance"]
    assert f"<p>The estimate, {ratio:.2f}, is that of model 1: " in body
    texp = published["models"]["m3"]["REML"]["fixed_effects"]["texp"]
    assert f"Each further year goes with {texp:.3f} more predicted popularity" in body
    names = {
        "complete": "Complete pooling",
        "none": "No pooling",
        "m1": "Random intercepts (model 1)",
        "m2": "Random slopes (model 2)",
        "m3": "With teacher’s experience (model 3)",
    }
    assert all(f"<h3>{name}</h3>" in steps[step] for step, name in names.items())


@pytest.mark.parametrize("model", ["m2", "m3"])
def test_steps_tell_the_random_effects_where_the_data_are(pages, results, model):
    fit, mean = results.models[model]["REML"], results.sample.table["extrav"].mean()
    step = re.search(rf'id="viz-step-{model}".*?</dl>', page_text(pages), re.DOTALL)[0]
    facts = dict(re.findall(r"<dt>(.*?)</dt><dd>(.*?)</dd>", step))
    (a, b), (_, d) = fit.random_covariance
    between = a + 2 * mean * b + mean**2 * d
    height = f"SD of heights at the mean extraversion, {mean:.2f}"
    assert facts[height] == f"{math.sqrt(between):.3f}"
    correlation = f"{(b + mean * d) / math.sqrt(between * d):.3f}".replace("-", "−")
    assert facts["Correlation of height there and slope"] == correlation
    assert facts["SD of intercepts, at extraversion 0, off the scale"] == f"{math.sqrt(a):.3f}"


def test_prose_takes_its_names_from_the_study(pages, no_level_2):
    lead = "pulled jointly, as far as they are correlated. And the model also holds gender"
    body = page_text(pages)
    assert f"{lead} (and, in model 3, the teacher’s experience), which" in body
    assert "(at average gender and teacher’s experience)" in body
    assert "The classes themselves have 2 to 24 years." in body
    assert 'data-note="Girls in the steps and under Teacher’s experience; everyone in' in body
    plain = page_text(files(no_level_2))
    assert f"{lead}, which the own lines leave out." in plain
    assert "xperience" not in plain
    assert 'data-note="Girls in the steps; everyone in' in plain


def test_both_pages_credit_the_report_and_the_data(pages):
    for name in ("page.html", "complete-visualization.html"):
        body = re.sub("<[^>]*>", "", page_text(pages, name))
        assert "After the course report Multilevel Linear Models by Lindsay Xu (2022)" in body
        assert "a synthetic twin" in body
        assert "J. J. Hox, M. Moerbeek and R. van de Schoot" in body


def test_choices_take_their_names_from_the_unit(results, no_level_2):
    found = [(choice.heading, choice.absent) for choice in choosable(results).values()]
    assert found == [("Everyone", ()), ("Boys", ()), ("Girls", ("14",))]
    plain = dataclasses.replace(
        no_level_2.sample, study=dataclasses.replace(no_level_2.study, units={}, labels={})
    )
    named = choosable(dataclasses.replace(no_level_2, sample=plain))
    assert [choice.heading for choice in named.values()] == ["Everyone", "sex = 0", "sex = 1"]


def test_columns_without_a_label_keep_their_letters(slopeless):
    study = dataclasses.replace(slopeless.study, units={}, labels={})
    sample = dataclasses.replace(slopeless.sample, study=study)
    text = page_text(files(dataclasses.replace(slopeless, sample=sample)))
    steps = re.findall(r'<span class="viz-step-name">(.*?)</span>', text)
    assert steps[-1] == "texp"
    assert "<h3>With texp (model 3)</h3>" in text
    assert '<h2 id="viz-level-2-head">texp</h2>' in text
    assert "class 1: all pupils have the same extrav" in text
    assert 'data-note="sex = 1 in the steps and under texp; everyone in the other charts."' in text
    assert not re.search("Texp|Sex|Extrav|Popular(?! 1)", text)


@pytest.mark.parametrize("codes", [(1_000_001, 1_000_002), (-1, 1), (0.1, 0.2)])
def test_every_value_of_a_covariate_is_a_choice_of_its_own(altered, codes):
    results = altered(lambda table: table.assign(sex=table["sex"].map(dict(enumerate(codes)))))
    data = read_data(files(results))
    keys = list(choosable(results))
    assert len(set(keys)) == 3
    assert {row["choice"] for row in data["datasets"]["observations"]} == set(keys[1:])
    assert len({choice.heading for choice in choosable(results).values()}) == 3


def test_without_variance_between_classes_the_estimate_is_complete_pooling(results):
    fit = results.models["m1"]["REML"]
    flat = dataclasses.replace(fit, random_covariance=0 * fit.random_covariance, rank=0)
    text = page_text(files(with_fit(results, flat)))
    assert "<b>0</b> complete pooling, as estimated</button>" in text
    assert 'data-ratio="600"' not in text


def test_sentences_of_a_singular_fit_are_apart(results):
    fit = results.models["m2"]["REML"]
    assert not fit.singular
    assert "perfectly correlated" not in page_text(files(results))
    flat = np.diag([fit.random_covariance[0, 0], 0.0])
    singular = dataclasses.replace(fit, random_covariance=flat, rank=1)
    text = page_text(files(with_fit(results, singular)))
    assert "perfectly correlated. Against random intercepts alone" in text


def is_zero(text):
    number = re.match(r"−?[\d.]+", text)
    return number is not None and float(number[0].replace("−", "-")) == 0


@pytest.mark.parametrize("power", [-9, -7, 9, 12])
def test_no_unit_makes_a_number_of_the_page_zero(altered, pages, power):
    def in_unit(table):
        table = table.astype({"popular": float, "extrav": float, "texp": float})
        columns = {"popular": 1.0, "extrav": 1e2, "texp": 1e-3}
        return table.assign(
            **{name: table[name] * (by * 10.0**power) for name, by in columns.items()}
        )

    found = files(altered(in_unit))
    text, usual = page_text(found), page_text(pages)
    numbers = re.compile(r"(?:<dd>|<td>|<strong>)([^<]*)<")
    for printed, expected in zip(numbers.findall(text), numbers.findall(usual), strict=True):
        assert is_zero(printed) == is_zero(expected), (printed, expected)
    assert "0.000 more predicted" not in text
    raised = str(power).translate(str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹"))
    data = read_data(found)
    outcome = data["charts"]["steps"]["encoding"]["y"]
    assert outcome["title"] == f"Popularity (10{raised} rating, 1–10)"
    assert f"/ 1e{power}" in outcome["axis"]["labelExpr"]
    assert "tickMinStep" in outcome["axis"] or power < 0
    assert data["notations"]["prediction"]["power"] == power


def test_usual_units_need_no_power_of_ten(pages, data):
    assert "×" not in page_text(pages)
    assert "labelExpr" not in json.dumps(data["charts"])
    formats = set(re.findall(r'"format": "([^"]*)"', json.dumps(data["charts"])))
    assert formats == {".0%"}
    told = re.findall(r"power\W+(-?\d+)", json.dumps(data["charts"]))
    assert set(told) == {"0"}


def test_values_of_the_level_2_predictor_are_written_without_noise(altered):
    results = altered(lambda table: table.assign(texp=(table["texp"] - 12) * 0.07))
    text = page_text(files(results))
    assert "The classes themselves have −0.70 to 0.84 years." in text
    assert '<div class="viz-ends"><span>−0.70</span><span>0.90</span></div>' in text
    cells = re.findall(r"<tr data-group.*?</td><td>(.*?)</td>", text)
    own = results.sample.table.groupby("class", sort=False)["texp"].first()
    assert cells == [f"{value:.2f}".replace("-", "−") for value in own]
