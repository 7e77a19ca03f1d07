"""调剂 between two institutions in a surge: ask, offer, accept, send, receive; each by its side."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db import IntegrityError, transaction
from django.urls import reverse

from core.audit.record import record
from core.operations import operation
from core.transitions import MissingInput, NotYours, TransitionRefused, Verdict
from core.workdays.deadlines import shanghai_day
from inbox.operations.notices import NewNotice, notify
from inbox.operations.tasks import NewTask, finish_tasks, open_tasks
from organisations.models import User
from organisations.queries.scope import Scope
from procurement.models import SurgeReport, Transfer
from procurement.queries.surge import possible_lenders, surge_standings
from procurement.queries.surge_cases import transfer_standings
from procurement.rules.surge import HOSPITAL_ROLES
from procurement.rules.transfer import packs_fit, received_fits
from procurement.states.surge import REPORTER
from procurement.states.transfer import CLAUSE, TRANSFER_MACHINE

OBJECT_TYPE = TRANSFER_MACHINE.name
OPEN_REPORTS = ("reported", "verified")
NEXT = {
    "asked": ("lender", "答复调剂申请"), "offered": ("borrower", "确认接收调剂"),
    "agreed": ("lender", "登记调出"), "sent": ("borrower", "登记收到调剂"),
}  # fmt: skip


@operation
def ask_transfer(
    *,
    report: SurgeReport,
    lender_code: str,
    packs: Decimal,
    words: str = "",
    by: User,
    scope: Scope,
    at: datetime,
) -> Transfer:
    """The institution of the report asks another, of those that its page names, for packs.

    Raises NotYours, MissingInput, TransitionRefused where the report has ended or one is open.
    """
    if REPORTER not in surge_standings(scope, report):
        raise NotYours("调剂由报告应急需求的医疗机构提出", CLAUSE)
    if report.state not in OPEN_REPORTS:
        raise TransitionRefused(
            f"应急需求“{report.get_state_display()}”，不能再申请调剂；仍需要的请重新报告", CLAUSE
        )
    known = {each.code: each for each in possible_lenders(report, shanghai_day(at))}
    lender = known.get(lender_code.strip())
    if lender is None:
        raise MissingInput(
            "lender_code",
            "请填写应急需求页面“可以向谁调剂”所列医疗机构的编码（本市最近 90 天收到过该产品）",
            CLAUSE,
        )
    chain: dict[str, int] = {}
    step = lender.region
    while step is not None:
        chain[step.level], step = step.pk, step.parent
    _need("packs", packs_fit(packs=packs, most=report.needed_packs, label="需要调剂的数量",
                             of="应急需求"))  # fmt: skip
    stamps = ("institution_id", "county_id", "city_id", "province_id", "pool_id")
    try:
        with transaction.atomic():
            row = Transfer.objects.create(
                transfer_no=f"TJ{shanghai_day(at):%Y%m%d}{secrets.token_hex(4).upper()}",
                report=report, product_id=report.product_id, lender=lender,
                lender_county_id=chain.get("county"), lender_city_id=chain.get("city"),
                asked_packs=packs, words=words.strip(), asked_at=at, asker_name=by.audit_name,
                state_at=at, state_by_id=by.audit_id, state_by_name=by.audit_name,
                **{name: getattr(report, name) for name in stamps},
            )  # fmt: skip
    except IntegrityError as error:
        raise TransitionRefused(
            f"已向{lender.name}申请调剂，正在办理：请在原件继续，或先撤回", CLAUSE
        ) from error
    record(
        by=by, at=at, action="transfer.ask", object_type=OBJECT_TYPE, object_key=row.pk,
        object_label=_label(row), clause=CLAUSE, reason=row.words,
        detail={"report_no": report.report_no, "packs": f"{packs:f}", "lender": lender.code},
    )  # fmt: skip
    _ask_next(row, at)
    return row


@operation
def step_transfer(
    *,
    transfer: Transfer,
    verb: str,
    values: Mapping[str, Any],
    by: User,
    scope: Scope,
    at: datetime,
    seen_version: int | None = None,
) -> Transfer:
    """One step of either side; `values` are the fields that it needs (states/transfer.py), and
    `received_words` where less came than was sent. Raises as the machine does, or MissingInput.
    """
    step = TRANSFER_MACHINE.named(verb)
    with transaction.atomic():
        held = Transfer.objects.select_for_update(of=("self",)).get(pk=transfer.pk)
        allowed = TRANSFER_MACHINE.verdict(step, held, transfer_standings(scope, held))
        if allowed and seen_version in (None, held.row_version):
            _check(held, verb, values, at)
            if verb == "send":
                held.sent_at = at
                held.save(update_fields=["sent_at"])
            elif verb == "receive":
                # Both at once: the database asks for words where the numbers differ.
                held.received_at = at
                held.received_words = str(values.get("received_words", "")).strip()
                held.save(update_fields=["received_at", "received_words"])
        row: Transfer
        row, _ = TRANSFER_MACHINE.perform(
            verb=verb, obj=held, by=by, at=at, seen_version=seen_version,
            inputs={name: _plain(values.get(name)) for name in step.needs},
            standings=lambda each: transfer_standings(scope, each),
        )  # fmt: skip
    row.refresh_from_db()
    finish_tasks(object_type=OBJECT_TYPE, object_keys=[row.transfer_no], at=at)
    _ask_next(row, at)
    other = row.lender_id if by.organisation_id == row.institution_id else row.institution_id
    told = NewNotice(
        other, f"transfer-{row.transfer_no}-{row.row_version}",
        f"调剂{row.get_state_display()}：{_label(row)}",
        row.answer_words or row.received_words or row.closing_words, _url(row),
    )  # fmt: skip
    notify(notices=[told], at=at)
    return row


def _check(row: Transfer, verb: str, values: Mapping[str, Any], at: datetime) -> None:
    """Quantities in order; what is missing altogether is the machine's to say."""
    if verb == "offer" and values.get("offered_packs") is not None:
        _need("offered_packs", packs_fit(
            packs=values["offered_packs"], most=row.asked_packs, label="可调出数量", of="申请的",
        ))  # fmt: skip
    if verb == "send" and values.get("sent_packs") is not None:
        assert row.offered_packs is not None
        _need("sent_packs", packs_fit(
            packs=values["sent_packs"], most=row.offered_packs, label="调出数量", of="同意的",
        ))  # fmt: skip
        expires = values.get("expires_on")
        if expires is not None and expires < shanghai_day(at):
            raise MissingInput("expires_on", f"有效期至 {expires}，已过期，不能调出", CLAUSE)
    if verb == "receive" and values.get("received_packs") is not None:
        assert row.sent_packs is not None
        _need("received_packs", received_fits(
            packs=values["received_packs"], sent=row.sent_packs,
            words=str(values.get("received_words", "")),
        ))  # fmt: skip


def _plain(value: Any) -> Any:
    """Numbers and days as text: the trail keeps what was given, the columns read it."""
    if isinstance(value, Decimal):
        return f"{value:f}"
    return value.isoformat() if isinstance(value, date) else value


def _need(name: str, verdict: Verdict) -> None:
    if not verdict:
        raise MissingInput(name, verdict.reason, verdict.clause)


def _ask_next(row: Transfer, at: datetime) -> None:
    """The task of the side that has to act now, if anybody."""
    if row.state not in NEXT:
        return
    side, act = NEXT[row.state]
    party = row.lender_id if side == "lender" else row.institution_id
    task = NewTask(
        organisation_id=party, act=f"transfer_{row.state}", title=f"{act}：{_label(row)}",
        object_type=OBJECT_TYPE, object_key=row.transfer_no, url=_url(row), severity="orange",
        roles=HOSPITAL_ROLES,
    )  # fmt: skip
    open_tasks(tasks=[task], at=at)


def _url(row: Transfer) -> str:
    return reverse("transfer", args=[row.transfer_no])


def _label(row: Transfer) -> str:
    return f"{row.product}（{row.transfer_no}）"
