"""Guides of all bureaus of the demonstration, with numbers that nobody can have (area code 000)."""

from __future__ import annotations

import io
from collections.abc import Mapping
from datetime import date, datetime, time, timedelta

from django.utils import timezone

from core.attachments.inspect import KINDS
from core.attachments.models import Attachment
from core.attachments.store import keep_made
from core.audit.record import Actor, record
from core.operations import operation
from core.pinyin import spell
from organisations.models import Guide, GuideFile, GuideService, Organisation, ReceptionDay
from organisations.queries.guides import GUIDE_KINDS

SERVICES: tuple[tuple[str, str, str, str, str], ...] = (
    (
        "账号开通与口令重置", "已注册的医疗机构和企业",
        "本机构管理员在“人员管理”中开户或重置口令\n单位没有管理员的，向平台系统管理员申请第一个管理员账号\n首次登录后修改口令",
        "", "当日",
    ),
    (
        "采购批次与中选结果查询", "医疗机构、生产企业、配送企业",
        "登录后打开“采购批次”\n查看公布日期、导入时间和执行日期\n批次未导入的，按本页电话向省级医保局询问",
        "", "即时",
    ),
    (
        "配送关系咨询", "生产企业、配送企业",
        "生产企业提出配送企业\n配送企业确认\n查不到配送企业的，核对其是否已注册、是否停用、是否覆盖该地区",
        "双方统一社会信用代码\n产品名称与医保编码", "3 个工作日",
    ),
    (
        "注册证信息变更咨询", "生产企业",
        "准备新证或变更批件\n向采购服务中心提出变更\n受理、审核、公示后生效，生效前按原信息交易",
        "注册证或备案凭证\n变更批件\n授权书", "10 个工作日",
    ),
    (
        "问题直报", "医疗机构、企业",
        "登录后查看订单和预警\n说明品种、订单号和问题\n县级医保局督办，逾期逐级上报",
        "", "2 个工作日内答复",
    ),
)  # fmt: skip
FIRST_DAYS = 3


@operation
def create_demo_guides(*, manuals: Mapping[str, bytes], by: Actor, at: datetime) -> int:
    """Guides for the bureaus and centres that have none; `manuals` are Word files by title.

    A dozen statements whatever their number. Returns how many guides were made.
    """
    offices = list(
        Organisation.objects.filter(
            kind__in=GUIDE_KINDS, is_active=True, guide__isnull=True, region__isnull=False
        )
        .select_related("region")
        .order_by("code")
    )
    guides = Guide.objects.bulk_create(
        [_guide(office, number, by, at) for number, office in enumerate(offices)]
    )
    GuideService.objects.bulk_create(
        [
            GuideService(
                guide=guide, name=name, initials=spell(name).initials, audience=audience,
                steps=steps, materials=materials, time_limit=limit, position=position,
            )
            for guide in guides
            for position, (name, audience, steps, materials, limit) in enumerate(SERVICES)
        ]
    )  # fmt: skip
    today = timezone.localdate(at)
    ReceptionDay.objects.bulk_create(
        [
            ReceptionDay(
                guide=guide, day=day, opens=time(9), closes=time(11, 30),
                place=f"{guide.organisation.name}一楼接待室", topic="集中带量采购政策与平台使用",
            )
            for guide in guides
            for day in _tuesdays(today, guide.organisation_id)
        ]
    )  # fmt: skip
    _put_up(guides, manuals, by, at)
    if guides:
        record(by=by, at=at, action="guide.create_demo", object_type="guide",
               object_label=f"{len(guides)} 个")  # fmt: skip
    return len(guides)


def _guide(office: Organisation, number: int, by: Actor, at: datetime) -> Guide:
    place = office.region.name if office.region else ""
    base = number * 10
    return Guide(
        organisation=office,
        address=f"{place}示范大道 {number + 1} 号（演示地址）",
        hours="工作日 9:00—12:00，13:30—17:00",
        phones=[
            {"label": "业务咨询", "number": f"000-0000{base + 1:04d}"},
            {"label": "平台技术支持", "number": f"000-0000{base + 2:04d}"},
            {"label": "投诉举报", "number": f"000-0000{base + 3:04d}"},
        ],
        transport="公交演示站下车，步行约 5 分钟",
        note="本页为演示数据，电话和地址均为虚构。",
        reviewed_on=timezone.localdate(at),
        updated_at=at,
        updated_by_id=by.audit_id,
        updated_by_name=by.audit_name,
    )


def _tuesdays(today: date, shift: int) -> list[date]:
    """One reception day in each of the coming months, in another week for every office."""
    first = today + timedelta(days=(1 - today.weekday()) % 7 + 7 * (shift % 4))
    return [first + timedelta(days=28 * month) for month in range(FIRST_DAYS)]


def _put_up(guides: list[Guide], manuals: Mapping[str, bytes], by: Actor, at: datetime) -> None:
    """The same files at every office: kept once, then named by a row each."""
    if not guides:
        return
    first, *others = guides
    attachments = [
        keep_made(
            owner_type="guide", owner_id=first.pk, name=f"{title}.docx", body=io.BytesIO(body),
            content_type=KINDS["docx"][0], by=by, at=at,
        )
        for title, body in manuals.items()
    ]  # fmt: skip
    attachments += Attachment.objects.bulk_create(
        [
            Attachment(
                file=kept.file, name=kept.name, owner_type="guide", owner_id=guide.pk,
                uploaded_by_id=kept.uploaded_by_id, uploaded_by_name=kept.uploaded_by_name,
                uploaded_at=at,
            )
            for guide in others
            for kept in attachments
        ]
    )  # fmt: skip
    GuideFile.objects.bulk_create(
        [
            GuideFile(
                guide_id=attachment.owner_id, attachment=attachment, kind=GuideFile.Kind.MANUAL,
                title=attachment.name.removesuffix(".docx"),
            )
            for attachment in attachments
        ]
    )  # fmt: skip
