"""Pinyin and initials of a Chinese name."""

from __future__ import annotations

from dataclasses import dataclass

MOST_LETTERS = 600
MOST_INITIALS = 200


@dataclass(frozen=True)
class Spelling:
    """`pinyin` without tones or spaces, `initials` one letter per character, both lower case."""

    pinyin: str
    initials: str


def spell(name: str) -> Spelling:
    """南昌市 gives nanchangshi and ncs; Latin letters and digits stay, other signs are left out."""
    # Deferred: its dictionary of phrases takes a third of a second, which no command should wait
    # for that spells nothing.
    from pypinyin import Style, lazy_pinyin

    syllables = [
        "".join(letter for letter in syllable.lower() if letter.isalnum())
        for syllable in lazy_pinyin(name, style=Style.NORMAL)
    ]
    heard = [syllable for syllable in syllables if syllable]
    return Spelling(
        pinyin="".join(heard)[:MOST_LETTERS],
        initials="".join(syllable[0] for syllable in heard)[:MOST_INITIALS],
    )
