"""Codes that pass the format checks: 统一社会信用代码, drug, consumable and institution codes."""

from __future__ import annotations

from random import Random

ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"


def organisation_check(body: str) -> str:
    weights = (3, 7, 9, 10, 5, 8, 4, 2)
    check = 11 - sum(int(digit) * weight for digit, weight in zip(body, weights, strict=True)) % 11
    return {10: "X", 11: "0"}.get(check, str(check))


def uscc(rng: Random, region_code: str) -> str:
    body = f"{rng.randrange(10**8):08d}"
    head = f"91{region_code}{body}{organisation_check(body)}"
    total = sum(ALPHABET.index(char) * pow(3, place, 31) for place, char in enumerate(head))
    return head + ALPHABET[(31 - total % 31) % 31]


def product_code(rng: Random, category: str, number: int) -> str:
    """Unique by `number`; both lengths of consumables, both kinds of drugs."""
    if category == "consumable":
        return f"C{number:07d}{rng.randrange(10**12):012d}" + rng.choice(
            ["", f"{rng.randrange(10**7):07d}"]
        )
    if rng.random() < 0.3:
        return f"Z{chr(65 + number % 26)}{number:04d}{rng.randrange(10**14):014d}"
    return f"X{chr(65 + number % 26)}{number:05d}{rng.randrange(10**16):016d}"


def institution_code(letter: str, region_code: str, number: int) -> str:
    return f"{letter}{region_code}{number:05d}"
