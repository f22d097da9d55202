"""Two builds of one checkout, as different as two people's: the same bytes."""

import os
from concurrent.futures import ThreadPoolExecutor

import pytest
from copies import copy_checkout, python
from small_project import tree

ONE = {
    "TZ": "Pacific/Kiritimati",
    "LC_ALL": "C",
    "PYTHONHASHSEED": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "OMP_NUM_THREADS": "1",
    "USER": "ann",
    "LOGNAME": "ann",
}
OTHER = {
    "TZ": "America/Los_Angeles",
    "LC_ALL": "tr_TR.UTF-8",
    "LANG": "de_DE.UTF-8",
    "PYTHONHASHSEED": "4711",
    "OPENBLAS_NUM_THREADS": "4",
    "OMP_NUM_THREADS": "4",
    "USER": "Öz Ünal",
    "LOGNAME": "oezuenal",
}


def build(root, folder, variables):
    """Build the second study's site, whose documents are fewer, by the code of the copy."""
    home = folder / "home"
    home.mkdir(parents=True)
    place = copy_checkout(root, folder, "analysis", "data", "report", "requirements")
    variables = {**variables, "HOME": str(home), "QUARTO_PROFILE": "sleep", "PYTHONPATH": "."}
    python(place, "-m", "analysis", **variables)
    python(place, str(place / "report" / "render.py"), **variables)
    return {
        **{
            f"artifacts/{name}": data
            for name, data in tree(place / "report/sleep/_artifacts").items()
        },
        **{f"site/{name}": data for name, data in tree(place / "_site-sleep").items()},
    }


@pytest.fixture(scope="module")
def builds(root, tmp_path_factory):
    folder = tmp_path_factory.mktemp("builds")
    places = {folder / "a": ONE, folder / "an ßther" / "and deeper": OTHER}
    with ThreadPoolExecutor() as pool:
        jobs = [pool.submit(build, root, place, variables) for place, variables in places.items()]
    return [job.result() for job in jobs]


def test_every_file_has_the_same_bytes(builds):
    one, other = builds
    assert one.keys() == other.keys()
    assert [name for name in one if one[name] != other[name]] == []
    suffixes = {name.rpartition(".")[2] for name in one}
    assert {"html", "pdf", "svg", "json", "js", "md", "tex"} <= suffixes


def test_nothing_of_the_builder_is_in_them(builds):
    own = [os.fsencode(text) for text in (ONE["TZ"], OTHER["USER"], "an ßther", "pytest-of-")]
    for name, data in builds[1].items():
        assert not [text for text in own if text in data], name
