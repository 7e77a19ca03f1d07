"""A consortium's members fill in theirs, the lead compiles one report of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime

from django.urls import reverse

from core.audit.record import record
from core.operations import operation
from core.transitions import NotYours, StaleVersion, TransitionRefused
from inbox.operations.notices import NewNotice, notify
from inbox.operations.tasks import NewTask, finish_tasks, open_tasks
from organisations.models import User
from organisations.queries.scope import Scope
from volumes.models import MemberSheet, MemberSheetLine, VolumeReport, VolumeReportLine
from volumes.operations.reports.inside import require_window
from volumes.operations.reports.reading import read_figures
from volumes.operations.reports.save import NOT_YOURS, SHEET_TYPE, save_figures
from volumes.queries.figures import institutions_of_sheet, member_sums, prior_year
from volumes.queries.standings import own_ids, sheet_standings, writes_report
from volumes.rules.figures import FigureInput, FigureProblem, WrongFigures
from volumes.states.report import WRITING_STATES
from volumes.states.sheet import SHEET_MACHINE, SheetState

OBJECT_TYPE = "member_sheet"
OPEN_STATES = (SheetState.NOT_STARTED, SheetState.DRAFTING, SheetState.RETURNED)


def sheet_url(sheet: MemberSheet) -> str:
    """The member's page."""
    return reverse("member-sheet", args=[sheet.pk])


@operation
def save_member_figures(
    *,
    sheet: MemberSheet,
    inputs: Sequence[FigureInput],
    by: User,
    scope: Scope,
    at: datetime,
    seen_version: int | None = None,
    source: str = "page",
) -> MemberSheet:
    """Keep a member's figures as a draft; all that was given, or nothing.

    Raises NotYours, TransitionRefused, StaleVersion or WrongFigures.
    """
    row = _locked(sheet)
    if row.institution_id not in own_ids(scope) or not scope.has_role("clerk"):
        raise NotYours("成员填报由该成员单位的经办填写")
    if row.state not in OPEN_STATES:
        raise TransitionRefused("已报牵头机构，数字不能再改；需要修改的，请先撤回修改")
    if row.report.state not in WRITING_STATES:
        raise TransitionRefused(f"医共体的报量已是“{row.report.get_state_display()}”，成员不能再改")
    require_window(row.report, at)
    if seen_version is not None and row.row_version != seen_version:
        raise StaleVersion(f"{row.figures_by_name or '他人'}刚刚改过这份填报，请核对后再保存")
    groups = {
        each.group.code: each.group for each in row.report.task.task_groups.select_related("group")
    }
    filled = set(row.lines.values_list("group_id", flat=True))
    figures = read_figures(inputs, groups, filled=filled)
    prior = prior_year(
        row.report.task, institutions_of_sheet(row), [each.group.pk for each in figures]
    )
    if row.state == SheetState.NOT_STARTED:
        row, _ = SHEET_MACHINE.perform(
            verb="begin", obj=row, by=by, at=at,
            standings=lambda held: sheet_standings(scope, held),
        )  # fmt: skip
    MemberSheetLine.objects.bulk_create(
        [
            MemberSheetLine(
                sheet=row, group=each.group, reported_qty=each.quantity,
                prior_year_qty=prior[each.group.pk], reason_code=each.reason_code,
                explanation=each.explanation,
            )
            for each in figures
        ],
        update_conflicts=True, unique_fields=["sheet", "group"],
        update_fields=["reported_qty", "prior_year_qty", "reason_code", "explanation"],
    )  # fmt: skip
    row.figures_version += 1
    row.figures_at, row.figures_by_name = at, by.audit_name
    row.row_version += 1
    row.save(update_fields=["figures_version", "figures_at", "figures_by_name", "row_version"])
    record(
        by=by, at=at, action="member_sheet.save", object_type=SHEET_TYPE, object_key=f"s{row.pk}",
        object_label=str(row), detail={"given": len(figures), "source": source},
    )  # fmt: skip
    return row


@operation
def hand_in_sheet(
    *, sheet: MemberSheet, by: User, scope: Scope, at: datetime, seen_version: int | None = None
) -> MemberSheet:
    """The member reports to its lead; every group needs a figure. Raises WrongFigures otherwise."""
    row = _moved("hand_in", sheet, by, scope, at, seen_version, _complete)
    row.handed_in_at = at
    row.save(update_fields=["handed_in_at"])
    notify(
        notices=[
            NewNotice(
                organisation_id=row.report.institution_id,
                key=f"member_sheet:{row.pk}:{row.row_version}",
                title=f"成员已填报：{row.institution.name}（{row.report.task.title}）",
                url=reverse("volume-report", args=[row.report.report_no]),
            )
        ],
        at=at,
    )  # fmt: skip
    return row


@operation
def recall_sheet(
    *, sheet: MemberSheet, by: User, scope: Scope, at: datetime, seen_version: int | None = None
) -> MemberSheet:
    """The member takes its sheet back while the lead has not handed the report in."""
    row = _moved("recall", sheet, by, scope, at, seen_version, _report_still_written)
    _ask(row, "修改成员填报", at)
    return row


@operation
def return_sheet(
    *,
    sheet: MemberSheet,
    opinion: str,
    by: User,
    scope: Scope,
    at: datetime,
    seen_version: int | None = None,
) -> MemberSheet:
    """The lead gives a sheet back with what is to be changed."""
    row = _moved(
        "return", sheet, by, scope, at, seen_version, _report_still_written, {"opinion": opinion}
    )
    _ask(row, "按牵头机构意见修改成员填报", at)
    return row


@operation
def compile_report(
    *, report: VolumeReport, by: User, scope: Scope, at: datetime, seen_version: int | None = None
) -> VolumeReport:
    """The lead takes the sum of the sheets handed in as the consortium's figures.

    Groups whose figure the lead changed with a note keep it. Raises TransitionRefused while no
    member has handed in.
    """
    if not writes_report(scope, report):
        raise NotYours(NOT_YOURS)
    sums = member_sums(report)
    if report.consortium_id is None or not sums:
        raise TransitionRefused("还没有成员报来数字，暂时不能汇总")
    noted = set(
        VolumeReportLine.objects.filter(report=report)
        .exclude(compile_note="")
        .values_list("group_id", flat=True)
    )
    kept = {line.group_id: line for line in report.lines.all()}
    inputs = [
        FigureInput(
            group_code=each.group.code, quantity=f"{sums[each.group_id]:f}",
            reason_code=kept[each.group_id].reason_code if each.group_id in kept else "",
            explanation=kept[each.group_id].explanation if each.group_id in kept else "",
            place=each.position,
        )
        for each in report.task.task_groups.select_related("group").order_by("position")
        if each.group_id in sums and each.group_id not in noted
    ]  # fmt: skip
    return save_figures(
        report=report, inputs=inputs, by=by, scope=scope, at=at, seen_version=seen_version,
        source="compile",
    )  # fmt: skip


def _locked(sheet: MemberSheet) -> MemberSheet:
    return (
        MemberSheet.objects.select_for_update(of=("self",))
        .select_related("report__task", "institution")
        .get(pk=sheet.pk)
    )


def _moved(
    verb: str,
    sheet: MemberSheet,
    by: User,
    scope: Scope,
    at: datetime,
    seen_version: int | None,
    check: Callable[[MemberSheet, datetime], None],
    inputs: Mapping[str, str] | None = None,
) -> MemberSheet:
    locked = _locked(sheet)
    held = sheet_standings(scope, locked)
    if SHEET_MACHINE.verdict(SHEET_MACHINE.named(verb), locked, held):
        check(locked, at)
    row: MemberSheet
    row, _ = SHEET_MACHINE.perform(
        verb=verb, obj=sheet, by=by, at=at, seen_version=seen_version, inputs=inputs or {},
        standings=lambda held: sheet_standings(scope, held),
    )  # fmt: skip
    finish_tasks(object_type=OBJECT_TYPE, object_keys=[str(row.pk)], at=at)
    return row


def _complete(row: MemberSheet, at: datetime) -> None:
    _report_still_written(row, at)
    filled = set(row.lines.values_list("group_id", flat=True))
    problems = [
        FigureProblem(each.position, each.group.code, "quantity", "",
                      f"{each.group.name}还没有填报", "不需要的品种请填 0")
        for each in row.report.task.task_groups.select_related("group").order_by("position")
        if each.group_id not in filled
    ]  # fmt: skip
    if problems:
        raise WrongFigures(problems)


def _report_still_written(row: MemberSheet, at: datetime) -> None:
    """The lead still writes, and the window is open; the report is locked against a hand-in."""
    report = (
        VolumeReport.objects.select_for_update(of=("self",))
        .select_related("task")
        .get(pk=row.report_id)
    )
    require_window(report, at)
    if report.state not in WRITING_STATES:
        raise TransitionRefused(
            f"医共体的报量已是“{report.get_state_display()}”，请牵头机构先撤回修改"
        )


def _ask(row: MemberSheet, title: str, at: datetime) -> None:
    open_tasks(
        tasks=[
            NewTask(
                organisation_id=row.institution_id, act="fill_member_sheet",
                title=f"{title}：{row.report.task.title}", object_type=OBJECT_TYPE,
                object_key=str(row.pk), url=sheet_url(row), due_at=row.report.task.closes_at,
                roles=("clerk",),
            )
        ],
        at=at,
    )  # fmt: skip
