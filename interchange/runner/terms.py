"""The hours and tolerances that hold for order lines: of a batch, or of a province's own policy."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from functools import cache, partial

from django.db.backends.utils import CursorWrapper

from catalog.models import BatchParameter
from catalog.queries.overrides import dated_overrides
from interchange.runner.report import LoadFailed
from policy.models import ParameterValue, Policy
from policy.queries.parse import InvalidParameterValue, parse_value
from policy.queries.read import (
    FALLBACK_POLICY,
    MissingPolicyValue,
    PolicyValue,
    province_policy_on,
    resolve,
    some_values,
)

KEYS = ("response_hours", "delivery_hours", "urgent_delivery_hours", "over_delivery_tolerance")

Row = tuple[str | Decimal, ...]
Dated = dict[tuple[str, str], list[BatchParameter]]
Span = tuple[date | None, date | None, tuple[Decimal, ...]]

INSTITUTION_PROVINCE = """
CREATE TEMP TABLE institution_province ON COMMIT DROP AS
SELECT i.code AS institution_code,
       CASE r.level WHEN 'province' THEN r.code
                    WHEN 'city' THEN r.parent_code
                    ELSE CASE p.level WHEN 'province' THEN p.code ELSE p.parent_code END
       END AS province_code
FROM v_institutions i
JOIN v_regions r ON r.code = i.region_code
LEFT JOIN v_regions p ON p.code = r.parent_code
"""


def make_terms(cursor: CursorWrapper) -> None:
    """Table `terms` (subject, since, until, one column per key), of staged and known batches.

    Of the days on which orders that are staged or touched were sent; empty when there is none.
    A line without a batch falls under its province's policy of the day, where there is none
    under the fallback. Raises LoadFailed when a policy has no value for a day.
    """
    cursor.execute(INSTITUTION_PROVINCE)
    columns = ", ".join(f"{key} numeric NOT NULL" for key in KEYS)
    cursor.execute(
        f"CREATE TEMP TABLE terms (subject text, since timestamptz, until timestamptz, {columns})"
        " ON COMMIT DROP"
    )
    cursor.execute("SELECT min(sent_at)::date, max(sent_at)::date FROM v_orders")
    first, last = cursor.fetchone()
    if first is None:
        return
    overrides: dict[str, dict[str, tuple[str, str]]] = {}
    cursor.execute(
        "SELECT batch_code, parameter, value FROM v_batch_parameters"
        " WHERE batch_code IS NOT NULL AND value IS NOT NULL AND parameter = ANY(%s)",
        [list(KEYS)],
    )
    for batch, parameter, value in cursor.fetchall():
        if _can_be_read(parameter, value):
            overrides.setdefault(batch, {})[parameter] = (value, "")
    cursor.execute(
        "SELECT b.code, b.policy_code FROM v_batches b JOIN policy_policy p ON p.code = b.policy_code"
        " WHERE b.code IS NOT NULL"
    )
    batches = cursor.fetchall()
    cursor.execute("SELECT code FROM v_regions WHERE level = 'province' AND code IS NOT NULL")
    provinces = [code for (code,) in cursor.fetchall()]
    try:
        rows = _rows(batches, provinces, overrides, _dated(), (first, last))
    except MissingPolicyValue as missing:
        raise LoadFailed(str(missing)) from missing
    marks = ", ".join(["%s"] * (3 + len(KEYS)))
    cursor.executemany(f"INSERT INTO terms VALUES ({marks})", rows)
    cursor.execute("ANALYZE terms")
    cursor.execute("ANALYZE institution_province")


def _can_be_read(parameter: str, value: str) -> bool:
    try:
        parse_value(parameter, value)
    except InvalidParameterValue:
        return False
    return True


def _rows(
    batches: list[tuple[str, str]],
    provinces: list[str],
    overrides: dict[str, dict[str, tuple[str, str]]],
    dated: Dated,
    days: tuple[date, date],
) -> list[Row]:
    # Of each policy these alone: reading all its parameters was most of a load's own time.
    values = cache(partial(some_values, keys=KEYS))
    spans: dict[str, list[Span]] = {}

    def add(
        subject: str, since: date | None, until: date | None, own: dict[str, PolicyValue]
    ) -> None:
        # A batch may set a value out of force: hours are needed all the same.
        spare = values(FALLBACK_POLICY, on=since or date(1900, 1, 1))
        held = (own[key] if own[key].in_force else spare[key] for key in KEYS)
        numbers = tuple(value.number for value in held)
        known = spans.setdefault(subject, [])
        if known and known[-1][2] == numbers:
            # Every line meets all spans of its subject: a change elsewhere must not add one.
            known[-1] = (known[-1][0], until, numbers)
        else:
            known.append((since, until, numbers))

    for since, until in _periods(dated, *days):
        day = since or date(1900, 1, 1)
        for batch, policy in batches:
            add(
                f"batch {batch}",
                since,
                until,
                resolve(values(policy, on=day), _own(batch, day, overrides.get(batch, {}), dated)),
            )
        for province in provinces:
            found = province_policy_on(province, day)
            code = found.code if found else FALLBACK_POLICY
            add(f"province {province}", since, until, values(code, on=day))
    return [
        (
            subject,
            f"{since} 00:00:00+08" if since else "-infinity",
            f"{until} 00:00:00+08" if until else "infinity",
            *numbers,
        )
        for subject, known in spans.items()
        for since, until, numbers in known
    ]


def _dated() -> Dated:
    """What the database holds of the batches' own values, where days are set."""
    found: Dated = {}
    for row in dated_overrides(KEYS).select_related("batch"):
        if row.valid_from is not None or row.valid_to is not None:
            found.setdefault((row.batch.code, row.parameter), []).append(row)
    return found


def _own(
    batch: str, day: date, staged: dict[str, tuple[str, str]], dated: Dated
) -> dict[str, tuple[str, str]]:
    """The batch's own values on that day: the file's until a change by page took over."""
    held = dict(staged)
    for (code, key), rows in dated.items():
        if code != batch:
            continue
        changed_from = min(
            row.valid_from or (row.valid_to or day) + timedelta(days=1) for row in rows
        )
        if day < changed_from:
            continue
        held.pop(key, None)
        for row in rows:
            if row.valid_from is not None and row.holds_on(day):
                held[key] = (row.value, row.clause)
    return held


def _periods(dated: Dated, first: date, last: date) -> list[tuple[date | None, date | None]]:
    """The stretches of days in which no value of the keys and no province's policy changes.

    Those that hold a day from `first` to `last`.
    """
    starts = set(Policy.objects.values_list("effective_from", flat=True))
    for rows in dated.values():
        starts |= {row.valid_from for row in rows if row.valid_from is not None}
        starts |= {row.valid_to + timedelta(days=1) for row in rows if row.valid_to is not None}
    for since, until in ParameterValue.objects.filter(parameter__key__in=KEYS).values_list(
        "valid_from", "valid_to"
    ):
        starts.add(since)
        if until is not None:
            starts.add(until + timedelta(days=1))
    ordered: list[date | None] = [None, *sorted(starts)]
    return [
        (since, until)
        for since, until in zip(ordered, [*ordered[1:], None], strict=True)
        if (since is None or since <= last) and (until is None or until > first)
    ]
