"""What recipients do with an issued bulletin: sign for it, answer, be judged."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.core.files.uploadedfile import UploadedFile
from django.urls import reverse

from core.attachments.store import attach
from core.operations import operation
from inbox.operations.notices import NewNotice, notify
from inbox.operations.tasks import NewTask, finish_tasks, open_tasks
from monitoring.models import BulletinReceipt
from monitoring.operations.bulletins.issue import RECEIPT
from monitoring.queries.bulletins import receipt_standings
from monitoring.queries.warning_standings import ACTING_ROLES
from monitoring.states.bulletins import RECEIPT_MACHINE
from organisations.models import User
from organisations.queries.scope import Scope


def receipt_url(receipt: BulletinReceipt) -> str:
    return reverse(
        "bulletin-receipt", args=[receipt.bulletin.bulletin_no, receipt.organisation.code]
    )


def _key(receipt: BulletinReceipt) -> str:
    return f"{receipt.bulletin.bulletin_no}-{receipt.organisation_id}"


@operation
def read_bulletin(
    *,
    receipt: BulletinReceipt,
    by: User,
    scope: Scope,
    at: datetime,
    seen_version: int | None = None,
) -> BulletinReceipt:
    """Sign for it: who and when is kept. Of a named party the answer still waits."""
    moved = _move("read", receipt, {}, by, scope, at, seen_version)
    moved.read_at, moved.read_by_id, moved.read_by_name = at, by.audit_id, by.audit_name
    moved.save(update_fields=["read_at", "read_by_id", "read_by_name"])
    return moved


@operation
def answer_bulletin(
    *,
    receipt: BulletinReceipt,
    feedback: str,
    uploads: Sequence[UploadedFile],
    by: User,
    scope: Scope,
    at: datetime,
    seen_version: int | None = None,
) -> BulletinReceipt:
    """A named party says what it has mended, with evidence; the issuer has to judge it."""
    moved = _move("answer", receipt, {"feedback": feedback.strip()}, by, scope, at, seen_version)
    attach(owner_type=RECEIPT, owner_id=moved.pk, uploads=uploads, by=by, at=at)
    finish_tasks(object_type=RECEIPT, object_keys=[_key(moved)], at=at)
    open_tasks(
        tasks=[
            NewTask(
                organisation_id=moved.bulletin.issuer_id, act="judge_rectification",
                title=f"核实{moved.organisation.name}的整改反馈（{moved.bulletin.doc_number}）",
                object_type=RECEIPT, object_key=_key(moved), url=receipt_url(moved),
                roles=ACTING_ROLES,
            )
        ],
        at=at,
    )  # fmt: skip
    return moved


@operation
def judge_answer(
    *,
    receipt: BulletinReceipt,
    verb: str,
    note: str,
    by: User,
    scope: Scope,
    at: datetime,
    seen_version: int | None = None,
) -> BulletinReceipt:
    """The issuer accepts the rectification (`accept`) or asks for more (`return`)."""
    if verb not in ("accept", "return"):
        raise KeyError(verb)
    moved = _move(verb, receipt, {"note": note.strip()}, by, scope, at, seen_version)
    finish_tasks(object_type=RECEIPT, object_keys=[_key(moved)], at=at)
    if verb == "return":
        open_tasks(
            tasks=[
                NewTask(
                    organisation_id=moved.organisation_id, act="answer_bulletin",
                    title=f"整改反馈被退回，请补充（{moved.bulletin.doc_number}）",
                    object_type=RECEIPT, object_key=_key(moved), url=receipt_url(moved),
                    severity="red", roles=ACTING_ROLES,
                )
            ],
            at=at,
        )  # fmt: skip
    notify(
        notices=[
            NewNotice(
                moved.organisation_id, f"bulletin-receipt-{moved.pk}-{moved.row_version}",
                f"通报整改反馈{moved.get_state_display()}（{moved.bulletin.doc_number}）",
                moved.note, receipt_url(moved),
            )
        ],
        at=at,
    )  # fmt: skip
    return moved


def _move(
    verb: str,
    receipt: BulletinReceipt,
    inputs: dict[str, str],
    by: User,
    scope: Scope,
    at: datetime,
    seen_version: int | None,
) -> BulletinReceipt:
    moved: BulletinReceipt
    moved, _ = RECEIPT_MACHINE.perform(
        verb=verb, obj=receipt, by=by, at=at, inputs=inputs, seen_version=seen_version,
        standings=lambda row: receipt_standings(scope, row),
    )  # fmt: skip
    return moved
