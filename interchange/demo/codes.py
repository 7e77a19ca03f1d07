"""Business codes with valid formats and check characters, all of fictional holders."""

from __future__ import annotations

import random

_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_USCC_WEIGHTS = (1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28)
_BODY_WEIGHTS = (3, 7, 9, 10, 5, 8, 4, 2)
_FORM_LETTERS = {
    "片": "A001",
    "缓释片": "A004",
    "胶囊": "E001",
    "注射剂": "B002",
    "吸入剂": "L001",
    "散剂": "G001",
}


def body_check(body: str) -> str:
    """Check character of the 8-character body code (GB 11714)."""
    total = sum(
        weight * (int(char) if char.isdigit() else ord(char) - 55)
        for weight, char in zip(_BODY_WEIGHTS, body, strict=True)
    )
    rest = 11 - total % 11
    return {10: "X", 11: "0"}.get(rest, str(rest))


def uscc_check(first_seventeen: str) -> str:
    """Check character of a 统一社会信用代码 (GB 32100)."""
    total = sum(
        weight * _ALPHABET.index(char)
        for weight, char in zip(_USCC_WEIGHTS, first_seventeen, strict=True)
    )
    return _ALPHABET[(31 - total % 31) % 31]


def uscc(rng: random.Random, region_code: str) -> str:
    """A valid code of an enterprise registered in `region_code`."""
    body = "MA" + "".join(rng.choice(_ALPHABET[:18]) for _ in range(6))
    start = "91" + region_code + body + body_check(body)
    return start + uscc_check(start)


def drug_code(atc: str, letter: str, form: str, serial: int, enterprise: int) -> str:
    """医保药品代码: 23 characters, 20 for 中成药."""
    if form == "中成药":
        return f"Z{atc}{letter}{serial:04d}0101{enterprise:05d}"
    name = f"{letter}{serial:03d}"
    return f"X{atc}{name}{_FORM_LETTERS[form]}01{serial % 90 + 10:02d}{enterprise:05d}"


def consumable_code(group: str, serial: int, enterprise: int, *, long: bool) -> str:
    """医保耗材代码: 20 characters, 27 with the serial of the model."""
    code = f"C{group}{serial % 1000:03d}{serial * 7919 % 100000:05d}{enterprise:05d}"
    return f"{code}{serial * 104729 % 10_000_000:07d}" if long else code


def institution_code(kind: str, region_code: str, serial: int) -> str:
    return f"{'P' if kind == 'pharmacy' else 'H'}{region_code}{serial:05d}"
