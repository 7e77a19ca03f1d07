"""`restore_backup DIR`: into the empty database of MIGRATION_DATABASE_URL, or a drill."""

import tempfile
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from core.backup.problems import BackupError
from core.backup.report import write_report
from core.backup.restore import Outcome, restore_backup, throwaway_database


class Command(BaseCommand):
    help = "把一份备份恢复到空库并逐表核对；--drill 恢复到临时库后删除。写出恢复测试记录。"
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("folder", metavar="DIR", type=Path)
        parser.add_argument("--drill", action="store_true", help="演练：临时库与临时目录")
        parser.add_argument("--record", type=Path, help="记录写到哪个目录，默认在备份旁边")

    def handle(self, *args: Any, folder: Path, drill: bool, record: Path | None, **_: Any) -> None:
        try:
            outcome = self._drill(folder) if drill else self._restore(folder)
        except BackupError as error:
            raise CommandError(str(error)) from error
        page = write_report(outcome, target=record or folder.parent, at=timezone.now(), drill=drill)
        self.stdout.write(f"记录：{page}")
        if outcome.differences:
            raise CommandError(
                "恢复后与备份不一致：\n" + "\n".join(f"  - {text}" for text in outcome.differences)
            )
        self.stdout.write(f"恢复完成，{outcome.seconds:.1f} 秒，全部一致。")

    def _restore(self, folder: Path) -> Outcome:
        return restore_backup(
            folder,
            database=settings.DATABASES["owner"]["NAME"],
            files_home=Path(settings.FILES_DIR),
            now=timezone.now(),
            say=self.stdout.write,
        )

    def _drill(self, folder: Path) -> Outcome:
        with throwaway_database() as name, tempfile.TemporaryDirectory() as home:
            return restore_backup(
                folder,
                database=name,
                files_home=Path(home) / "files",
                now=timezone.now(),
                say=self.stdout.write,
            )
