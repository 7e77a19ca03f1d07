"""Draft a periodic report from the records of its period; asked for twice, it is drafted once."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from django.db import connection
from django.urls import reverse

from core.audit.record import Actor, record
from core.jobs.enqueue import enqueue
from core.jobs.models import Job
from core.operations import operation
from core.transitions import MissingInput, NotYours, StaleVersion, TransitionRefused
from core.workdays.deadlines import day_end, shanghai_day
from inbox.operations.tasks import NewTask, open_tasks
from monitoring.indicators.cut import add_months
from monitoring.models import PeriodicReport
from monitoring.queries.bulletin_period import period_words
from monitoring.queries.months import MalformedMonth, parse_month
from monitoring.queries.periodic_reports import half_year_due, own_report_kinds, report_standings
from monitoring.queries.report_tables import tables_of
from monitoring.queries.warning_standings import ACTING_ROLES
from monitoring.states.report import (
    AUTHOR,
    CLAUSE_OF_REPORT,
    MONTHS_OF_REPORT,
    RECEIVERS_OF_REPORT,
    REPORT_MACHINE,
    UNSENT,
    ReportKind,
)
from organisations.models import Organisation, Region, User
from organisations.queries.scope import Scope

OBJECT_TYPE = REPORT_MACHINE.name
DRAFT_REPORT = "draft_report"
FIRST_MONTHS = {1: range(1, 13), 3: (1, 4, 7, 10), 6: (1, 7), 12: (1,)}
BODIES = {
    ReportKind.HALF_YEAR: (
        "现将{期间}药品和医用耗材集中带量采购落地执行问题处置情况报告如下。\n"
        "一、问题反馈和处置情况\n各类问题的提出、回复和解决情况见附表。\n"
        "二、监测预警和监管措施\n预警的核实、恢复情况和采取的监管措施见附表。\n"
        "三、存在的主要困难\n（请填写）\n四、下一步打算\n（请填写）"
    ),
    ReportKind.QUARTER: (
        "现将{期间}药品和医用耗材采购配送执行情况报告如下。\n一、总体情况\n"
        "各地区订购、响应和收货情况，企业响应率、及时率和交易完成率见附表。\n"
        "二、短缺风险研判\n到期没有发货较多的中选产品见附表。\n三、工作建议\n（请填写）"
    ),
    ReportKind.THREE_RATES: "{期间}生产、配送企业订单响应率、配送及时率和交易完成率见附表。",
    ReportKind.REGULATOR: (
        "现将{期间}集中带量采购中选产品生产、流通、使用单位名单抄送你单位，"
        "请结合职责开展质量监督。名单按{期间}发送的订单生成，见附表。"
    ),
    ReportKind.REVIEWS: (
        "现将{期间}医疗机构非中选产品处方点评结果报送你单位，供医保支付资格管理使用。"
        "各机构点评情况和不合理、用量不合理、理由不充分的逐笔结果见附表。\n"
        "一、处理建议\n（请填写）"
    ),
    ReportKind.CONDUCT: (
        "现将{期间}集中带量采购中选产品使用情况纳入纠正医药购销和医疗服务不正之风监管的工作清单报送你单位。\n"
        "一、总体情况\n医疗机构、企业的情况和线索办理数量见附表；线索内容另按规定移交。\n"
        "二、工作建议\n（请填写）"
    ),
}
TITLES = {
    ReportKind.HALF_YEAR: "关于{期间}集中带量采购落地执行问题处置情况的报告",
    ReportKind.QUARTER: "关于{期间}采购配送执行情况的报告",
    ReportKind.THREE_RATES: "{期间}企业三率表",
    ReportKind.REVIEWS: "{期间}处方点评结果（医保支付资格管理）",
    ReportKind.CONDUCT: "{期间}纠正不正之风工作清单",
    ReportKind.REGULATOR: "关于抄送{期间}中选产品生产流通使用单位名单的函",
}


def report_url(report: PeriodicReport) -> str:
    return reverse("periodic-report", args=[report.report_no])


def report_period(kind: str, first: date) -> tuple[date, str]:
    """Last day and words. Raises MissingInput (month) for a day that no period begins on."""
    length = MONTHS_OF_REPORT[kind]
    if first.day != 1 or first.month not in FIRST_MONTHS[length]:
        words = {1: "月初", 3: "季度的第一个月（1、4、7、10 月）", 6: "1 月或 7 月", 12: "1 月"}[
            length
        ]
        raise MissingInput("month", f"该种报告的期间从{words}开始，请重新选择")
    last = add_months(first, length) - timedelta(days=1)
    if length == 12:
        return last, f"{first.year}年度"
    if length == 6:
        return last, f"{first.year}年{'上' if first.month == 1 else '下'}半年"
    return last, period_words(first, last)


def last_report_period(kind: str, today: date) -> date:
    """The first day of the last ended period of the kind."""
    length = MONTHS_OF_REPORT[kind]
    this = date(today.year, (today.month - 1) // length * length + 1, 1)
    return add_months(this, -length)


@operation
def request_report(*, kind: str, month: str, by: User, scope: Scope, at: datetime) -> Job:
    """Queue the draft of the own bureau. Raises NotYours, MissingInput (month)."""
    if kind not in own_report_kinds(scope):
        raise NotYours("半年报告由设区市医保局起草，其余报告由省级医保局起草")
    try:
        first = parse_month(month)
    except MalformedMonth as error:
        raise MissingInput("month", str(error)) from error
    last, _ = report_period(kind, first)
    if last >= shanghai_day(at):
        raise MissingInput("month", "该期间尚未结束，不能起草报告：请选择已结束的期间")
    return enqueue(
        kind=DRAFT_REPORT, key=f"{kind}:{scope.organisation_id}:{first:%Y-%m}",
        arguments={"kind": kind, "first": first.isoformat(), "issuer": scope.organisation_id},
        by=by, at=at, province_code=scope.province_code,
    )  # fmt: skip


@operation
def draft_report(
    *, kind: str, first: date, issuer: Organisation, by: Actor, at: datetime
) -> PeriodicReport:
    """The report of this bureau and period, drafted now unless it is there already.

    Two at once: the second waits and gives the first one's. The bureau gets a task, due on the day
    that the policy names. Raises MissingInput, TransitionRefused where there is no receiver.
    """
    last, words = report_period(kind, first)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))",
            [f"report {issuer.pk} {kind} {first}"],
        )
    found = PeriodicReport.objects.filter(issuer=issuer, kind=kind, period_from=first).first()
    if found is not None:
        return found
    region = issuer.region
    if region is None:
        raise TransitionRefused("报送单位没有区划，不能起草报告")
    province = region if region.parent is None else region.parent
    due, clause = None, CLAUSE_OF_REPORT[kind]
    if kind == ReportKind.HALF_YEAR:
        due, named = half_year_due(first, province.code)
        clause = named or clause
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval('monitoring_report_no')")
        number = cursor.fetchone()[0]
    made = PeriodicReport.objects.create(
        report_no=f"GZ{first:%Y%m}-{number:04d}", kind=kind, issuer=issuer,
        receiver=_receiver(kind, issuer, province), province=province,
        city=region if region.level == "city" else None, period_from=first, period_to=last,
        due_on=due, clause=clause, title=TITLES[ReportKind(kind)].replace("{期间}", words),
        body=BODIES[ReportKind(kind)].replace("{期间}", words),
        tables=_tables(kind, first, last, region, province), taken_at=at, drafted_at=at,
        drafted_by_name=by.audit_name, state_at=at, state_by_id=by.audit_id,
        state_by_name=by.audit_name,
    )  # fmt: skip
    _record(made, by, at, "periodic_report.draft")
    open_tasks(
        tasks=[
            NewTask(
                organisation_id=issuer.pk, act="hand_in_report",
                title=f"{made.title}已起草，请核改并报送", object_type=OBJECT_TYPE,
                object_key=made.report_no, url=report_url(made),
                due_at=day_end(due) if due else None, roles=ACTING_ROLES,
            )
        ],
        at=at,
    )  # fmt: skip
    return made


@operation
def retake_report(
    *, report: PeriodicReport, by: User, scope: Scope, at: datetime, seen_version: int | None = None
) -> PeriodicReport:
    """Take the tables anew from the records as they are now; the words stay."""
    locked = PeriodicReport.objects.select_for_update().get(pk=report.pk)
    if AUTHOR not in report_standings(scope, locked):
        raise NotYours("取数由起草单位的经办人员办理")
    if seen_version is not None and locked.row_version != seen_version:
        raise StaleVersion("该报告已被他人更新，请刷新后再办理")
    if locked.state not in UNSENT:
        raise TransitionRefused("报告已报送，附表不再变动：需要更正的，由接收单位退回后重新取数")
    region = locked.city if locked.city is not None else locked.province
    locked.tables = _tables(
        locked.kind, locked.period_from, locked.period_to, region, locked.province
    )
    locked.taken_at = at
    locked.row_version += 1
    locked.save(update_fields=["tables", "taken_at", "row_version"])
    _record(locked, by, at, "periodic_report.retake")
    return locked


def _tables(
    kind: str, first: date, last: date, region: Region, province: Region
) -> list[dict[str, object]]:
    city = region.pk if region.level == "city" else None
    return tables_of(kind, first=first, last=last, province_id=province.pk, city_id=city)


def receiver_of(kind: str, issuer: Organisation, province: Region) -> Organisation | None:
    """The office that this kind goes to: of the province, of reviews the issuer's own region's."""
    region = issuer.region if kind == ReportKind.REVIEWS else province
    for wanted in RECEIVERS_OF_REPORT[kind]:
        found = (
            Organisation.objects.filter(kind=wanted, region=region, is_active=True)
            .order_by("code").first()
        )  # fmt: skip
        if found is not None:
            return found
    return None


def _receiver(kind: str, issuer: Organisation, province: Region) -> Organisation:
    found = receiver_of(kind, issuer, province)
    if found is None:
        kinds = dict(Organisation.Kind.choices)
        words = "、".join(str(kinds[each]) for each in RECEIVERS_OF_REPORT[kind])
        raise TransitionRefused(f"平台上没有接收该报告的单位（{words}），不能起草：请先登记该机构")
    return found


def _record(report: PeriodicReport, by: Actor, at: datetime, action: str) -> None:
    record(
        by=by, at=at, action=action, object_type=OBJECT_TYPE, object_key=report.pk,
        object_label=report.report_no, clause=report.clause,
        detail={"kind": report.kind, "first": f"{report.period_from}",
                "rows": sum(len(each["rows"]) for each in report.tables)},
    )  # fmt: skip
