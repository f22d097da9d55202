"""Reading the files of the page."""

import json
import re


def unpacked(columns):
    """Return the rows of columns, as the page's script does."""
    if isinstance(columns, list):
        return columns
    if "" in columns:
        return [columns[""][place] for place in columns["at"]]
    inside = {key: unpacked(column) for key, column in columns.items()}
    return [dict(zip(inside, values, strict=True)) for values in zip(*inside.values(), strict=True)]


def read_data(pages: dict[str, bytes]) -> dict:
    text = pages["visualization/data.js"].decode()
    data = json.loads(re.fullmatch(r"window\.completeVisualization = (.*);\n", text, re.DOTALL)[1])
    data["table"] = unpacked(data["table"])
    data["datasets"] = {name: unpacked(rows) for name, rows in data["datasets"].items()}
    return data


def page_text(pages: dict[str, bytes], name: str = "page.html") -> str:
    return re.sub(r"\s+", " ", pages[f"visualization/{name}"].decode())
