"""`manage.py make_signing_ca`: the platform's own certificate authority."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.utils import timezone

from core.audit.record import SystemActor
from organisations.operations.certificates import make_signing_root


class Command(BaseCommand):
    """Makes the root once; a second call shows the one there is."""

    help = "建立平台内置证书机构的根证书（已有的不动）；内置证书为普通电子签名。"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--name", default="招采平台内置证书机构", help="根证书的名称")

    def handle(self, *args: Any, **options: Any) -> None:
        row = make_signing_root(name=options["name"], by=SystemActor("命令行"), at=timezone.now())
        self.stdout.write(f"{row.name}  有效期至 {row.not_after:%Y-%m-%d}")
        self.stdout.write(f"SHA-256 指纹：{row.fingerprint}")
