"""Prices and shares that 结余留用 is computed with, by form, sheet or API, each with its source."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from catalog.models import AgreementYear, Group
from core.audit.record import record
from core.operations import operation
from core.transitions import MissingInput, NotYours, StaleVersion, TransitionRefused
from organisations.models import Pool, User
from organisations.queries.scope import Scope
from settlement.models import RetentionInput, RetentionRun
from settlement.queries.retention import own_pools, starts_retention
from settlement.states.retention import CLAUSE, FROZEN_RUNS

FIELDS = ("baseline_price", "fund_share_before", "fund_share", "insured_share")
TOLD = 200
"""Changes that the audit event spells out; their number is always there."""
Key = tuple[int, int, int, int]


@dataclass(frozen=True)
class InputRow:
    """Of one group in a pool's year: yuan per base unit, shares of 0 to 1; None is not known."""

    year: AgreementYear
    pool: Pool
    group: Group
    baseline_price: Decimal | None
    fund_share_before: Decimal | None
    fund_share: Decimal | None
    insured_share: Decimal | None
    source: str

    @property
    def key(self) -> Key:
        return (self.year.batch_id, self.year.year_no, self.pool.pk, self.group.pk)


@operation
def enter_retention_inputs(
    *, rows: Sequence[InputRow], by: User, scope: Scope, at: datetime,
    seen_version: int | None = None,
) -> int:  # fmt: skip
    """Write what differs, all or nothing; gives how many rows are new or changed.

    By officers of the bureau where the pool is kept, until finance has countersigned the run; a
    run that was computed before is to be computed again. `seen_version` is of a single row's form.
    Raises NotYours, MissingInput, TransitionRefused, StaleVersion.
    """
    _refuse_strangers(rows, scope)
    _refuse_faulty(rows)
    before = _locked(rows)
    if seen_version is not None and len(rows) == 1:
        held = before.get(rows[0].key)
        if held is not None and held.row_version != seen_version:
            raise StaleVersion("这条测算数据刚刚有变动，请刷新核对后再办理", CLAUSE)
    new, changed, told = [], [], []
    for row in rows:
        given = {name: getattr(row, name) for name in FIELDS} | {"source": row.source.strip()[:200]}
        old = before.get(row.key)
        if old is not None and all(getattr(old, name) == value for name, value in given.items()):
            continue
        told.append(_change(row, old, given))
        stamp = given | {"entered_at": at, "entered_by_name": by.audit_name}
        if old is None:
            new.append(RetentionInput(
                batch_id=row.year.batch_id, year_no=row.year.year_no, pool=row.pool,
                group=row.group, **stamp,
            ))  # fmt: skip
            continue
        for name, value in stamp.items():
            setattr(old, name, value)
        old.row_version += 1
        changed.append(old)
    RetentionInput.objects.bulk_create(new, batch_size=1000)
    fields = [*FIELDS, "source", "entered_at", "entered_by_name", "row_version"]
    RetentionInput.objects.bulk_update(changed, fields, batch_size=1000)
    if told:
        record(
            by=by, at=at, action="retention_input.set", object_type="retention_input",
            object_key=f"{rows[0].year.batch.code}/{rows[0].year.year_no}/{rows[0].pool.code}",
            object_label=f"{len(told)} 条", clause=CLAUSE,
            detail={"new": len(new), "changed": len(changed), "rows": told[:TOLD]},
        )  # fmt: skip
    return len(told)


def _change(row: InputRow, old: RetentionInput | None, given: dict[str, Any]) -> dict[str, Any]:
    return {
        "group": row.group.code,
        "before": {name: _text(getattr(old, name)) for name in FIELDS} if old else None,
        "after": {name: _text(given[name]) for name in FIELDS},
        "source": given["source"],
    }


def _text(value: Decimal | None) -> str | None:
    return None if value is None else f"{value.normalize():f}"


def _refuse_strangers(rows: Sequence[InputRow], scope: Scope) -> None:
    allowed = starts_retention(scope)
    if not allowed:
        raise NotYours.of(allowed)
    pools = set(own_pools(scope).values_list("pk", flat=True))
    if any(row.pool.pk not in pools for row in rows):
        raise NotYours("只能录入本级统筹区的测算数据", CLAUSE)


def _refuse_faulty(rows: Sequence[InputRow]) -> None:
    """Nothing twice, nothing without its source, nothing that finance has signed."""
    if len({row.key for row in rows}) < len(rows):
        raise MissingInput("group", "同一批次年度、统筹区和品种出现了两次，只留一行", CLAUSE)
    if any(not row.source.strip() for row in rows):
        raise MissingInput("source", "请填写数据来源：文件名称、文号或统计口径", CLAUSE)
    _refuse_frozen(rows)


def _refuse_frozen(rows: Sequence[InputRow]) -> None:
    runs = RetentionRun.objects.filter(
        pool__in={row.pool.pk for row in rows}, batch__in={row.year.batch_id for row in rows},
        state__in=FROZEN_RUNS,
    )  # fmt: skip
    frozen = {(run.batch_id, run.year_no, run.pool_id) for run in runs}
    for row in rows:
        if row.key[:3] in frozen:
            raise TransitionRefused(
                f"{row.year.batch.name} 第 {row.year.year_no} 年的结余留用财政已会签，测算数据不再改动",
                CLAUSE,
            )


def _locked(rows: Sequence[InputRow]) -> dict[Key, RetentionInput]:
    found = RetentionInput.objects.select_for_update().filter(
        batch__in={row.year.batch_id for row in rows}, pool__in={row.pool.pk for row in rows},
        group__in={row.group.pk for row in rows},
    )  # fmt: skip
    return {(x.batch_id, x.year_no, x.pool_id, x.group_id): x for x in found.order_by("pk")}
