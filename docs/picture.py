"""Make report.png, the README's picture, from pages of the built PDF: nox -s picture."""

from __future__ import annotations

from pathlib import Path

import pypdfium2
from PIL import Image, ImageOps

ROOT = Path(__file__).resolve().parents[1]
PAGES = (0, 3, 5)
WIDTH = 560
"""Width of a page, in pixels."""

GAP = 24
DESK = "#e7eaee"


def main() -> None:
    """Lay the pages side by side, in few enough colours for a small file."""
    with pypdfium2.PdfDocument(ROOT / "_site" / "report" / "index.pdf") as pdf:
        pages = [_draw(pdf[number]) for number in PAGES]
    width, height = pages[0].size
    desk = Image.new("RGB", (len(pages) * (width + GAP) + GAP, height + 2 * GAP), DESK)
    for place, page in enumerate(pages):
        desk.paste(page, (GAP + place * (width + GAP), GAP))
    small = desk.quantize(128, method=Image.Quantize.MAXCOVERAGE, dither=Image.Dither.NONE)
    small.save(Path(__file__).with_name("report.png"), optimize=True)


def _draw(page: pypdfium2.PdfPage) -> Image.Image:
    large = page.render(scale=2 * WIDTH / page.get_width()).to_pil()
    return ImageOps.expand(ImageOps.scale(large, 0.5), border=1, fill="#c3c9d1")


if __name__ == "__main__":
    main()
