"""What the export commands share: a computed month, and a file that appears only when complete."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import BinaryIO

from django.core.management.base import CommandError, CommandParser

from monitoring.queries.months import MalformedMonth, is_computed, parse_month


def add_export_arguments(parser: CommandParser) -> None:
    """--month and --out."""
    parser.add_argument("--month", required=True, metavar="YYYY-MM", help="月份，例如 2026-03")
    parser.add_argument("--out", required=True, type=Path, metavar="FILE", help="写入的文件")


def export_month(text: str, path: Path, write: Callable[[date, BinaryIO], None]) -> None:
    """Write the month's export to `path`. Raises CommandError in Chinese; nothing is left then."""
    try:
        month = parse_month(text)
    except MalformedMonth as error:
        raise CommandError(str(error)) from None
    if not is_computed(month):
        raise CommandError(
            f"{month:%Y-%m} 尚未计算，请先执行 manage.py compute_month {month:%Y-%m}"
        )
    unfinished = path.with_name(path.name + ".part")
    try:
        with unfinished.open("wb") as out:
            write(month, out)
        unfinished.replace(path)
    except OSError as error:
        raise CommandError(f"无法写入 {path}：{error.strerror}") from None
