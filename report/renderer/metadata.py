"""What a document's template is filled with, besides the text."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from signature import long_date

from renderer.project import Document, Project
from renderer.source import with_values

# Not the quotation marks: they may become curly, which a name's apostrophe is in print.
MARKUP = re.compile(r"[!#$%&()*+,\-./:;<=>?@\[\\\]^_`{|}~]")


def literal(text: str) -> str:
    r"""
    Return the Markdown that stands for a line of text and nothing else.

    Examples
    --------
    >>> print(literal("Ann O'Author (@ann)"))
    Ann O'Author \(\@ann\)
    """
    return MARKUP.sub(r"\\\g<0>", " ".join(text.split()))


def metadata_of(document: Document, project: Project) -> dict[str, Any]:
    """
    Return the values of the templates page.html and page.typ for a document.

    All are literal text but the title and the abstract, which are Markdown.
    """
    own, name = document.metadata, project.title
    title = str(own["title"])
    same = title.casefold() == name.casefold()
    language, _, region = str(project.settings["lang"]).partition("-")
    up = "../" * (len(Path(document.name).parts) - 1)
    texts = {
        "subtitle": own["subtitle"],
        "author": own["author"],
        "date": long_date(own["date"]),
        "date-meta": own["date"].isoformat(),
        "lang": str(project.settings["lang"]),
        "lang-code": language,
        "lang-region": region,
        "site-title": name,
        "home": up + "index.html",
        "root": up,
        "page-layout": own["format"].get("html", {}).get("page-layout", "article"),
    }
    return {
        "title": title,
        "pagetitle": title if same else f"{title} – {literal(name)}",
        "link-citations": True,
        "nav": [
            {
                "href": literal(up + entry["href"].removesuffix(".qmd") + ".html"),
                "text": literal(entry["text"]),
                "current": entry["href"] == document.name,
            }
            for entry in project.navigation
        ],
        **{key: literal(text) for key, text in texts.items()},
        # As Quarto has them, for the title block that both renderers fill in.
        "by-author": [{"name": {"literal": literal(own["author"])}}],
        "affiliations": [{"name": literal(own["affiliation"])}] if own["affiliation"] else [],
        **_beside(document, project),
    }


def _beside(document: Document, project: Project) -> dict[str, Any]:
    """Return the abstract and the keywords of a document, if it has any."""
    abstract, keywords = (document.metadata.get(key) for key in ("abstract", "keywords"))
    found: dict[str, Any] = {}
    if abstract is not None:
        if not isinstance(abstract, str) or not abstract.strip():
            document.refuse("abstract: write one text", document.line_of_key("abstract"))
        found["abstract"] = with_values(abstract, project.variables)
        if "{{<" in found["abstract"]:
            message = "abstract: of shortcodes it may hold variables alone"
            document.refuse(message, document.line_of_key("abstract"))
    if keywords is not None:
        keywords = keywords if isinstance(keywords, list) else [keywords]
        if not keywords or not all(isinstance(word, str) and word.strip() for word in keywords):
            message = "keywords: write a list of texts, such as [pooling, multilevel models]"
            document.refuse(message, document.line_of_key("keywords"))
        found["keywords"] = [literal(word) for word in keywords]
    return found
