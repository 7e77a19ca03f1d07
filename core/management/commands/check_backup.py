"""`check_backup DIR`: exit 1 and say why when the newest backup cannot be relied on."""

from datetime import timedelta
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from core.backup.check import MAX_AGE, newest_backup, problems_of
from core.backup.problems import BackupError


class Command(BaseCommand):
    help = "检查备份：完整、未被改动、版本可恢复、附件齐全、不超过规定的小时数。"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("folder", metavar="DIR", type=Path, help="一份备份，或存放备份的目录")
        parser.add_argument("--max-age-hours", type=float, default=MAX_AGE.total_seconds() / 3600)

    def handle(self, *args: Any, folder: Path, max_age_hours: float, **options: Any) -> None:
        try:
            whole = folder if folder.name.startswith("zhaocai-") else newest_backup(folder)
            found = problems_of(whole, now=timezone.now(), max_age=timedelta(hours=max_age_hours))
        except BackupError as error:
            raise CommandError(str(error)) from error
        if found:
            raise CommandError(f"{whole} 不可用：\n" + "\n".join(f"  - {text}" for text in found))
        self.stdout.write(f"{whole}：可用")
