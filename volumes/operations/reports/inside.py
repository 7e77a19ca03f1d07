"""The steps inside the institution: clerk hands in, reviewer looks, leader hands in to the bureau."""

from __future__ import annotations

from datetime import datetime

from core.operations import operation
from core.transitions import TransitionRefused
from organisations.models import Organisation, User
from organisations.queries.scope import Scope
from volumes.models import CommitmentLetter, VolumeReport, VolumeReportLine
from volumes.operations.reports.moving import ask, ask_unit, move, put_before, tell
from volumes.operations.reports.void import void_letter
from volumes.queries.figures import figures_digest, institutions_of, member_sums, prior_year
from volumes.queries.places import office_of
from volumes.rules.deviation import beyond, explained
from volumes.rules.figures import FigureProblem, WrongFigures
from volumes.rules.window import within_window
from volumes.states.letter import LetterState


def require_window(row: VolumeReport, at: datetime) -> None:
    """Raises TransitionRefused before the window and from its end on; reads the task."""
    allowed = within_window(
        at, opens_at=row.task.opens_at, closes_at=row.task.closes_at,
        extended_until=row.extended_until,
    )  # fmt: skip
    if not allowed:
        raise TransitionRefused(allowed.reason)


@operation
def hand_in_report(
    *, report: VolumeReport, by: User, scope: Scope, at: datetime, seen_version: int | None = None
) -> VolumeReport:
    """The clerk puts the whole sheet before the own reviewer; figures are frozen with their digest.

    Last year's actual is written down as it is at this moment. Raises WrongFigures for every group
    without a figure or without the explanation that it needs, TransitionRefused outside the window.
    """
    row = move(
        "hand_in", report, by=by, at=at, scope=scope, seen_version=seen_version,
        check=lambda held: _complete(held, at),
    )  # fmt: skip
    _freeze(row, by, at)
    row.handed_in_at, row.handed_in_by_name = at, by.audit_name
    row.save(update_fields=["handed_in_at", "handed_in_by_name"])
    put_before(row, None, "", at)
    ask_unit(row, "endorse_report", "院内审核报量", at, roles=("reviewer", "leader"))
    return row


@operation
def recall_report(
    *, report: VolumeReport, by: User, scope: Scope, at: datetime, seen_version: int | None = None
) -> VolumeReport:
    """The clerk takes it back to change figures, before the leader has handed it in."""
    row = move("recall", report, by=by, at=at, scope=scope, seen_version=seen_version)
    ask_unit(row, "fill_report", "修改报量", at, roles=("clerk",))
    return row


@operation
def hand_back_report(
    *,
    report: VolumeReport,
    opinion: str,
    by: User,
    scope: Scope,
    at: datetime,
    seen_version: int | None = None,
) -> VolumeReport:
    """Reviewer or leader gives it back to the clerk with what is to be changed."""
    row = move(
        "hand_back", report, by=by, at=at, scope=scope, seen_version=seen_version,
        inputs={"opinion": opinion},
    )  # fmt: skip
    ask_unit(row, "fill_report", "按院内审核意见修改报量", at, roles=("clerk",))
    return row


@operation
def endorse_report(
    *, report: VolumeReport, by: User, scope: Scope, at: datetime, seen_version: int | None = None
) -> VolumeReport:
    """The reviewer is content; the leader signs and hands in."""
    row = move(
        "endorse", report, by=by, at=at, scope=scope, seen_version=seen_version,
        check=lambda held: require_window(held, at),
    )  # fmt: skip
    row.endorsed_at, row.endorsed_by_name = at, by.audit_name
    row.save(update_fields=["endorsed_at", "endorsed_by_name"])
    ask_unit(row, "submit_report", "提交报量", at, roles=("leader",))
    return row


@operation
def submit_report(
    *, report: VolumeReport, by: User, scope: Scope, at: datetime, seen_version: int | None = None
) -> VolumeReport:
    """The leader hands it in to the first bureau of its path. The last second counts.

    Raises TransitionRefused outside the window, and where the policy asks for a commitment letter
    and none is signed for exactly these figures.
    """
    row = move(
        "submit", report, by=by, at=at, scope=scope, seen_version=seen_version,
        inputs={"submitted_at": at.isoformat()}, check=lambda held: _may_submit(held, at),
    )  # fmt: skip
    row.submitted_at, row.submitted_by_id, row.submitted_by_name = at, by.audit_id, by.audit_name
    row.save(update_fields=["submitted_at", "submitted_by_id", "submitted_by_name"])
    row.lines.update(
        status=VolumeReportLine.Status.SUBMITTED, submitted_at=at, review="", review_reasons=[],
        review_note="",
    )  # fmt: skip
    office = _first_office(row)
    put_before(row, office, "", at)
    ask(row, office.pk, "review_report", "审核报量", at, roles=("reviewer", "leader"))
    tell(row, f"报量已提交，由{office.name}审核", at)
    return row


@operation
def withdraw_report(
    *, report: VolumeReport, by: User, scope: Scope, at: datetime, seen_version: int | None = None
) -> VolumeReport:
    """The leader takes it back before anybody has begun to review it, within the window."""
    row = move(
        "withdraw", report, by=by, at=at, scope=scope, seen_version=seen_version,
        check=lambda held: require_window(held, at),
    )  # fmt: skip
    put_before(row, None, "", at)
    ask_unit(row, "fill_report", "修改报量", at, roles=("clerk",))
    return row


def open_questions(row: VolumeReport) -> list[FigureProblem]:
    """Groups without a figure, explanations that lack, compiled figures without a note."""
    lines = {line.group_id: line for line in row.lines.all()}
    sums = member_sums(row) if row.consortium_id is not None else {}
    task, problems = row.task, []
    for each in row.task.task_groups.select_related("group").order_by("position"):
        line, code = lines.get(each.group_id), each.group.code
        if line is None:
            problems.append(
                FigureProblem(each.position, code, "quantity", "", f"{each.group.name}还没有填报",
                              "不需要的品种请填 0")
            )  # fmt: skip
            continue
        if beyond(
            line.reported_qty, line.prior_year_qty, drop_max=task.drop_max, rise_max=task.rise_max
        ):
            said = explained(line.reason_code, line.explanation, task.deviation_clause)
            if not said:
                column = "explanation" if line.reason_code else "reason_code"
                problems.append(
                    FigureProblem(each.position, code, column, line.explanation[:60],
                                  f"{each.group.name}：{said.reason}", f"依据{task.deviation_clause}")
                )  # fmt: skip
        summed = sums.get(each.group_id)
        if summed is not None and summed != line.reported_qty and not line.compile_note:
            problems.append(
                FigureProblem(each.position, code, "compile_note", f"{line.reported_qty.normalize():f}",
                              f"{each.group.name}：与成员合计 {summed.normalize():f} 不同",
                              "请填写汇总说明，或改为成员合计")
            )  # fmt: skip
    return problems


def _complete(row: VolumeReport, at: datetime) -> None:
    require_window(row, at)
    _refresh_prior(row)
    problems = open_questions(row)
    if problems:
        raise WrongFigures(problems)


def _may_submit(row: VolumeReport, at: datetime) -> None:
    require_window(row, at)
    if figures_digest(row) != row.figures_digest:
        raise TransitionRefused("报量数字与送审时不一致，请退回经办核对后重新送审")
    _require_letter(row)
    _first_office(row)


def _first_office(row: VolumeReport) -> Organisation:
    office = office_of(row, row.path[0] if row.path else "")
    if office is None:
        raise TransitionRefused("没有受理本单位报量的医保局，请联系发起任务的医保局")
    return office


def _refresh_prior(report: VolumeReport) -> None:
    """Before the figures freeze: what was accepted since they were saved counts too."""
    lines = list(VolumeReportLine.objects.filter(report=report))
    now = prior_year(report.task, institutions_of(report), [line.group_id for line in lines])
    moved = [line for line in lines if now[line.group_id] != line.prior_year_qty]
    for line in moved:
        line.prior_year_qty = now[line.group_id]
    VolumeReportLine.objects.bulk_update(moved, ["prior_year_qty"])


def _freeze(row: VolumeReport, by: User, at: datetime) -> None:
    digest = figures_digest(row)
    if (
        CommitmentLetter.objects.filter(report=row)
        .exclude(state="void")
        .exclude(digest=digest)
        .exists()
    ):
        void_letter(row, reason="上年实际或报量数字有变动", by=by, at=at)
    row.figures_digest = digest
    row.save(update_fields=["figures_digest"])


def _require_letter(row: VolumeReport) -> None:
    if not row.task.letter_required:
        return
    letter = row.letters.exclude(state=LetterState.VOID).first()
    if letter is None:
        raise TransitionRefused(
            "还没有承诺函：请先生成承诺函，由院长或党委书记签署后再提交", row.task.letter_clause
        )
    if letter.state != LetterState.SIGNED:
        raise TransitionRefused(
            "承诺函还没有签署：请电子签署，或上传签字盖章的扫描件后再提交", row.task.letter_clause
        )
    if letter.digest != row.figures_digest:
        raise TransitionRefused(
            "承诺函对应的是另一版数字，已不能使用：请重新生成并签署", row.task.letter_clause
        )
