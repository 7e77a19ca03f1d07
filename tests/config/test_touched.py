"""`make test-touched` finds the tests that name what was changed."""

from __future__ import annotations

import importlib.util
from collections.abc import Callable
from pathlib import Path

import pytest
from django.conf import settings

SCRIPT = Path(settings.BASE_DIR) / "scripts" / "touched.py"


@pytest.fixture(scope="module")
def touched() -> Callable[[list[str]], set[str]]:
    found = importlib.util.spec_from_file_location("touched", SCRIPT)
    assert found is not None
    assert found.loader is not None
    module = importlib.util.module_from_spec(found)
    found.loader.exec_module(module)
    return module.touched  # type: ignore[no-any-return]


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        ("core/signing/place.py", "tests/core/signing/test_verifying.py"),  # names the module
        ("core/signing/pades.py", "tests/core/signing/test_verifying.py"),  # imports the package
        ("tests/config/test_touched.py", "tests/config/test_touched.py"),
        ("templates/inbox/list.html", "tests/inbox"),
    ],
)
def test_what_names_the_change_is_run(
    touched: Callable[[list[str]], set[str]], changed: str, expected: str
) -> None:
    assert expected in touched([changed])


def test_rules_of_the_architecture_are_run_always_and_alone_for_words(
    touched: Callable[[list[str]], set[str]],
) -> None:
    assert touched(["README.md"]) == {"tests/architecture"}
    assert touched(["tests/config/test_gone.py"]) == {"tests/architecture"}


def test_other_files_are_left_out(touched: Callable[[list[str]], set[str]]) -> None:
    assert "tests/ui/test_formats.py" not in touched(["core/signing/place.py"])
