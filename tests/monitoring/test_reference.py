"""docs/indicators and docs/states say what the declarations say."""

from pathlib import Path

import pytest
from django.conf import settings

from monitoring.documents.reference import PAGES


@pytest.mark.parametrize("name", PAGES)
def test_docs_are_up_to_date(name: str) -> None:
    page = Path(settings.BASE_DIR) / "docs" / name
    assert page.read_text(encoding="utf-8") == PAGES[name](), "run manage.py monitoring_reference"
