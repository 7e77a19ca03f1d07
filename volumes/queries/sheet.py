"""The sheet of a report or of a member: one row per group with all that stands beside it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal

from django.db.models import Q, QuerySet

from catalog.models import Group, Selection
from core.workdays.deadlines import shanghai_day
from organisations.models import Organisation, Standing
from organisations.queries.scope import Scope
from volumes.models import (
    MemberSheet,
    MemberSheetLine,
    ReportTask,
    VolumeReport,
    VolumeReportLine,
)
from volumes.queries.figures import (
    institutions_of,
    institutions_of_sheet,
    member_sums,
    prior_year,
    proposals,
)
from volumes.queries.second_obstacles import seconds_of
from volumes.queries.visible import visible_member_sheets
from volumes.rules.deviation import beyond, deviation, share_words
from volumes.states.reasons import DeviationReason, ReturnReason


@dataclass(frozen=True)
class Supplier:
    """A manufacturer with selected products of the group; `risk` is its 报量风险提示."""

    code: str
    name: str
    risk: str = ""


@dataclass
class SheetRow:
    """One group: last year's actual, what is proposed, what stands; quantities in base units."""

    position: int
    group: Group
    prior: Decimal
    proposed: Decimal
    line: VolumeReportLine | MemberSheetLine | None
    summed: Decimal | None = None
    beyond: str = ""
    suppliers: list[Supplier] = field(default_factory=list)
    second: str = ""
    """The second product (一品两规) that the unit has decided for."""
    splits: dict[str, Decimal] = field(default_factory=dict)
    typed: dict[str, str] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)

    @property
    def reported(self) -> Decimal | None:
        return self.line.reported_qty if self.line else None

    @property
    def share(self) -> Decimal | None:
        return None if self.line is None else deviation(self.line.reported_qty, self.prior)

    @property
    def share_words(self) -> str:
        if self.line is None:
            return ""
        if not self.prior:
            return "上年没有采购" if self.line.reported_qty else "—"
        return share_words(self.share)

    @property
    def quantity_text(self) -> str:
        """As the field shows it: what was typed and refused, else what stands."""
        if "quantity" in self.typed:
            return self.typed["quantity"]
        return "" if self.line is None else plain(self.line.reported_qty)

    @property
    def reason_code(self) -> str:
        return self.typed.get("reason_code", self.line.reason_code if self.line else "")

    @property
    def reason_label(self) -> str:
        code = self.line.reason_code if self.line else ""
        return str(DeviationReason(code).label) if code else ""

    @property
    def explanation(self) -> str:
        return self.typed.get("explanation", self.line.explanation if self.line else "")

    @property
    def compile_note(self) -> str:
        kept = self.line.compile_note if isinstance(self.line, VolumeReportLine) else ""
        return self.typed.get("compile_note", kept)

    @property
    def difference(self) -> Decimal | None:
        """The lead's figure less the members' sum."""
        if self.summed is None or self.line is None:
            return None
        return self.line.reported_qty - self.summed

    @property
    def return_reasons(self) -> list[str]:
        if not isinstance(self.line, VolumeReportLine):
            return []
        return [str(ReturnReason(each).label) for each in self.line.review_reasons]

    @property
    def risks(self) -> list[Supplier]:
        return [each for each in self.suppliers if each.risk]


def plain(value: Decimal) -> str:
    """Without trailing zeros, with thousands groups."""
    text = f"{value:,.4f}".rstrip("0")
    return text.rstrip(".")


def report_sheet(report: VolumeReport) -> list[SheetRow]:
    """Every group of the task in its order; a fixed number of queries whatever their number.

    While figures may change, last year's actual is computed anew; once they stand it is the one
    that was written down with them.
    """
    lines = {
        line.group_id: line
        for line in VolumeReportLine.objects.filter(report=report).prefetch_related(
            "splits__manufacturer"
        )
    }
    sums = member_sums(report) if report.consortium_id is not None else {}
    rows = _rows(report.task, institutions_of(report), lines, report.city_id, report.province_id)
    for row in rows:
        row.summed = sums.get(row.group.pk)
        line = lines.get(row.group.pk)
        if line is not None:
            if report.state not in ("not_started", "drafting", "returned"):
                row.prior = line.prior_year_qty
                row.beyond = _beyond(report.task, line, row.prior)
            row.splits = {each.manufacturer.code: each.quantity for each in line.splits.all()}
    return rows


def member_sheet_rows(sheet: MemberSheet) -> list[SheetRow]:
    """The same of one member."""
    lines = {line.group_id: line for line in sheet.lines.all()}
    return _rows(
        sheet.report.task, institutions_of_sheet(sheet), lines, sheet.city_id, sheet.province_id
    )


def _rows(
    task: ReportTask,
    institutions: list[int],
    lines: dict[int, VolumeReportLine] | dict[int, MemberSheetLine],
    city_id: int | None,
    province_id: int | None,
) -> list[SheetRow]:
    asked = list(task.task_groups.select_related("group").order_by("position"))
    groups = [each.group_id for each in asked]
    prior = prior_year(task, institutions, groups)
    suggested = proposals(task, institutions, prior)
    suppliers = suppliers_of(task, groups, city_id, province_id)
    seconds = seconds_of(institutions, groups) if len(institutions) == 1 else {}
    rows = []
    for each in asked:
        line = lines.get(each.group_id)
        row = SheetRow(
            each.position, each.group, prior[each.group_id], suggested[each.group_id], line,
            suppliers=suppliers.get(each.group_id, []),
        )  # fmt: skip
        row.beyond = _beyond(task, line, row.prior) if line else ""
        second = seconds.get(each.group_id)
        row.second = second.words if second is not None and second.product_id else ""
        rows.append(row)
    return rows


def _beyond(task: ReportTask, line: VolumeReportLine | MemberSheetLine, prior: Decimal) -> str:
    return beyond(line.reported_qty, prior, drop_max=task.drop_max, rise_max=task.rise_max)


def suppliers_of(
    task: ReportTask, groups: Iterable[int], city_id: int | None, province_id: int | None
) -> dict[int, list[Supplier]]:
    """Group → manufacturers selected for the unit's supply region on the task's opening day.

    Each with the 报量风险提示 that stands against it on that day; two queries.
    """
    day = shanghai_day(task.opens_at)
    here = [region for region in (city_id, province_id) if region is not None]
    chosen = (
        Selection.objects.filter(
            batch_id=task.batch_id, region_id__in=here, product__group_id__in=list(groups),
            role=Selection.Role.SELECTED,
        )
        .order_by("product__group_id", "product__manufacturer__code")
        .values_list("product__group_id", "product__manufacturer_id")
        .distinct()
    )  # fmt: skip
    pairs = list(dict.fromkeys(chosen))
    makers = Organisation.objects.in_bulk({maker for _, maker in pairs})
    risks = dict(
        Standing.objects.filter(
            Q(valid_to__isnull=True) | Q(valid_to__gte=day), valid_from__lte=day,
            organisation_id__in=list(makers), kind=Standing.Kind.REPORT_RISK,
        ).values_list("organisation_id", "reason")
    )  # fmt: skip
    found: dict[int, list[Supplier]] = {}
    for group, maker in pairs:
        each = makers[maker]
        found.setdefault(group, []).append(Supplier(each.code, each.name, risks.get(maker, "")))
    return found


def member_figures(scope: Scope, report: VolumeReport) -> QuerySet[MemberSheetLine]:
    """Every figure of the members' sheets that one sees: all for the lead, its own for a member."""
    sheets = visible_member_sheets(scope).filter(report=report)
    return (
        MemberSheetLine.objects.filter(sheet__in=sheets.order_by().values("pk"))
        .select_related("sheet__institution", "group")
        .order_by("sheet__institution__code", "group__code")
    )
