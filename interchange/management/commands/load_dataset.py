"""`load_dataset DIR [--dry-run]`: load a folder of CSV files, all of it or nothing."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.db import InterfaceError, OperationalError, ProgrammingError
from django.utils import timezone
from psycopg2.errors import UndefinedTable

from core.audit.record import SystemActor
from interchange.operations.load_dataset import load
from interchange.runner.report import LoadFailed, LoadReport

NO_FILES = "提示：这个文件夹里没有数据集的 CSV 文件（如 institutions.csv），请核对路径"
UNAVAILABLE = "数据库不可用，什么都没有写入。请启动数据库后重试：{error}"


def missing_tables(error: ProgrammingError) -> list[str]:
    """The way out where the tables are not there yet. Any other mistake in SQL is ours: raised."""
    if not isinstance(error.__cause__, UndefinedTable):
        raise error
    return ["数据库里还没有表，请先运行 manage.py migrate"]


class Command(BaseCommand):
    help = "加载一个文件夹的 CSV 数据集：全部写入，或逐行列出错误、什么都不写入。"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("directory", metavar="DIR", help="放有 CSV 文件的文件夹")
        parser.add_argument("--dry-run", action="store_true", help="只检查并计数，不写入")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            report = load(
                Path(options["directory"]),
                by=SystemActor(audit_name="命令行 load_dataset"),
                at=timezone.now(),
                dry_run=options["dry_run"],
                progress=self.show,
            )
        except LoadFailed as failure:
            self.refuse([str(failure)])
        except (OperationalError, InterfaceError) as error:
            self.refuse([UNAVAILABLE.format(error=str(error).splitlines()[0])])
        except ProgrammingError as error:
            self.refuse(missing_tables(error))
        else:
            self.tell(report)

    def show(self, done: int, total: int, stage: str) -> None:
        self.stdout.write(f"[{100 * done // total:3d}%] {stage}")
        self.stdout.flush()

    def tell(self, report: LoadReport) -> None:
        if not report.accepted:
            lines = [str(problem) for problem in report.problems]
            if report.more_problems:
                lines.append(f"只列出前 {len(lines)} 处错误，改正后再加载会列出其余的")
            lines.append("什么都没有写入")
            self.refuse(lines)
        if not report.files:
            # Any file may be absent, but a folder without one is seldom the one that was meant.
            self.stdout.write(NO_FILES)
        for file in report.files:
            self.stdout.write(
                f"{file.name}.csv：新增 {file.created}，更新 {file.updated}，不变 {file.unchanged}"
            )
        if report.dry_run:
            self.stdout.write("只检查，未写入：")
        self.stdout.write(report.totals)

    def refuse(self, lines: list[str]) -> None:
        for line in lines:
            self.stderr.write(line)
        raise SystemExit(1)
