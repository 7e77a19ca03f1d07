"""Publish an edition of the substitutes or of the conversion factors: one proposes, another publishes."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal

from django.core.files.uploadedfile import UploadedFile
from django.db import IntegrityError, transaction
from django.db.models import OuterRef, Subquery
from django.urls import reverse

from catalog.models import (
    CatalogueEdition,
    Conversion,
    EditionLine,
    Group,
    Product,
    Substitute,
)
from catalog.queries.editions import (
    PUBLISHING_ROLES,
    edition_standings,
    in_force_on,
    may_propose_edition,
)
from catalog.states.edition import EDITION_MACHINE, PROPOSER
from core.attachments.store import attach
from core.audit.record import Actor, record
from core.operations import operation
from core.transitions import MissingInput, NotYours, TransitionRefused
from core.workdays.deadlines import shanghai_day
from inbox.operations.tasks import NewTask, finish_tasks, open_tasks
from organisations.models import User
from organisations.queries.scope import Scope
from policy.rules import may_begin

OBJECT_TYPE = EDITION_MACHINE.name


@dataclass(frozen=True)
class NewLine:
    """`add` or `end` a substitute of a group, or `set` a product's factor."""

    action: str
    product: Product
    group: Group | None = None
    factor: Decimal | None = None
    basis: str = ""


@operation
def propose_edition(
    *,
    kind: str,
    title: str,
    basis: str,
    effective_from: date,
    lines: Sequence[NewLine],
    uploads: Sequence[UploadedFile] = (),
    by: User,
    scope: Scope,
    at: datetime,
) -> CatalogueEdition:
    """Put changes of one list before the second person; nothing reads them yet.

    Raises NotYours, MissingInput, TransitionRefused for a month that is over, for a line that
    changes nothing, and while another edition of the list waits.
    """
    allowed = may_propose_edition(scope)
    if not allowed:
        raise NotYours.of(allowed)
    if not title.strip() or not basis.strip():
        raise MissingInput("basis", "请填写标题和依据的文件名称或文号")
    if not lines:
        raise MissingInput("lines", "没有变化的内容")
    _check_day(effective_from, at)
    faults = line_faults(kind, lines, effective_from)
    if faults:
        raise TransitionRefused("；".join(words for _, words in faults[:5]))
    try:
        with transaction.atomic():
            edition = CatalogueEdition.objects.create(
                edition_no=f"BC{shanghai_day(at):%Y%m%d}{secrets.token_hex(4).upper()}", kind=kind,
                organisation_id=scope.organisation_id, title=title.strip(), basis=basis.strip(),
                effective_from=effective_from, state_at=at, state_by_id=by.audit_id,
                state_by_name=by.audit_name, proposed_at=at, proposed_by_id=by.audit_id,
                proposed_by_name=by.audit_name,
            )  # fmt: skip
    except IntegrityError as error:
        raise TransitionRefused("该名单已有一版等待发布：请先发布、退回或撤回那一版") from error
    EditionLine.objects.bulk_create(
        EditionLine(
            edition=edition, line_no=number, action=line.action, group=line.group,
            product=line.product, factor=line.factor, basis=line.basis.strip(),
            before=line.product.base_units_per_pack if line.action == "set" else None,
        )
        for number, line in enumerate(lines, start=1)
    )  # fmt: skip
    record(
        by=by, at=at, action="catalogue_edition.propose", object_type=OBJECT_TYPE,
        object_key=edition.pk, object_label=_label(edition), reason=edition.basis,
        detail={"lines": len(lines), "effective_from": f"{effective_from:%Y-%m-%d}"},
    )  # fmt: skip
    task = NewTask(
        organisation_id=scope.organisation_id, act="publish_edition",
        title=f"核对发布：{_label(edition)}", object_type=OBJECT_TYPE,
        object_key=edition.edition_no, url=reverse("edition", args=[edition.edition_no]),
        roles=PUBLISHING_ROLES,
    )  # fmt: skip
    open_tasks(tasks=[task], at=at)
    if uploads:
        attach_basis(edition=edition, uploads=uploads, by=by, scope=scope, at=at)
    return edition


@operation
def attach_basis(
    *,
    edition: CatalogueEdition,
    uploads: Sequence[UploadedFile],
    by: User,
    scope: Scope,
    at: datetime,
) -> None:
    """Papers that the edition rests on, by its proposer, while it waits for the second person.

    Raises NotYours, TransitionRefused, or MissingInput for a file that cannot be kept.
    """
    row = CatalogueEdition.objects.select_for_update(of=("self",)).get(pk=edition.pk)
    if PROPOSER not in edition_standings(scope, row):
        raise NotYours("依据文件由提出人在发布前附上")
    if row.state != CatalogueEdition.State.PROPOSED:
        raise TransitionRefused("该版次已经办结，不能再附依据文件")
    attach(owner_type=OBJECT_TYPE, owner_id=row.pk, uploads=uploads, by=by, at=at)


@operation
def decide_edition(
    *,
    edition: CatalogueEdition,
    verb: str,
    note: str = "",
    by: User,
    scope: Scope,
    at: datetime,
    seen_version: int | None = None,
) -> CatalogueEdition:
    """Publish it (its rows hold from its day on), return it, or the proposer's withdrawal.

    Ended months read what held in them, so that nothing issued changes. Raises as the machine
    does, and TransitionRefused where its month has ended by now or a line no longer fits.
    """
    moved: CatalogueEdition
    # A savepoint: refused by its day, the publication is undone in any caller's transaction.
    with transaction.atomic():
        moved, _ = EDITION_MACHINE.perform(
            verb=verb, obj=edition, by=by, at=at, inputs={"note": note.strip()},
            seen_version=seen_version, standings=lambda row: edition_standings(scope, row),
        )  # fmt: skip
        if verb == "publish":
            _publish(moved, by, at)
    finish_tasks(object_type=OBJECT_TYPE, object_keys=[moved.edition_no], at=at)
    return moved


@operation
def bring_conversions(*, by: Actor, at: datetime) -> int:
    """Give each product the factor that is in force today; how many changed."""
    today = shanghai_day(at)
    held = Conversion.objects.filter(in_force_on(today), product=OuterRef("pk"))
    factor = Subquery(held.values("base_units_per_pack")[:1])
    rows = Product.objects.annotate(held_factor=factor).filter(held_factor__isnull=False)
    changed = [row for row in rows if row.base_units_per_pack != row.held_factor]
    for row in changed:
        row.base_units_per_pack = row.held_factor
    Product.objects.bulk_update(changed, ["base_units_per_pack"])
    for row in changed:
        record(
            by=by, at=at, action="conversion.take_effect", object_type="product",
            object_key=row.code, object_label=str(row),
            detail={"base_units_per_pack": str(row.base_units_per_pack)},
        )  # fmt: skip
    return len(changed)


def line_faults(kind: str, lines: Sequence[NewLine], effective_from: date) -> list[tuple[int, str]]:
    """(index of the line, what is wrong with it): it repeats another, or changes nothing."""
    faults = []
    seen: set[tuple[int | None, int]] = set()
    held = set(
        Substitute.objects.filter(in_force_on(effective_from)).values_list("group", "product")
    )
    begun = set(
        Substitute.objects.filter(valid_from__gte=effective_from).values_list("group", "product")
    )
    later = set(
        Conversion.objects.filter(valid_from__gte=effective_from).values_list("product", flat=True)
    )
    for index, line in enumerate(lines):
        key = (line.group.pk if line.group else None, line.product.pk)
        code = line.product.code
        if key in seen:
            faults.append((index, f"产品 {code} 在同一品种下出现多次"))
        elif kind == "substitutes" and line.group is None:
            faults.append((index, f"产品 {code} 没有写明品种"))
        elif line.action == "add" and line.group and line.product.group_id == line.group.pk:
            faults.append((index, f"产品 {code} 就属于该品种，不能又是它的可替代药品"))
        elif line.group and key in begun:
            faults.append((index, f"产品 {code} 在该品种下已有从该日或以后起的变化"))
        elif line.action == "add" and key in held:
            faults.append((index, f"产品 {code} 在生效日已经是该品种的可替代药品"))
        elif line.action == "end" and key not in held:
            faults.append((index, f"产品 {code} 在生效日不是该品种的可替代药品"))
        elif line.action == "set" and line.product.pk in later:
            faults.append((index, f"产品 {code} 已有从该日或以后起的折算系数"))
        elif line.action == "set" and line.factor == line.product.base_units_per_pack:
            faults.append((index, f"产品 {code} 的折算系数没有变化"))
        seen.add(key)
    return faults


def _publish(edition: CatalogueEdition, by: User, at: datetime) -> None:
    _check_day(edition.effective_from, at)
    lines = list(edition.lines.select_related("product", "group").order_by("line_no"))
    given = [NewLine(x.action, x.product, x.group, x.factor, x.basis) for x in lines]
    faults = line_faults(edition.kind, given, edition.effective_from)
    if faults:
        raise TransitionRefused("；".join(words for _, words in faults[:5]))
    start, before = edition.effective_from, edition.effective_from - timedelta(days=1)
    for line in lines:
        if line.action == "add":
            assert line.group_id is not None
            Substitute.objects.create(
                group_id=line.group_id, product=line.product, valid_from=start, edition=edition
            )
        elif line.action == "end":
            Substitute.objects.filter(
                in_force_on(start), group=line.group, product=line.product
            ).update(valid_to=before)
        else:
            _set_factor(edition, line, before)
    edition.published_at, edition.published_by_id = at, by.audit_id
    edition.published_by_name = by.audit_name
    edition.save(update_fields=["published_at", "published_by_id", "published_by_name"])
    if edition.kind == CatalogueEdition.Kind.CONVERSIONS:
        bring_conversions(by=by, at=at)


def _set_factor(edition: CatalogueEdition, line: EditionLine, before: date) -> None:
    """The first change keeps what held before it as a row of its own, open to the past."""
    held = Conversion.objects.filter(product=line.product)
    if held.exists():
        held.filter(valid_to__isnull=True).update(valid_to=before)
    else:
        Conversion.objects.create(
            product=line.product, base_units_per_pack=line.product.base_units_per_pack,
            valid_to=before,
        )  # fmt: skip
    Conversion.objects.create(
        product=line.product, base_units_per_pack=line.factor or Decimal(0), edition=edition,
        valid_from=edition.effective_from, basis=line.basis or edition.basis[:200],
    )  # fmt: skip


def _check_day(effective_from: date, at: datetime) -> None:
    allowed = may_begin(effective_from, today=shanghai_day(at))
    if not allowed:
        raise TransitionRefused.of(allowed)


def _label(edition: CatalogueEdition) -> str:
    return f"{edition.get_kind_display()} {edition.title}（{edition.edition_no}）"
