"""Colours of a province's pages: their form, whether text can be read on them, and what is made of them for that."""

import re
from dataclasses import dataclass
from functools import lru_cache

HEX = re.compile(r"#[0-9a-fA-F]{6}")
SMALLEST_CONTRAST = 4.5  # WCAG 2.2, success criterion 1.4.3, normal text
WHITE, BLACK = "#ffffff", "#000000"
# The darkest light ground and the lightest dark ground that public.css sets text on.
LIGHT_GROUND, DARK_GROUND = "#eef2f7", "#25303b"
STEPS = 50

RGB = tuple[float, float, float]


@dataclass(frozen=True)
class Palette:
    """`brand` with the text colour on it; a province's colour as text, on light and on dark pages."""

    brand: str
    on_brand: str
    light_text: str
    dark_text: str

    @property
    def css(self) -> str:
        return (
            f":root{{--brand:{self.brand};--on-brand:{self.on_brand};--link:{self.light_text}}}"
            f"@media(prefers-color-scheme:dark){{:root{{--link:{self.dark_text}}}}}"
        )


@lru_cache(maxsize=256)
def palette(primary: str) -> Palette:
    """Readable whatever the province chose. Raises ValueError unless `primary` is `#rrggbb`."""
    on_brand = max(WHITE, BLACK, key=lambda text: contrast(text, primary))
    return Palette(
        primary,
        on_brand,
        light_text=_readable(primary, on=LIGHT_GROUND, towards=BLACK),
        dark_text=_readable(primary, on=DARK_GROUND, towards=WHITE),
    )


def contrast(one: str, other: str) -> float:
    """From 1 (the same) to 21 (black and white). Raises ValueError for what is no colour."""
    darker, lighter = sorted((_luminance(one), _luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def contrast_with_white(colour: str) -> float:
    """From 1 (white) to 21 (black). Raises ValueError unless `colour` is `#rrggbb`. WCAG 2.2, relative luminance."""
    return contrast(colour, WHITE)


def _readable(colour: str, *, on: str, towards: str) -> str:
    """The nearest to `colour`, on the way to black or white, that can be read on a ground."""
    start, end = _rgb(colour), _rgb(towards)
    for step in range(STEPS + 1):
        share = step / STEPS
        mixed = "#" + "".join(f"{round(a + (b - a) * share):02x}" for a, b in zip(start, end, strict=True))
        if contrast(mixed, on) >= SMALLEST_CONTRAST:
            return mixed
    return towards


def _rgb(colour: str) -> RGB:
    if not HEX.fullmatch(colour):
        raise ValueError(f"Not a colour: {colour!r}")
    return tuple(int(colour[at : at + 2], 16) for at in (1, 3, 5))


def _luminance(colour: str) -> float:
    red, green, blue = (_linear(channel / 255) for channel in _rgb(colour))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _linear(channel: float) -> float:
    return channel / 12.92 if channel <= 0.04045 else ((channel + 0.055) / 1.055) ** 2.4
