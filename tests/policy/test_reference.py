"""The page in docs/policy says what ships."""

from pathlib import Path

from django.conf import settings

from policy.documents.reference import reference
from policy.queries.shipped import shipped_parameters


def test_docs_are_up_to_date() -> None:
    page = Path(settings.BASE_DIR) / "docs" / "policy" / "parameters.md"
    assert page.read_text(encoding="utf-8") == reference(), "run manage.py policy_reference"


def test_every_parameter_is_in_the_page() -> None:
    page = reference()
    assert [key for key in shipped_parameters() if f"`{key}`" not in page] == []
