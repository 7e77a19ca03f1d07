"""`run_demo`: the demo province from nothing to a page that answers; Ctrl-C stops it all."""

import logging
import os
import shutil
import time
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connections

from core.embedded import services
from core.processes.commands import clock_command, web_command, worker_command
from core.processes.supervisor import ProcessDied, StopAsked, Supervisor, undisturbed
from core.processes.waiting import port_is_free, wait_until_answering
from interchange.management.demo_run.computing import compute_by_worker
from interchange.management.demo_run.data import (
    bring_database_up_to_date,
    generate_and_load,
    is_loaded,
    months_to_compute,
)
from interchange.management.demo_run.offices import open_offices


class Command(BaseCommand):
    # The web process and `make check` do them; here they would only delay the start.
    requires_system_checks: list[str] = []

    help = "启动演示省：建库、装入数据、计算各月、启动网页与后台任务；Ctrl-C 全部停止。"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--port", type=int, default=8000, help="网页端口")
        parser.add_argument("--reset", action="store_true", help="删除演示数据后退出")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["reset"]:
            self.reset()
            return
        port = options["port"]
        if not port_is_free(port):
            raise CommandError(f"端口 {port} 已被占用，请用 PORT=其他端口 make demo。")
        self.begun = time.monotonic()
        # The web process that is started below shows the demonstration's codes at sign-in.
        os.environ["ZHAOCAI_DEMO_CODES"] = "1"
        # This process speaks to a person; requests and tasks are told in var/logs.
        logging.getLogger("django_structlog").setLevel(logging.WARNING)
        supervisor = Supervisor(cwd=settings.BASE_DIR, logs=settings.VAR_DIR / "logs")
        supervisor.listen_to_signals()
        try:
            self.run(supervisor, port)
        except StopAsked:
            self.stdout.write("\n正在停止…")
        except ProcessDied as error:
            raise CommandError(str(error)) from error
        finally:
            with undisturbed():
                supervisor.stop()
                connections.close_all()
                self.stop_own_services()
        self.stdout.write(
            "已全部停止。数据保留在 var/，再次 make demo 继续；make demo-reset 重新开始。"
        )

    def run(self, supervisor: Supervisor, port: int) -> None:
        bring_database_up_to_date(self.say)
        if not is_loaded():
            generate_and_load(self.say)
        self.say("启动后台任务、定时器与网页")
        supervisor.start("worker", worker_command())
        supervisor.start("web", web_command(bind=f"127.0.0.1:{port}"))
        months = months_to_compute()
        for number, month in enumerate(months, start=1):
            self.say(f"计算 {month:%Y-%m} 的指标与预警（{number}/{len(months)}）")
            compute_by_worker(month, between=supervisor.check)
        call_command("demo_accounts", stdout=self.stdout)
        open_offices()
        address = f"http://127.0.0.1:{port}/"
        if not wait_until_answering(f"{address}healthz", seconds=60, between=supervisor.check):
            raise CommandError(f"网页 60 秒内没有应答，请看 {supervisor.logs / 'web.log'}。")
        # Nothing waits for the clock's first tick; beside the others it would delay their start.
        supervisor.start("clock", clock_command(var=settings.VAR_DIR))
        self.say(f"就绪：{address}    Ctrl-C 停止")
        supervisor.watch()

    def reset(self) -> None:
        if services.needs_postgres():
            connections.close_all()
            services.reset()
            for name in ("demo-dataset", "files", "logs", "messages"):
                shutil.rmtree(settings.VAR_DIR / name, ignore_errors=True)
            (settings.VAR_DIR / "demo.json").unlink(missing_ok=True)
            self.stdout.write("演示数据已删除，下次 make demo 重新开始。")
            return
        raise CommandError("DATABASE_URL 指向自己的数据库，不会清空它；请自行删除后重建。")

    def stop_own_services(self) -> None:
        started = os.environ.get("ZHAOCAI_STARTED", "").split()
        if started:
            services.stop(
                services.Started(postgres="postgres" in started, redis="redis" in started)
            )

    def say(self, text: str) -> None:
        self.stdout.write(f"[{time.monotonic() - self.begun:5.0f} 秒] {text}")
        self.stdout.flush()
