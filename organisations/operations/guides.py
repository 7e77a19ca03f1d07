"""An authority writes its own guide: what is saved is in force at once, with before and after kept."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.db import IntegrityError, transaction
from django.utils import timezone

from core.attachments.models import StoredFile
from core.attachments.store import attach
from core.audit.record import Actor, record
from core.operations import operation
from core.pinyin import spell
from core.transitions import MissingInput, StaleVersion, TransitionRefused
from organisations.models import Guide, GuideFile, GuideService, Organisation, ReceptionDay

CONTACT_FIELDS = ("address", "hours", "phones", "transport", "note")
SERVICE_FIELDS = ("name", "audience", "materials", "steps", "time_limit", "position")
NO_GUIDE = "请先填写并保存联系方式，再维护其他内容"


@operation
def save_contacts(
    *,
    organisation: Organisation,
    values: dict[str, Any],
    by: Actor,
    at: datetime,
    seen_version: int | None = None,
) -> Guide:
    """Write address, phones and hours; the first time makes the guide. Counts as reviewed today.

    Raises StaleVersion where somebody else saved since the page was opened.
    """
    # Locks the organisation, so that two first saves cannot make two guides.
    Organisation.objects.select_for_update(of=("self",)).get(pk=organisation.pk)
    guide = Guide.objects.filter(organisation=organisation).first()
    if guide is None:
        guide = Guide(organisation=organisation, row_version=0)
    elif seen_version is not None and seen_version != guide.row_version:
        raise StaleVersion(f"{guide.updated_by_name}刚刚保存过，请刷新后再修改")
    before = {name: getattr(guide, name) for name in CONTACT_FIELDS} if guide.pk else {}
    for name in CONTACT_FIELDS:
        setattr(guide, name, values[name])
    _touch(guide, by, at)
    guide.save()
    _tell("guide.save_contacts", guide, before, {n: values[n] for n in CONTACT_FIELDS}, by, at)
    return guide


@operation
def confirm_guide(*, organisation: Organisation, by: Actor, at: datetime) -> Guide:
    """Its owner says that all of it still holds."""
    guide = _locked(organisation)
    before = {"reviewed_on": guide.reviewed_on.isoformat()}
    _touch(guide, by, at)
    guide.save()
    _tell("guide.confirm", guide, before, {"reviewed_on": guide.reviewed_on.isoformat()}, by, at)
    return guide


@operation
def save_service(
    *,
    organisation: Organisation,
    service: GuideService | None,
    values: dict[str, Any],
    by: Actor,
    at: datetime,
    seen_version: int | None = None,
) -> GuideService:
    """Add a service, or change one. Raises MissingInput (name) where another has that name.

    Raises StaleVersion where somebody else changed it, or took it off, since it was opened.
    """
    guide = _locked(organisation)
    kept = GuideService(guide=guide, row_version=0)
    if service is not None:
        kept = GuideService.objects.get(pk=service.pk)
        if not kept.is_active:
            raise StaleVersion("该事项已经停止公开，没有保存")
        if seen_version is not None and seen_version != kept.row_version:
            raise StaleVersion(f"{guide.updated_by_name}刚刚改过这个事项，请核对后再改")
    kept.row_version += 1
    before = {name: getattr(kept, name) for name in SERVICE_FIELDS} if service else {}
    for name in SERVICE_FIELDS:
        setattr(kept, name, values[name])
    kept.initials = spell(kept.name).initials
    try:
        with transaction.atomic():
            kept.save()
    except IntegrityError as error:
        raise MissingInput("name", "已有同名的事项，请换一个名称或修改原有事项") from error
    _touch(guide, by, at)
    guide.save()
    _tell("guide.save_service", guide, before, {n: values[n] for n in SERVICE_FIELDS}, by, at)
    return kept


@operation
def end_service(
    *, organisation: Organisation, service: GuideService, by: Actor, at: datetime
) -> None:
    """Show a service no longer."""
    guide = _locked(organisation)
    if not GuideService.objects.filter(pk=service.pk, is_active=True).update(is_active=False):
        raise TransitionRefused("该事项已经停止公开")
    _tell("guide.end_service", guide, {"name": service.name}, {}, by, at)


@operation
def add_reception_day(
    *,
    organisation: Organisation,
    day: date,
    opens: time,
    closes: time,
    place: str,
    topic: str,
    by: Actor,
    at: datetime,
) -> ReceptionDay:
    """Announce a day of reception. Raises MissingInput for a past day, or one that is there."""
    guide = _locked(organisation)
    if day < timezone.localdate(at):
        raise MissingInput("day", "接待日不能早于今天")
    if closes <= opens:
        raise MissingInput("closes", "结束时间应晚于开始时间")
    try:
        with transaction.atomic():
            made = ReceptionDay.objects.create(
                guide=guide, day=day, opens=opens, closes=closes, place=place, topic=topic
            )
    except IntegrityError as error:
        raise MissingInput("day", "这一天同一时间已有接待安排") from error
    after = {"day": day.isoformat(), "opens": f"{opens:%H:%M}", "place": place}
    _tell("guide.add_reception_day", guide, {}, after, by, at)
    return made


@operation
def cancel_reception_day(
    *, organisation: Organisation, day: ReceptionDay, note: str, by: Actor, at: datetime
) -> None:
    """Call a day off, with the reason; it stays on record."""
    guide = _locked(organisation)
    if not note.strip():
        raise MissingInput("note", "请填写取消原因")
    changed = ReceptionDay.objects.filter(pk=day.pk, is_cancelled=False).update(
        is_cancelled=True, cancel_note=note.strip()[:200]
    )
    if not changed:
        raise TransitionRefused("该接待日已经取消")
    before = {"day": day.day.isoformat(), "place": day.place}
    _tell("guide.cancel_reception_day", guide, before, {"note": note.strip()}, by, at)


@operation
def add_guide_file(
    *,
    organisation: Organisation,
    title: str,
    kind: str,
    uploads: Sequence[UploadedFile],
    by: Actor,
    at: datetime,
) -> GuideFile:
    """Put one form or manual up for everybody. A file with a known threat is refused outright."""
    guide = _locked(organisation)
    if len(uploads) != 1:
        raise MissingInput("files", "请选择一个文件")
    (kept,) = attach(owner_type="guide", owner_id=guide.pk, uploads=uploads, by=by, at=at)
    if kept.file.scan != StoredFile.Scan.CLEAN:
        raise MissingInput("files", f"“{kept.name}”未通过安全检查，不能公开")
    made = GuideFile.objects.create(guide=guide, attachment=kept, kind=kind, title=title)
    _tell("guide.add_file", guide, {}, {"title": title, "name": kept.name}, by, at)
    return made


@operation
def withdraw_guide_file(
    *, organisation: Organisation, file: GuideFile, by: Actor, at: datetime
) -> None:
    """Take a file off the page."""
    guide = _locked(organisation)
    if not GuideFile.objects.filter(pk=file.pk, is_withdrawn=False).update(is_withdrawn=True):
        raise TransitionRefused("该文件已经撤下")
    _tell("guide.withdraw_file", guide, {"title": file.title}, {}, by, at)


def _locked(organisation: Organisation) -> Guide:
    guide = Guide.objects.select_for_update().filter(organisation=organisation).first()
    if guide is None:
        raise TransitionRefused(NO_GUIDE)
    return guide


def _touch(guide: Guide, by: Actor, at: datetime) -> None:
    guide.reviewed_on = timezone.localdate(at)
    guide.updated_at = at
    guide.updated_by_id = by.audit_id
    guide.updated_by_name = by.audit_name
    guide.row_version += 1


def _tell(
    action: str,
    guide: Guide,
    before: dict[str, Any],
    after: dict[str, Any],
    by: Actor,
    at: datetime,
) -> None:
    record(
        by=by, at=at, action=action, object_type="guide", object_key=guide.organisation.code,
        object_label=f"{guide.organisation.name} 办事指南", detail={"before": before, "after": after},
    )  # fmt: skip
