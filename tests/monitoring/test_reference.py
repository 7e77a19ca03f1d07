"""docs/indicators and docs/states say what the declarations say, and nothing is left over."""

from pathlib import Path

from django.conf import settings

from monitoring.documents.reference import reference_pages

DOCS = Path(settings.BASE_DIR) / "docs"


def test_docs_are_up_to_date() -> None:
    pages = reference_pages()
    assert {"states/warning.md", "states/service_candidate.md"} <= set(pages)
    stale = [
        name
        for name, text in pages.items()
        if not (DOCS / name).is_file() or (DOCS / name).read_text(encoding="utf-8") != text
    ]
    assert stale == [], "run manage.py monitoring_reference"


def test_no_page_outlives_its_machine() -> None:
    kept = {f"states/{path.name}" for path in (DOCS / "states").glob("*.md")}
    assert kept - set(reference_pages()) == set()
