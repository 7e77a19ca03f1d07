"""`dump_dataset DIR`: write the whole province as a folder of CSV files."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.db import InterfaceError, OperationalError, ProgrammingError
from django.utils import timezone

from core.audit.record import SystemActor
from interchange.management.commands.load_dataset import missing_tables
from interchange.operations.dump_dataset import dump, note_dump
from interchange.runner.report import LoadFailed


class Command(BaseCommand):
    help = "把全部数据写成一个文件夹的 CSV 数据集，可再用 load_dataset 加载。"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("directory", metavar="DIR", help="写入的文件夹，没有则新建")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            directory = Path(options["directory"])
            written = dump(directory, progress=self.show)
            note_dump(
                directory=directory, written=written,
                by=SystemActor(audit_name="命令行 dump_dataset"), at=timezone.now(),
            )  # fmt: skip
        except LoadFailed as failure:
            self.refuse(str(failure))
        except (OperationalError, InterfaceError) as error:
            self.refuse(f"数据库不可用，请启动数据库后重试：{str(error).splitlines()[0]}")
        except ProgrammingError as error:
            self.refuse(missing_tables(error)[0])
        else:
            for name, rows in written.items():
                self.stdout.write(f"{name}.csv：{rows} 行")

    def show(self, done: int, total: int, stage: str) -> None:
        self.stdout.write(f"[{100 * done // total:3d}%] {stage}")
        self.stdout.flush()

    def refuse(self, line: str) -> None:
        self.stderr.write(line)
        raise SystemExit(1)
