"""Announcements and addresses of the demonstration, made by the same steps that people take."""

from __future__ import annotations

import io
from datetime import datetime
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from core.audit.record import Actor
from core.operations import operation
from inbox.models import Announcement, ContactPoint
from inbox.operations.announcements import (
    publish_announcement,
    submit_announcement,
    write_announcement,
)
from organisations.models import User
from organisations.queries.scope import Scope, scope_of

PLAIN: dict[str, Any] = {
    "kinds": [], "area": "", "batch_code": "", "valid_until": None, "is_public": False,
    "needs_receipt": False, "is_pinned": False,
}  # fmt: skip
OF_PROVINCE: tuple[dict[str, Any], ...] = (
    {
        "title": "关于做好中选结果执行准备工作的公告", "category": "notice", "is_public": True,
        "is_pinned": True,
        "body": "各医疗机构、生产企业和配送企业：\n\n请在执行日期前完成配送关系确认、协议签订和首批订单准备。"
        "批次的公布、导入和执行日期以“采购批次”为准。\n\n本公告为演示内容。",
    },
    {
        "title": "关于开展需求量填报与平台操作培训的通知", "category": "training",
        "kinds": ["institution"], "needs_receipt": True,
        "body": "各医疗机构：\n\n定于近期开展线上培训，内容为需求量填报、收货和预警答复。请药剂科、采购部门各派一人参加。"
        "\n\n请打开本通知即作为回执。",
    },
    {
        "title": "配送关系办理说明与操作手册下载", "category": "download", "kinds": ["enterprise"],
        "is_public": True, "file": "生产企业与配送企业操作手册",
        "body": "生产企业提出配送企业后，须由配送企业确认方为有效。查不到配送企业的，请核对其是否已注册、"
        "是否停用、是否覆盖该地区。\n\n操作手册见附件。",
    },
    {
        "title": "关于及时更新产品注册证信息的提醒", "category": "policy", "kinds": ["enterprise"],
        "needs_receipt": True,
        "body": "各生产企业：\n\n注册证到期前请及时提交变更。变更经受理、审核、公示后生效，生效前按原信息交易。",
    },
)  # fmt: skip
OF_CITY: dict[str, Any] = {
    "title": "公开接待日安排", "category": "notice", "is_public": True,
    "body": "本局接待日的日期和地点在“办事指南”中公布，来访请携带单位介绍信。",
}  # fmt: skip
WAITING: dict[str, Any] = {
    "title": "关于核对本单位联系人和通知方式的通知", "category": "notice", "needs_receipt": True,
    "body": "请各单位机构管理员在“通知可达情况”中核对本单位人员是否都能收到通知。",
}  # fmt: skip
REACHED = ("province", "city", "hospital", "hospital-reviewer", "manufacturer", "distributor")


@operation
def create_demo_announcements(*, manuals: dict[str, bytes], by: Actor, at: datetime) -> int:
    """Five published announcements and one that waits for review; none where there are any.

    A second person of each bureau, who cannot sign in, stands for the other of the two that
    every announcement needs.
    """
    _reach_people(at)
    province = User.objects.filter(username="province").first()
    city = User.objects.filter(username="city").first()
    if province is None or city is None or Announcement.objects.exists():
        return 0
    for values in OF_PROVINCE:
        _publish(
            values, writer=_second(province, by, at), reviewer=province, manuals=manuals, at=at
        )
    _publish(OF_CITY, writer=_second(city, by, at), reviewer=city, manuals=manuals, at=at)
    writer = _second(province, by, at)
    waiting = _write(WAITING, writer, manuals, at)
    submit_announcement(announcement=waiting, by=writer, scope=_scope(writer, at), at=at)
    return len(OF_PROVINCE) + 2


def _publish(
    values: dict[str, Any], *, writer: User, reviewer: User, manuals: dict[str, bytes], at: datetime
) -> None:
    draft = _write(values, writer, manuals, at)
    submit_announcement(announcement=draft, by=writer, scope=_scope(writer, at), at=at)
    publish_announcement(announcement=draft, by=reviewer, scope=_scope(reviewer, at), at=at)


def _write(
    values: dict[str, Any], writer: User, manuals: dict[str, bytes], at: datetime
) -> Announcement:
    given = PLAIN | values
    title = given.pop("file", "")
    uploads = (
        [SimpleUploadedFile(f"{title}.docx", io.BytesIO(manuals[title]).read())] if title else []
    )
    return write_announcement(
        values=given, uploads=uploads, by=writer, scope=_scope(writer, at), at=at
    )


def _second(person: User, by: Actor, at: datetime) -> User:
    """Somebody else of the same bureau, without a password."""
    made, _ = User.objects.select_related("organisation__region__parent__parent").get_or_create(
        username=f"{person.username}-writer",
        defaults={
            "name": "许经办", "organisation": person.organisation, "roles": ["clerk"],
            "password": "!", "created_at": at, "created_by_name": by.audit_name,
        },
    )  # fmt: skip
    return made


def _reach_people(at: datetime) -> None:
    """Verified addresses at a domain that cannot exist; the demonstration writes to a file."""
    known = set(ContactPoint.objects.values_list("user__username", flat=True))
    people = User.objects.filter(username__in=set(REACHED) - known).order_by("pk")
    ContactPoint.objects.bulk_create(
        [
            ContactPoint(
                user=person, channel="email", address=f"{person.username}@example.invalid",
                verified_at=at,
            )
            for person in people
        ]
    )  # fmt: skip


def _scope(person: User, at: datetime) -> Scope:
    return scope_of(person, timezone.localdate(at))
