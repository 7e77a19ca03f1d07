"""manage.py policy_reference: write docs/policy/parameters.md from the shipped values."""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from policy.documents.reference import reference


class Command(BaseCommand):
    help = "依据随平台发布的政策数据生成 docs/policy/parameters.md。"
    requires_system_checks: list[str] = []

    def handle(self, *args: Any, **options: Any) -> None:
        path = Path(settings.BASE_DIR) / "docs" / "policy" / "parameters.md"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(reference(), encoding="utf-8")
        self.stdout.write(f"已生成 {path.name}（{len(reference().splitlines())} 行）")
