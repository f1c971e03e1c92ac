"""A small picture of a text: what stands for a document on cards and in cells."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import PIL.ImageFont

__all__ = ["text_card"]

_WIDTH, _HEIGHT, _EDGE = 320, 200, 16
_INK, _FAINT, _PAPER = (31, 41, 51), (82, 96, 109), (255, 255, 255)


def text_card(title: str, words: str) -> bytes:
    """Draw a title and the first words below it.

    Parameters
    ----------
    title : str
        May be empty.
    words : str
        May be empty; what does not fit is left out.

    Returns
    -------
    bytes
        WebP, 320×200 pixels, dark on white: a sheet of paper in light and in dark.
    """
    import PIL.Image
    import PIL.ImageDraw
    import PIL.ImageFont

    picture = PIL.Image.new("RGB", (_WIDTH, _HEIGHT), _PAPER)
    pen = PIL.ImageDraw.Draw(picture)
    place = float(_EDGE)
    for text, size, colour, most in ((title, 20, _INK, 2), (words, 13, _FAINT, 9)):
        font = PIL.ImageFont.load_default(size)
        for line in _lines(text, font, most):
            pen.text((_EDGE, place), line, colour, font)
            place += size * 1.4
        place += 6 if text else 0
    buffer = io.BytesIO()
    picture.save(buffer, "WEBP", quality=85, method=2)
    return buffer.getvalue()


def _lines(text: str, font: PIL.ImageFont.FreeTypeFont | PIL.ImageFont.ImageFont, most: int) -> list[str]:
    """Break a text into lines that fit, at most so many; a word that is wider than a line is cut."""
    wide = _WIDTH - 2 * _EDGE
    lines: list[str] = []
    rest = text[:2000].split()
    while rest and len(lines) < most:
        line = rest.pop(0)[:60]
        while line and font.getlength(line) > wide:
            line = line[:-1]
        while rest and font.getlength(f"{line} {rest[0]}") <= wide:
            line = f"{line} {rest.pop(0)}"
        lines.append(line)
    return lines
