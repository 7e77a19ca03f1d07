"""manage.py monitoring_reference: write docs/indicators and docs/states from the declarations."""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from monitoring.documents.reference import reference_pages


class Command(BaseCommand):
    help = "依据指标、规则与状态的声明生成 docs/indicators 与 docs/states。"
    requires_system_checks: list[str] = []

    def handle(self, *args: Any, **options: Any) -> None:
        for name, page in reference_pages().items():
            path = Path(settings.BASE_DIR) / "docs" / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(page, encoding="utf-8")
            self.stdout.write(f"已生成 docs/{name}")
