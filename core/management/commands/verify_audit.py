"""`manage.py verify_audit`: recompute the chain of the audit trail and compare it with the heads."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from core.audit.checking import check_trail
from core.audit.heads import kept_heads, read_heads


class Command(BaseCommand):
    """Exit 0 when nothing was changed; 1 with the first broken place first."""

    help = "核对审计日志：重算全部封存块，与数据库以外留存的摘要比较；有异常时列出并以 1 退出。"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--heads", help="另一份留存文件（heads.jsonl），默认只用平台自己的")

    def handle(self, *args: Any, **options: Any) -> None:
        kept = kept_heads()
        problems = list(kept.problems)
        heads = kept.heads
        if options["heads"]:
            try:
                copied = read_heads(Path(options["heads"]).read_text(encoding="utf-8"))
            except (OSError, UnicodeDecodeError) as error:
                raise CommandError(f"读不出留存文件 {options['heads']}：{error}") from error
            problems += copied.problems
            heads = tuple(sorted({*heads, *copied.heads}, key=lambda head: head.seal_id))
        findings = check_trail(now=timezone.now(), heads=heads)
        said = [
            (f"封存块 {finding.seal_id}" if finding.seal_id else "")
            + (f"（{finding.where}）" if finding.where else "")
            + ("：" if finding.seal_id else "")
            + finding.what
            for finding in findings
        ]
        if said or problems:
            raise CommandError("\n".join([*said, *problems]))
        self.stdout.write(f"核对通过：全部封存块与 {len(heads)} 个留存摘要一致。")
