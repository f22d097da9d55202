"""Two builds of one checkout, as different as two people's: the same bytes."""

import os

import pytest
from copies import copy_checkout, python
from handed_in import AUTHOR, COURSE, contents_of, sign
from small_project import tree
from two_builders import OWN, by_both


@pytest.fixture(scope="module")
def builds(root, tmp_path_factory):
    """Build and pack the second study's site, whose documents are fewer, by each copy's code."""

    def build(folder, variables):
        place = copy_checkout(root, folder, "analysis", "data", "report", "requirements")
        sign(place, AUTHOR, COURSE)
        variables = {**variables, "QUARTO_PROFILE": "sleep", "PYTHONPATH": "."}
        python(place, "-m", "analysis", **variables)
        python(place, str(place / "report" / "render.py"), **variables)
        python(place, str(place / "report" / "submission.py"), **variables)
        [packed] = place.glob("*.zip")
        parts = {"artifacts": "report/sleep/_artifacts", "site": "_site-sleep"}
        return {packed.name: packed.read_bytes()} | {
            f"{part}/{name}": data
            for part, path in parts.items()
            for name, data in tree(place / path).items()
        }

    return by_both(build, tmp_path_factory.mktemp("builds"))


def test_every_file_has_the_same_bytes(builds):
    one, other = builds
    assert one.keys() == other.keys()
    assert [name for name in one if one[name] != other[name]] == []
    suffixes = {name.rpartition(".")[2] for name in one}
    assert {"html", "pdf", "svg", "json", "js", "md", "tex", "zip"} <= suffixes


def test_nothing_of_the_builder_is_in_them(builds):
    own = [os.fsencode(text) for text in OWN]
    for name, data in (builds[1] | contents_of(builds[1])).items():
        assert not [text for text in own if text in data], name
