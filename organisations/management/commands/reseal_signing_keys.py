"""`manage.py reseal_signing_keys`: kept private keys under today's passphrase."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from core.audit.record import SystemActor
from organisations.operations.reseal_keys import reseal_keys


class Command(BaseCommand):
    """After it the former passphrase may leave SIGNING_KEY_PASSPHRASE_FALLBACKS."""

    help = "更换 SIGNING_KEY_PASSPHRASE 后，把保存的签名私钥改用新口令加密；可重复执行。"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--dry-run", action="store_true", help="只检查，不改写")

    def handle(self, *args: Any, **options: Any) -> None:
        found = reseal_keys(by=SystemActor("命令行"), at=timezone.now(), dry_run=options["dry_run"])
        verb = "需要改用新口令" if options["dry_run"] else "已改用新口令"
        self.stdout.write(f"{verb} {found.resealed:,} 个，本来就是新口令 {found.fine:,} 个")
        if found.unreadable:
            names = "\n".join(found.unreadable[:20])
            raise CommandError(
                f"{len(found.unreadable):,} 个私钥打不开，没有改写：旧口令应写在"
                f" SIGNING_KEY_PASSPHRASE_FALLBACKS\n{names}"
            )
        if not options["dry_run"]:
            self.stdout.write("旧口令现在可以从 SIGNING_KEY_PASSPHRASE_FALLBACKS 去掉")
