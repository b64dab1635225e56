"""QR codes as pictures: level M, which a folded or stained paper survives, with the quiet zone readers need."""

import io

import segno


def for_page(words: str) -> str:
    """An SVG element without a size of its own and without styles, as the pages' policy wants it."""
    return _svg(words, xmldecl=False, omitsize=True, svgclass="qr")


def for_paper(words: str) -> str:
    """An SVG document with its size."""
    return _svg(words)


def _svg(words: str, **options) -> str:
    out = io.BytesIO()
    code = segno.make(words, error="m", micro=False)
    code.save(out, kind="svg", border=4, dark="#000", light="#fff", **options)
    return out.getvalue().decode()
