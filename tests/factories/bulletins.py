"""Bulletins and their parts: a draft of a province, with one figure, one name, what comes back."""

from __future__ import annotations

from datetime import date

from monitoring.models import (
    Bulletin,
    BulletinInput,
    BulletinLine,
    BulletinObjection,
    BulletinReceipt,
    BulletinTemplate,
)
from organisations.models import Organisation
from tests.factories.organisations import LONG_AGO, number, organisation, region

MADE = {"state_at": LONG_AGO, "state_by_name": "测试"}
FROZEN = {
    "months": {}, "batches": {}, "code": "360000", "region": "测试省", "issuer": "测试省医疗保障局",
    "countersigner": "",
    "values": {
        "on_time_rate_min": "0.90", "min_lines": "10", "amount_share_bulletin": "1",
        "bulletin_check_workdays": "3", "rectification_workdays": "10",
    },
}  # fmt: skip


def bulletin(issuer: Organisation | None = None, **fields: object) -> Bulletin:
    """A monthly draft of March 2026 by a province's bureau, with a short text."""
    issuer = issuer or organisation("bureau", region=region())
    place = issuer.region
    assert place is not None
    frozen = FROZEN | {"code": place.code, "region": place.name, "issuer": issuer.name}
    values: dict[str, object] = {
        "bulletin_no": f"TB202603-{number()}", "kind": "monthly", "issuer": issuer,
        "province": place, "period_from": date(2026, 3, 1), "period_to": date(2026, 3, 31),
        "prefix": "测医保通报", "title": "关于{期间}执行情况的通报",
        "body": "一、总体情况\n及时率 {及时率}。\n{名单：机构}", "figures_from": frozen,
        "drafted_at": LONG_AGO, "drafted_by_name": "测试", **MADE,
    }  # fmt: skip
    return Bulletin.objects.create(**values | fields)


def bulletin_input(of: Bulletin | None = None, **fields: object) -> BulletinInput:
    of = of or bulletin()
    values: dict[str, object] = {
        "bulletin": of, "month": of.period_from, "indicator": "on_time_rate", "window": "month",
        "subject_type": "province", "subject_code": of.province.code,
        "subject_name": of.province.name, "numerator": 9, "denominator": 10, "row_count": 1,
    }  # fmt: skip
    return BulletinInput.objects.create(**values | fields)


def bulletin_line(
    of: Bulletin | None = None, named: Organisation | None = None, **fields: object
) -> BulletinLine:
    of, named = of or bulletin(), named or organisation()
    values: dict[str, object] = {
        "bulletin": of, "line_no": of.lines.count() + 1, "rule": "behind_schedule",
        "subject_type": "institution", "subject_code": named.code, "subject_name": named.name,
        "severity": "orange", "measured": "0.5", "threshold": "0.75", "organisation": named,
    }  # fmt: skip
    return BulletinLine.objects.create(**values | fields)


def bulletin_objection(of: BulletinLine | None = None, **fields: object) -> BulletinObjection:
    of = of or bulletin_line()
    values: dict[str, object] = {
        "bulletin": of.bulletin, "line_no": of.line_no, "organisation": of.organisation,
        "reason": "数据有误", "filed_at": LONG_AGO, "filed_by_name": "测试", **MADE,
    }  # fmt: skip
    return BulletinObjection.objects.create(**values | fields)


def bulletin_receipt(
    of: Bulletin | None = None, to: Organisation | None = None, **fields: object
) -> BulletinReceipt:
    values: dict[str, object] = {
        "bulletin": of or bulletin(), "organisation": to or organisation(), "is_named": True,
        "sent_at": LONG_AGO, **MADE,
    }  # fmt: skip
    return BulletinReceipt.objects.create(**values | fields)


def bulletin_template(**fields: object) -> BulletinTemplate:
    values: dict[str, object] = {
        "province": fields.get("province") or region(), "kind": "monthly",
        "version_no": 1, "prefix": "测医保通报", "title": "关于{期间}的通报", "body": "及时率 {及时率}。",
        "set_at": LONG_AGO, "set_by_name": "测试",
    }  # fmt: skip
    return BulletinTemplate.objects.create(**values | fields)
