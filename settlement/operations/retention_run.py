"""A run's way: to the institutions' own check, published, 公示, countersigned, paid."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from django.db.models import F, QuerySet
from django.urls import reverse

from core.audit.record import record
from core.jobs.enqueue import enqueue
from core.jobs.models import Job
from core.operations import operation
from core.transitions import MissingInput, NotYours, StaleVersion, TransitionRefused
from core.workdays.deadlines import add_workdays, day_end, shanghai_day
from inbox.operations.notices import NewNotice, notify
from inbox.operations.tasks import NewTask, finish_tasks, open_tasks
from monitoring.queries.assessment import year_terms
from organisations.models import User
from organisations.queries.scope import Scope
from settlement.models import RetentionRun, RetentionSheet
from settlement.operations.ledger import EventKey, LedgerLine, Source, post
from settlement.queries.retention import (
    APPROVERS,
    OFFICERS,
    pool_bureau,
    pool_finance,
    run_standings,
    year_of,
)
from settlement.rules.retention import may_countersign, may_notice
from settlement.states.ledger import Purpose, SourceKind
from settlement.states.retention import CLAUSE, RUN_MACHINE, SHEET_MACHINE, SheetState

RUN, SHEET = RUN_MACHINE.name, SHEET_MACHINE.name
PAY_RETENTION = "pay_retention"
UNANSWERED = (SheetState.WAITING, SheetState.CONFIRMED, SheetState.MAINTAINED, SheetState.ADJUSTED)


def run_url(run: RetentionRun) -> str:
    return reverse("retention-run", args=[run.run_no])


def sheet_url(sheet_no: str) -> str:
    return reverse("retention-sheet", args=[sheet_no])


@operation
def start_check(
    *, run: RetentionRun, by: User, scope: Scope, at: datetime, seen_version: int | None = None
) -> RetentionRun:
    """Every institution with a sheet looks over its figures. Refused while inputs are missing.

    Raises NotYours, TransitionRefused, StaleVersion.
    """
    held = _held(run, "start_check", scope, seen_version)
    lacking = RetentionSheet.objects.filter(run=held, missing_count__gt=0).count()
    if lacking:
        raise TransitionRefused(
            f"{lacking} 家机构有品种缺测算数据，结余算不出来：请先在“结余留用测算数据”补录，再重新测算",
            CLAUSE,
        )
    moved = _move(held, "start_check", by, scope, at, seen_version)
    sheets = _advance(moved, (SheetState.DRAFT,), SheetState.CHECKING, by, at)
    _ask(moved, sheets, "check_retention", "自查结余留用测算", None, at)
    return moved


@operation
def publish_run(
    *, run: RetentionRun, by: User, scope: Scope, at: datetime, seen_version: int | None = None
) -> RetentionRun:
    """The result with its explanation sheets; institutions answer within appeal_workdays.

    Checks that were not handed in are taken as no remark. Raises NotYours, TransitionRefused,
    StaleVersion.
    """
    held = _held(run, "publish", scope, seen_version)
    days = int(year_terms(year_of(held)).values["appeal_workdays"].number)
    held.published_at = at
    held.appeal_due_on = add_workdays(at, days).day
    held.save(update_fields=["published_at", "appeal_due_on"])
    moved = _move(held, "publish", by, scope, at, seen_version)
    sheets = _advance(moved, (SheetState.CHECKING, SheetState.CHECKED), SheetState.WAITING, by, at)
    _finish(sheets, at)
    _ask(moved, sheets, "confirm_retention", "确认或申诉结余留用测算结果", moved.appeal_due_on, at)
    return moved


@operation
def give_notice(
    *,
    run: RetentionRun,
    notice_to: date,
    by: User,
    scope: Scope,
    at: datetime,
    seen_version: int | None = None,
) -> RetentionRun:
    """公示 from today to the end of `notice_to`; who did not appeal in time has no objection.

    Raises NotYours, MissingInput, TransitionRefused, StaleVersion.
    """
    held = _held(run, "give_notice", scope, seen_version)
    today = shanghai_day(at)
    rows = RetentionSheet.objects.filter(run=held)
    said = may_notice(
        appealed=rows.filter(state="appealed").count(), waiting=rows.filter(state="waiting").count(),
        due_on=held.appeal_due_on, today=today,
    )  # fmt: skip
    if not said:
        raise TransitionRefused.of(said)
    if notice_to <= today:
        raise MissingInput("notice_to", "公示截止日期须晚于今天", CLAUSE)
    if notice_to > today + timedelta(days=90):
        raise MissingInput("notice_to", "公示期不超过 90 天，请核对日期", CLAUSE)
    held.notice_from = today
    held.save(update_fields=["notice_from"])
    moved: RetentionRun
    moved, _ = RUN_MACHINE.perform(
        verb="give_notice", obj=held, by=by, at=at, seen_version=seen_version,
        standings=lambda each: run_standings(scope, each), inputs={"notice_to": notice_to},
    )  # fmt: skip
    _finish(rows, at)
    finance = pool_finance(moved)
    if finance is not None:
        open_tasks(
            tasks=[NewTask(
                organisation_id=finance.pk, act="countersign_retention",
                title=f"会签结余留用：{moved.batch.name} 第 {moved.year_no} 年",
                object_type=RUN, object_key=moved.run_no, url=run_url(moved),
                due_at=day_end(notice_to + timedelta(days=10)), roles=OFFICERS,
            )], at=at,
        )  # fmt: skip
    return moved


@operation
def answer_finance(
    *,
    run: RetentionRun,
    verb: str,
    finance_note: str,
    by: User,
    scope: Scope,
    at: datetime,
    seen_version: int | None = None,
) -> RetentionRun:
    """`countersign` freezes sheets and rows for good; `send_back` gives the run back with a reason.

    Raises NotYours, MissingInput, TransitionRefused before the notice has ended, StaleVersion.
    """
    held = _held(run, verb, scope, seen_version)
    if verb == "countersign":
        said = may_countersign(notice_to=held.notice_to, today=shanghai_day(at))
        if not said:
            raise TransitionRefused.of(said)
    moved: RetentionRun
    moved, _ = RUN_MACHINE.perform(
        verb=verb, obj=held, by=by, at=at, seen_version=seen_version,
        standings=lambda each: run_standings(scope, each), inputs={"finance_note": finance_note},
    )  # fmt: skip
    finish_tasks(object_type=RUN, object_keys=[moved.run_no], at=at)
    office = pool_bureau(moved)
    if office is not None:
        done = verb == "countersign"
        open_tasks(
            tasks=[NewTask(
                organisation_id=office.pk, act="pay_retention" if done else "mend_retention",
                title=f"{'拨付' if done else '处理财政退回的'}结余留用：{moved.batch.name} 第 {moved.year_no} 年",
                object_type=RUN, object_key=f"{moved.run_no}/office", url=run_url(moved),
                roles=APPROVERS,
            )], at=at,
        )  # fmt: skip
    return moved


@operation
def agree_payment(
    *, run: RetentionRun, by: User, scope: Scope, at: datetime, seen_version: int | None = None
) -> RetentionRun:
    """The first of two, where the run pays more than dual_approval_amount; another one then pays.

    Raises NotYours (also where one person is enough), TransitionRefused, StaleVersion.
    """
    held = _held(run, "agree_pay", scope, seen_version)
    held.pay_first_by_id, held.pay_first_by_name = by.audit_id, by.audit_name
    held.save(update_fields=["pay_first_by_id", "pay_first_by_name"])
    return _move(held, "agree_pay", by, scope, at, seen_version)


@operation
def request_payment(
    *, run: RetentionRun, by: User, scope: Scope, at: datetime, seen_version: int | None = None
) -> Job:
    """Queue the payment of a countersigned run; asked twice, it is one job."""
    held = _held(run, "pay", scope, seen_version)
    return enqueue(
        kind=PAY_RETENTION, key=held.run_no, arguments={"run": held.run_no, "user": by.pk}, by=by,
        at=at, province_code=scope.province_code,
    )  # fmt: skip


@operation
def pay_run(*, run: RetentionRun, by: User, scope: Scope, at: datetime) -> int:
    """One ledger entry per sheet with money: the fund pays the unit, a consortium's lead.

    All or nothing; started again it pays nothing twice, because a sheet's entry has the sheet's own
    key. Gives the number of entries. Raises NotYours, TransitionRefused.
    """
    held = _held(run, "pay", scope, None)
    due = RetentionSheet.objects.filter(run=held, retained__gt=0, state__in=UNANSWERED)
    written = 0
    for sheet in due.select_related("institution").order_by("pk"):
        label = f"{sheet.institution.name} {held.batch.name} 第 {held.year_no} 年结余留用"
        post(
            key=EventKey("retention.paid", sheet.sheet_no), pool_id=held.pool_id,
            lines=[
                LedgerLine(Purpose.RETENTION, sheet.retained, institution_id=sheet.institution_id),
                LedgerLine(Purpose.FUND, -sheet.retained),
            ],
            occurred_on=shanghai_day(at),
            source=Source(SourceKind.RETENTION, sheet.pk, sheet.sheet_no), text=label, by=by, at=at,
        )  # fmt: skip
        written += 1
    paid = list(due.values_list("pk", flat=True))
    nothing = RetentionSheet.objects.filter(run=held, retained=0, state__in=UNANSWERED)
    _advance_rows(nothing, SheetState.ENDED, by, at)
    _advance_rows(RetentionSheet.objects.filter(pk__in=paid), SheetState.PAID, by, at)
    moved = _move(held, "pay", by, scope, at, None)
    sheets = RetentionSheet.objects.filter(pk__in=paid)
    _ask(moved, sheets, "file_retention", "备案结余留用内部分配", None, at)
    finish_tasks(object_type=RUN, object_keys=[f"{moved.run_no}/office"], at=at)
    return written


def _held(run: RetentionRun, verb: str, scope: Scope, seen_version: int | None) -> RetentionRun:
    """The locked row, if this step can be done by this person now."""
    held = (
        RetentionRun.objects.select_for_update(of=("self",))
        .select_related("batch", "pool").get(pk=run.pk)
    )  # fmt: skip
    standings = run_standings(scope, held)
    step = RUN_MACHINE.named(verb)
    verdict = RUN_MACHINE.verdict(step, held, standings)
    if not step.by & standings:
        raise NotYours.of(verdict)
    if seen_version is not None and held.row_version != seen_version:
        raise StaleVersion("这个统筹区的结余留用刚刚有变动，请刷新核对后再办理", CLAUSE)
    if not verdict:
        raise TransitionRefused.of(verdict)
    return held


def _move(
    held: RetentionRun, verb: str, by: User, scope: Scope, at: datetime, seen: int | None
) -> RetentionRun:
    moved: RetentionRun
    moved, _ = RUN_MACHINE.perform(
        verb=verb, obj=held, by=by, at=at, seen_version=seen,
        standings=lambda each: run_standings(scope, each),
    )  # fmt: skip
    return moved


def _advance(
    run: RetentionRun, sources: tuple[str, ...], target: str, by: User, at: datetime
) -> QuerySet[RetentionSheet]:
    """Bring the run's sheets from these states to the next, in one statement; gives all of them."""
    rows = RetentionSheet.objects.filter(run=run)
    _advance_rows(rows.filter(state__in=sources), target, by, at)
    record(
        by=by, at=at, action=f"{SHEET}.{_verb_to(target)}", object_type=RUN, object_key=run.pk,
        object_label=str(run), clause=CLAUSE, detail={"sheets": rows.count()},
    )  # fmt: skip
    return rows


def _verb_to(target: str) -> str:
    return next(step.verb for step in SHEET_MACHINE.transitions if step.target == target)


def _advance_rows(rows: QuerySet[RetentionSheet], target: str, by: User, at: datetime) -> None:
    rows.update(
        state=target, state_at=at, state_by_id=by.audit_id, state_by_name=by.audit_name,
        row_version=F("row_version") + 1,
    )  # fmt: skip


def _finish(rows: QuerySet[RetentionSheet], at: datetime) -> None:
    keys = list(rows.values_list("sheet_no", flat=True))
    finish_tasks(object_type=SHEET, object_keys=keys, at=at)


def _ask(
    run: RetentionRun,
    rows: QuerySet[RetentionSheet],
    act: str,
    what: str,
    due_on: date | None,
    at: datetime,
) -> None:
    """待办 and notice for every institution of these sheets; one statement each per thousand."""
    pairs = list(rows.values_list("sheet_no", "institution_id"))
    title = f"{what}：{run.batch.name} 第 {run.year_no} 年"
    open_tasks(
        tasks=[
            NewTask(
                organisation_id=unit, act=act, title=title, object_type=SHEET, object_key=number,
                url=sheet_url(number), due_at=day_end(due_on) if due_on else None, roles=OFFICERS,
            )
            for number, unit in pairs
        ],
        at=at,
    )  # fmt: skip
    notify(
        notices=[
            NewNotice(unit, f"{act}-{number}-{run.row_version}", title, "", sheet_url(number))
            for number, unit in pairs
        ],
        at=at,
    )
