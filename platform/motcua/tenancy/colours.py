"""Colours of a province's pages: their form, and whether white text can be read on them."""

import re

HEX = re.compile(r"#[0-9a-fA-F]{6}")
SMALLEST_CONTRAST = 4.5  # WCAG 2.2, success criterion 1.4.3, normal text


def contrast_with_white(colour: str) -> float:
    """From 1 (white) to 21 (black). Raises ValueError unless `colour` is `#rrggbb`. WCAG 2.2, relative luminance."""
    if not HEX.fullmatch(colour):
        raise ValueError(f"Not a colour: {colour!r}")
    red, green, blue = (_linear(int(colour[at : at + 2], 16) / 255) for at in (1, 3, 5))
    return 1.05 / (0.2126 * red + 0.7152 * green + 0.0722 * blue + 0.05)


def _linear(channel: float) -> float:
    return channel / 12.92 if channel <= 0.04045 else ((channel + 0.055) / 1.055) ** 2.4
