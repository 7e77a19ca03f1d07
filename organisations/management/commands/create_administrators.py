"""`manage.py create_administrators`: the three administrators of a new installation."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from core.audit.record import SystemActor
from organisations.operations.administrators import create_administrators


class Command(BaseCommand):
    """Each new account's one-time password is printed once."""

    help = "建立系统管理员、安全管理员、审计员三个账号（已有的不动），一次性口令只显示这一次。"

    def handle(self, *args: Any, **options: Any) -> None:
        made = create_administrators(by=SystemActor("命令行"), at=timezone.now())
        for user, password in made:
            self.stdout.write(f"{user.username:<12}{user.get_platform_role_display()}  {password}")
        if not made:
            self.stdout.write("三个管理员账号都已存在，没有改动。")
