"""The lines that the page must draw, by the definitions of the steps and results.json alone."""


def pooled(published):
    line = tuple(published["pooling"]["complete"].values())
    return dict.fromkeys(published["pooling"]["none"], line)


def unpooled(published):
    return {group: tuple(line.values()) for group, line in published["pooling"]["none"].items()}


def line_of(published, table, group, step, sex):
    """Return intercept and slope of a class at a step, for a value of gender."""
    if step == "complete":
        return tuple(published["pooling"]["complete"].values())
    if step == "none":
        return tuple(published["pooling"]["none"][group].values())
    fit = published["models"][step]["REML"]
    at = {"Intercept": 1, "sex": sex, "texp": table.loc[table["class"] == group, "texp"].iloc[0]}
    effects = fit["group_effects"][group]
    total = {name: b + effects.get(name, 0) for name, b in fit["fixed_effects"].items()}
    slope = total.pop("extrav", 0)
    return sum(b * at[name] for name, b in total.items()), slope
