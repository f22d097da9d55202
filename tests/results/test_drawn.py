"""Which groups are drawn of many, how densely rows lie, and what the page holds."""

import dataclasses

import numpy as np
import pytest

from analysis.mixed.model import INTERCEPT
from analysis.results import on_page as holding
from analysis.results.density import LEVELS, MOST_POINTS, dense, density_of, edges
from analysis.results.drawn import (
    at_steps,
    drawn_groups,
    named_groups,
    room_on_page,
)
from analysis.results.moved import moved
from analysis.results.on_page import on_page
from analysis.results.pooling import Line
from analysis.results.room import FIGURES, PAGE, Room
from analysis.results.rows import MemoryRows


def test_all_groups_are_drawn_where_they_are_few(results):
    drawn, held = results.drawn, results.on_page
    assert drawn.groups == held.drawn.groups == results.lines.groups
    assert drawn.all
    assert held.drawn.all
    assert (drawn.parts, held.density, held.most_of_group, held.pool) == ({}, None, None, ())
    assert len(held.rows) == len(results.pooled_rows)
    assert not dense(results)
    # Well above the classes of popular2, and the five hundred that the page is measured with.
    assert FIGURES.most >= 200
    assert PAGE.most >= 500


def test_the_limit_itself_still_draws_all(results):
    n = len(results.lines.groups)
    assert drawn_groups(results.lines, Room(most=n, some=3)).all
    assert len(drawn_groups(results.lines, Room(most=n - 1, some=3))) == 3


def test_each_of_the_groups_drawn_has_its_reason(crowd):
    lines, drawn = crowd.lines, crowd.drawn
    assert len(drawn) == FIGURES.some == sum(drawn.parts.values())
    assert not drawn.all
    assert drawn.n_all == 2000
    assert list(drawn.groups) == [group for group in lines.groups if group in drawn.groups]
    named = {*named_groups(crowd.summary), crowd.shrinkage.furthest}
    assert named <= set(drawn.groups)
    assert drawn.parts["named"] == len(named)
    left = (FIGURES.some - len(named)) // 4
    assert drawn.parts["moved"] == drawn.parts["largest"] == drawn.parts["smallest"] == left
    model = crowd.shrinkage.model
    apart = {group: moved(lines, model, group) for group in lines.groups}
    others = [group for group in sorted(apart, key=apart.get, reverse=True) if group not in named]
    assert set(others[:left]) <= set(drawn.groups)
    sizes = [lines.sizes[group] for group in drawn.groups]
    most, least = max(lines.sizes.values()), min(lines.sizes.values())
    assert sizes.count(most) >= left
    assert sizes.count(least) >= left


def test_the_same_groups_are_drawn_every_time(crowd):
    room, lines = Room(100, 40), crowd.lines
    assert (
        drawn_groups(lines, room)
        == drawn_groups(lines, room)
        != drawn_groups(lines, room, ["1500"])
    )
    # By chance means all over the table, not its beginning.
    places = [int(group) for group in drawn_groups(lines, Room(100, 60)).groups]
    assert np.median(places) == pytest.approx(1000, abs=350)


def test_groups_of_one_size_are_none_of_them_largest(results):
    alike = dataclasses.replace(results.lines)
    alike.__dict__["sizes"] = dict.fromkeys(results.lines.groups, 20)
    drawn = drawn_groups(alike, Room(most=10, some=8))
    assert drawn.parts == {"moved": 2, "chance": 6}


def test_a_group_is_counted_once_and_named_groups_come_first(results):
    lines = results.lines
    drawn = drawn_groups(lines, Room(5, 4), named=["3", "nobody"], tested=["3", "7"])
    assert drawn.parts["named"] == 1
    assert drawn.parts["tested"] == 1
    assert {"3", "7"} < set(drawn.groups)
    assert len(drawn_groups(lines, Room(5, 4), named=lines.groups)) == 4


def test_more_models_leave_less_room_on_the_page(results):
    lines = dataclasses.replace(results.lines)
    lines.__dict__["fits"] = dict.fromkeys("abcdef")
    assert room_on_page(results.lines) == PAGE
    assert room_on_page(lines) == Room(PAGE.most // 2, PAGE.some // 2)


def test_steps_are_even_and_few():
    assert at_steps("abc") == "abc"
    order = list(range(2410))
    assert at_steps(order) == order[::13]
    assert len(at_steps(list(range(50_000)))) == FIGURES.most


def test_the_page_holds_the_groups_that_it_names_and_tests(crowd):
    held = crowd.on_page
    assert len(held.drawn) == PAGE.some
    assert set(crowd.shown_split.groups) | set(named_groups(crowd.summary)) <= set(
        held.drawn.groups
    )
    assert {row.group for row in held.rows} == set(held.drawn.groups)
    assert len(held.rows) == sum(crowd.lines.sizes[group] for group in held.drawn.groups)
    assert held.density.n == len(crowd.pooled_rows)
    predictor = crowd.rows["extrav"]
    assert np.mean(held.pool) == pytest.approx(predictor.mean(), abs=0.005)
    assert set(held.pool) <= set(predictor)


def test_the_rows_of_large_groups_are_spread_over_them(results, monkeypatch):
    monkeypatch.setattr(holding, "MOST_ROWS", 75)
    held = on_page(results.lines, results.summary, results.shown_split)
    assert held.drawn.all
    assert held.most_of_group == 5
    whole = {row.group: [] for row in results.on_page.rows}
    for row in results.on_page.rows:
        whole[row.group].append(row)
    assert [row for row in results.on_page.rows if row.turn < 5] == list(held.rows)
    assert all(sum(row.group == g for row in held.rows) == min(5, len(whole[g])) for g in whole)
    assert held.density.n == len(results.pooled_rows)


def test_a_density_counts_every_row_once(crowd):
    assert len(crowd.pooled_rows) > MOST_POINTS
    assert dense(crowd)
    rows = crowd.pooled_rows
    found = density_of(crowd, crowd.of_pooling)
    cells = found.cells
    assert sum(cell.n for cell in cells) == found.n == len(rows)
    x, y = rows["extrav"].to_numpy(), rows["popular"].to_numpy()
    for cell in cells[:: len(cells) // 7]:
        last = y <= cell.y2 if cell.y2 == found.y[-1] else y < cell.y2
        inside = (x > cell.x1) & (x < cell.x2) & (y >= cell.y1) & last
        assert cell.n == inside.sum()
    levels = {cell.n: cell.level for cell in cells}
    counts = sorted(levels)
    assert levels[counts[-1]] == LEVELS
    assert levels[counts[0]] >= 1
    assert [levels[n] for n in counts] == sorted(levels.values())
    # A quarter of the densest is half as dark.
    assert all(4 * (n / counts[-1]) ** 0.5 <= levels[n] / 2 <= 4 for n in counts)
    near = min(counts, key=lambda n: abs(n - counts[-1] / 4))
    assert levels[near] in {LEVELS // 2, LEVELS // 2 + 1}
    # Any of the rows lie in the same grid.
    some = density_of(crowd, MemoryRows(rows.iloc[:100], "class"))
    assert some.ends == found.ends
    assert some.n == 100


def test_edges_hold_what_there_is():
    assert edges(np.array([3.0, 3.0]), 30).tolist() == [2.5, 3.5]
    even = edges(np.linspace(0, 60, 500), 30)
    assert (len(even), even[0], even[1], even[-1]) == (31, 0.0, 2.0, 60.0)


def line(fit, at, group):
    """Return a group's line under a model of numbers, effect by effect."""
    own = fit.group_effects.get(group, {})
    sums = {name: effect + own.get(name, 0.0) for name, effect in fit.fixed_effects.items()}
    shift = sum(value * at[name] for name, value in sums.items() if name in at)
    return Line(intercept=sums[INTERCEPT] + shift, slope=sums["extrav"])


@pytest.mark.parametrize("of", ["results", "gaps"])
def test_lines_of_all_groups_at_once_are_those_of_each(of, request):
    found = request.getfixturevalue(of)
    lines = found.lines
    for model, fit in lines.fits.items():
        for choice, chosen in lines.choices.items():
            for group in (None, *lines.groups):
                means = lines.average if group is None else lines.means[group]
                at = {**means, **chosen.fixed}
                assert lines.at(model, group, choice) == line(fit, at, group)
