"""docker-compose.yml and the Dockerfile without an engine: they parse, hang together, and name what is there."""

from __future__ import annotations

import copy
import http.server
import json
import os
import re
import shlex
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml
from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.storage import FileSystemStorage

from config.environment import VARIABLES

ROOT = Path(settings.BASE_DIR)
SCHEMA = json.loads((Path(__file__).parent / "compose.schema.json").read_text())
VARIABLE = re.compile(r"(?<!\$)\$\{(\w+)(?::([?-])([^}]*))?\}")
EXAMPLE = {
    name: value or "x"
    for name, _, value in (
        line.partition("=")
        for line in (ROOT / "deploy" / "example.env").read_text().splitlines()
        if "=" in line and not line.startswith("#")
    )
}
ONE_SHOT = ("migrate", "backup")


def _filled(text: str, given: dict[str, str]) -> str:
    """As compose interpolates: `:?` must be given, `:-` has a default."""

    def value(found: re.Match[str]) -> str:
        name, kind, rest = found.groups()
        if given.get(name):
            return given[name]
        assert kind == "-", f"{name} is needed and not in deploy/example.env"
        return rest or ""

    return VARIABLE.sub(value, text)


@pytest.fixture(scope="module")
def compose() -> dict[str, Any]:
    text = (ROOT / "docker-compose.yml").read_text()
    found: dict[str, Any] = yaml.safe_load(_filled(text, EXAMPLE))
    return found


def test_it_says_nothing_that_compose_does_not_know(compose: dict[str, Any]) -> None:
    jsonschema.validate(compose, SCHEMA)


@pytest.mark.parametrize(
    "spoil",
    [
        lambda c: c["services"]["web"].update(helthcheck={}),
        lambda c: c["services"]["web"].update(command="python manage.py"),
        lambda c: c["services"]["web"]["healthcheck"].update(interval="10"),
        lambda c: c["services"]["postgres"].update(image="postgres"),
        lambda c: c["services"]["web"]["depends_on"].update(redis={"condition": "healthy"}),
        lambda c: c["services"]["worker"]["environment"].update(BEHIND_PROXY=True),
        lambda c: c["services"]["web"].update(cap_add=["SYS_ADMIN"]),
        lambda c: c["services"]["web"].update(cap_drop=["NET_RAW"]),
        lambda c: c["services"]["web"].update(privileged=True),
        lambda c: c["services"]["web"].update(security_opt=["seccomp:unconfined"]),
    ],
)
def test_control_a_slip_is_seen(compose: dict[str, Any], spoil: Any) -> None:
    broken = copy.deepcopy(compose)
    spoil(broken)
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(broken, SCHEMA)


def test_without_its_variables_it_does_not_start() -> None:
    with pytest.raises(AssertionError, match="APP_PASSWORD"):
        _filled((ROOT / "docker-compose.yml").read_text(), {})


def test_no_secret_stands_in_it() -> None:
    for line in (ROOT / "docker-compose.yml").read_text().splitlines():
        if re.match(r"\s+\w*(PASSWORD|SECRET|TOKEN)\w*:", line):
            assert "${" in line, line


def test_what_is_waited_for_can_come(compose: dict[str, Any]) -> None:
    """A service that must be healthy has a check; one that must have ended ends and is not restarted."""
    services = compose["services"]
    for name, service in services.items():
        for other, wait in service.get("depends_on", {}).items():
            waited = services[other]
            if wait["condition"] == "service_healthy":
                assert "healthcheck" in waited, (name, other)
            if wait["condition"] == "service_completed_successfully":
                assert waited["restart"] == "no", (name, other)
        assert name in ONE_SHOT or "healthcheck" in service, name


def test_volumes_and_bound_files_are_there(compose: dict[str, Any]) -> None:
    for name, service in compose["services"].items():
        for volume in service.get("volumes", ()):
            source = volume.split(":")[0]
            if source.startswith("./"):
                assert (ROOT / source).is_file(), (name, source)
            elif not source.startswith("/"):
                assert source in compose["volumes"] or source == EXAMPLE["CERTIFICATES"], source


def test_every_variable_of_the_application_is_one_that_it_reads(compose: dict[str, Any]) -> None:
    known = {variable.name for variable in VARIABLES} | {"ZHAOCAI_ENV"}
    for name in ("web", "worker", "beat", "migrate", "backup"):
        assert set(compose["services"][name]["environment"]) <= known, name


def test_what_the_application_writes_outlives_its_container(compose: dict[str, Any]) -> None:
    """Attachments and the audit chain's heads lie on volumes that the image made the user's."""
    made = " ".join(rest for word, rest in _instructions() if word == "RUN")
    for name in ("web", "worker"):
        service = compose["services"][name]
        mounted = {volume.split(":")[1] for volume in service["volumes"]}
        for variable in ("FILES_DIR", "AUDIT_HEAD_DIR"):
            folder = service["environment"][variable]
            assert folder in mounted, (name, variable)
            assert re.search(rf"chown zhaocai [^&]*{folder}\b", made), folder


OWN_RIGHTS = {
    "postgres": {"CHOWN", "DAC_OVERRIDE", "FOWNER", "SETGID", "SETUID"},
    "proxy": {"CHOWN", "NET_BIND_SERVICE", "SETGID", "SETUID"},
}


def test_no_container_has_more_rights_than_it_needs(compose: dict[str, Any]) -> None:
    """All of root's rights are dropped everywhere; two images get back what they start with."""
    for name, service in compose["services"].items():
        assert service.get("cap_drop") == ["ALL"], name
        assert service.get("security_opt") == ["no-new-privileges:true"], name
        assert set(service.get("cap_add", ())) == OWN_RIGHTS.get(name, set()), name
        if "build" in service:
            assert service.get("read_only") is True, name
            assert "user" not in service, name  # the image's own, which is not root
            assert [each.split(":")[0] for each in service["tmpfs"]] == ["/tmp"], name
    assert compose["services"]["redis"]["user"] == "redis"


def test_on_a_read_only_image_every_file_written_has_a_place(compose: dict[str, Any]) -> None:
    """What the commands and settings name as theirs lies on a volume or in /tmp, nothing in /app."""
    for name, service in compose["services"].items():
        if "build" not in service:
            continue
        mounts = [each.split(":")[0] for each in service["tmpfs"]]
        mounts += [
            parts[1]
            for parts in (volume.split(":") for volume in service["volumes"])
            if parts[2:] != ["ro"]
        ]
        words = " ".join(service["command"])
        named = re.findall(r"(?:--schedule|manage.py backup|check_backup) (/\S+)", words)
        given = service["environment"]
        # The files are copied by `backup`, which writes none.
        named += [given["FILES_DIR"]] if name != "backup" else []
        for path in named:
            assert any(path == each or path.startswith(f"{each}/") for each in mounts), (name, path)
    # The one thing that the application would make beside itself does not exist in production.
    assert "ZHAOCAI_VAR" not in compose["services"]["web"]["environment"]


def _commands(compose: dict[str, Any]) -> Iterator[tuple[str, list[str]]]:
    """What the application's services run, one plain command at a time."""
    for name, service in compose["services"].items():
        if "build" not in service:
            continue
        command = service["command"]
        if command[:2] == ["sh", "-c"]:
            for part in command[2].split("&&"):
                yield name, shlex.split(part)
        else:
            yield name, command


def test_every_command_exists_and_takes_its_options(compose: dict[str, Any]) -> None:
    """Run outside of a container as far as it goes without servers: options parsed, nothing started."""
    checked = []
    # Two parts may say the same command: it is run once for both.
    done: dict[tuple[str, ...], subprocess.CompletedProcess[str]] = {}
    for name, command in _commands(compose):
        assert command[0] == "python", name
        probe = "--check-config" if "gunicorn" in command else "--help"
        words = (*command[1:], probe)
        if words not in done:
            done[words] = subprocess.run(
                [sys.executable, *words], cwd=ROOT, capture_output=True, text=True, timeout=300,
                check=False,
            )  # fmt: skip
        assert done[words].returncode == 0, (name, command, done[words].stderr[-500:])
        checked.append(name)
    assert checked == ["migrate", "migrate", "web", "worker", "beat", "backup", "backup"]


def test_an_option_that_is_none_is_refused() -> None:
    """The control: --help alone would swallow anything."""
    done = subprocess.run(
        [sys.executable, "-m", "celery", "-A", "config", "worker", "--without-gosip", "--help"],
        cwd=ROOT, capture_output=True, text=True, timeout=300, check=False,
    )  # fmt: skip
    assert done.returncode != 0


@pytest.mark.parametrize(
    ("status", "allowed", "code"),
    [
        (200, "zc.example.gov.cn", 0),
        (200, ".zc.example.gov.cn, other.gov.cn", 0),
        (503, "zc.example.gov.cn", 1),
        (200, "", 1),
    ],
)
def test_the_health_check_s_script_tells_by_its_exit(status: int, allowed: str, code: int) -> None:
    class Answering(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            # As the platform does: another name than its own, such as 127.0.0.1, is refused.
            known = (self.headers["X-Forwarded-Proto"], self.headers["Host"])
            self.send_response(status if known == ("https", "zc.example.gov.cn") else 400)
            self.end_headers()

        def log_message(self, *args: object) -> None:
            return None

    with http.server.HTTPServer(("127.0.0.1", 0), Answering) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        address = f"http://127.0.0.1:{server.server_port}/healthz"
        done = subprocess.run(
            [sys.executable, "deploy/answers.py", address], cwd=ROOT, capture_output=True,
            timeout=30, check=False, env=os.environ | {"ALLOWED_HOSTS": allowed},
        )  # fmt: skip
        server.shutdown()
    assert done.returncode == code


def test_what_root_collects_into_the_image_its_user_may_read(tmp_path: Path) -> None:
    """Static files are everybody's; the mode of what people hand in would keep web from starting."""
    told = settings.STORAGES["staticfiles"]["OPTIONS"]
    kept = FileSystemStorage(location=tmp_path, base_url="/", **told)
    path = tmp_path / kept.save("staticfiles.json", ContentFile(b"{}"))
    assert path.stat().st_mode & 0o777 == 0o644


def test_the_database_s_first_script_is_run_not_read_into_the_image_s_own() -> None:
    """The image sources what is not executable: `set -u` would hold for the rest of its start."""
    assert os.access(ROOT / "deploy" / "create-roles.sh", os.X_OK)


def test_the_owner_s_passwords_reach_no_service_of_the_people(compose: dict[str, Any]) -> None:
    """The file of further settings is not .env, whose every value would come along."""
    for name in ("web", "worker", "beat"):
        assert [each["path"] for each in compose["services"][name]["env_file"]] == ["settings.env"]
    for ignored in (".dockerignore", ".gitignore"):
        assert "settings.env" in (ROOT / ignored).read_text().splitlines(), ignored


def test_shell_scripts_parse(compose: dict[str, Any]) -> None:
    subprocess.run(["sh", "-n", "deploy/create-roles.sh"], cwd=ROOT, check=True, timeout=10)
    for service in compose["services"].values():
        tests = [service.get("healthcheck", {}).get("test", [])]
        for words in (*tests, service.get("command", [])):
            if words[:1] == ["CMD-SHELL"] or words[:2] == ["sh", "-c"]:
                script = words[-1].replace("$$", "$")
                subprocess.run(["sh", "-n", "-c", script], check=True, timeout=10)


INSTRUCTIONS = ("FROM", "ENV", "WORKDIR", "COPY", "RUN", "USER", "EXPOSE", "CMD")


def _instructions() -> list[tuple[str, str]]:
    text = (ROOT / "deploy" / "Dockerfile").read_text().replace("\\\n", " ")
    lines = [line for line in text.splitlines() if line.strip() and not line.startswith("#")]
    return [(word, rest) for word, _, rest in (line.partition(" ") for line in lines)]


def test_the_image_is_made_of_what_is_there(compose: dict[str, Any]) -> None:
    made = _instructions()
    assert {word for word, _ in made} <= set(INSTRUCTIONS)
    assert made[0][0] == "FROM"
    for word, rest in made:
        if word == "COPY":
            for source in shlex.split(rest)[:-1]:
                assert (ROOT / source).exists(), source
    assert [rest for word, rest in made if word == "USER"] == ["zhaocai"]
    (start,) = (json.loads(rest) for word, rest in made if word == "CMD")
    assert start == compose["services"]["web"]["command"]
