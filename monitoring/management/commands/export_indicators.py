"""manage.py export_indicators --month YYYY-MM --out FILE: the month's figures as CSV."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from monitoring.queries.indicator_export import write_indicators
from monitoring.queries.months import MalformedMonth, is_computed, parse_month


class Command(BaseCommand):
    help = "导出一个月的指标（CSV）。须先用 compute_month 计算该月。"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--month", required=True, metavar="YYYY-MM", help="月份，例如 2026-03")
        parser.add_argument("--out", required=True, type=Path, metavar="FILE", help="写入的文件")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            month = parse_month(options["month"])
        except MalformedMonth as error:
            raise CommandError(str(error)) from None
        if not is_computed(month):
            raise CommandError(
                f"{month:%Y-%m} 尚未计算，请先执行 manage.py compute_month {month:%Y-%m}"
            )
        path: Path = options["out"]
        unfinished = path.with_name(path.name + ".part")
        try:
            with unfinished.open("wb") as out:
                write_indicators(month, out)
            unfinished.replace(path)
        except OSError as error:
            raise CommandError(f"无法写入 {path}：{error.strerror}") from None
        self.stdout.write(f"已写入 {path}")
