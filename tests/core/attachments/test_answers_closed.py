"""No file stays open behind an answer that nobody has read to its end."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.http import FileResponse
from django.test import Client
from django.urls import path

from tests.plugins.responses import close_answers

urlpatterns: list[Any] = []
pytestmark = pytest.mark.urls(__name__)


@pytest.fixture
def served(tmp_path: Path) -> Iterator[list[Any]]:
    kept = tmp_path / "kept.pdf"
    kept.write_bytes(b"%PDF-1.4")
    opened: list[Any] = []

    def show(request: Any) -> FileResponse:
        opened.append(kept.open("rb"))
        return FileResponse(opened[-1])

    urlpatterns[:] = [path("kept/", show)]
    yield opened
    urlpatterns.clear()


@pytest.mark.django_db
@pytest.mark.parametrize("method", ["get", "head"])
def test_an_answer_looked_at_by_its_status_alone_is_closed(served: list[Any], method: str) -> None:
    assert getattr(Client(), method)("/kept/").status_code == 200
    assert not served[0].closed
    assert close_answers() == 1
    assert served[0].closed
    assert close_answers() == 0


@pytest.mark.django_db
def test_an_answer_read_to_its_end_is_closed_already(served: list[Any]) -> None:
    answer = Client().get("/kept/")
    assert b"".join(answer.streaming_content) == b"%PDF-1.4"  # type: ignore[attr-defined]
    assert served[0].closed
    assert close_answers() == 0
