"""`manage.py demo_accounts`: the demonstration's accounts, made if they are not there."""

from __future__ import annotations

import base64
import os
from hashlib import sha256
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from core.audit.record import SystemActor
from core.embedded.places import current_places
from core.embedded.secrets import secret
from core.transitions import Refusal
from interchange.queries.demo_cast import demo_cast
from organisations.operations.demo_codes import demo_code
from organisations.operations.demo_people import create_demo_people
from organisations.queries.people import role_words

VARIABLE = "ZHAOCAI_DEMO_PASSWORD"


def demo_secret() -> str:
    """The one secret of all demonstration accounts, made at random on this machine."""
    kept = secret(current_places(), "demo-second-factor")
    return base64.b32encode(sha256(kept.encode()).digest()[:20]).decode()


class Command(BaseCommand):
    """Prints username, role, organisation and the code of the second factor where one is due;
    the password too where it was made up here."""

    help = "建立并列出演示账号（每种角色一个）；口令取自 ZHAOCAI_DEMO_PASSWORD，未设置时自动生成并显示。"

    def handle(self, *args: Any, **options: Any) -> None:
        if settings.PRODUCTION:
            raise CommandError("演示账号共用一个口令，不能建在正式环境：请用 create_administrators")
        now = timezone.now()
        given = os.environ.get(VARIABLE, "").strip()
        password = given or secret(current_places(), "demo-password")
        try:
            people = create_demo_people(
                password=password,
                by=SystemActor("演示"),
                at=now,
                cast=demo_cast(),
                secret=demo_secret(),
            )
        except Refusal as refusal:
            raise CommandError(refusal.reason) from refusal
        for user in people:
            organisation = user.organisation.name
            code = demo_code(user, now)
            said = f"  验证码 {code}" if code else ""
            self.stdout.write(f"{user.username:<18}{role_words(user)}  {organisation}{said}")
        self.stdout.write(
            f"验证码每 30 秒更换，再次执行本命令可见新的；动态口令密钥（标注验证码的账号共用）：{demo_secret()}"
        )
        if not given:
            self.stdout.write(f"口令（全部账号）：{password}")
