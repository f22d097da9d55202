"""Pages as single files: what they show is in them, and their links lead to what lies beside."""

import base64
import re

import pytest
from inlined import inlined

from analysis.errors import RenderError


@pytest.fixture
def made(tmp_path):
    """Return a function that inlines a page of a site with some files."""
    site = tmp_path / "site"
    files = {
        "index.html": "<p>Go on</p>",
        "libs/a.css": 'p { background: url("i/a b.svg?1#x") } @font-face { src: url(f.woff2) }',
        "libs/b.css": "@import 'a.css'; /* url(no.svg) */ q { background: url(data:,x) }",
        "libs/c.css": "@import 'd.css';",
        "libs/d.css": "@import 'c.css';",
        "libs/i/a b.svg": "<svg/>",
        "libs/f.woff2": "font",
        "libs/m.js": 'import * as n from "./more/n.js";\nlet s = "import ./q.js é";\n',
        "libs/more/n.js": "export const n = 1;\n",
        "report/other.html": "<p>Other</p>",
        "report/r.json": "{}",
        "report/x&y.txt": "text",
        "data/one.csv": "a",
    }
    for name, text in files.items():
        (site / name).parent.mkdir(parents=True, exist_ok=True)
        (site / name).write_text(text, "utf-8")

    def made(text):
        page = site / "report" / "page.html"
        page.write_text(text, "utf-8")
        found, linked = inlined(page, site)
        return found, {path.relative_to(site / "report").as_posix() for path in linked}

    return made


def content(text):
    """Return what the first data: URI of a text holds."""
    return base64.b64decode(re.search(r"base64,([\w+/=]+)", text)[1]).decode()


def test_styles_stay_links_with_all_that_they_ask_for(made):
    text, _ = made('<LINK class="dark" rel="stylesheet" href="../libs/b.css" id=s>')
    assert text.startswith('<link class="dark" rel="stylesheet" href="data:text/css;charset=utf-8;')
    outer = content(text)
    assert outer.endswith("; /* url(no.svg) */ q { background: url(data:,x) }")
    inner = content(outer)
    assert inner.startswith('p { background: url("data:image/svg+xml;base64,')
    assert inner.count("url(data:font/woff2;base64,") == 1
    assert content(inner) == "<svg/>"
    assert '#x")' in inner


def test_scripts_keep_their_kind_and_their_modules(made):
    text, _ = made('<script type="module" src="../libs/m.js" defer></script>')
    begin = '<script type="module" src="data:text/javascript;charset=utf-8;base64,'
    assert text.startswith(begin)
    assert text.endswith('" defer></script>')
    script = content(text)
    assert script.startswith('import * as n from "data:text/javascript;charset=utf-8;base64,')
    assert script.endswith('";\nlet s = "import ./q.js é";\n')
    assert content(script) == "export const n = 1;\n"


@pytest.mark.parametrize(
    "text",
    [
        '<img alt="a src=b.svg" src="../libs/i/a%20b.svg" width="2">',
        '<source media="(max-width: 1em)" srcset="../libs/i/a%20b.svg 2x, other.svg 3x">',
        "<video poster='../libs/i/a%20b.svg'></video>",
        '<svg viewBox="0 0 1 1"><use href="../libs/i/a%20b.svg#part"/></svg>',
        '<p style="background: url(../libs/i/a%20b.svg)">',
        """<p style="background: image-set('../libs/i/a%20b.svg' 1x type('image/svg+xml'))">""",
        '<rect fill="url(../libs/i/a%20b.svg#part)"/>',
        "<style>p { background: url('../libs/i/a%20b.svg') }</style>",
        '<link rel="shortcut icon" href="../libs/i/a%20b.svg">',
    ],
)
def test_whatever_a_page_shows_is_in_it(made, text):
    found, linked = made(f"<p>before &amp; é</p>\n{text}<!-- src='x.svg' -->\n<b>after")
    assert found.startswith("<p>before &amp; é</p>\n<")
    assert found.endswith("<!-- src='x.svg' -->\n<b>after")
    assert content(found) == "<svg/>"
    assert "../" not in found
    assert linked == set()


@pytest.mark.parametrize(
    ("value", "left"),
    [
        ("data:image/png;base64,AAA= 1x, b.png 2x", "data:image/png;base64,AAA= 1x"),
        ("data:,x, b.png 2x", "data:,x"),
        (" , data:,x\n2x", "data:,x 2x"),
        ("data:,x", "data:,x"),
    ],
)
def test_of_a_set_of_images_the_first_is_left_whole(made, value, left):
    assert made(f'<img srcset="{value}">')[0] == f'<img srcset="{left}">'


def test_each_of_a_set_in_a_style_is_in_the_page(made):
    style = """image-set("data:,x" 1x, url(../libs/i/a%20b.svg) 2x, '../libs/f.woff2' 3x)"""
    text, _ = made(f"<style>p {{ background: {style} }}</style>")
    assert text.count("base64,") == 2
    assert 'image-set("data:,x" 1x, url(data:image/svg+xml;' in text
    assert text.endswith("' 3x) }</style>")


def test_what_is_around_a_reference_stays_as_it_is(made):
    found, _ = made('<img alt="5 &lt; 6 &quot;x&quot;" hidden src="../libs/i/a%20b.svg">')
    assert '<img alt="5 &lt; 6 &quot;x&quot;" hidden src="data:' in found
    page = '<!DOCTYPE html>\n<P title=\'"\'>a&nbsp;<br/><script>"<img src=x.svg>"</script>'
    assert made(page)[0] == page


def test_links_lead_to_what_lies_beside(made):
    text, linked = made(
        '<a href="../report/other.html#a&amp;b">o</a><a href="r.json" download>r</a>'
        '<a href="x&amp;y.txt">x</a><a href="#here">h</a><a href="https://x.org/a">f</a>'
        '<a href="mailto:a@b.c">m</a><a href="../data/one.csv">d</a>'
    )
    assert re.findall('href="([^"]*)"', text) == [
        "other.html#a&amp;b", "r.json", "x%26y.txt", "#here", "https://x.org/a", "mailto:a@b.c",
        "source/data/one.csv",
    ]  # fmt: skip
    assert linked == {"other.html", "r.json", "x&y.txt"}


@pytest.mark.parametrize("address", ["../index.html", "../", ".."])
def test_the_sites_own_first_page_is_the_reports(made, address):
    assert made(f'<a href="{address}">home</a>') == (
        '<a href="index.html">home</a>',
        {"index.html"},
    )


def test_a_page_that_is_only_named_is_not_loaded(made):
    text = '<link rel="next" href="r.json"><link rel="canonical" href="https://x.org/">'
    assert made(text) == (text, {"r.json"})


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('<img src="none.svg">', r"report/page\.html: none\.svg: there is no such file"),
        ('<a href="none.html">n</a>', r"report/page\.html: none\.html: there is no such file"),
        ('<img src="../../secret">', "there is no such file in the site"),
        ('<img src="https://x.org/a.png">', "may not ask another host"),
        ('<img src="https:x.org/a.png">', "may not ask another host"),
        ('<img src="https://x.org">', "may not ask another host"),
        ('<img src="https://[">', "may not ask another host"),
        ("""<p style="background: image-set('https://x.org/a.png' 1x)">""", "ask another host"),
        ('<link rel="stylesheet" href="../libs/c.css">', "imports what it is imported by"),
        ('<link rel="stylesheet" href="//x.org/a.css">', "may not ask another host"),
        ("<style>@import 'https://x.org/a.css';</style>", "may not ask another host"),
    ],
)
def test_what_would_be_missing_on_another_disk_is_refused(made, tmp_path, text, message):
    (tmp_path / "secret").write_text("s", "utf-8")
    with pytest.raises(RenderError, match=message):
        made(text)
