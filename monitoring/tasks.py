"""The monthly job and its clock."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from urllib.parse import urlencode

from celery import shared_task
from django.urls import reverse
from django.utils import timezone

from catalog.models import AgreementYear
from core.audit.record import SystemActor
from core.jobs.context import JobContext
from core.jobs.daily import enqueue_daily
from core.jobs.enqueue import enqueue
from core.jobs.kinds import JobRefused, job_kind
from core.jobs.models import Job
from core.transitions import Refusal
from monitoring.indicators.cut import SHANGHAI, add_months, day_start
from monitoring.models import Bulletin, ComputedMonth, Rehearsal
from monitoring.operations.actions.climb import propose_steps
from monitoring.operations.assessments.compute import assess_year
from monitoring.operations.assessments.request import ASSESS_YEAR, request_due_assessments
from monitoring.operations.bulletins.draft import draft_bulletin
from monitoring.operations.bulletins.issue import issue_bulletin, verify_bulletin
from monitoring.operations.bulletins.long_list import ISSUE_BULLETIN, VERIFY_BULLETIN
from monitoring.operations.bulletins.request import DRAFT_BULLETIN, request_due_drafts
from monitoring.operations.compute_month import compute_month
from monitoring.operations.early_notices import look_ahead_of_newest
from monitoring.operations.entry_checks import list_entry_checks
from monitoring.operations.inspections.telling import tell_late_inspections
from monitoring.operations.leads.find import FIND_LEADS, find_leads, request_due_searches
from monitoring.operations.live.keep_current import keep_current
from monitoring.operations.raise_daily import raise_daily_warnings
from monitoring.operations.recompute_deadlines import recompute_deadlines
from monitoring.operations.rehearse_change import REHEARSE, rehearse
from monitoring.operations.reports.draft import DRAFT_REPORT, draft_report
from monitoring.operations.reports.hand_in import draft_due_reports
from monitoring.operations.sanctions.enact import enact_due, expire_sanctions
from monitoring.operations.sanctions.statement import ask_for_decisions
from monitoring.operations.score_month import score_month
from monitoring.operations.trainings import remind_of_trainings
from monitoring.queries.bulletins import visible_bulletins
from monitoring.queries.jobs import COMPUTE_MONTH
from monitoring.queries.months import parse_month
from monitoring.rules import DAILY_RULES, HOURLY_RULES
from organisations.models import Organisation, User
from organisations.queries.scope import Scope, scope_of
from policy.operations.upload_calendar_year import RECOMPUTE

CLOCK = SystemActor(audit_name="定时任务")
DAILY_WARNINGS = "daily_warnings"
HOURLY_WARNINGS = "hourly_warnings"
ENTRY_CHECKS = "entry_checks"
PROPOSE_STEPS = "propose_steps"
ENACT_SANCTIONS = "enact_sanctions"
LOOK_AHEAD = "look_ahead"
SCORE_MONTH = "score_month"
DUE_REPORTS = "due_reports"


@dataclass(frozen=True)
class Requester:
    """Whoever asked for a job, as the job remembers it."""

    audit_id: int | None
    audit_name: str
    audit_organisation_id: int | None = None
    audit_organisation_name: str = ""


@job_kind(COMPUTE_MONTH, label="月度指标计算")
def run_compute_month(context: JobContext, arguments: dict[str, Any]) -> dict[str, Any]:
    """Compute the month named in the arguments for whoever asked."""
    job = Job.objects.get(pk=context.job_id)
    by = Requester(audit_id=job.requested_by_id, audit_name=job.requested_by_name)
    counts = compute_month(
        parse_month(arguments["month"]),
        by=by,
        at=timezone.now(),
        listener=context,
        job_id=context.job_id,
    )
    # A job of its own: scores that fail are tried again without the month.
    month = arguments["month"]
    enqueue(kind=SCORE_MONTH, key=month, arguments={"month": month}, by=by, at=timezone.now())
    return {"rows": counts.rows, "warnings": counts.warnings, "total": counts.total}


@job_kind(SCORE_MONTH, label="企业供应评分")
def run_score_month(context: JobContext, arguments: dict[str, Any]) -> dict[str, Any]:
    """Score what the month's figures count in; the same figures again write nothing."""
    job = Job.objects.get(pk=context.job_id)
    by = Requester(audit_id=job.requested_by_id, audit_name=job.requested_by_name)
    found = score_month(month=parse_month(arguments["month"]), by=by, at=timezone.now())
    return {"versions": found.versions, "periods": list(found.periods)}


def _change_page(job: Job) -> str:
    return reverse("rehearsal", args=[job.arguments["change_no"]])


def _rehearsal_title(job: Job) -> str:
    told = job.arguments
    return f"试算参数调整 {told['change_no']}，最近 {told['months']} 个月"


@job_kind(
    REHEARSE, label="试算参数调整", title=_rehearsal_title, result_url=_change_page,
    result_label="查看试算",
)  # fmt: skip
def run_rehearsal(context: JobContext, arguments: dict[str, Any]) -> dict[str, Any]:
    """Try a proposed value on past months."""
    rehearsal = Rehearsal.objects.get(job_id=context.job_id)
    months = rehearse(
        rehearsal=rehearsal,
        province_id=arguments["province"],
        at=timezone.now(),
        listener=context,
    )
    return {"months": months}


@job_kind(RECOMPUTE, label="按公布的日历重算暂定期限")
def run_recompute_deadlines(context: JobContext, arguments: dict[str, Any]) -> dict[str, Any]:
    """Make the deadlines firm that were counted in a year which is published now."""
    job = Job.objects.get(pk=context.job_id)
    by = Requester(audit_id=job.requested_by_id, audit_name=job.requested_by_name)
    return recompute_deadlines(year=arguments["year"], by=by, at=timezone.now(), listener=context)


@shared_task(name="monitoring.compute_last_month")
def compute_last_month() -> None:
    """On the 1st: ask for the month that ended, unless it was computed since."""
    request_last_month(at=timezone.now())


@job_kind(DAILY_WARNINGS, label="每日预警")
def run_daily_warnings(context: JobContext, arguments: dict[str, Any]) -> dict[str, Any]:
    """Every rule of the day, for the day that the job is of."""
    on = date.fromisoformat(arguments["on"])
    counts: dict[str, Any] = {}
    for done, rule in enumerate(DAILY_RULES):
        context.progress(done, len(DAILY_RULES), rule.label)
        found = raise_daily_warnings(rule, on=on, by=CLOCK, at=timezone.now())
        counts[rule.code] = {"opened": found.opened, "recovered": found.recovered}
    return counts


@shared_task(name="monitoring.raise_daily_warnings", ignore_result=True)
def request_daily_warnings() -> None:
    """Every hour; one job a day."""
    enqueue_daily(kind=DAILY_WARNINGS, by=CLOCK, at=timezone.now())


@job_kind(HOURLY_WARNINGS, label="每小时预警")
def run_hourly_warnings(context: JobContext, arguments: dict[str, Any]) -> dict[str, Any]:
    """Every rule of the hour, as things stand now."""
    counts: dict[str, Any] = {}
    for rule in HOURLY_RULES:
        at = timezone.now()
        found = raise_daily_warnings(rule, on=timezone.localdate(at), by=CLOCK, at=at)
        counts[rule.code] = {"opened": found.opened, "recovered": found.recovered}
    return counts


@shared_task(name="monitoring.raise_hourly_warnings", ignore_result=True)
def request_hourly_warnings() -> None:
    """Every hour, by the hour."""
    at = timezone.now()
    key = f"{timezone.localtime(at):%Y-%m-%dT%H}"
    enqueue(kind=HOURLY_WARNINGS, key=key, arguments={}, by=CLOCK, at=at)


@job_kind(ENTRY_CHECKS, label="进院排查")
def run_entry_checks(context: JobContext, arguments: dict[str, Any]) -> dict[str, Any]:
    """List what is due, close what came in, for the day that the job is of."""
    on = date.fromisoformat(arguments["on"])
    found = list_entry_checks(on=on, by=CLOCK, at=timezone.now())
    return {"listed": found.listed, "closed": found.closed}


@shared_task(name="monitoring.list_entry_checks", ignore_result=True)
def request_entry_checks() -> None:
    """Every hour; one job a day."""
    enqueue_daily(kind=ENTRY_CHECKS, by=CLOCK, at=timezone.now())


@job_kind(LOOK_AHEAD, label="早期提示推算")
def run_look_ahead(context: JobContext, arguments: dict[str, Any]) -> dict[str, Any]:
    """Of the newest month that was computed; nothing where there is none yet."""
    return {"found": look_ahead_of_newest(by=CLOCK, at=timezone.now())}


@shared_task(name="monitoring.look_ahead", ignore_result=True)
def request_look_ahead() -> None:
    """Every hour; one job a day."""
    enqueue_daily(kind=LOOK_AHEAD, by=CLOCK, at=timezone.now())


@job_kind(PROPOSE_STEPS, label="逾期整改核对")
def run_propose_steps(context: JobContext, arguments: dict[str, Any]) -> dict[str, Any]:
    """Propose the first and next steps of what was not mended by its date."""
    on = date.fromisoformat(arguments["on"])
    found = propose_steps(on=on, by=CLOCK, at=timezone.now())
    visits = tell_late_inspections(on=on, at=timezone.now())
    return {"first": found.first, "next": found.next, "late": found.late, "inspections": visits}


@shared_task(name="monitoring.propose_steps", ignore_result=True)
def request_propose_steps() -> None:
    """Every hour; one job a day."""
    enqueue_daily(kind=PROPOSE_STEPS, by=CLOCK, at=timezone.now())


@job_kind(ENACT_SANCTIONS, label="惩戒决定生效")
def run_enact_sanctions(context: JobContext, arguments: dict[str, Any]) -> dict[str, Any]:
    """Put decisions into effect whose day has come, end those that expired, ask for the due ones."""
    on = date.fromisoformat(arguments["on"])
    at = timezone.now()
    return {
        "enacted": enact_due(on=on, by=CLOCK, at=at),
        "expired": expire_sanctions(on=on, by=CLOCK, at=at),
        "asked": ask_for_decisions(on=on, at=at),
    }


@shared_task(name="monitoring.enact_sanctions", ignore_result=True)
def request_enact_sanctions() -> None:
    """Every hour; one job a day."""
    enqueue_daily(kind=ENACT_SANCTIONS, by=CLOCK, at=timezone.now())


@shared_task(name="monitoring.keep_live_current", ignore_result=True)
def keep_live_current() -> None:
    """Every few seconds: fold what changed into the running month's figures.

    No job row: a tick that is lost is made up for by the next, and two at once are kept apart by a
    lock in the database. What it last did stands in LiveMonth.
    """
    keep_current(by=CLOCK, at=timezone.now())


def request_last_month(*, at: datetime) -> Job | None:
    """Queue the month before `at`'s; None when it was already computed after its end."""
    this_month = at.astimezone(SHANGHAI).date().replace(day=1)
    month = add_months(this_month, -1)
    done = ComputedMonth.objects.filter(month=month, computed_at__gte=day_start(this_month))
    return None if done.exists() else request_month(month, by=CLOCK, at=at)


def request_month(month: date, *, by: Any, at: datetime) -> Job:
    """Queue one month; the one open job of that month if there is one."""
    key = f"{month:%Y-%m}"
    return enqueue(kind=COMPUTE_MONTH, key=key, arguments={"month": key}, by=by, at=at)


def _bulletin_page(job: Job) -> str:
    number = job.result.get("bulletin_no")
    return reverse("bulletin", args=[number]) if number else reverse("bulletins")


@job_kind(
    DRAFT_BULLETIN, label="起草通报", result_url=_bulletin_page, result_label="查看通报",
)  # fmt: skip
def run_draft_bulletin(context: JobContext, arguments: dict[str, Any]) -> dict[str, Any]:
    """Draft one bulletin; run again it gives the one that is there."""
    job = Job.objects.get(pk=context.job_id)
    by = Requester(audit_id=job.requested_by_id, audit_name=job.requested_by_name)
    try:
        bulletin = draft_bulletin(
            kind=arguments["kind"], first=date.fromisoformat(arguments["first"]),
            issuer=Organisation.objects.select_related("region__parent").get(
                pk=arguments["issuer"]
            ),
            by=by, at=timezone.now(), listener=context,
        )  # fmt: skip
    except Refusal as refusal:
        raise JobRefused(refusal.reason) from refusal
    return {"bulletin_no": bulletin.bulletin_no, "lines": bulletin.lines.count()}


def _of_bulletin(job: Job) -> str:
    return reverse("bulletin", args=[job.arguments["bulletin"]])


def _asker(arguments: dict[str, Any]) -> tuple[User, Scope]:
    """Whoever asked, with the rights of this day. Raises JobRefused for one that has none any more."""
    rows = User.objects.select_related("organisation__region__parent__parent")
    user = rows.get(pk=arguments["user"])
    scope = scope_of(user, timezone.localdate())
    if not scope.active:
        raise JobRefused("发起人的账号已停用，没有办理")
    return user, scope


@job_kind(
    ISSUE_BULLETIN, label="编号印发通报", result_url=_of_bulletin, result_label="查看通报",
    result_words=lambda job: f"已印发：{job.result.get('doc_number', '')}",
)  # fmt: skip
def run_issue_bulletin(context: JobContext, arguments: dict[str, Any]) -> dict[str, Any]:
    """Issue what its asker read; one that is issued by now stays as it is."""
    user, scope = _asker(arguments)
    bulletin = Bulletin.objects.get(bulletin_no=arguments["bulletin"])
    if bulletin.issued_at is None:
        context.progress(0, 1, "定稿、排版、送达")
        try:
            bulletin = issue_bulletin(
                bulletin=bulletin, by=user, scope=scope, at=timezone.now(),
                seen_version=arguments["version"],
            )  # fmt: skip
        except Refusal as refusal:
            raise JobRefused(refusal.reason) from refusal
    return {"doc_number": bulletin.doc_number}


def _compared(job: Job) -> str:
    problems = job.result.get("problems", [])
    if problems:
        return "核验不一致：" + "；".join(problems)
    return f"核验一致：与印发时逐字节相同（SHA-256 {job.result.get('digest', '')[:16]}…）"


@job_kind(
    VERIFY_BULLETIN, label="核验通报定稿", result_url=_of_bulletin, result_label="查看通报",
    result_words=_compared,
)  # fmt: skip
def run_verify_bulletin(context: JobContext, arguments: dict[str, Any]) -> dict[str, Any]:
    """Make it anew from its frozen inputs and compare; writes nothing but the job's result."""
    _, scope = _asker(arguments)
    bulletin = visible_bulletins(scope).get(bulletin_no=arguments["bulletin"])
    context.progress(0, 1, "由冻结数据重新生成并比对")
    try:
        found = verify_bulletin(bulletin)
    except Refusal as refusal:
        raise JobRefused(refusal.reason) from refusal
    return {"digest": found.digest, "problems": list(found.problems)}


@shared_task(name="monitoring.draft_due_bulletins", ignore_result=True)
def draft_due_bulletins() -> None:
    """Every hour: what ended and is computed gets its draft, once."""
    request_due_drafts(by=CLOCK, at=timezone.now())


def _assessment_page(job: Job) -> str:
    batch, _, year_no = job.key.rpartition(":")
    return f"{reverse('assessed-units')}?{urlencode({'batch': batch, 'year_no': year_no})}"


@job_kind(ASSESS_YEAR, label="年度考核", result_url=_assessment_page, result_label="查看考核结果")
def run_assess_year(context: JobContext, arguments: dict[str, Any]) -> dict[str, Any]:
    """Judge one agreement year; run again it is made anew."""
    job = Job.objects.get(pk=context.job_id)
    by = Requester(audit_id=job.requested_by_id, audit_name=job.requested_by_name)
    year = AgreementYear.objects.select_related("batch__policy").get(pk=arguments["year"])
    try:
        kept = assess_year(year=year, by=by, at=timezone.now(), listener=context)
    except Refusal as refusal:
        raise JobRefused(refusal.reason) from refusal
    return {"units": kept.units, "groups": kept.groups, "passed": kept.passed}


@shared_task(name="monitoring.assess_due_years", ignore_result=True)
def assess_due_years() -> None:
    """Every hour: agreement years that ended and are not assessed yet."""
    request_due_assessments(by=CLOCK, at=timezone.now())


def _report_page(job: Job) -> str:
    number = job.result.get("report_no")
    return reverse("periodic-report", args=[number]) if number else reverse("periodic-reports")


@job_kind(DRAFT_REPORT, label="起草工作报告", result_url=_report_page, result_label="查看报告")
def run_draft_report(context: JobContext, arguments: dict[str, Any]) -> dict[str, Any]:
    """Draft one report; run again it gives the one that is there."""
    job = Job.objects.get(pk=context.job_id)
    by = Requester(audit_id=job.requested_by_id, audit_name=job.requested_by_name)
    issuer = Organisation.objects.select_related("region__parent").get(pk=arguments["issuer"])
    try:
        report = draft_report(
            kind=arguments["kind"], first=date.fromisoformat(arguments["first"]), issuer=issuer,
            by=by, at=timezone.now(),
        )  # fmt: skip
    except Refusal as refusal:
        raise JobRefused(refusal.reason) from refusal
    return {"report_no": report.report_no}


@job_kind(DUE_REPORTS, label="到期工作报告")
def run_due_reports(context: JobContext, arguments: dict[str, Any]) -> dict[str, Any]:
    """Draft what ended, tell of what is late; late in the year, ask for trainings."""
    found = draft_due_reports(by=CLOCK, at=timezone.now())
    asked = remind_of_trainings(at=timezone.now())
    return {"drafted": found.drafted, "told": found.told, "trainings": asked}


@shared_task(name="monitoring.draft_due_reports", ignore_result=True)
def request_due_reports() -> None:
    """Every hour; one job a day."""
    enqueue_daily(kind=DUE_REPORTS, by=CLOCK, at=timezone.now())


def _leads_page(job: Job) -> str:
    return reverse("leads")


@job_kind(FIND_LEADS, label="筛查线索", result_url=_leads_page, result_label="查看线索")
def run_find_leads(context: JobContext, arguments: dict[str, Any]) -> dict[str, Any]:
    """Look through the orders up to a month; run again it adds what is new."""
    job = Job.objects.get(pk=context.job_id)
    by = Requester(audit_id=job.requested_by_id, audit_name=job.requested_by_name)
    found = find_leads(
        month=date.fromisoformat(arguments["month"]), province_id=arguments["province"], by=by,
        at=timezone.now(), listener=context,
    )  # fmt: skip
    return {"found": found}


@shared_task(name="monitoring.find_due_leads", ignore_result=True)
def find_due_leads() -> None:
    """Every hour: the newest computed month of each province, once."""
    request_due_searches(by=CLOCK, at=timezone.now())
