"""Weights for headings hold the signs of GB 2312 and what papers use besides; rare ones fall back to the regular."""

from __future__ import annotations

import io


def common_signs(font: bytes) -> bytes:
    """The font with these signs only, without hints; the same bytes for the same fontTools."""
    # Only whoever changes a version needs it: it is in no lock.
    from fontTools import subset  # type: ignore[import-untyped,import-not-found,unused-ignore]

    options = subset.Options()
    options.layout_features = ["kern", "palt", "halt", "vert", "vrt2", "locl", "ccmp"]
    options.hinting = False
    options.recalc_timestamp = False
    options.name_IDs = ["*"]
    options.notdef_outline = True
    loaded = subset.load_font(io.BytesIO(font), options, lazy=True)
    subsetter = subset.Subsetter(options)
    subsetter.populate(unicodes=sorted(_signs()))
    subsetter.subset(loaded)
    made = io.BytesIO()
    subset.save_font(loaded, made, options)
    return made.getvalue()


def _signs() -> set[int]:
    """ASCII, Latin-1, punctuation, circled and Roman numbers, full-width forms, GB 2312."""
    signs = {
        code
        for start, end in (
            (0x20, 0x7F), (0xA0, 0x100), (0x2010, 0x2040), (0x2160, 0x216C), (0x2460, 0x2474),
            (0x3000, 0x3020), (0xFF01, 0xFF5F),
        )
        for code in range(start, end)
    }  # fmt: skip
    for high in range(0xA1, 0xF8):
        for low in range(0xA1, 0xFF):
            try:
                signs.add(ord(bytes((high, low)).decode("gb2312")))
            except UnicodeDecodeError:
                continue
    return signs
