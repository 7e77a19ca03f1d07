"""manage.py export_warnings --month YYYY-MM --out FILE: the month's warnings as CSV."""

from __future__ import annotations

from datetime import date
from typing import Any, BinaryIO

from django.core.management.base import BaseCommand, CommandParser

from monitoring.management.export_file import add_export_arguments, export_month
from monitoring.queries.warning_export import write_warnings
from monitoring.rules import MONTHLY_RULES


class Command(BaseCommand):
    help = "导出一个月的预警（CSV，只含月度规则）。须先用 compute_month 计算该月。"

    def add_arguments(self, parser: CommandParser) -> None:
        add_export_arguments(parser)

    def handle(self, *args: Any, **options: Any) -> None:
        def write(month: date, out: BinaryIO) -> None:
            write_warnings(month, [rule.code for rule in MONTHLY_RULES], out)

        export_month(options["month"], options["out"], write)
        self.stdout.write(f"已写入 {options['out']}")
