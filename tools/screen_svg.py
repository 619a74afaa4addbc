#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""A screen with colours (standard input, as `gpumatch --color always` writes it) -> SVG (standard output).

usage: gpumatch --color always … | tools/screen_svg.py "gpumatch …" >screen.svg
The argument is the command that is shown above the screen; lines are cut at COLUMNS.
"""
import re
import sys
import unicodedata
from xml.sax.saxutils import escape

COLUMNS, CELL, LINE, MARGIN = 88, 8.4, 19, 16
COLORS = {"1": "#ffffff", "1;32": "#7ee787", "1;31": "#ff7b72", "1;33": "#e3b341", "1;36": "#79c0ff"}
PLAIN = "#d0d7de"


def width(character):
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1


def runs(line):
    """(column, text, code) of pieces that share a colour and a width of characters."""
    column, code = 0, ""
    for piece in re.split(r"(\x1b\[[\d;]*m)", line):
        if piece.startswith("\x1b"):
            code = piece[2:-1].strip("0")
            continue
        for text in re.findall(r"[\u2e80-\uffef]+|[^\u2e80-\uffef]+", piece):
            room = max(0, COLUMNS - column)
            yield column, text if room >= sum(map(width, text)) else text[:max(0, room - 1)] + "…" * (room > 0), code
            column += sum(map(width, text))


def draw(lines):
    high = LINE * len(lines) + 2 * MARGIN
    wide = round(COLUMNS * CELL + 2 * MARGIN)
    yield (f'<svg xmlns="http://www.w3.org/2000/svg" width="{wide}" height="{high}" viewBox="0 0 {wide} {high}" '
           f'font-family="Consolas, Menlo, DejaVu Sans Mono, Noto Sans CJK SC, monospace" font-size="14">')
    yield f'<rect width="{wide}" height="{high}" rx="8" fill="#0d1117"/>'
    for number, line in enumerate(lines):
        for column, text, code in runs(line):
            if not text.strip():
                continue
            skipped = len(text) - len(text.lstrip())
            cells = sum(map(width, text.strip()))
            yield (f'<text x="{MARGIN + (column + skipped) * CELL:.1f}" y="{MARGIN + LINE * number + 14}" '
                   f'textLength="{cells * CELL:.1f}" fill="{COLORS.get(code, PLAIN)}" xml:space="preserve"'
                   f'{" font-weight=" + chr(34) + "bold" + chr(34) if code else ""}>{escape(text.strip())}</text>')
    yield "</svg>"


def main():
    screen = sys.stdin.read().rstrip("\n").split("\n")
    print("\n".join(draw([f"\x1b[1m> {sys.argv[1]}\x1b[0m", *screen])))


if __name__ == "__main__":
    main()
