"""Match the shipped dated values with the rows of the database, policy by policy."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, timedelta

from policy.models import ParameterValue
from policy.operations.shipped_rows import ShippedRows
from policy.queries.shipped import ShippedDataError, ShippedParameter, ShippedValue
from policy.states import Origin

ONE_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Period:
    """A shipped value with its last day, as far as the page has not taken over."""

    valid_from: date
    valid_to: date | None
    value: str | None
    clause: str
    document_id: int | None


def seed_values(
    rows: ShippedRows,
    *,
    shipped: Mapping[str, ShippedParameter],
    documents: Mapping[str, int],
    policies: Mapping[str, int],
    parameters: Mapping[str, int],
) -> None:
    """Create and shorten seed rows; rows of origin page are never touched.

    The three mappings give the ids of what the shipped codes and keys stand for.
    """
    held: dict[tuple[int, int], list[ParameterValue]] = defaultdict(list)
    stored = ParameterValue.objects.using(rows.using).select_for_update().order_by("valid_from")
    for row in stored:
        held[row.policy_id, row.parameter_id].append(row)
    for key, parameter in shipped.items():
        for policy_code, values in _by_policy(parameter.values).items():
            of = policies[policy_code], parameters[key]
            periods = _periods(values, _page_starts(held[of]), documents)
            seeded = {row.valid_from: row for row in held[of] if row.origin == Origin.SEED}
            _refuse_vanished(f"{policy_code} {key}", seeded, periods)
            _write(rows, of, periods, seeded)


def _by_policy(values: Sequence[ShippedValue]) -> dict[str, list[ShippedValue]]:
    found: dict[str, list[ShippedValue]] = defaultdict(list)
    for value in sorted(values, key=lambda value: value.valid_from):
        found[value.policy].append(value)
    return found


def _page_starts(rows: Sequence[ParameterValue]) -> date | None:
    return min((row.valid_from for row in rows if row.origin == Origin.PAGE), default=None)


def _periods(
    values: Sequence[ShippedValue], page_starts: date | None, documents: Mapping[str, int]
) -> list[Period]:
    periods = []
    for index, value in enumerate(values):
        if page_starts is not None and value.valid_from >= page_starts:
            break
        ends = [later.valid_from for later in values[index + 1 : index + 2]]
        if page_starts is not None:
            ends.append(page_starts)
        periods.append(
            Period(
                valid_from=value.valid_from,
                valid_to=min(ends) - ONE_DAY if ends else None,
                value=value.value,
                clause=value.clause,
                document_id=documents[value.document] if value.document else None,
            )
        )
    return periods


def _refuse_vanished(
    name: str, seeded: Mapping[date, ParameterValue], periods: Sequence[Period]
) -> None:
    vanished = sorted(set(seeded) - {period.valid_from for period in periods})
    if vanished:
        raise ShippedDataError(f"{name}：{vanished[0]:%Y-%m-%d} 起的取值已入库，不能从文件中删去")


def _write(
    rows: ShippedRows,
    of: tuple[int, int],
    periods: Sequence[Period],
    seeded: Mapping[date, ParameterValue],
) -> None:
    # Oldest first: a row is shortened before its successor is inserted, so nothing overlaps.
    for period in periods:
        row = seeded.get(period.valid_from)
        if row is not None:
            rows.change(row, asdict(period))
            continue
        rows.create(
            ParameterValue,
            {
                **asdict(period),
                "policy_id": of[0],
                "parameter_id": of[1],
                "origin": Origin.SEED,
                "set_by_id": rows.by.audit_id,
                "set_by_name": rows.by.audit_name,
                "set_at": rows.at,
            },
        )
