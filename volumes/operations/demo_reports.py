"""Reporting of the demonstration: a province's task and two of a city, each person with work to do."""

from __future__ import annotations

import io
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from catalog.models import AgreementYear, Group, Selection
from core.attachments.store import keep_made
from core.audit.record import SystemActor
from core.operations import operation
from core.workdays.deadlines import day_end, shanghai_day
from organisations.models import User
from organisations.operations.certificates import issue_certificate
from organisations.operations.sign_document import sign_document
from organisations.queries.certificates import certificate_in_use
from organisations.queries.scope import Scope, scope_of
from volumes.documents.letter import SIGNATURE_FIELD, letter_pdf
from volumes.models import (
    CommitmentLetter,
    MemberSheet,
    MemberSheetLine,
    ReportTask,
    VolumeReport,
    VolumeReportLine,
)
from volumes.operations.reports.inside import endorse_report, hand_in_report
from volumes.operations.reports.moving import OBJECT_TYPE, put_before
from volumes.operations.reports.save import save_figures
from volumes.operations.tasks.draft import TaskValues, draft_task
from volumes.operations.tasks.open import open_task
from volumes.queries.figures import figures_digest
from volumes.queries.places import office_of
from volumes.queries.sheet import member_sheet_rows, report_sheet
from volumes.rules.figures import FigureInput
from volumes.states.letter import LetterKind, SignerPost

PROVINCE_BATCH, CITY_BATCH = "JX-YP-2026-2", "SX-HC-2026-1"
SPREAD = (Decimal("0.95"), Decimal("1.08"), Decimal("0.88"), Decimal("1.2"), Decimal("0.6"))
"""How the demonstration's figures differ from last year's actual, in turn; the last asks for words."""
WORDS = "门诊量下降，用量减少"
Spread = tuple[Decimal, ...]
COUNTY_SPREAD = (Decimal("0.55"), Decimal("3"), Decimal("0.95"), Decimal("1.08"), Decimal("0.88"))
"""Of units before the county's reviewer: two of five groups are beyond the limits of 江西 2026."""
GROUNDS = {
    Decimal("0.55"): ("short_supply", "上年一季度缺货后改用备供产品，今年仍按备供产品安排"),
    Decimal("3"): ("other", "按上年经验填报"),
}
"""One explanation that holds, and one that a reviewer will send back as 说明不充分."""
COUNTY_UNITS = 3


@operation
def create_demo_reports(*, at: datetime) -> int:
    """Three open tasks with reports in several states; a second call does nothing. Gives the reports."""
    if ReportTask.objects.exists():
        return 0
    province, city = _user("province"), _user("city")
    if province is None or city is None:
        return 0
    main = _opened(province, PROVINCE_BATCH, "2026 年省级集采第二采购年度报量", at, None)
    if main is not None:
        _hospital_drafts(main, at)
        _consortium_compiles(main, at)
        _county_has_work(main, at)
    groups = _groups(CITY_BATCH)
    for part, title in (
        (groups[:2], "生化试剂第二年报量（主要品种）"),
        (groups[2:], "生化试剂第二年报量（补充品种）"),
    ):
        task = _opened(city, CITY_BATCH, title, at, part) if part else None
        if task is not None:
            _others_hand_in(task, at)
            _hospital_inside(task, at, endorsed=part == groups[2:])
    return VolumeReport.objects.count()


def _user(username: str) -> User | None:
    return (
        User.objects.select_related("organisation__region__parent__parent")
        .filter(username=username)
        .first()
    )


def _groups(batch_code: str) -> list[str]:
    chosen = Selection.objects.filter(batch__code=batch_code, product__group__isnull=False)
    rows = Group.objects.filter(pk__in=chosen.values("product__group_id")).order_by("code")
    return list(rows.values_list("code", flat=True))


def _opened(
    user: User, batch_code: str, title: str, at: datetime, groups: list[str] | None
) -> ReportTask | None:
    """As the office would do it; None where the demonstration's data lack the batch's second year."""
    if not AgreementYear.objects.filter(batch__code=batch_code, year_no=2).exists():
        return None
    scope = scope_of(user, shanghai_day(at))
    levels = (
        ("county", "city", "province") if scope.region_level == "province" else ("county", "city")
    )
    today = shanghai_day(at)
    values = TaskValues(
        title=title, batch_code=batch_code, year_no=2, kind="renewal",
        opens_at=day_end(today - timedelta(days=4)), closes_at=day_end(today + timedelta(days=9)),
        group_codes=groups or (), ownerships=("public",), review_levels=levels,
        note="请参考上年实际用量、临床反馈和变化趋势填报；不需要的品种填 0。",
    )  # fmt: skip
    task = draft_task(values=values, by=user, scope=scope, at=at)
    return open_task(task=task, by=user, scope=scope, at=at)


def _report(task: ReportTask, user: User) -> VolumeReport | None:
    return VolumeReport.objects.filter(task=task, institution=user.organisation).first()


def _figures(report: VolumeReport, *, explained: bool) -> list[FigureInput]:
    rows = report_sheet(report)
    return [
        FigureInput(
            group_code=row.group.code,
            quantity=f"{(row.prior * SPREAD[place % len(SPREAD)]).to_integral_value():f}",
            reason_code="clinical_demand" if explained else "",
            explanation=WORDS if explained else "", place=row.position,
        )
        for place, row in enumerate(rows)
    ]  # fmt: skip


def _scope(user: User, at: datetime) -> Scope:
    return scope_of(user, shanghai_day(at))


def _hospital_drafts(task: ReportTask, at: datetime) -> None:
    """The hospital's clerk has begun: all but the last group, explanations still to be written."""
    clerk = _user("hospital")
    report = _report(task, clerk) if clerk else None
    if clerk is not None and report is not None:
        given = _figures(report, explained=False)[:-1]
        save_figures(report=report, inputs=given, by=clerk, scope=_scope(clerk, at), at=at)


def _hospital_inside(task: ReportTask, at: datetime, *, endorsed: bool) -> None:
    """One report waits for the hospital's reviewer, the other for its leader."""
    clerk, reviewer = _user("hospital"), _user("hospital-reviewer")
    report = _report(task, clerk) if clerk else None
    if clerk is None or reviewer is None or report is None:
        return
    scope = _scope(clerk, at)
    saved = save_figures(
        report=report, inputs=_figures(report, explained=True), by=clerk, scope=scope, at=at
    )
    handed = hand_in_report(report=saved, by=clerk, scope=scope, at=at)
    if endorsed:
        endorse_report(report=handed, by=reviewer, scope=_scope(reviewer, at), at=at)


def _consortium_compiles(task: ReportTask, at: datetime) -> None:
    """The lead's members have reported, its own sheet is open: it fills that in and compiles.

    Members of the demonstration have no accounts, so that their sheets are written for them.
    """
    lead = _user("consortium")
    report = _report(task, lead) if lead else None
    if lead is None or report is None:
        return
    sheets = MemberSheet.objects.filter(report=report).exclude(institution=lead.organisation)
    for number, sheet in enumerate(sheets.order_by("institution__code"), start=1):
        MemberSheetLine.objects.bulk_create(
            MemberSheetLine(
                sheet=sheet, group=row.group, prior_year_qty=row.prior,
                reported_qty=(row.prior * SPREAD[(number + place) % len(SPREAD)]).to_integral_value(),
            )
            for place, row in enumerate(member_sheet_rows(sheet))
        )  # fmt: skip
        for state in ("drafting", "handed_in"):
            MemberSheet.objects.filter(pk=sheet.pk).update(
                state=state, state_at=at, state_by_name="演示数据", handed_in_at=at,
                figures_at=at, figures_by_name="演示数据", figures_version=1,
            )  # fmt: skip


def _others_hand_in(task: ReportTask, at: datetime) -> None:
    """Two of three other units have handed in: their figures are written for them, without accounts."""
    own = _user("hospital")
    others = VolumeReport.objects.filter(task=task).select_related("institution", "task")
    if own is not None:
        others = others.exclude(institution=own.organisation)
    for number, report in enumerate(others.order_by("institution__code")):
        if number % 3 != 2:
            _handed_in(report, at, number, SPREAD)


def _county_has_work(task: ReportTask, at: datetime) -> None:
    """Units of the county whose reviewer has an account: figures in order, low and high ones."""
    reviewer, own = _user("county"), _user("hospital")
    if reviewer is None or own is None:
        return
    near = (
        VolumeReport.objects.filter(
            task=task, county=reviewer.organisation.region, consortium__isnull=True
        )
        .exclude(institution=own.organisation)
        .select_related("institution", "task")
        .order_by("institution__code")
    )
    for number, report in enumerate(near[:COUNTY_UNITS]):
        _handed_in(report, at, number, COUNTY_SPREAD)


def _handed_in(report: VolumeReport, at: datetime, number: int, spread: Spread) -> None:
    """With an explanation for every figure, as a unit could not hand in without one beyond limits."""
    task, lines = report.task, []
    # What was bought last year first: only there can a figure be beyond the limits.
    for place, row in enumerate(sorted(report_sheet(report), key=lambda row: not row.prior)):
        factor = spread[(number + place) % len(spread)]
        reason, words = GROUNDS.get(factor, ("clinical_demand", WORDS))
        lines.append(
            VolumeReportLine(
                report=report, batch_id=task.batch_id, year_no=task.year_no, group=row.group,
                institution_id=report.institution_id, county_id=report.county_id,
                city_id=report.city_id, province_id=report.province_id, pool_id=report.pool_id,
                prior_year_qty=row.prior, status="draft", reason_code=reason, explanation=words,
                reported_qty=(row.prior * factor).to_integral_value(),
            )
        )  # fmt: skip
    VolumeReportLine.objects.bulk_create(lines)
    office = office_of(report, report.path[0])
    for state in ("drafting", "hospital_review", "leader_review", "submitted"):
        VolumeReport.objects.filter(pk=report.pk).update(
            state=state, state_at=at, state_by_name="演示数据", submitted_at=at,
            submitted_by_name="演示数据", figures_version=1, figures_digest=figures_digest(report),
        )  # fmt: skip
        if state == "leader_review" and task.letter_required:
            _letter(report, at)
    report.lines.update(status="submitted", submitted_at=at)
    report.refresh_from_db()
    put_before(report, office, "", at)


def _letter(report: VolumeReport, at: datetime) -> None:
    """Signed with the unit's own certificate, every byte of it, as its leader would on the page."""
    report.refresh_from_db()
    by, unit = Stand(), report.institution
    if certificate_in_use(unit) is None:
        issue_certificate(organisation=unit, by=by, at=at)
    body = letter_pdf(report, number=1, at=at)
    made = keep_made(
        owner_type=OBJECT_TYPE, owner_id=report.pk, name=f"承诺函_{report.report_no}_1.pdf",
        body=io.BytesIO(body), content_type="application/pdf", by=by, at=at,
    )  # fmt: skip
    post = SignerPost.PRESIDENT
    signed = sign_document(
        owner=report, owner_type=OBJECT_TYPE, pdf_of=lambda held: body,
        name=f"承诺函_{report.report_no}_1_已签.pdf", field=SIGNATURE_FIELD, organisation=unit,
        reason=f"报量承诺函 {report.report_no}", by=by, at=at, post=str(post.label),
    )  # fmt: skip
    letter = CommitmentLetter.objects.create(
        report=report, letter_no=1, figures_version=report.figures_version,
        digest=report.figures_digest, document=made, made_at=at, made_by_name=by.audit_name,
        state_at=at, state_by_name=by.audit_name,
    )  # fmt: skip
    CommitmentLetter.objects.filter(pk=letter.pk).update(
        state="signed", kind=LetterKind.ELECTRONIC, signed_document=signed.attachment,
        signer_name=by.name, signer_post=post, signed_on=shanghai_day(at),
        certificate_serial=signed.certificate.serial[:80],
    )  # fmt: skip


@dataclass(frozen=True)
class Stand(SystemActor):
    """The leader of a unit that has no accounts in the demonstration, by name."""

    audit_name: str = "演示数据"
    name: str = "演示院长"
