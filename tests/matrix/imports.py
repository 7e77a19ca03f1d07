"""Imports of the actors' province and of its neighbour: waiting for confirmation, or refused."""

from __future__ import annotations

from interchange.operations.import_files import marked_of
from organisations.models import Organisation
from tests.factories.interchange import dataset_import
from tests.matrix.places import Places


def seed_imports(places: Places) -> dict[str, str]:
    def waiting(bureau: Organisation, province: str, title: str) -> str:
        made = dataset_import(
            organisation=bureau, province_code=province, state="checked", title=title
        )
        return str(made.import_no)

    refused = dataset_import(
        organisation=places.bureau, province_code="860000", state="refused", problem_count=1,
        problems=[{"file": "pools", "line": 1, "column": "", "value": "", "reason": "错"}],
    )  # fmt: skip
    marked = marked_of(refused.import_no)
    marked.parent.mkdir(parents=True, exist_ok=True)
    marked.write_bytes(b"marked")
    return {
        "import_r": str(refused.import_no),
        "import_p": waiting(places.bureau, "860000", "本省.zip"),
        "import_t": waiting(places.bureau_t, "870000", "邻省一.zip"),
        "import_t2": waiting(places.bureau_t, "870000", "邻省二.zip"),
        "import_t3": waiting(places.bureau_t, "870000", "邻省三.zip"),
    }
