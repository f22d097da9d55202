"""The axes hold whatever a reader can choose, and dots stay at the values that they have."""

import dataclasses

import pytest
from page.reading import read_data

from analysis.page.page import files
from analysis.results.results import analyse


def domains(data, chart):
    encoding = data["charts"][chart]["encoding"]
    return [encoding[side]["scale"]["domain"] for side in ("x", "y")]


def assert_holds(domain, values):
    low, high = domain
    assert low < min(values)
    assert max(values) < high


@pytest.fixture(scope="module")
def clipped(altered):
    """Return the page's data of an outcome that ends where lines go on."""
    return read_data(
        files(altered(lambda table: table.assign(popular=table["popular"].clip(4.5, 5.5))))
    )


def test_lines_and_dots_are_inside_the_chart_of_steps(clipped):
    lines, pupils = clipped["datasets"]["lines"], clipped["datasets"]["observations"]
    heights = [
        y
        for row in lines
        for end in ("y1", "y2")
        for step in row[end].values()
        for y in step.values()
    ]
    assert max(heights) > 5.6
    across, up = domains(clipped, "steps")
    assert_holds(up, [*heights, *(row["y"] for row in pupils)])
    assert_holds(across, [*(row["x2"] for row in lines), *(row["place"] for row in pupils)])


def test_every_point_and_ellipse_is_inside_the_chart_of_shrinkage(data, clipped):
    for page in (data, clipped):
        sets = page["datasets"]
        points = [*sets["ellipse"], *sets["complete"], *sets["average"][0]["partial"].values()]
        points += [point for row in sets["groups"] for point in row["partial"].values()]
        points += [row["none"] for row in sets["groups"]]
        across, up = domains(page, "shrinkage")
        assert_holds(across, [point["height"] for point in points])
        assert_holds(up, [point["slope"] for point in points])


@pytest.mark.parametrize("term", ["height", "slope"])
def test_every_interval_is_inside_the_chart_of_effects(data, term):
    rows = [row for row in data["datasets"]["effects"] if row["term"] == term]
    across = data["charts"][f"effects-{term}"]["encoding"]["x"]["scale"]["domain"]
    assert_holds(across, [row[end] for row in rows for end in ("low", "high")])


def test_predictions_and_intervals_are_inside_the_chart_of_experience(data):
    curve, groups = data["datasets"]["level-2"], data["datasets"]["groups"]
    across, up = domains(data, "level-2")
    values = [row[end] for row in curve for end in ("low", "high")]
    assert_holds(up, [*values, *(y for row in groups for y in row["predicted"].values())])
    assert_holds(across, [row["level2"] for row in curve])


def test_the_curve_of_weights_goes_to_two_pupils_more_than_the_largest_class_has(data, results):
    sizes = [row["weighed"] for row in data["datasets"]["sizes"]]
    assert sizes == [quarter / 4 for quarter in range(len(sizes))]
    assert sizes[-1] == max(results.sample.sizes.values()) + 2
    assert domains(data, "weights")[0] == [0, sizes[-1]]


def test_dots_are_spread_only_where_values_are_whole_numbers(data, altered):
    assert len({row["place"] for row in data["datasets"]["observations"]}) > 300
    tenths = read_data(files(altered(lambda table: table.assign(extrav=table["extrav"] / 10))))
    assert all(row["place"] == row["x"] for row in tenths["datasets"]["observations"])


def test_dots_are_filled_where_there_is_no_choice_between_pupils(data, study):
    assert {(row["choice"], row["open"]) for row in data["datasets"]["observations"]} == {
        ("0", False),
        ("1", True),
    }
    plain = read_data(files(analyse(dataclasses.replace(study, covariates=()))))
    assert {(row["choice"], row["open"]) for row in plain["datasets"]["observations"]} == {
        ("all", False)
    }
