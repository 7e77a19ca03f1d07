"""What was decided at the first start and must be found again by every process."""

import json
import os
from dataclasses import asdict, dataclass
from pathlib import Path

from core.embedded.places import Places


@dataclass(frozen=True)
class ServiceRecord:
    home: str
    """Folder with the servers' data, logs and sockets."""
    user: str | None
    """Unprivileged user that runs the servers; None when we are one ourselves."""
    redis_port: int

    @property
    def home_path(self) -> Path:
        return Path(self.home)


def read_record(places: Places) -> ServiceRecord | None:
    try:
        return ServiceRecord(**json.loads(places.record.read_text()))
    except FileNotFoundError:
        return None


def write_record(places: Places, record: ServiceRecord) -> None:
    draft = places.record.with_name(f".{places.record.name}.{os.getpid()}")
    draft.write_text(json.dumps(asdict(record)))
    draft.replace(places.record)
