"""Bring the shipped policies into the database, without touching what people set by page."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db import models, transaction

from core.audit.models import AuditEvent
from core.audit.record import Actor
from policy.models import Document, Parameter, ParameterValue, Policy
from policy.queries.shipped import (
    ShippedDataError,
    ShippedValue,
    shipped_documents,
    shipped_parameters,
    shipped_policies,
)
from policy.states import Origin

ONE_DAY = timedelta(days=1)


@dataclass
class SeedResult:
    """How many rows of documents, policies, parameters and values were written or left alone."""

    created: int = 0
    updated: int = 0
    unchanged: int = 0

    @property
    def changed(self) -> bool:
        return bool(self.created or self.updated)


@dataclass(frozen=True)
class _Period:
    """A shipped value with its last day, as far as the page has not taken over."""

    valid_from: date
    valid_to: date | None
    value: str | None
    clause: str
    document_id: int | None


def seed(*, by: Actor, at: datetime, using: str = "default") -> SeedResult:
    """Write what the shipped files say and the database does not have yet; safe to repeat.

    A value set by page (origin=page) owns its parameter from its first day on: shipped values
    end the day before it, later ones are left out. A shipped value that has disappeared from the
    files is refused (ShippedDataError): history ends by a date, it is not removed.
    """
    result = SeedResult()
    with transaction.atomic(using=using):
        documents = _seed_documents(result, using)
        policies = _seed_policies(result, using, documents)
        parameters = _seed_parameters(result, using)
        _seed_values(result, using, by, at, documents, policies, parameters)
        if result.changed:
            _audit(result, by, at, using)
    return result


def _seed_documents(result: SeedResult, using: str) -> dict[str, int]:
    ids: dict[str, int] = {}
    for shipped in shipped_documents():
        fields = {
            "title": shipped.title,
            "number": shipped.number,
            "issued_on": shipped.issued_on,
            "note": shipped.note,
        }
        ids[shipped.code] = _upsert(
            Document, result, using, {"code": shipped.code}, fields
        )
    return ids


def _seed_policies(
    result: SeedResult, using: str, documents: dict[str, int]
) -> dict[str, int]:
    ids: dict[str, int] = {}
    for shipped in shipped_policies():
        fields = {
            "name": shipped.name,
            "province_code": shipped.province_code,
            "document_id": documents[shipped.document],
            "effective_from": shipped.effective_from,
        }
        ids[shipped.code] = _upsert(
            Policy, result, using, {"code": shipped.code}, fields
        )
    return ids


def _seed_parameters(result: SeedResult, using: str) -> dict[str, int]:
    ids: dict[str, int] = {}
    for shipped in shipped_parameters().values():
        fields = {
            "position": shipped.position,
            "label": shipped.label,
            "meaning": shipped.meaning,
            "unit": shipped.unit,
            "value_type": shipped.value_type.value,
            "choices": list(shipped.choices),
            "force": shipped.force.value,
            "narrowed_by": shipped.narrowed_by,
            "clause_cell": shipped.clause_cell,
            "compared_on": shipped.compared_on,
        }
        ids[shipped.key] = _upsert(
            Parameter, result, using, {"key": shipped.key}, fields
        )
    return ids


def _seed_values(
    result: SeedResult,
    using: str,
    by: Actor,
    at: datetime,
    documents: dict[str, int],
    policies: dict[str, int],
    parameters: dict[str, int],
) -> None:
    held: dict[tuple[int, int], list[ParameterValue]] = defaultdict(list)
    for row in (
        ParameterValue.objects.using(using).select_for_update().order_by("valid_from")
    ):
        held[row.policy_id, row.parameter_id].append(row)
    for key, shipped in shipped_parameters().items():
        by_policy: dict[str, list[ShippedValue]] = defaultdict(list)
        for value in shipped.values:
            by_policy[value.policy].append(value)
        for policy_code, values in by_policy.items():
            ids = policies[policy_code], parameters[key]
            rows = held[ids]
            periods = _periods(values, _page_starts(rows), documents)
            _match(result, using, by, at, f"{policy_code} {key}", ids, periods, rows)


def _page_starts(rows: list[ParameterValue]) -> date | None:
    return min(
        (row.valid_from for row in rows if row.origin == Origin.PAGE), default=None
    )


def _periods(
    values: list[ShippedValue], page_starts: date | None, documents: dict[str, int]
) -> list[_Period]:
    ordered = sorted(values, key=lambda value: value.valid_from)
    periods = []
    for index, value in enumerate(ordered):
        if page_starts is not None and value.valid_from >= page_starts:
            break
        ends = [later.valid_from for later in ordered[index + 1 : index + 2]]
        if page_starts is not None:
            ends.append(page_starts)
        periods.append(
            _Period(
                valid_from=value.valid_from,
                valid_to=min(ends) - ONE_DAY if ends else None,
                value=value.value,
                clause=value.clause,
                document_id=documents[value.document] if value.document else None,
            )
        )
    return periods


def _match(
    result: SeedResult,
    using: str,
    by: Actor,
    at: datetime,
    name: str,
    ids: tuple[int, int],
    periods: list[_Period],
    rows: list[ParameterValue],
) -> None:
    seeded = {row.valid_from: row for row in rows if row.origin == Origin.SEED}
    vanished = sorted(set(seeded) - {period.valid_from for period in periods})
    if vanished:
        raise ShippedDataError(
            f"{name}：{vanished[0]:%Y-%m-%d} 起的取值已入库，不能从文件中删去"
        )
    # Oldest first: a row is shortened before its successor is inserted, so nothing overlaps.
    for period in periods:
        fields = {
            "valid_to": period.valid_to,
            "value": period.value,
            "clause": period.clause,
            "document_id": period.document_id,
        }
        row = seeded.get(period.valid_from)
        if row is not None:
            _change(row, result, using, fields)
            continue
        ParameterValue.objects.using(using).create(
            policy_id=ids[0],
            parameter_id=ids[1],
            valid_from=period.valid_from,
            origin=Origin.SEED,
            set_by_id=by.audit_id,
            set_by_name=by.audit_name,
            set_at=at,
            **fields,
        )
        result.created += 1


def _upsert(
    model: type[models.Model],
    result: SeedResult,
    using: str,
    key: dict[str, str],
    fields: Mapping[str, object],
) -> int:
    manager = model._default_manager.using(using)
    row = manager.filter(**key).first()
    if row is None:
        row = manager.create(**key, **fields)
        result.created += 1
    else:
        _change(row, result, using, fields)
    return int(row.pk)


def _change(
    row: models.Model, result: SeedResult, using: str, fields: Mapping[str, object]
) -> None:
    changed = [name for name, value in fields.items() if getattr(row, name) != value]
    if not changed:
        result.unchanged += 1
        return
    for name in changed:
        setattr(row, name, fields[name])
    row.save(using=using, update_fields=changed)
    result.updated += 1


def _audit(result: SeedResult, by: Actor, at: datetime, using: str) -> None:
    # Not core.audit.record: seeding runs on the migrating connection, before grants exist.
    AuditEvent.objects.using(using).create(
        at=at,
        actor_id=by.audit_id,
        actor_name=by.audit_name,
        organisation_id=by.audit_organisation_id,
        organisation_name=by.audit_organisation_name,
        action="policy.seed",
        object_type="policy",
        object_label="随平台发布的政策",
        detail={"created": result.created, "updated": result.updated},
    )
