"""国家医保编码 by its segments: what is wrong with a code that was typed, and where.

Segments: domain.md 4. The catalogue itself says which segment is unknown; only length, letters
and the first sign are judged by rule.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

WESTERN = (
    ("识别码", 1),
    ("分类码", 5),
    ("名称码", 4),
    ("剂型码", 4),
    ("规格码", 2),
    ("包装码", 2),
    ("企业码", 5),
)
CHINESE = (("识别码", 1), ("分类码", 5), ("名称码", 5), ("规格码", 2), ("包装码", 2), ("企业码", 5))
CONSUMABLE = (
    ("识别码", 1),
    ("分类码", 6),
    ("通用名码", 3),
    ("产品特征码", 5),
    ("企业码", 5),
    ("规格型号码", 7),
)
KINDS = {
    "X": ("西药", WESTERN, (23,)),
    "Z": ("中成药", CHINESE, (20,)),
    "C": ("医用耗材", CONSUMABLE, (20, 27)),
}
LEAST_LETTERS = 8
LEAST_SHARED = 6
LOOKS_LIKE_CODE = re.compile(r"[0-9A-Z]+")
CONFUSED = str.maketrans({"O": "0", "I": "1"})


@dataclass(frozen=True)
class Segment:
    """A segment by name and its first and last place, counted from 1."""

    name: str
    first: int
    last: int

    def __str__(self) -> str:
        if self.first == self.last:
            return f"第 {self.first} 位（{self.name}）"
        return f"第 {self.first}–{self.last} 位（{self.name}）"


def as_code(text: str) -> str:
    """Full-width and small letters as a code is written, without blanks."""
    return "".join(unicodedata.normalize("NFKC", text).split()).upper()


def is_meant_as_code(text: str) -> bool:
    """Letters and digits with digits among them, long enough for more than initials."""
    code = as_code(text)
    return (
        len(code) >= LEAST_LETTERS
        and LOOKS_LIKE_CODE.fullmatch(code) is not None
        and any(sign.isdigit() for sign in code)
    )


def segments_of(code: str) -> list[Segment]:
    """The segments of a code by its first sign; none for an unknown one."""
    if not code or code[0] not in KINDS:
        return []
    found, at = [], 1
    for name, width in KINDS[code[0]][1]:
        found.append(Segment(name, at, at + width - 1))
        at += width
    return found


def segment_at(code: str, place: int) -> Segment | None:
    """The segment that has the sign at `place` (from 1)."""
    return next((s for s in segments_of(code) if s.first <= place <= s.last), None)


def form_problem(text: str) -> str:
    """What is wrong with the form of a whole code; empty where its form is right."""
    code = as_code(text)
    if not code:
        return "编码是空的"
    strange = [sign for sign in code if not (sign.isascii() and sign.isalnum())]
    if strange:
        return f"编码中有不该出现的字符“{strange[0]}”：只有大写字母和数字，没有空格、横线和汉字"
    if code[0] not in KINDS:
        return f"第 1 位（识别码）是“{code[0]}”：西药以 X、中成药以 Z、医用耗材以 C 开头"
    label, _, lengths = KINDS[code[0]]
    if len(code) in lengths:
        return ""
    right = "或".join(str(length) for length in lengths)
    least = lengths[0]
    if len(code) < least:
        cut = segment_at(code, len(code) + 1)
        return (
            f"只有 {len(code)} 位，{label}编码应为 {right} 位：从{cut}起缺 {least - len(code)} 位"
        )
    return f"有 {len(code)} 位，{label}编码应为 {right} 位：多 {len(code) - lengths[-1] if len(code) > lengths[-1] else len(code) - least} 位"


def unknown_from(code: str, known: list[str]) -> str:
    """Where the code leaves every known one: names the first segment that the catalogue has not.

    `known` are the codes nearest to it in order; the longest common beginning tells.
    """
    common = max((_common(code, other) for other in known), default=0)
    segment = segment_at(code, common + 1)
    if segment is None:
        return ""
    written = code[segment.first - 1 : segment.last]
    if segment.first == 1 or common == 0:
        return f"目录中没有以“{code[:1]}”开头的这一类编码"
    return (
        f"{segment}“{written}”在目录中没有；前 {segment.first - 1} 位与已有产品一致，请核对这一段"
    )


def swapped_letters(code: str) -> str:
    """The code with O and I written as 0 and 1 after the first sign, where that differs."""
    mended = code[:1] + code[1:].translate(CONFUSED)
    return mended if mended != code else ""


def is_near(code: str, other: str) -> bool:
    """Whether another code may have been meant: the same as far as its kind and class."""
    return _common(code, other) >= LEAST_SHARED


def _common(one: str, other: str) -> int:
    count = 0
    for left, right in zip(one, other, strict=False):
        if left != right:
            break
        count += 1
    return count
