"""Draft a bulletin from the figures of its period; asked for twice, it is drafted once."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.db import connection
from django.urls import reverse

from catalog.models import Batch
from core.audit.record import Actor, record
from core.operations import operation
from core.transitions import MissingInput, NotYours, StaleVersion, TransitionRefused
from inbox.operations.tasks import NewTask, open_tasks
from monitoring.documents.bulletin_texts import WORDINGS
from monitoring.indicators.cut import add_months, day_start
from monitoring.models import Bulletin, BulletinTemplate, ComputedMonth, YearAssessment
from monitoring.operations.bulletins.freeze import freeze_figures, freeze_names
from monitoring.operations.bulletins.freeze_assessment import (
    ended_within,
    freeze_assessment,
    not_assessed,
)
from monitoring.operations.bulletins.strike import keep_rulings, take_rulings
from monitoring.operations.compute_month import Progress, Silent
from monitoring.queries.bulletin_period import check_first, months_of, period_end, period_words
from monitoring.queries.bulletins import bulletin_standings, kinds_of
from monitoring.queries.warning_standings import ACTING_ROLES
from monitoring.states.bulletins import BULLETIN_MACHINE, CLAUSE, DRAFTER, BulletinKind
from organisations.models import Organisation, User
from organisations.queries.scope import Scope
from policy.queries.read import FALLBACK_POLICY, PolicyValue, province_policy_on, values_on

OBJECT_TYPE = BULLETIN_MACHINE.name
VALUES = (
    "on_time_rate_min", "min_lines", "amount_share_bulletin", "bulletin_check_workdays",
    "rectification_workdays",
)  # fmt: skip


class BulletinRefused(TransitionRefused):
    """It cannot be drafted; says why and what to do."""


def may_draft(scope: Scope, kind: str) -> None:
    """Raises NotYours for whoever does not draft this kind, MissingInput for a kind that is none."""
    if kind not in BulletinKind.values:
        raise MissingInput("kind", "请从列表中选择通报种类")
    if kind not in kinds_of(scope):
        raise NotYours("月度、季度和年度通报由省级医保局起草，市级执行情况通报由设区市医保局起草")


@operation
def draft_bulletin(
    *,
    kind: str,
    first: date,
    issuer: Organisation,
    by: Actor,
    at: datetime,
    listener: Progress | None = None,
) -> Bulletin:
    """The bulletin of this bureau and period, drafted now unless it is there already.

    Every month of it must have been computed after its end. Two at once: the second waits and
    gives the first one's. Raises BulletinRefused, MissingInput (month).
    """
    listener = listener or Silent()
    check_first(kind, first)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))",
            [f"bulletin {issuer.pk} {kind} {first}"],
        )
    there = Bulletin.objects.filter(
        issuer=issuer, kind=kind, period_from=first, corrects__isnull=True
    ).exclude(state="withdrawn")
    found = there.first()
    if found is not None:
        return found
    wording = wording_of(kind, issuer)
    bulletin = _new(kind, first, issuer, by, at)
    bulletin.prefix, bulletin.title, bulletin.body = wording
    return _filled(bulletin, by, at, listener, "bulletin.draft")


@operation
def draft_correction(
    *, bulletin: Bulletin, reason: str, by: User, scope: Scope, at: datetime
) -> Bulletin:
    """A new draft that names the issued one, from the figures as they are now (the old stays)."""
    if DRAFTER not in bulletin_standings(scope, bulletin):
        raise NotYours("更正通报由原印发单位起草")
    if not reason.strip():
        raise MissingInput("reason", "请填写更正理由")
    locked = Bulletin.objects.select_for_update().get(pk=bulletin.pk)
    if locked.issued_at is None:
        raise TransitionRefused("尚未印发的通报直接修改，不需要更正")
    open_one = locked.corrections.exclude(state__in=["withdrawn", "issued", "closed"]).first()
    if open_one is not None:
        raise TransitionRefused(f"更正稿 {open_one.bulletin_no} 正在办理，请先办完或撤销")
    made = _new(locked.kind, locked.period_from, locked.issuer, by, at)
    made.prefix, made.body, made.corrects = locked.prefix, locked.body, locked
    made.title = f"更正：{locked.title}"[:200]
    made.correction_reason = reason.strip()[:500]
    made.is_joint, made.countersigner = locked.is_joint, locked.countersigner
    return _filled(made, by, at, Silent(), "bulletin.correct")


@operation
def redraft_figures(
    *, bulletin: Bulletin, by: User, scope: Scope, at: datetime, seen_version: int | None = None
) -> Bulletin:
    """Take the figures and lists anew into a draft, its words stay; the 核对期 begins again.

    Rulings stand: what was struck stays struck where it would be listed again, and an objection
    keeps the line that it was filed against.
    """
    if DRAFTER not in bulletin_standings(scope, bulletin):
        raise NotYours("取数由起草单位的经办人员办理")
    locked = Bulletin.objects.select_for_update().get(pk=bulletin.pk)
    if seen_version is not None and locked.row_version != seen_version:
        raise StaleVersion("该通报已被他人更新，请刷新后再办理")
    if locked.state != "draft":
        raise TransitionRefused("只有“起草”状态的通报可以重新取数：请先修改文稿，使其回到起草状态")
    waiting = locked.objections.filter(state="filed").count()
    if waiting:
        raise TransitionRefused(f"还有 {waiting} 件核对异议没有裁定：请先裁定，再重新取数", CLAUSE)
    rulings = take_rulings(locked)
    locked.check_due_on = None
    locked.row_version += 1
    drafted = _filled(locked, by, at, Silent(), "bulletin.redraft")
    keep_rulings(drafted, rulings)
    return drafted


def wording_of(kind: str, issuer: Organisation) -> tuple[str, str, str]:
    """(prefix, title, body): the province's own newest version, else what the platform ships."""
    own = (
        BulletinTemplate.objects.filter(kind=kind, province=_province(issuer))
        .order_by("-version_no")
        .first()
    )
    if own is not None:
        return own.prefix, own.title, own.body
    shipped = WORDINGS[kind]
    return shipped.prefix, shipped.title, shipped.body


def policy_values(province_code: str, on: date) -> dict[str, PolicyValue]:
    """The province's own values on a day; jiangxi-2024's where it has no policy."""
    own = province_policy_on(province_code, on)
    return values_on(own.code if own else FALLBACK_POLICY, on)


def _province(issuer: Organisation) -> Any:
    region = issuer.region
    return region if region is None or region.parent is None else region.parent


def _new(kind: str, first: date, issuer: Organisation, by: Actor, at: datetime) -> Bulletin:
    """Not saved yet: refused where the months are not there."""
    last = period_end(kind, first)
    region = issuer.region
    if region is None:
        raise BulletinRefused("印发单位没有区划，不能起草")
    province = _province(issuer)
    _computed(province.pk, first, last)
    if kind == BulletinKind.YEARLY:
        _assessed(province.code, first, last)
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval('monitoring_bulletin_no')")
        number = cursor.fetchone()[0]
    return Bulletin(
        bulletin_no=f"TB{first:%Y%m}-{number:04d}", kind=kind, issuer=issuer, province=province,
        city=region if region.level == "city" else None, period_from=first, period_to=last,
        drafted_at=at, drafted_by_id=by.audit_id, drafted_by_name=by.audit_name,
        state_at=at, state_by_id=by.audit_id, state_by_name=by.audit_name,
    )  # fmt: skip


def _computed(province_id: int, first: date, last: date) -> dict[str, Any]:
    """Which computation each month is of. Raises BulletinRefused naming what is missing."""
    months = months_of(first, last)
    there = {
        row.month: {"revision": row.revision, "computed_at": row.computed_at.isoformat()}
        for row in ComputedMonth.objects.filter(province_id=province_id, month__in=months)
        # Figures of a month that was still running are not those that are told of it.
        if row.computed_at >= day_start(add_months(row.month, 1))
    }
    missing = [f"{month:%Y-%m}" for month in months if month not in there]
    if missing:
        raise BulletinRefused(
            f"{'、'.join(missing)} 的指标在月末以后尚未计算，不能起草通报：请先在“月度计算”中计算该月"
        )
    return {f"{month:%Y-%m}": each for month, each in sorted(there.items())}


def _assessments(bulletin: Bulletin) -> dict[str, Any]:
    """Which computation of each agreement year the draft rests on."""
    ended = ended_within(bulletin.period_from, bulletin.period_to, bulletin.province.code)
    return {
        str(row): {"revision": row.revision, "computed_at": row.computed_at.isoformat()}
        for row in YearAssessment.objects.filter(year__in=ended).order_by("batch_code", "year_no")
    }


def _assessed(province_code: str, first: date, last: date) -> None:
    """Raises BulletinRefused naming the agreement years that have no 年度考核 yet."""
    missing = [
        f"{each.batch.name}第 {each.year_no} 年"
        for each in not_assessed(first, last, province_code)
    ]
    if missing:
        more = f"等 {len(missing)} 个采购年度" if len(missing) > 5 else ""
        raise BulletinRefused(
            f"{'、'.join(missing[:5])}{more}尚未完成年度考核，不能起草年度通报：请先在“年度执行考核”中计算"
        )


def _filled(
    bulletin: Bulletin, by: Actor, at: datetime, listener: Progress, action: str
) -> Bulletin:
    region = bulletin.city if bulletin.city is not None else bulletin.province
    values = policy_values(bulletin.province.code, bulletin.period_to)
    fallback = values_on(FALLBACK_POLICY, bulletin.period_to)
    bulletin.figures_from = {
        "months": _computed(bulletin.province_id, bulletin.period_from, bulletin.period_to),
        "values": {
            key: str((values[key] if values[key].in_force else fallback[key]).number)
            for key in VALUES
        },
        "code": region.code, "region": region.name, "batches": {}, "issuer": bulletin.issuer.name,
        "countersigner": bulletin.countersigner.name if bulletin.countersigner else "",
        "taken_at": at.isoformat(),
    }  # fmt: skip
    if bulletin.pk is None:
        bulletin.save(force_insert=True)
    listener.progress(0, 3, "汇总指标")
    figures = freeze_figures(bulletin)
    listener.progress(1, 3, "列出名单")
    names = freeze_names(bulletin, values)
    if bulletin.kind == BulletinKind.YEARLY:
        added = freeze_assessment(bulletin, after=names)
        figures, names = figures + added[0], names + added[1]
        bulletin.figures_from["assessments"] = _assessments(bulletin)
    codes = set(bulletin.inputs.order_by().values_list("batch_code", flat=True).distinct())
    codes |= set(bulletin.lines.order_by().values_list("batch_code", flat=True).distinct())
    bulletin.figures_from["batches"] = dict(
        Batch.objects.filter(code__in=codes).order_by("code").values_list("code", "name")
    )
    bulletin.save(update_fields=["figures_from", "check_due_on", "row_version"])
    listener.progress(2, 3, "登记")
    words = period_words(bulletin.period_from, bulletin.period_to)
    record(
        by=by, at=at, action=action, object_type=OBJECT_TYPE, object_key=bulletin.pk,
        object_label=str(bulletin), clause=CLAUSE, reason=bulletin.correction_reason,
        detail={"kind": bulletin.kind, "period": words, "figures": figures, "names": names},
    )  # fmt: skip
    open_tasks(
        tasks=[
            NewTask(
                organisation_id=bulletin.issuer_id, act="draft_bulletin",
                title=f"{words}{BulletinKind(bulletin.kind).label}已起草，请核改并发起数据核对",
                object_type=OBJECT_TYPE, object_key=bulletin.bulletin_no,
                url=reverse("bulletin", args=[bulletin.bulletin_no]), roles=ACTING_ROLES,
            )
        ],
        at=at,
    )  # fmt: skip
    return bulletin
