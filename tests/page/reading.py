"""Reading the files of the page."""

import json
import re


def read_data(pages: dict[str, bytes]) -> dict:
    text = pages["visualization/data.js"].decode()
    return json.loads(re.fullmatch(r"window\.completeVisualization = (.*);\n", text, re.DOTALL)[1])


def page_text(pages: dict[str, bytes], name: str = "page.html") -> str:
    return re.sub(r"\s+", " ", pages[f"visualization/{name}"].decode())
