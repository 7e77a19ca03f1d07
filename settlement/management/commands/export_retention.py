"""manage.py export_retention --batch CODE --year N --out FILE: the year's rows as CSV."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from settlement.management.year import add_year_arguments, year_named
from settlement.models import RetentionRun
from settlement.queries.retention_export import write_retention


class Command(BaseCommand):
    help = "导出一个批次采购年度的结余留用明细（CSV）。须先用 compute_retention 测算。"

    def add_arguments(self, parser: CommandParser) -> None:
        add_year_arguments(parser)
        parser.add_argument("--out", required=True, type=Path, metavar="FILE", help="写入的文件")

    def handle(self, *args: Any, **options: Any) -> None:
        year = year_named(options)
        if not RetentionRun.objects.filter(batch=year.batch, year_no=year.year_no).exists():
            raise CommandError(
                f"批次 {year.batch.code} 第 {year.year_no} 年尚未测算，请先执行"
                f" manage.py compute_retention --batch {year.batch.code} --year {year.year_no}"
            )
        path: Path = options["out"]
        unfinished = path.with_name(path.name + ".part")
        try:
            with unfinished.open("wb") as out:
                write_retention(year, out)
            unfinished.replace(path)
        except OSError as error:
            raise CommandError(f"无法写入 {path}：{error.strerror}") from None
        self.stdout.write(f"已写入 {path}")
