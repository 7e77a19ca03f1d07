"""联络人 of an organisation: name one, say that one is still right, end one; a yearly reminder."""

from __future__ import annotations

import re
import secrets
from datetime import datetime

from django.db import IntegrityError, transaction
from django.urls import reverse

from catalog.models import Product
from complaints.models import LiaisonContact
from complaints.rules import CONTACT_CLAUSE, OFFICERS, unchecked_since
from core.audit.record import Actor, record
from core.operations import operation
from core.transitions import MissingInput, NotYours, StaleVersion, TransitionRefused
from core.workdays.deadlines import shanghai_day
from inbox.operations.tasks import NewTask, finish_tasks, open_tasks
from organisations.models import User
from organisations.queries.scope import Scope

OBJECT_TYPE = "liaison"
PHONE = re.compile(r"[0-9][0-9-]{5,18}[0-9]")
CHECK_TASK = "check_contacts"


@operation
def name_contact(
    *,
    name: str,
    post: str,
    phone: str,
    product: Product | None = None,
    by: User,
    scope: Scope,
    at: datetime,
) -> LiaisonContact:
    """Raises NotYours, MissingInput by field, TransitionRefused for the same person twice."""
    _may(scope)
    for field, text, label in (("name", name, "姓名"), ("post", post, "岗位")):
        if not text.strip():
            raise MissingInput(field, f"请填写{label}", CONTACT_CLAUSE)
    if not PHONE.fullmatch(phone.strip()):
        raise MissingInput(
            "phone", "工作电话只写数字和连字符，7 至 20 位，如 0791-86000000", CONTACT_CLAUSE
        )
    try:
        with transaction.atomic():
            row = LiaisonContact.objects.create(
                contact_no=f"LX{secrets.token_hex(5).upper()}",
                organisation_id=scope.organisation_id, product=product, name=name.strip(),
                post=post.strip(), phone=phone.strip(), checked_on=shanghai_day(at),
                checked_by_id=by.audit_id, checked_by_name=by.audit_name,
            )  # fmt: skip
    except IntegrityError as error:
        raise TransitionRefused(
            "这位联络人已经登记：需要更正的，请先停用原来的一条", CONTACT_CLAUSE
        ) from error
    _note("liaison.name", row, by, at)
    return row


@operation
def check_contact(
    *,
    contact: LiaisonContact,
    by: User,
    scope: Scope,
    at: datetime,
    seen_version: int | None = None,
) -> LiaisonContact:
    """The organisation says that it is still right; the yearly reminder ends with the last one."""
    row = _own(contact, scope, seen_version)
    row.checked_on, row.checked_by_id = shanghai_day(at), by.audit_id
    row.checked_by_name, row.row_version = by.audit_name, row.row_version + 1
    row.save(update_fields=["checked_on", "checked_by_id", "checked_by_name", "row_version"])
    _note("liaison.check", row, by, at)
    _end_reminder(scope.organisation_id, at)
    return row


@operation
def end_contact(
    *,
    contact: LiaisonContact,
    by: User,
    scope: Scope,
    at: datetime,
    seen_version: int | None = None,
) -> LiaisonContact:
    """The person is no contact any more; the row stays for what was."""
    row = _own(contact, scope, seen_version)
    row.ended_at, row.ended_by_id, row.row_version = at, by.audit_id, row.row_version + 1
    row.save(update_fields=["ended_at", "ended_by_id", "row_version"])
    _note("liaison.end", row, by, at)
    _end_reminder(scope.organisation_id, at)
    return row


@operation
def remind_of_contacts(*, by: Actor, at: datetime) -> int:
    """A task for each organisation with a contact that nobody checked for a year; gives how many."""
    on = shanghai_day(at)
    waiting = list(
        LiaisonContact.objects.filter(ended_at__isnull=True, checked_on__lte=unchecked_since(on))
        .order_by("organisation")
        .values_list("organisation_id", flat=True)
        .distinct()
    )
    open_tasks(
        tasks=[
            NewTask(
                organisation_id=pk, act=CHECK_TASK, title="核对联络人：已满一年未核对",
                object_type=OBJECT_TYPE, object_key=f"check/{pk}",
                url=reverse("liaison-list"), roles=OFFICERS,
            )
            for pk in waiting
        ],
        at=at,
    )  # fmt: skip
    return len(waiting)


def _may(scope: Scope) -> None:
    if not scope.is_business or not scope.has_role(*OFFICERS):
        raise NotYours("联络人由本单位的经办、审核或负责人登记和核对", CONTACT_CLAUSE)


def _own(contact: LiaisonContact, scope: Scope, seen_version: int | None) -> LiaisonContact:
    _may(scope)
    row = LiaisonContact.objects.select_for_update(of=("self",)).get(pk=contact.pk)
    if row.organisation_id != scope.organisation_id:
        raise NotYours("只能核对和停用本单位的联络人", CONTACT_CLAUSE)
    if row.ended_at is not None:
        raise TransitionRefused("这位联络人已经停用", CONTACT_CLAUSE)
    if seen_version is not None and row.row_version != seen_version:
        raise StaleVersion("这位联络人已由同事更新，请刷新后再办理")
    return row


def _end_reminder(organisation_id: int, at: datetime) -> None:
    left = LiaisonContact.objects.filter(
        organisation=organisation_id, ended_at__isnull=True,
        checked_on__lte=unchecked_since(shanghai_day(at)),
    )  # fmt: skip
    if not left.exists():
        finish_tasks(object_type=OBJECT_TYPE, object_keys=[f"check/{organisation_id}"], at=at)


def _note(action: str, row: LiaisonContact, by: User, at: datetime) -> None:
    record(
        by=by, at=at, action=action, object_type=OBJECT_TYPE, object_key=row.pk,
        object_label=str(row), clause=CONTACT_CLAUSE,
        detail={"product": row.product.code if row.product else ""},
    )  # fmt: skip
