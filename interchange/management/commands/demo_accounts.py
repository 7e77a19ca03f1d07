"""`manage.py demo_accounts`: the demonstration's accounts, made if they are not there."""

from __future__ import annotations

import os
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from core.audit.record import SystemActor
from core.embedded.places import current_places
from core.embedded.secrets import secret
from core.transitions import Refusal
from interchange.queries.demo_cast import demo_cast
from organisations.operations.demo_people import create_demo_people
from organisations.views.frame import role_words

VARIABLE = "ZHAOCAI_DEMO_PASSWORD"


class Command(BaseCommand):
    """Prints username, role and organisation; the password too where it was made up here."""

    help = "建立并列出演示账号（每种角色一个）；口令取自 ZHAOCAI_DEMO_PASSWORD，未设置时自动生成并显示。"

    def handle(self, *args: Any, **options: Any) -> None:
        given = os.environ.get(VARIABLE, "").strip()
        password = given or secret(current_places(), "demo-password")
        try:
            people = create_demo_people(
                password=password,
                by=SystemActor("演示"),
                at=timezone.now(),
                cast=demo_cast(),
            )
        except Refusal as refusal:
            raise CommandError(refusal.reason) from refusal
        for user in people:
            organisation = user.organisation.name
            self.stdout.write(f"{user.username:<18}{role_words(user)}  {organisation}")
        if not given:
            self.stdout.write(f"口令（全部账号）：{password}")
