"""`run_worker`: a Celery worker with the clock inside, for one machine."""

import os
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandParser

from core.processes.commands import worker_command


class Command(BaseCommand):
    help = "启动后台任务进程（含定时器），Ctrl-C 停止。"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--concurrency", type=int, help="同时执行的任务数，默认为处理器数")

    def handle(self, *args: Any, **options: Any) -> None:
        command = worker_command(concurrency=options["concurrency"])
        schedule = settings.VAR_DIR / "beat-schedule"
        settings.VAR_DIR.mkdir(parents=True, exist_ok=True)
        os.execv(command[0], [*command, "--beat", "--schedule", str(schedule)])  # noqa: S606
