"""Names spelled in pinyin, so that lists are searched by what people type."""

from core.pinyin.field import InitialsField
from core.pinyin.spell import Spelling, spell

__all__ = ["InitialsField", "Spelling", "spell"]
