"""What the retention commands share: --batch and --year, and the agreement year that they name."""

from __future__ import annotations

from typing import Any

from django.core.management.base import CommandError, CommandParser

from catalog.models import AgreementYear


def add_year_arguments(parser: CommandParser) -> None:
    """--batch CODE and --year N."""
    parser.add_argument("--batch", required=True, metavar="CODE", help="批次代码")
    parser.add_argument("--year", required=True, metavar="N", help="采购年度序号，例如 1")


def year_named(options: dict[str, Any]) -> AgreementYear:
    """The agreement year. Raises CommandError in Chinese."""
    text = str(options["year"])
    if not (text.isascii() and text.isdigit() and 1 <= int(text[:6]) <= 32767):
        raise CommandError(f"采购年度序号应为正整数：{text}")
    year = (
        AgreementYear.objects.select_related("batch__policy")
        .filter(batch__code=options["batch"], year_no=int(text[:6]))
        .first()
    )
    if year is None:
        raise CommandError(
            f"没有批次 {options['batch']} 的第 {text} 个采购年度，请核对批次代码和年度序号"
        )
    return year
