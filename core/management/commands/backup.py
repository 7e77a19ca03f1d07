"""`backup DIR`: database and files of one moment, with the figures that prove them."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from core.backup.make import make_backup
from core.backup.problems import BackupError


class Command(BaseCommand):
    help = "备份数据库与附件到 DIR 下的新目录；中途失败不留下半份备份。"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("target", metavar="DIR", type=Path)

    def handle(self, *args: Any, target: Path, **options: Any) -> None:
        try:
            made = make_backup(target, at=timezone.now(), say=self.stdout.write)
        except BackupError as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"备份完成：{made}")
