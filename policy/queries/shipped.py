"""The policies that ship with the platform, read from policy/data and checked on reading."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from policy.states import Force, ValueType

DATA = Path(__file__).resolve().parent.parent / "data"
# The C loader reads the 56 files ten times faster, where libyaml is there.
SAFE_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
FORCES = {force.label: force for force in Force}


class ShippedDataError(ValueError):
    """A shipped file says something that cannot be; names the file and what is wrong."""


@dataclass(frozen=True)
class ShippedDocument:
    code: str
    title: str
    number: str
    issued_on: date | None
    note: str


@dataclass(frozen=True)
class ShippedPolicy:
    code: str
    name: str
    province_code: str
    document: str
    effective_from: date


@dataclass(frozen=True)
class ShippedValue:
    """value None = not in force (不在执行) from that day on."""

    policy: str
    valid_from: date
    value: str | None
    clause: str
    document: str | None


@dataclass(frozen=True)
class ShippedParameter:
    key: str
    position: int
    label: str
    meaning: str
    unit: str
    value_type: ValueType
    choices: tuple[str, ...]
    force: Force
    narrowed_by: str
    clause_cell: str
    compared_on: date
    values: tuple[ShippedValue, ...]
    at_most: Decimal | None = None
    """What no value can exceed: a share of a whole is 1 at most."""


@cache
def shipped_documents() -> tuple[ShippedDocument, ...]:
    return tuple(
        ShippedDocument(
            code=_text(row, "code"),
            title=_text(row, "title"),
            number=str(row.get("number", "")),
            issued_on=row.get("issued_on"),
            note=str(row.get("note", "")),
        )
        for row in _read(DATA / "documents.yaml")
    )


@cache
def shipped_policies() -> tuple[ShippedPolicy, ...]:
    return tuple(
        ShippedPolicy(
            code=_text(row, "code"),
            name=_text(row, "name"),
            province_code=_text(row, "province_code"),
            document=_text(row, "document"),
            effective_from=row["effective_from"],
        )
        for row in _read(DATA / "policies.yaml")
    )


@cache
def shipped_parameters() -> Mapping[str, ShippedParameter]:
    """Every parameter by key, in the order of the spec's table."""
    found = [_parameter(path) for path in sorted((DATA / "parameters").glob("*.yaml"))]
    return {parameter.key: parameter for parameter in sorted(found, key=lambda p: p.position)}


def _parameter(path: Path) -> ShippedParameter:
    row = _read(path)
    key = _text(row, "key")
    if key != path.stem:
        raise ShippedDataError(f"{path.name}：文件名与参数 {key} 不一致")
    if row.get("force") not in FORCES:
        raise ShippedDataError(
            f"{path.name}：约束力“{row.get('force')}”不在 {'、'.join(FORCES)} 之中"
        )
    return ShippedParameter(
        key=key,
        position=int(row["position"]),
        label=_text(row, "label"),
        meaning=_text(row, "meaning"),
        unit=str(row["unit"]),
        value_type=ValueType(row["value_type"]),
        choices=tuple(row.get("choices", ())),
        force=FORCES[row["force"]],
        narrowed_by=_text(row, "narrowed_by"),
        clause_cell=_text(row, "clause_cell"),
        compared_on=row["compared_on"],
        values=tuple(
            _value(path, policy, entry)
            for policy, entries in row["values"].items()
            for entry in entries
        ),
        at_most=Decimal(row["at_most"]) if "at_most" in row else None,
    )


def _value(path: Path, policy: str, entry: Mapping[str, Any]) -> ShippedValue:
    value = entry["value"]
    if value is not None and not isinstance(value, str):
        raise ShippedDataError(f"{path.name}：{policy} 的取值须加引号写成文本")
    return ShippedValue(
        policy=policy,
        valid_from=entry["from"],
        value=value,
        clause=_text(entry, "clause"),
        document=entry.get("document"),
    )


def _text(row: Mapping[str, Any], column: str) -> str:
    value = row.get(column)
    if not isinstance(value, str) or not value.strip():
        raise ShippedDataError(f"{row.get('key') or row.get('code')}：缺少 {column}")
    return value


def _read(path: Path) -> Any:
    return yaml.load(path.read_text(encoding="utf-8"), Loader=SAFE_LOADER)  # noqa: S506 - a safe loader
