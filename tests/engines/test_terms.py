"""Models by formula mean on an engine what they mean in memory: their terms, roles and refusals."""

import pytest
from engines.on_engines import ENGINES, FORMULAS, differences, pupils, put, record


def on(folder, engine, models, data=""):
    """Return the record of models by formula, or its refusal."""
    lines = "\n".join(f"m{j} = '''{text}'''" for j, text in enumerate(models))
    return record(
        folder, FORMULAS.format(suffix=".parquet", engine=engine, data=data, models=lines)
    )


def as_in_memory(folder, engine, table, models, data=""):
    """Check an engine's record against that in memory; return the latter."""
    put(table, folder / "pupils.parquet")
    expected = on(folder, "memory", models, data)
    assert list(differences(expected, on(folder, engine, models, data))) == []
    return expected


def effects(found, name):
    return list(found["models"][name]["REML"]["fixed_effects"])


@pytest.mark.parametrize("engine", ENGINES)
def test_a_category_of_one_model_is_a_number_in_another(engine, tmp_path):
    models = (
        "popular ~ extrav + dose + (1 | class)",
        "popular ~ extrav + C(dose) + (1 | class)",
        "popular ~ extrav*dose + I(dose**2) + (1 + dose | class)",
    )
    found = as_in_memory(tmp_path, engine, pupils(40), models)
    assert effects(found, "m0") == ["Intercept", "extrav", "dose"]
    assert effects(found, "m1") == ["Intercept", "extrav", "dose[2]", "dose[3]"]
