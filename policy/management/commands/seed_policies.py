"""manage.py seed_policies: bring shipped policies and calendar years into the database."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from core.audit.record import SystemActor
from core.workdays.seed import seed_calendar
from policy.operations.seed_policies import seed
from policy.queries.shipped import ShippedDataError

COMMAND = SystemActor(audit_name="命令 seed_policies")


class Command(BaseCommand):
    help = "写入随平台发布的政策参数和工作日历；可重复执行，不改动页面设定的取值。"

    def handle(self, *args: Any, **options: Any) -> None:
        at = timezone.now()
        years = seed_calendar(by_name=COMMAND.audit_name, at=at)
        try:
            result = seed(by=COMMAND, at=at)
        except ShippedDataError as error:
            raise CommandError(f"随平台发布的政策数据有误：{error}") from error
        self.stdout.write(
            f"政策参数：新增 {result.created}，更新 {result.updated}，未变 {result.unchanged}；"
            f"工作日历：新增 {len(years)} 年"
        )
