"""manage.py export_indicators --month YYYY-MM --out FILE: the month's figures as CSV."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from monitoring.management.export_file import add_export_arguments, export_month
from monitoring.queries.indicator_export import write_indicators


class Command(BaseCommand):
    help = "导出一个月的指标（CSV）。须先用 compute_month 计算该月。"

    def add_arguments(self, parser: CommandParser) -> None:
        add_export_arguments(parser)

    def handle(self, *args: Any, **options: Any) -> None:
        export_month(options["month"], options["out"], write_indicators)
        self.stdout.write(f"已写入 {options['out']}")
