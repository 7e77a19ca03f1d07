"""Bring the shipped policies into the database, without touching what people set by page."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from core.audit.record import Actor
from policy.models import Document, Parameter, Policy
from policy.operations.seed_values import seed_values
from policy.operations.shipped_rows import SeedResult, ShippedRows
from policy.queries.shipped import shipped_documents, shipped_parameters, shipped_policies


def seed(*, by: Actor, at: datetime, using: str = "default") -> SeedResult:
    """Write what the shipped files say and the database does not have yet; safe to repeat.

    A value set by page (origin=page) owns its parameter from its first day on: shipped values
    end the day before it, later ones are left out. A shipped value that has disappeared from the
    files is refused (ShippedDataError): history ends by a date, it is not removed.
    """
    rows = ShippedRows(by=by, at=at, using=using)
    with transaction.atomic(using=using):
        documents = _seed_documents(rows)
        policies = _seed_policies(rows, documents)
        parameters = _seed_parameters(rows)
        seed_values(
            rows,
            shipped=shipped_parameters(),
            documents=documents,
            policies=policies,
            parameters=parameters,
        )
        if rows.result.changed:
            rows.audit()
    return rows.result


def _seed_documents(rows: ShippedRows) -> dict[str, int]:
    ids: dict[str, int] = {}
    for shipped in shipped_documents():
        fields = {
            "title": shipped.title,
            "number": shipped.number,
            "issued_on": shipped.issued_on,
            "note": shipped.note,
        }
        ids[shipped.code] = rows.upsert(Document, {"code": shipped.code}, fields)
    return ids


def _seed_policies(rows: ShippedRows, documents: dict[str, int]) -> dict[str, int]:
    ids: dict[str, int] = {}
    for shipped in shipped_policies():
        fields = {
            "name": shipped.name,
            "province_code": shipped.province_code,
            "document_id": documents[shipped.document],
            "effective_from": shipped.effective_from,
        }
        ids[shipped.code] = rows.upsert(Policy, {"code": shipped.code}, fields)
    return ids


def _seed_parameters(rows: ShippedRows) -> dict[str, int]:
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
        ids[shipped.key] = rows.upsert(Parameter, {"key": shipped.key}, fields)
    return ids
