"""Bulletins of the demonstration: last month's issued and partly read, the quarter's in its 核对期."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from core.audit.record import Actor
from core.operations import operation
from core.workdays.deadlines import shanghai_day
from monitoring.models import Bulletin
from monitoring.operations.bulletins.acts import perform_act
from monitoring.operations.bulletins.draft import BulletinRefused, draft_bulletin
from monitoring.operations.bulletins.prepare import object_to_line
from monitoring.operations.bulletins.receipts import answer_bulletin, read_bulletin
from monitoring.operations.bulletins.request import last_period
from organisations.models import Organisation, User
from organisations.queries.scope import scope_of

SINCE = timedelta(days=12)
"""Long enough for three working days of 核对期 over any holiday but the longest."""


@operation
def create_demo_bulletins(*, by: Actor, at: datetime) -> bool:
    """By the steps that the demo people take; a second start finds everything there.

    The officer hands in, the head reviews and issues; nothing where a month is not computed.
    """
    people = {
        user.username: user
        for user in User.objects.select_related("organisation__region__parent__parent").filter(
            username__in=["province", "province-colleague", "hospital", "distributor"]
        )
    }
    head, officer = people.get("province"), people.get("province-colleague")
    if head is None or officer is None or Bulletin.objects.exists():
        return False
    today = shanghai_day(at)
    try:
        issued = _draft("monthly", last_period("monthly", today), head.organisation, by, at)
        checked = _draft("enterprise", last_period("enterprise", today), head.organisation, by, at)
    except BulletinRefused:
        return False
    for verb, who, when in (
        ("check", officer, at - SINCE), ("submit", officer, at), ("approve", head, at),
        ("issue", head, at),
    ):  # fmt: skip
        issued = _act(verb, issued, who, when)
    _read(issued, people, at)
    checked = _act("check", checked, officer, at)
    line = checked.lines.filter(organisation__isnull=False).order_by("line_no").first()
    own = people.get("distributor")
    if own is not None:
        line = checked.lines.filter(organisation=own.organisation_id).first() or line
    named = (
        User.objects.select_related("organisation__region__parent__parent")
        .filter(organisation=line.organisation_id, is_active=True, roles__contains=["clerk"])
        .order_by("pk")
        .first()
        if line is not None
        else None
    )
    if line is not None and named is not None:
        object_to_line(
            line=line, reason="七月两批货物因洪水道路中断晚到，已向医疗机构说明，请核减这两行。",
            by=named, scope=scope_of(named, today), at=at,
        )  # fmt: skip
    return True


def _draft(kind: str, first: date, issuer: Organisation, by: Actor, at: datetime) -> Bulletin:
    return draft_bulletin(kind=kind, first=first, issuer=issuer, by=by, at=at - SINCE)


def _act(verb: str, bulletin: Bulletin, by: User, at: datetime) -> Bulletin:
    return perform_act(
        verb, bulletin, note="", by=by, scope=scope_of(by, shanghai_day(at)), at=at,
        seen_version=None,
    )  # fmt: skip


def _read(issued: Bulletin, people: dict[str, User], at: datetime) -> None:
    """The demo's distributor has read and answered; the hospital, if named, has yet to."""
    user = people.get("distributor")
    if user is None:
        return
    receipt = issued.receipts.filter(organisation=user.organisation_id).first()
    if receipt is None:
        return
    scope = scope_of(user, shanghai_day(at))
    receipt = read_bulletin(receipt=receipt, by=user, scope=scope, at=at)
    if receipt.is_named:
        answer_bulletin(
            receipt=receipt, feedback="已增加两条配送线路，十一月起次日达；附件另报。", uploads=[],
            by=user, scope=scope, at=at,
        )  # fmt: skip
