"""manage.py compute_month YYYY-MM [--queue]: compute a month's indicators and warnings."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from core.audit.record import SystemActor
from core.jobs.models import Job
from core.jobs.run import run_here
from monitoring.indicators.registry import INDICATORS
from monitoring.operations.compute_month import MonthRefused, refuse_future
from monitoring.queries.jobs import COMPUTE_MONTH
from monitoring.queries.months import MalformedMonth, parse_month
from monitoring.tasks import request_month

COMMAND = SystemActor(audit_name="命令 compute_month")


class Command(BaseCommand):
    help = "计算一个月的全部指标并发出预警。可重复执行，结果相同。"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("month", metavar="YYYY-MM", help="月份，例如 2026-03")
        parser.add_argument("--queue", action="store_true", help="交给后台执行，不等待")

    def handle(self, *args: Any, **options: Any) -> None:
        at = timezone.now()
        try:
            month = parse_month(options["month"])
            refuse_future(month, at)
        except (MalformedMonth, MonthRefused) as error:
            raise CommandError(str(error)) from None
        key = f"{month:%Y-%m}"
        if options["queue"]:
            job = request_month(month, by=COMMAND, at=at)
            self.stdout.write(f"{key} 已排队，任务编号 {job.pk}")
            return
        job = run_here(kind=COMPUTE_MONTH, key=key, arguments={"month": key}, by=COMMAND, at=at)
        if job.state != Job.State.DONE:
            raise CommandError(f"{key} {job.get_state_display()}：{job.problem or '没有说明'}")
        self._say(key, job, with_log=options["verbosity"] > 1)

    def _say(self, key: str, job: Job, *, with_log: bool) -> None:
        if with_log:
            for line in job.log_lines.order_by("id"):
                self.stdout.write(f"  {line.text}")
        rows: dict[str, int] = job.result["rows"]
        if not job.result["total"]:
            self.stdout.write(f"{key} 没有数据，没有产生任何指标行。")
        else:
            for indicator in INDICATORS:
                count = rows[indicator.code]
                self.stdout.write(f"{indicator.label}（{indicator.code}）：{count} 行")
            self.stdout.write(f"{key} 共 {job.result['total']} 行")
        warnings = job.result["warnings"]
        self.stdout.write(
            f"预警：新发 {warnings['opened']} 条，更新 {warnings['updated']} 条，"
            f"恢复 {warnings['recovered']} 条"
        )
