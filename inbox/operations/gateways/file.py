"""For demonstration and development: one line per message in the data folder."""

from __future__ import annotations

import json
from pathlib import Path

from django.conf import settings
from django.utils import timezone

from inbox.operations.gateways.base import GatewayProblem, Message


class FileGateway:
    """Appends to messages/<channel>.jsonl under the data folder."""

    def __init__(self, channel: str) -> None:
        self.path = Path(settings.VAR_DIR) / "messages" / f"{channel}.jsonl"

    def send(self, address: str, message: Message) -> None:
        line = {
            "at": timezone.now().isoformat(),
            "to": address,
            "subject": message.subject,
            "text": message.text,
        }
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            with self.path.open("a", encoding="utf-8") as file:
                file.write(json.dumps(line, ensure_ascii=False) + "\n")
        except OSError as error:
            raise GatewayProblem("演示用的消息文件写不进去") from error
