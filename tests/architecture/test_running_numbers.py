"""Running numbers come from `next_serial`, which does not cut the millionth to one given before."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
CUT = re.compile(r"lpad\s*\(\s*nextval", re.IGNORECASE)


def test_no_statement_cuts_a_number_of_a_sequence() -> None:
    rooms = [room for room in ROOT.iterdir() if (room / "apps.py").exists()]
    files = [
        file for room in rooms for kind in ("*.py", "*.sql") for file in room.rglob(kind)
        if file.parent.name != "migrations"
    ]  # fmt: skip
    assert len(files) > 800
    assert [str(file.relative_to(ROOT)) for file in files if CUT.search(file.read_text())] == []


def test_a_cut_number_is_seen() -> None:
    assert CUT.search("'YJ' || lpad(nextval('monitoring_warning_no')::text, 6, '0')")
