"""VOLUMES: 2,500 institutions × 350 groups in one task, and 30,000 agreements made at once.

Whatever the number of order lines asked for: this province is always drawn whole. Reports are
filled in by SQL; all that is measured are the platform's own calls.
"""

from __future__ import annotations

import statistics
from collections.abc import Callable
from dataclasses import asdict
from datetime import UTC, datetime
from decimal import Decimal
from functools import partial
from typing import Any

from django.db import connection, connections
from django.urls import reverse

from benchmarks import databases
from benchmarks.province import LAST_YEAR, SQL, Size
from benchmarks.results import Result
from benchmarks.setup import Bench
from benchmarks.timing import clocked, interleaved
from catalog.models import AgreementYear, Batch, Group
from contracts.operations.agreements.generate import AgreedRow, Generated, generate_agreements
from organisations.models import Organisation, Region, User
from organisations.queries.scope import Scope, scope_of
from volumes.documents.workbook import sheet_workbook
from volumes.models import ReportTask, ReportTaskGroup, VolumeReport
from volumes.operations.reports.save import save_figures
from volumes.operations.tasks.draft import TaskValues, draft_task
from volumes.operations.tasks.open import open_task
from volumes.queries.progress import progress_by_region, state_counts, total_progress
from volumes.queries.review import reports_for_review, review_lines
from volumes.queries.sheet import report_sheet
from volumes.queries.totals import group_totals
from volumes.rules.figures import FigureInput

SIZE = Size(institutions=2500, manufacturers=600, distributors=300, groups=350, products=3700)
AT = datetime(LAST_YEAR, 11, 3, 2, tzinfo=UTC)
CLOSES = datetime(LAST_YEAR, 11, 28, 10, tzinfo=UTC)
SHEETS = 12
SAVED, EACH_AGREES = 3, 12
OPEN_SECONDS, AGREE_SECONDS, TOTALS = 20.0, 60.0, 1 / 8
OVERVIEW_MS, SHEET_MS, SAVE_MS, REVIEW_MS, QUEUE_MS = 150.0, 500.0, 1000.0, 1000.0, 60.0

LINES = """
INSERT INTO volumes_volumereportline
    (report_id, batch_id, year_no, group_id, institution_id, county_id, city_id, province_id,
     pool_id, prior_year_qty, reported_qty, status, submitted_at, reason_code, explanation,
     compile_note, review, review_note)
SELECT r.id, t.batch_id, t.year_no, g.group_id, r.institution_id, r.county_id, r.city_id,
       r.province_id, r.pool_id, 100 + mod(r.id * g.position, 900),
       120 + mod(r.id + g.position * 7, 900), 'submitted', %s, '', '', '', '', ''
FROM volumes_volumereport r
JOIN volumes_reporttask t ON t.id = r.task_id
JOIN volumes_reporttaskgroup g ON g.task_id = t.id
WHERE t.id = %s AND r.state = 'not_started'
"""
# Row by row these keep history and look whether figures may change: nothing of it is measured.
UNWATCHED = ("pgtrigger_insert_insert_3528b", "report_figures_stand_insert")
RAW = """
SELECT l.group_id, count(DISTINCT l.report_id), sum(l.reported_qty), sum(l.prior_year_qty)
FROM volumes_volumereportline l JOIN volumes_volumereport r ON r.id = l.report_id
WHERE r.task_id = %s AND r.state = 'submitted' GROUP BY 1
"""
AGREED = """
SELECT i.id, p.id, d.id FROM generate_series(1, %s) i(id)
CROSS JOIN generate_series(1, %s) k
JOIN LATERAL (SELECT id FROM catalog_product WHERE id = 1 + mod(i.id * 3 + k * 17, 350)) p ON TRUE
JOIN LATERAL (SELECT %s + 1 + mod(i.id + k, %s) AS id) d ON TRUE
"""
STEPS = ("drafting", "hospital_review", "leader_review", "submitted")


def measure(bench: Bench, seed: float, repeats: int) -> list[Result]:
    """In a database of its own, which is dropped at the end."""
    database = bench.new("volumes")
    databases.point_at(database)
    try:
        user = draw_people(seed)
        scope = scope_of(user, AT.date())
        task = _task(user, scope)
        # Addresses are looked up by every process once, not by every task.
        reverse("volume-report", args=["-"])
        opening = clocked(lambda: open_task(task=task, by=user, scope=scope, at=AT))
        reports = VolumeReport.objects.filter(task=task).count()
        saving = statistics.median(_saved(task, number) for number in range(SAVED))
        filling = clocked(lambda: _fill(task))
        agreeing, made = _agreements(task, user, scope)
        return [
            _seconds(
                f"发布任务：{reports:,} 家填报单位，{SIZE.groups} 个品种", opening, OPEN_SECONDS,
                f"造数（{reports * SIZE.groups:,} 行报量，含计数与按县合计）{filling:.0f}s",
            ),
            *_reading(task, user, repeats),
            _ms(f"保存 {SIZE.groups} 行报量（一家）", saving * 1000, SAVE_MS),
            _seconds(f"生成 {made:,} 份三方协议", agreeing, AGREE_SECONDS),
        ]  # fmt: skip
    finally:
        bench.drop(database)
        databases.point_at(bench.template)


def draw_people(seed: float) -> User:
    """The province without orders and agreements, with a bureau for every region and one person of the highest."""
    with connections["owner"].cursor() as cursor:
        cursor.execute("SELECT setseed(%s)", [seed])
        for name in ("1_parties", "2_catalogue", "5_sequences"):
            cursor.execute(
                (SQL / f"{name}.sql").read_text(), {**asdict(SIZE), "last_year": LAST_YEAR}
            )
        # The parties were drawn with their ids.
        cursor.execute(
            "SELECT setval(pg_get_serial_sequence('organisations_organisation', 'id'), max(id))"
            " FROM organisations_organisation"
        )
        cursor.execute("ANALYZE")
    Organisation.objects.bulk_create(
        Organisation(code=f"BUREAU{region.code}", name=f"{region.name}医保局", kind="bureau", region=region)
        for region in Region.objects.all()
    )  # fmt: skip
    office = Organisation.objects.get(code="BUREAU360000")
    return _clerk(office)


def _task(user: User, scope: Scope) -> ReportTask:
    """A draft that asks for every group there is, for a year that nobody has reported."""
    batch = Batch.objects.order_by("code")[0]
    last = AgreementYear.objects.filter(batch=batch).order_by("-year_no")[0]
    year = AgreementYear.objects.create(
        batch=batch, year_no=last.year_no + 1, starts_on=last.ends_on.replace(year=LAST_YEAR + 1),
        ends_on=last.ends_on.replace(year=LAST_YEAR + 2),
    )  # fmt: skip
    values = TaskValues(
        title="性能", batch_code=batch.code, year_no=year.year_no, kind="renewal", opens_at=AT,
        closes_at=CLOSES,
    )  # fmt: skip
    task = draft_task(values=values, by=user, scope=scope, at=AT)
    asked = set(task.task_groups.values_list("group_id", flat=True))
    others = Group.objects.exclude(pk__in=asked).order_by("code")
    ReportTaskGroup.objects.bulk_create(
        ReportTaskGroup(task=task, group=group, position=place)
        for place, group in enumerate(others, start=len(asked) + 1)
    )
    return task


def _fill(task: ReportTask) -> None:
    """Every report has every figure and was handed in; counts and totals by their own triggers."""
    with connections["owner"].cursor() as cursor:
        for name in UNWATCHED:
            cursor.execute(f"ALTER TABLE volumes_volumereportline DISABLE TRIGGER {name}")
        cursor.execute(LINES, [AT, task.pk])
        for name in UNWATCHED:
            cursor.execute(f"ALTER TABLE volumes_volumereportline ENABLE TRIGGER {name}")
        # Without it the totals of the first report that is handed in read all lines of all reports.
        cursor.execute("ANALYZE")
        for state in STEPS:
            cursor.execute(
                "UPDATE volumes_volumereport SET state = %s, submitted_at = %s WHERE task_id = %s",
                [state, AT, task.pk],
            )
        cursor.execute("VACUUM (ANALYZE)")


def _saved(task: ReportTask, number: int) -> float:
    """Seconds of one hospital's clerk saving all figures for the first time."""
    report = VolumeReport.objects.filter(task=task, consortium__isnull=True).order_by("pk")[number]
    clerk = _clerk(report.institution)
    inputs = [
        FigureInput(each.group.code, str(100 + each.position), "clinical_demand", "门诊用量变化")
        for each in task.task_groups.select_related("group")
    ]
    scope = scope_of(clerk, AT.date())
    return clocked(lambda: save_figures(report=report, inputs=inputs, by=clerk, scope=scope, at=AT))


def _agreements(task: ReportTask, user: User, scope: Scope) -> tuple[float, int]:
    """Seconds for the agreements of every institution with twelve products, and their number."""
    with connection.cursor() as cursor:
        first = SIZE.institutions + SIZE.manufacturers
        cursor.execute(AGREED, [SIZE.institutions, EACH_AGREES, first, SIZE.distributors])
        rows = [AgreedRow(unit, product, Decimal(100), Decimal(5), carrier)
                for unit, product, carrier in cursor.fetchall()]  # fmt: skip
    made: list[Generated] = []
    seconds = clocked(
        lambda: made.append(
            generate_agreements(
                batch=task.batch, year_no=task.year_no, rows=rows, by=user, scope=scope, at=AT
            )
        )
    )
    return seconds, made[0].made


def _reading(task: ReportTask, user: User, repeats: int) -> list[Result]:
    scope = scope_of(user, AT.date())
    alone = VolumeReport.objects.filter(task=task, consortium__isnull=True, state="submitted")
    each_of = list(alone.select_related("task").order_by("pk"))
    chosen = each_of[:: len(each_of) // SHEETS][:SHEETS]
    county = Organisation.objects.get(kind="bureau", region=chosen[0].county_id)
    near = scope_of(_clerk(county), AT.date())

    def overview() -> None:
        total_progress(scope, task), state_counts(scope, task)
        progress_by_region(scope, task, "county"), progress_by_region(scope, task, "city")

    works: dict[str, Callable[[], Any]] = {
        "overview": overview,
        "totals": lambda: group_totals(scope, task.pk),
        "raw": lambda: _raw(task),
        "sheet": lambda: [report_sheet(each) for each in chosen],
        "book": lambda: sheet_workbook("X", report_sheet(chosen[0])),
        "queue": lambda: list(reports_for_review(scope).filter(task=task).order_by("-pk")[:50]),
        "county": lambda: list(reports_for_review(near).filter(task=task).order_by("-pk")[:50]),
        "review": lambda: review_lines(chosen[0]),
    }
    timed = interleaved({name: partial(clocked, work) for name, work in works.items()}, repeats)
    ms = {name: series.median * 1000 for name, series in timed.items()}
    ours = {each.code: each.reported for each in group_totals(scope, task.pk)}
    same = sum(ours.values(), Decimal(0)) == sum((row[2] for row in _raw(task)), Decimal(0))
    return [
        _ms("医保局进度总览（县、市、状态）", ms["overview"], OVERVIEW_MS),
        Result("VOLUMES", "品种汇总与逐行合计", f"{ms['totals']:.0f}ms", f"{ms['raw']:.0f}ms",
               ms["totals"] / ms["raw"] if same else None, TOTALS,
               "两者合计相等" if same else "两者合计不相等"),
        _ms(f"{SIZE.groups} 行的报量表（一家）", ms["sheet"] / SHEETS, SHEET_MS,
            f"下载为 Excel {ms['book']:.0f}ms"),
        _ms(f"审核页的 {SIZE.groups} 行（偏差、历史、同类）", ms["review"], REVIEW_MS),
        _ms("审核列表一页（省级）", ms["queue"], QUEUE_MS, f"县级 {ms['county']:.0f}ms"),
    ]  # fmt: skip


def _ms(what: str, ours: float, limit: float, note: str = "") -> Result:
    return Result("VOLUMES", what, f"{ours:.0f}ms", f"{limit:.0f}ms", ours / limit, 1.0, note)


def _seconds(what: str, ours: float, limit: float, note: str = "") -> Result:
    return Result("VOLUMES", what, f"{ours:.1f}s", f"{limit:.0f}s", ours / limit, 1.0, note)


def _clerk(organisation: Organisation) -> User:
    name = f"bench-{organisation.code}"
    User.objects.create(
        username=name, created_at=AT, name="测试", organisation=organisation, roles=["clerk"]
    )
    rows = User.objects.select_related("organisation__region__parent__parent")
    return rows.get(username=name)


def _raw(task: ReportTask) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(RAW, [task.pk])
        return list(cursor.fetchall())
