"""Addresses of the embedded services as URLs, for the settings."""

from urllib.parse import quote

from core.embedded.home import socket_folder
from core.embedded.places import Places, current_places
from core.embedded.record import read_record
from core.embedded.secrets import read_secret

DATABASE = "zhaocai"
SUPERUSER = "zhaocai_super"
OWNER = "zhaocai_owner"
APPLICATION = "zhaocai_app"


def database_url(role: str, *, places: Places | None = None) -> str:
    """URL of the embedded database for `role`; before the first start it leads nowhere."""
    places = places or current_places()
    record = read_record(places)
    host = str(socket_folder(record.home_path)) if record else "/nonexistent"
    password = read_secret(places, role) or ""
    return f"postgresql://{role}:{quote(password, safe='')}@/{DATABASE}?host={quote(host)}"


def redis_url(*, places: Places | None = None) -> str:
    places = places or current_places()
    record = read_record(places)
    password = read_secret(places, "redis") or ""
    return f"redis://:{quote(password, safe='')}@127.0.0.1:{record.redis_port if record else 0}/0"
