"""S-12: every kept file and every paper that leaves is on the trail: who, which file, of what.

Files that all the world may read without signing in need no note.
"""

from __future__ import annotations

import ast
import inspect
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import transaction
from django.http import FileResponse

from core.audit.models import AuditEvent
from organisations.queries.event_values import before_and_after
from organisations.views import files
from tests.matrix.table import Row, address
from tests.matrix.test_lists_taken import GETS, view_of
from tests.matrix.world import World

WAYS = {"kept_file", "served", "made_file", "paper_answer", "pdf_answer", "public_file"}
IMPERSONAL = {"calendar-file", "certificate-file", "trust-anchor-file", "edition-file"}
"""Days, public certificates and the factors of an edition, written for the reader: nobody's data."""


@dataclass(frozen=True)
class Taken:
    status: int
    is_file: bool
    path: str
    told: list[AuditEvent]


def take(row: Row, world: World, actor: str = "") -> Taken:
    actor = actor or next(actor for actor, status in row.status.items() if status == 200)
    with transaction.atomic():
        answer: Any = world.cast.client(actor).get(address(row, world))
        is_file = isinstance(answer, FileResponse) or answer["Content-Type"] == "application/pdf"
        if answer.streaming:
            b"".join(answer.streaming_content)
        told = list(AuditEvent.objects.filter(action="file.download"))
        transaction.set_rollback(True)
    return Taken(answer.status_code, is_file, answer.wsgi_request.path, told)


def giving(world: World) -> list[Row]:
    """One row of each route whose view has a way to hand out a file."""
    return [
        row
        for row in GETS.values()
        if any(WAYS & set(vars(inspect.getmodule(kind))) for kind in view_of(row, world).__mro__)
    ]


def test_every_file_that_is_taken_is_told_once(world: World) -> None:
    seen, wrong = set(), []
    for row in giving(world):
        got = take(row, world)
        told = [(event.object_type, event.object_key) for event in got.told]
        if told != ([("file", got.path)] if got.is_file else []):
            wrong.append(f"{row.label}: {told}")
        if got.is_file:
            seen.add(row.route.name)
    assert wrong == []
    assert len(seen) >= 40, sorted(seen)
    named = {name for name in GETS if name.endswith(("-file", "-pdf", "-marked"))}
    assert named - seen == IMPERSONAL


def test_refused_file_is_not_told_as_taken(world: World) -> None:
    row = GETS["warning-file"]
    refused = next(actor for actor, status in row.status.items() if status == 404)
    got = take(row, world, refused)
    assert (got.status, got.told) == (404, [])


def test_event_names_file_object_and_person(world: World) -> None:
    row = GETS["registration-file"]
    [event] = take(row, world).told
    _, told = before_and_after(event.object_type, event.detail)
    words = {each.name: each.value for each in told}
    assert event.actor_name and event.object_label.endswith(".pdf")
    assert words["所属"] == "注册申请"
    assert len(words["文件摘要"]) == 64


def test_files_leave_by_one_way_alone() -> None:
    """No view opens a kept file or answers with a paper by itself."""
    own = Path(inspect.getfile(files))
    wrong = []
    for place in ("views", "api"):
        for path in sorted(settings.BASE_DIR.glob(f"[a-z]*/{place}/**/*.py")):
            tree = ast.parse(path.read_text(encoding="utf-8"))
            for call in (n for n in ast.walk(tree) if isinstance(n, ast.Call)):
                name = getattr(call.func, "id", "")
                texts = [getattr(word.value, "value", "") for word in call.keywords]
                if path != own and (
                    name == "FileResponse"
                    or (name == "HttpResponse" and "application/pdf" in texts)
                ):
                    wrong.append(f"{path.relative_to(settings.BASE_DIR)}:{call.lineno}")
    assert wrong == []
