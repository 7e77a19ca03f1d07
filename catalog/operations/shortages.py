"""短缺清单 and 易短缺清单: dated entries of the state's and the province's lists (S0-二(六)b)."""

from __future__ import annotations

from datetime import date, datetime

from django.db import connection
from django.utils import timezone

from catalog.models import Group, Product, ShortageEntry
from catalog.operations.dated_rows import make_room
from catalog.operations.maximum_prices import require_officer
from core.audit.record import Actor, record
from core.operations import operation
from core.transitions import MissingInput, TransitionRefused
from organisations.queries.scope import Scope

CLAUSE = "S0-二(六)b"


@operation
def enter_shortage(
    *,
    kind: str,
    source: str,
    valid_from: date,
    clause: str,
    by: Actor,
    scope: Scope,
    at: datetime,
    group: Group | None = None,
    product: Product | None = None,
) -> ShortageEntry:
    """On the list from `valid_from` on, which may lie in the past: a list is copied when it is out.

    An entry that holds on that day ends with it. Raises NotYours or MissingInput.
    """
    require_officer(scope)
    if (group is None) == (product is None):
        raise MissingInput("group", "请填写品种或产品其中一项")
    if kind not in ShortageEntry.Kind.values:
        raise MissingInput("kind", "请选择短缺或易短缺")
    if source not in ShortageEntry.Source.values:
        raise MissingInput("source", "请选择国家清单或省级增补")
    if not clause.strip():
        raise MissingInput("clause", "请填写公布清单的文件", CLAUSE)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('catalog_shortage'))")
    rows = ShortageEntry.objects.filter(group=group, product=product)
    row = ShortageEntry.objects.create(
        group=group, product=product, kind=kind, source=source,
        valid_to=make_room(rows, valid_from), valid_from=valid_from, clause=clause.strip(),
        set_at=at, set_by_name=by.audit_name,
    )  # fmt: skip
    record(
        by=by, at=at, action="shortage.enter", object_type="shortage_entry", object_key=row.pk,
        object_label=str(group or product), clause=row.clause,
        detail={"group": group.code if group else "", "product": product.code if product else "",
                "kind": kind, "source": source, "valid_from": f"{valid_from}"},
    )  # fmt: skip
    return row


@operation
def end_shortage(
    *, row: ShortageEntry, valid_to: date, clause: str, by: Actor, scope: Scope, at: datetime
) -> ShortageEntry:
    """Off the list from `valid_to` on, by the document that says so."""
    require_officer(scope)
    held = ShortageEntry.objects.select_for_update(of=("self",)).get(pk=row.pk)
    if held.valid_to is not None and held.valid_to <= timezone.localdate(at):
        raise TransitionRefused("该条目已经移出清单")
    if valid_to < held.valid_from:
        raise MissingInput("valid_to", "移出日不能早于列入日")
    if not clause.strip():
        raise MissingInput("clause", "请填写移出清单的文件", CLAUSE)
    held.valid_to = valid_to
    held.save(update_fields=["valid_to"])
    record(
        by=by, at=at, action="shortage.end", object_type="shortage_entry", object_key=held.pk,
        clause=clause.strip(), detail={"valid_to": f"{valid_to}"},
    )  # fmt: skip
    return held
