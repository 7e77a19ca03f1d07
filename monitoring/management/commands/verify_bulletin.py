"""Make an issued bulletin anew from its frozen inputs and compare it to the byte."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from core.transitions import Refusal
from monitoring.models import Bulletin
from monitoring.operations.bulletins.issue import verify_bulletin


class Command(BaseCommand):
    help = "由冻结数据重新生成已印发的通报，与定稿逐字节比对"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("number", help="通报编号（TB…）或发文字号")

    def handle(self, *args: Any, **options: Any) -> None:
        number = options["number"]
        rows = Bulletin.objects.select_related("corrects")
        bulletin = rows.filter(bulletin_no=number).first() or rows.filter(doc_number=number).first()
        if bulletin is None:
            raise CommandError(f"没有编号为 {number} 的通报")
        try:
            found = verify_bulletin(bulletin)
        except Refusal as refusal:
            raise CommandError(refusal.reason) from refusal
        if not found.same:
            raise CommandError("；".join(found.problems))
        self.stdout.write(f"{bulletin.doc_number} 核验一致 SHA-256 {found.digest}")
