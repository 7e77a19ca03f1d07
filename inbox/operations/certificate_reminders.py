"""Signing certificates that end: a 待办 and notices 30, 7 and 0 days ahead."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from django.urls import reverse

from core.audit.record import Actor, record
from core.operations import operation
from core.workdays.deadlines import day_end, shanghai_day
from inbox.operations.notices import NewNotice, notify
from inbox.operations.tasks import NewTask, open_tasks
from organisations.models import OrganisationCertificate

AHEAD_DAYS = (30, 7, 0)
ACT = "renew_certificate"
OBJECT_TYPE = "organisation_certificate"
ROLES = ("leader", "admin")


@operation
def remind_of_certificates(*, on: date, by: Actor, at: datetime) -> int:
    """Each organisation whose certificate in use ends within 30 days, or has ended.

    One 待办 for its leader and administrator until another certificate is in use; one notice per
    stage, also where the clock stood still on the very day. Gives how many certificates there are.
    """
    rows = list(
        OrganisationCertificate.objects.filter(
            state="active", organisation__is_active=True,
            not_after__lte=day_end(on + timedelta(days=AHEAD_DAYS[0])),
        ).order_by("pk")
    )  # fmt: skip
    url = reverse("certificate-list")
    open_tasks(
        tasks=[
            NewTask(
                organisation_id=row.organisation_id, act=ACT, roles=ROLES, url=url,
                title=f"更换签名证书：{shanghai_day(row.not_after):%Y-%m-%d} 到期",
                object_type=OBJECT_TYPE, object_key=str(row.pk), due_at=row.not_after,
            )
            for row in rows
        ],
        at=at,
    )  # fmt: skip
    notify(
        notices=[
            NewNotice(
                row.organisation_id, f"certificate-{row.pk}-{stage_of(row, on)}", words_of(row, on),
                "到期后不能再签署协议、承诺函等文件；已签的不受影响。"
                "请机构管理员申领平台证书，或上传证书机构换发的证书。",
                url,
            )
            for row in rows
        ],
        at=at,
    )  # fmt: skip
    if rows:
        record(
            by=by, at=at, action="organisation_certificate.remind", object_type=OBJECT_TYPE,
            object_label=f"{len(rows):,} 份签名证书", detail={"on": f"{on}", "number": len(rows)},
        )  # fmt: skip
    return len(rows)


def days_left(row: OrganisationCertificate, on: date) -> int:
    """Days until the certificate's last day; negative once it has ended."""
    return (shanghai_day(row.not_after) - on).days


def stage_of(row: OrganisationCertificate, on: date) -> int:
    """30, 7 or 0: the last of them that has been reached."""
    left = days_left(row, on)
    return min(each for each in AHEAD_DAYS if left <= each)


def words_of(row: OrganisationCertificate, on: date) -> str:
    left, last = days_left(row, on), f"{shanghai_day(row.not_after):%Y-%m-%d}"
    if left < 0:
        return f"本机构的签名证书已于 {last} 到期，不能再签署"
    if left == 0:
        return f"本机构的签名证书今天（{last}）到期"
    return f"本机构的签名证书还有 {left} 天到期（{last}）"
