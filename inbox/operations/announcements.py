"""An office writes, another of its people reviews and publishes; withdrawn or corrected, never deleted."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone

from core.attachments.models import Attachment, StoredFile
from core.attachments.store import attach
from core.audit.record import record
from core.operations import operation
from core.pinyin import spell
from core.transitions import MissingInput, NotYours, StaleVersion, TransitionRefused
from inbox.models import Announcement, AnnouncementReceipt, AnnouncementRecipient, Notice
from inbox.operations.notices import NewNotice, notify
from inbox.operations.tasks import NewTask, finish_tasks, open_tasks
from inbox.queries.announcements import (
    FILES_OF,
    announcement_standings,
    audience,
    files_of,
    publishes,
    without_receipt,
)
from inbox.states import ANNOUNCEMENT_MACHINE, AUTHOR, NEW_VERSION
from organisations.models import Region, User
from organisations.queries.scope import Scope

REMINDED_FOR = timedelta(days=14)
"""How long after publication those who have not read are reminded, once a day."""
WRITTEN = (
    "title", "category", "body", "is_public", "needs_receipt", "is_pinned", "valid_until", "kinds",
    "batch_code",
)  # fmt: skip
ONLY_OFFICES = "公告由医保局和采购服务中心发布"


def announcement_url(announcement: Announcement) -> str:
    return reverse("announcement", args=[announcement.code])


@operation
def write_announcement(
    *, values: dict[str, Any], uploads: Sequence[UploadedFile], by: User, scope: Scope, at: datetime
) -> Announcement:
    """A new draft. `values` has the fields of WRITTEN and `area`, a region's code or empty."""
    if not publishes(scope) or not scope.has_role("clerk", "reviewer", "leader"):
        raise NotYours(ONLY_OFFICES)
    draft = _new(by, at)
    _fill(draft, values, at)
    draft.code = draft.series = f"~{by.pk}-{at.timestamp()}"[:30]
    draft.save()
    # The number is the row's own, so that two drafts at once never get the same.
    draft.code = draft.series = f"GG{timezone.localdate(at):%Y}-{draft.pk:05d}"
    draft.save(update_fields=["code", "series"])
    _keep_files(draft, uploads, by, at)
    _tell("announcement.write", draft, by, at)
    return draft


@operation
def edit_announcement(
    *,
    announcement: Announcement,
    values: dict[str, Any],
    uploads: Sequence[UploadedFile],
    dropped: Sequence[int],
    by: User,
    scope: Scope,
    at: datetime,
    seen_version: int | None = None,
) -> Announcement:
    """Change a draft; `dropped` are ids of its files that it shall no longer have."""
    draft = Announcement.objects.select_for_update().get(pk=announcement.pk)
    if AUTHOR not in announcement_standings(scope, draft):
        raise NotYours("只有发布单位的经办、审核、负责人可以修改")
    if draft.state != Announcement.State.DRAFT:
        raise TransitionRefused(f"{draft.get_state_display()}的公告不能修改；已发布的请发更正版")
    if seen_version is not None and seen_version != draft.row_version:
        raise StaleVersion(f"{draft.state_by_name}刚刚修改过，请刷新后再改")
    before = {name: str(getattr(draft, name)) for name in WRITTEN}
    _fill(draft, values, at)
    own = {file.pk for file in files_of(draft)}
    draft.dropped_files = sorted({*draft.dropped_files, *(own & set(dropped))})
    draft.row_version += 1
    draft.save()
    _keep_files(draft, uploads, by, at)
    _tell("announcement.edit", draft, by, at, before=before)
    return draft


@operation
def submit_announcement(
    *,
    announcement: Announcement,
    by: User,
    scope: Scope,
    at: datetime,
    seen_version: int | None = None,
) -> Announcement:
    """Ask for review; whoever submits cannot be the one who reviews."""
    moved, _ = _step("submit", announcement, by, scope, at, {}, seen_version)
    moved.submitted_by_id = by.pk
    moved.review_note = ""
    moved.save(update_fields=["submitted_by_id", "review_note"])
    _wait_for("review_announcement", "审核公告", ("reviewer", "leader"), moved, at)
    return moved


@operation
def return_announcement(
    *,
    announcement: Announcement,
    note: str,
    by: User,
    scope: Scope,
    at: datetime,
    seen_version: int | None = None,
) -> Announcement:
    """Back to its author, with what to mend."""
    moved, _ = _step(
        "return", announcement, by, scope, at, {"review_note": note.strip()}, seen_version
    )
    _wait_for("mend_announcement", "修改被退回的公告", ("clerk", "reviewer", "leader"), moved, at)
    return moved


@operation
def publish_announcement(
    *,
    announcement: Announcement,
    by: User,
    scope: Scope,
    at: datetime,
    seen_version: int | None = None,
) -> Announcement:
    """Put it out: fix whom it is meant for, tell each of them, and replace the version before.

    Raises MissingInput where it is meant for nobody and not public either.
    """
    # A savepoint: what is refused leaves no time of publication, whoever called.
    with transaction.atomic():
        moved, _ = _published(announcement, by, scope, at, seen_version)
        ids = list(audience(moved, scope).order_by("pk").values_list("pk", flat=True))
        if not ids and not moved.is_public:
            raise MissingInput(
                "kinds", "按所选的机构类别、地区和批次，没有一家单位会收到，请重新选择"
            )
    finish_tasks(object_type=FILES_OF, object_keys=[moved.code], at=at)
    AnnouncementRecipient.objects.bulk_create(
        [AnnouncementRecipient(announcement=moved, organisation_id=pk) for pk in ids],
        ignore_conflicts=True,
        batch_size=1000,
    )
    if moved.replaces is not None and moved.replaces.state == Announcement.State.PUBLISHED:
        ANNOUNCEMENT_MACHINE.perform(
            verb="supersede", obj=moved.replaces, by=by, at=at,
            standings=lambda _: {NEW_VERSION},
        )  # fmt: skip
    word = "公告更正" if moved.version_no > 1 else "公告"
    _notify(moved, ids, f"{word}：{moved.title}", f"announcement:{moved.pk}", at)
    return moved


@operation
def withdraw_announcement(
    *,
    announcement: Announcement,
    note: str,
    by: User,
    scope: Scope,
    at: datetime,
    seen_version: int | None = None,
) -> Announcement:
    """Take it back with the reason; its readers are told, its text is shown no longer."""
    moved, _ = _step(
        "withdraw", announcement, by, scope, at, {"withdrawal_note": note.strip()}, seen_version
    )
    ids = list(moved.recipients.order_by("pk").values_list("organisation_id", flat=True))
    _notify(moved, ids, f"公告已撤回：{moved.title}", f"announcement:{moved.pk}:withdrawn", at)
    return moved


@operation
def revise_announcement(
    *,
    announcement: Announcement,
    by: User,
    scope: Scope,
    at: datetime,
    seen_version: int | None = None,
) -> Announcement:
    """A draft of the next version, with the text and files of this one."""
    old = Announcement.objects.select_for_update(of=("self",)).get(pk=announcement.pk)
    if AUTHOR not in announcement_standings(scope, old):
        raise NotYours("只有发布单位的经办、审核、负责人可以发更正版")
    if seen_version is not None and seen_version != old.row_version:
        raise StaleVersion(f"{old.state_by_name}刚刚办理过，请核对后再办")
    if old.state != Announcement.State.PUBLISHED:
        raise TransitionRefused("只有已发布的公告可以发更正版")
    if Announcement.objects.filter(replaces=old).exists():
        raise TransitionRefused("已有一份更正版在起草，请在“本单位发布”中继续")
    new = _new(by, at)
    for name in WRITTEN:
        setattr(new, name, getattr(old, name))
    new.region, new.initials = old.region, old.initials
    new.series, new.version_no, new.replaces = old.series, old.version_no + 1, old
    new.code = f"{old.series}-{new.version_no}"
    new.save()
    for file in files_of(old):
        Attachment.objects.create(
            file=file.file, name=file.name, owner_type=FILES_OF, owner_id=new.pk, note=file.note,
            uploaded_by_id=file.uploaded_by_id, uploaded_by_name=file.uploaded_by_name,
            uploaded_organisation_id=file.uploaded_organisation_id, uploaded_at=file.uploaded_at,
        )  # fmt: skip
    _tell("announcement.revise", new, by, at)
    return new


@operation
def note_reading(*, announcement: Announcement, by: User, at: datetime) -> None:
    """The person has opened it; the first time counts, and the notice of it is read too."""
    if announcement.published_at is None:
        return
    AnnouncementReceipt.objects.bulk_create(
        [
            AnnouncementReceipt(
                announcement=announcement, user=by, organisation_id=by.organisation_id, read_at=at
            )
        ],
        ignore_conflicts=True,
    )
    # Told in the page already, so nothing of it goes out any more.
    told = Notice.objects.filter(
        organisation_id=by.organisation_id, url=announcement_url(announcement)
    )
    by.read_notices.add(*told)


@operation
def remind_unread(*, on: date, at: datetime) -> int:
    """Tell organisations whose people have not read what asks for a receipt; once a day each.

    Returns how many were told. Running it again on the same day tells nobody twice.
    """
    told = 0
    waiting = Announcement.objects.filter(
        Q(valid_until__isnull=True) | Q(valid_until__gte=on),
        state="published", needs_receipt=True, published_at__gte=at - REMINDED_FOR,
        published_at__lt=at - timedelta(hours=12),
    )  # fmt: skip
    for announcement in waiting.order_by("pk"):
        rows = without_receipt(AnnouncementRecipient.objects.filter(announcement=announcement))
        ids = list(rows.order_by("pk").values_list("organisation_id", flat=True))
        key = f"announcement:{announcement.pk}:remind:{on:%Y%m%d}"
        _notify(announcement, ids, f"公告待阅读：{announcement.title}", key, at)
        told += len(ids)
    return told


def _wait_for(
    act: str, words: str, roles: tuple[str, ...], announcement: Announcement, at: datetime
) -> None:
    """The next step waits for the own office, in place of the step before."""
    finish_tasks(object_type=FILES_OF, object_keys=[announcement.code], at=at)
    task = NewTask(
        organisation_id=announcement.organisation_id, act=act, roles=roles,
        title=f"{words}：{announcement.title}", object_type=FILES_OF,
        object_key=announcement.code, url=announcement_url(announcement),
    )  # fmt: skip
    open_tasks(tasks=[task], at=at)


def _new(by: User, at: datetime) -> Announcement:
    return Announcement(
        organisation=by.organisation, created_at=at, created_by_name=by.audit_name, state_at=at,
        state_by_id=by.pk, state_by_name=by.audit_name,
    )  # fmt: skip


def _fill(draft: Announcement, values: dict[str, Any], at: datetime) -> None:
    valid_until = values["valid_until"]
    if valid_until is not None and valid_until < timezone.localdate(at):
        raise MissingInput("valid_until", "有效期不能早于今天")
    for name in WRITTEN:
        setattr(draft, name, values[name])
    area = values["area"]
    draft.region = Region.objects.get(code=area) if area else None
    draft.initials = spell(draft.title).initials


def _keep_files(
    draft: Announcement, uploads: Sequence[UploadedFile], by: User, at: datetime
) -> None:
    kept = attach(owner_type=FILES_OF, owner_id=draft.pk, uploads=uploads, by=by, at=at)
    for file in kept:
        if file.file.scan != StoredFile.Scan.CLEAN:
            raise MissingInput("files", f"“{file.name}”未通过安全检查，不能上传")


def _step(
    verb: str, announcement: Announcement, by: User, scope: Scope, at: datetime,
    inputs: dict[str, Any], seen_version: int | None,
) -> tuple[Announcement, str]:  # fmt: skip
    return ANNOUNCEMENT_MACHINE.perform(
        verb=verb, obj=announcement, by=by, at=at, inputs=inputs, seen_version=seen_version,
        standings=lambda row: announcement_standings(scope, row),
    )  # fmt: skip


def _published(
    announcement: Announcement, by: User, scope: Scope, at: datetime, seen_version: int | None
) -> tuple[Announcement, str]:
    """Time and name of publication land with the state, as the constraint asks."""
    Announcement.objects.filter(pk=announcement.pk, published_at__isnull=True).update(
        published_at=at, published_by_name=by.audit_name
    )
    return _step("publish", announcement, by, scope, at, {}, seen_version)


def _notify(
    announcement: Announcement, ids: Sequence[int], title: str, key: str, at: datetime
) -> None:
    notify(
        notices=[
            NewNotice(
                organisation_id=pk, key=f"{key}:{pk}", title=title,
                url=announcement_url(announcement), category="announcement",
            )
            for pk in ids
        ],
        at=at,
    )  # fmt: skip


def _tell(
    action: str, draft: Announcement, by: User, at: datetime, before: dict[str, str] | None = None
) -> None:
    record(
        by=by, at=at, action=action, object_type="announcement", object_key=draft.code,
        object_label=draft.title, detail={"before": before} if before else {},
    )  # fmt: skip
