"""Reads data/rules_table.md, a copy of the specification's table of parameters."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

TABLE = Path(__file__).parent / "data" / "rules_table.md"
POLICIES = (
    "jiangxi-2019",
    "jiangxi-2024",
    "jiangxi-2026",
    "shandong-2023",
    "shaanxi-2024",
)
OWN_DOCUMENT = dict(zip(POLICIES, ("赣2019", "赣2024", "赣2026", "鲁", "陕"), strict=True))
NOT_IN_FORCE = ("–", "per batch")
IN_CHINESE = {
    "platform default": "平台默认",
    "shown, not judged, until a province sets it": "平台默认",
    "national guidance on 结余留用": "国2020 结余留用",
}


@dataclass(frozen=True)
class Expected:
    policy: str
    key: str
    value: str | None
    clause: str


def expected_values() -> list[Expected]:
    """One entry per policy and key; a row of several keys (a / b) is taken apart."""
    found = []
    for line in TABLE.read_text(encoding="utf-8").splitlines():
        cells = [cell.strip() for cell in line.strip().strip("|").split("|")]
        if len(cells) != 8 or cells[0] == "key" or set(cells[0]) <= {"-", " "}:
            continue
        keys = cells[0].split(" / ")
        first = cells[2]
        for policy, cell in zip(POLICIES, cells[2:7], strict=True):
            text = first if cell == "same" else cell
            values = text.split(" / ") if len(keys) > 1 else [text]
            for key, remarked in zip(keys, values, strict=True):
                value = _without_remark(remarked)
                found.append(
                    Expected(
                        policy=policy,
                        key=key,
                        value=None if value in NOT_IN_FORCE else value,
                        clause=_clause(cells[7], OWN_DOCUMENT[policy]),
                    )
                )
    return found


def _clause(cell: str, own_document: str) -> str:
    entries = [_without_remark(entry) for entry in cell.split("; ")]
    own = [entry for entry in entries if entry.split(" ")[0] == own_document]
    chosen = own[0] if own else entries[0]
    return IN_CHINESE.get(chosen, chosen)


def _without_remark(text: str) -> str:
    return re.sub(r" \(.*\)$", "", text.strip())
