"""The tables' HTML, read strictly."""

from html.parser import HTMLParser

from analysis.results.results import analyse
from analysis.study.studyfile import read_study


class Reader(HTMLParser):
    """Reads a fragment strictly: every element closed where it must be."""

    def __init__(self, html):
        super().__init__()
        self.open, self.rows, self.tags = [], [], []
        self.caption = ""
        self.feed(html)
        self.close()
        assert not self.open

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))
        if tag == "tr":
            self.rows.append([])
        if tag in ("td", "th"):
            self.rows[-1].append({"tag": tag, "text": "", **dict(attrs)})
        if tag != "col":
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        if "td" in self.open or "th" in self.open:
            self.rows[-1][-1]["text"] += data
        elif "caption" in self.open:
            self.caption += data
        else:
            assert not data.strip(), f"stray text {data!r}"

    @property
    def texts(self):
        return [[cell["text"] for cell in row] for row in self.rows]


def study(tmp_path, text):
    path = tmp_path / "study.toml"
    path.write_text(text, encoding="utf-8")
    return analyse(read_study(path))


def number(text):
    """Read a number that may have stars, brackets and a power of ten."""
    digits, _, power = text.strip("*()").partition("\xa0×\xa010")
    usual = power.translate(str.maketrans("⁻⁰¹²³⁴⁵⁶⁷⁸⁹", "-0123456789"))
    return float(digits.replace("−", "-")) * 10.0 ** int(usual or 0)
