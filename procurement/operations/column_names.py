"""Save what an organisation calls the columns of its own files; kept and used at each upload."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from core.audit.record import record
from core.operations import operation
from core.transitions import MissingInput, NotYours, StaleVersion
from organisations.models import User
from organisations.queries.scope import Scope
from procurement.models import ColumnMapping
from procurement.queries.column_names import may_name_columns, own_kinds
from procurement.rules.column_names import CLAUSE, LABELS, names_fault


@operation
def save_columns(
    *,
    kind: str,
    names: Mapping[str, str],
    by: User,
    scope: Scope,
    at: datetime,
    seen_version: int | None = None,
) -> ColumnMapping:
    """Our field → the own heading; an empty one is our template's. None at all: the template again.

    Raises NotYours, StaleVersion, MissingInput for headings that cannot be told apart.
    """
    allowed = may_name_columns(scope)
    if not allowed:
        raise NotYours.of(allowed)
    if kind not in own_kinds(scope):
        raise MissingInput("kind", "本单位没有这种导入", CLAUSE)
    kept = {field: name.strip() for field, name in names.items() if name.strip()}
    fault = names_fault(kind, kept)
    if fault:
        raise MissingInput("columns", fault, CLAUSE)
    held = (
        ColumnMapping.objects.select_for_update()
        .filter(organisation_id=scope.organisation_id, kind=kind)
        .first()
    )
    if held is not None and seen_version not in (None, held.row_version):
        raise StaleVersion(f"列名对照已由{held.changed_by_name}修改，请刷新后再改")
    row, _ = ColumnMapping.objects.update_or_create(
        organisation_id=scope.organisation_id, kind=kind,
        defaults={
            "columns": kept, "changed_at": at, "changed_by_id": by.audit_id,
            "changed_by_name": by.audit_name,
            "row_version": held.row_version + 1 if held is not None else 1,
        },
    )  # fmt: skip
    record(
        by=by, at=at, action="column_mapping.save", object_type="column_mapping",
        object_key=row.pk, object_label=LABELS[kind], detail={"columns": kept},
    )  # fmt: skip
    return row
