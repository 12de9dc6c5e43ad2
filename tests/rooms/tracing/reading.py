"""Reads codes as a scanner does: the SVG is put on pixels, and somebody else's decoder says what it sees."""

from __future__ import annotations

import re

import numpy as np
import zxingcpp

PIXELS = 4  # to a module


def pixels(svg: str) -> np.ndarray:
    """A drawing of whole rectangles as grey pixels."""
    wide, high = (int(it) for it in re.search(r'viewBox="0 0 (\d+) (\d+)"', svg).groups())
    image = np.zeros((high, wide), np.uint8)
    for fill, path in re.findall(r'<path (?:fill="(#fff)" )?d="([^"]*)"', svg):
        for part in re.finditer(r"M(\d+) (\d+)h(\d+)v(\d+)[hH]", path):
            x, y, width, height = map(int, part.groups())
            image[y : y + height, x : x + width] = 255 if fill else 0
    return np.kron(image, np.ones((PIXELS, PIXELS), np.uint8))


def read(image: np.ndarray) -> list[tuple[str, str]]:
    """Every code in a picture: how it is written, and what it says.

    At its full size alone: made smaller, bars of 4 pixels a module have edges between two pixels, and the decoder took "LOT:/300(" for
    "LOT:N300P" besides, whose check digit is the same (31 * 5 + 40 * 9 = 5 * 103).
    """
    return sorted((str(it.symbology).replace(" ", ""), it.text) for it in zxingcpp.read_barcodes(image, try_downscale=False))
