"""results.json of many groups, and the files that it points to."""

import io
import json
import sys

import numpy as np
import pandas as pd
import pytest

from analysis.build import printed
from analysis.errors import ArtifactError
from analysis.output.parquet import parquet
from analysis.results import record, record_of_groups
from analysis.results.record import as_dict
from analysis.results.record_of_groups import EFFECTS, LINES, MOST_IN_JSON, beside
from analysis.study.studyfile import read_study


@pytest.fixture
def few_are_many(monkeypatch):
    """Let fifteen groups be more than results.json has room for."""
    monkeypatch.setattr(record, "MOST_IN_JSON", 14)
    monkeypatch.setattr(record_of_groups, "MOST_IN_JSON", 14)


def frame(name, columns):
    return pd.read_parquet(io.BytesIO(parquet(name, columns)))


def test_few_groups_stand_in_the_record_itself(results):
    assert results.sample.n_groups <= MOST_IN_JSON
    assert as_dict(results)["pooling"]["none"].keys() == set(results.sample.groups)
    assert beside(results) == {}


def test_the_limit_itself_is_within(results, monkeypatch):
    monkeypatch.setattr(record, "MOST_IN_JSON", 15)
    monkeypatch.setattr(record_of_groups, "MOST_IN_JSON", 15)
    assert as_dict(results)["pooling"]["none"].keys() == set(results.sample.groups)
    assert beside(results) == {}


@pytest.mark.usefixtures("few_are_many")
def test_of_many_the_record_says_where_they_are(results, monkeypatch):
    found, printed = as_dict(results), as_dict(results, beside=False)
    monkeypatch.undo()
    whole = as_dict(results)
    assert found["pooling"]["none"] is None
    assert found["pooling"]["none_file"] == LINES
    for name, model in found["models"].items():
        for method in ("REML", "ML"):
            assert model[method]["group_effects"] is None
            assert model[method]["group_effects_file"] == EFFECTS
            both = {"group_effects", "group_effects_file"}
            kept = {key: value for key, value in model[method].items() if key not in both}
            entire = whole["models"][name][method]
            assert kept == {key: value for key, value in entire.items() if key not in both}
    assert json.dumps(found).count('"15"') == 0
    # What is printed may have no file beside it.
    assert printed["pooling"] == found["pooling"] | {"none_file": None}
    assert printed["models"]["m1"]["ML"]["group_effects_file"] is None


@pytest.mark.usefixtures("few_are_many")
def test_the_files_have_every_group_of_every_fit(results):
    columns = beside(results)
    assert columns.keys() == {EFFECTS, LINES}
    effects = frame(EFFECTS, columns[EFFECTS])
    assert len(effects) == 15 * 2 * len(results.models)
    names = ["model", "method", "group"]
    names += [f"{of}_{name}" for of in ("effect", "sd") for name in ("Intercept", "extrav")]
    assert list(effects) == names
    for (name, method, group), row in effects.set_index(names[:3]).iterrows():
        fit = results.models[name][method]
        covariance = fit.group_effect_covariances[group]
        for place, effect in enumerate(fit.random_names):
            assert row[f"effect_{effect}"] == fit.group_effects[group][effect]
            assert row[f"sd_{effect}"] == pytest.approx(np.sqrt(covariance[place, place]))
        if "extrav" not in fit.random_names:
            assert np.isnan(row["effect_extrav"])
            assert np.isnan(row["sd_extrav"])
    lines = frame(LINES, columns[LINES]).set_index("group")
    assert list(lines.index) == list(results.none)
    for group, line in results.none.items():
        assert lines.loc[group, ["n", "intercept", "slope"]].tolist() == [
            *(line.n, line.intercept, line.slope)
        ]


@pytest.mark.usefixtures("few_are_many")
def test_the_same_bytes_every_time(results):
    first, again = (parquet(EFFECTS, beside(results)[EFFECTS]) for _ in range(2))
    assert first == again


def test_without_pyarrow_it_is_refused_with_the_command(monkeypatch):
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    with pytest.raises(ArtifactError, match="pip install pyarrow") as refusal:
        parquet(EFFECTS, [{"group": ["1"]}])
    assert str(refusal.value).startswith(f"{EFFECTS}: ")
    assert "\n" not in str(refusal.value)


@pytest.mark.usefixtures("few_are_many")
def test_what_is_printed_may_have_the_files_beside_it(root, tmp_path, capsys):
    study = read_study(root / "data" / "popularity.toml")
    found = json.loads(printed(study, json=True, groups=tmp_path))
    fit = found["models"]["m2"]["REML"]
    assert fit["group_effects_file"] == EFFECTS
    assert {path.name for path in tmp_path.iterdir()} == {EFFECTS, LINES}
    assert "--groups" not in capsys.readouterr().err
    alone = json.loads(printed(study, json=True))
    assert alone["models"]["m2"]["REML"] == fit | {"group_effects_file": None}
    assert "note: 15 groups are too many for JSON; --groups FOLDER" in capsys.readouterr().err


@pytest.mark.usefixtures("few_are_many")
def test_files_beside_go_into_a_folder_that_is_there(root, tmp_path):
    study = read_study(root / "data" / "popularity.toml")
    with pytest.raises(ArtifactError, match="no such folder for the effects of groups"):
        printed(study, json=True, groups=tmp_path / "nowhere")
    assert list(tmp_path.iterdir()) == []
