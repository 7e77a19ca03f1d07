"""manage.py compute_retention --batch CODE --year N: compute 结余留用 of a batch's year."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from core.audit.record import SystemActor
from core.jobs.models import Job
from core.jobs.run import run_here
from settlement.management.year import add_year_arguments, year_named
from settlement.operations.retention_request import COMPUTE_RETENTION, arguments_of, key_of

COMMAND = SystemActor(audit_name="命令 compute_retention")


class Command(BaseCommand):
    help = "测算一个批次采购年度的结余留用。年度结束后执行；发布前可重复执行，结果相同。"

    def add_arguments(self, parser: CommandParser) -> None:
        add_year_arguments(parser)

    def handle(self, *args: Any, **options: Any) -> None:
        year = year_named(options)
        job = run_here(
            kind=COMPUTE_RETENTION, key=key_of(year), arguments=arguments_of(year), by=COMMAND,
            at=timezone.now(),
        )  # fmt: skip
        if job.state != Job.State.DONE:
            raise CommandError(
                f"{key_of(year)} {job.get_state_display()}：{job.problem or '没有说明'}"
            )
        found = job.result
        self.stdout.write(
            f"统筹区 {found['pools']} 个，单位 {found['units']} 家，明细 {found['rows']} 行，"
            f"留用金额合计 {found['retained']} 元"
        )
        if found["kept_pools"]:
            self.stdout.write(f"已发布未重新测算：{'、'.join(found['kept_pools'])}")
