"""`services start|stop|status|reset`: the embedded PostgreSQL and Redis."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from core.embedded import services
from core.embedded.errors import EmbeddedServiceError
from core.embedded.places import current_places


class Command(BaseCommand):
    help = "启动、停止、查看或清空内置的 PostgreSQL 与 Redis。"
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("action", choices=["start", "stop", "status", "reset"])

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            getattr(self, options["action"])()
        except EmbeddedServiceError as error:
            raise CommandError(str(error)) from error

    def start(self) -> None:
        services.ensure_started()
        self.status()

    def stop(self) -> None:
        stopped = services.stop()
        of_tests = services.stop(places=current_places().of_tests)
        names = [
            name
            for name, was_running in (("PostgreSQL", stopped.postgres), ("Redis", stopped.redis))
            if was_running
        ]
        names += ["测试用的服务"] if of_tests.postgres or of_tests.redis else []
        self.stdout.write("已停止：" + "、".join(names) if names else "内置服务没有在运行。")

    def reset(self) -> None:
        services.reset()
        self.stdout.write("内置服务已停止，数据已删除。")

    def status(self) -> None:
        if not (services.needs_postgres() or services.needs_redis()):
            self.stdout.write("DATABASE_URL 与 REDIS_URL 已设置，不使用内置服务。")
            return
        found = services.status()
        for name, running in (("PostgreSQL", found.postgres), ("Redis", found.redis)):
            self.stdout.write(f"{name}：{'运行中' if running else '未运行'}")
        if found.home:
            self.stdout.write(
                f"目录：{found.home}" + (f"（用户 {found.user}）" if found.user else "")
            )
