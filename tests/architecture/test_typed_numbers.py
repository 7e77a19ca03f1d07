"""Numbers that people type are read by one field, which refuses 1e9 and full-width digits."""

from __future__ import annotations

import ast
from pathlib import Path

ROOT = Path(__file__).parents[2]
ROOMS = [ROOT / app.name / "forms" for app in ROOT.iterdir() if (app / "forms").is_dir()]


def loose_fields(source: str) -> list[int]:
    """Lines that make Django's own field of decimals."""
    return [
        node.lineno for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute | ast.Name)
        and (node.func.attr if isinstance(node.func, ast.Attribute) else node.func.id)
        in ("DecimalField", "FloatField")
    ]  # fmt: skip


def test_every_decimal_of_a_form_is_a_typed_number() -> None:
    files = [file for room in ROOMS for file in room.rglob("*.py")]
    assert len(files) > 50
    found = {str(file.relative_to(ROOT)): loose_fields(file.read_text()) for file in files}
    assert {name: lines for name, lines in found.items() if lines} == {}


def test_a_loose_field_is_seen() -> None:
    assert loose_fields("a = forms.DecimalField(label='x')\nb = TypedNumber()") == [1]
