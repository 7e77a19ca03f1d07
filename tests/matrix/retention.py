"""结余留用 of each hospital and the twin: a published run per pool, and a draft of the actors' city."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile

from core.attachments.store import attach
from core.audit.record import SystemActor
from tests.factories.organisations import LONG_AGO
from tests.factories.retention import (
    retention_row,
    retention_run,
    retention_share_out,
    retention_sheet,
)
from tests.matrix.canaries import NOBODY, OF_A, OVER_Q, OVER_X, Canary, Seeded
from tests.matrix.places import Places

PDF = b"%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n"
PUBLISHED: dict[str, Any] = {
    "state": "published", "published_at": LONG_AGO, "appeal_due_on": date(2099, 1, 1),
}  # fmt: skip


def seed_retention(places: Places) -> Seeded:
    keys: dict[str, str] = {}
    canaries: list[Canary] = []
    pool_p, pool_q, pool_t = places.a.pool, places.c.pool, places.t.pool
    run_p = retention_run(pool=pool_p, **PUBLISHED)
    run_q = retention_run(pool=pool_q, **PUBLISHED)
    run_t = retention_run(pool=pool_t, **PUBLISHED)
    draft = retention_run(pool=pool_p)
    retention_sheet(places.a, draft, self_check_note="草记A7Q")
    keys |= {
        "rrun_p": run_p.run_no, "rrun_q": run_q.run_no, "rrun_t": run_t.run_no,
        "rrun_u": retention_run(pool=pool_t, **PUBLISHED).run_no, "rrun_d": draft.run_no,
    }  # fmt: skip
    plans = (
        ("A", places.a, run_p, OF_A | OVER_X),
        ("B", places.b, run_p, OVER_X | {"b_clerk"}),
        ("C", places.c, run_q, OVER_Q | {"c_clerk"}),
        ("T", places.t, run_t, NOBODY),
    )
    for letter, hospital, run, seen in plans:
        mark = f"留记{letter}7Q"
        sheet = retention_sheet(hospital, run, state="waiting", self_check_note=mark)
        retention_row(sheet)
        retention_share_out(sheet)
        keys[f"rsheet_{letter.lower()}"] = sheet.sheet_no
        canaries.append(Canary(f"{letter} retention", (mark, sheet.sheet_no), frozenset(seen)))
        if letter == "A":
            (paper,) = attach(
                owner_type="retention_sheet", owner_id=sheet.pk, by=SystemActor(audit_name="测试"),
                at=LONG_AGO, uploads=[SimpleUploadedFile("证明.pdf", PDF, "application/pdf")],
            )  # fmt: skip
            keys["rsheet_file"] = str(paper.pk)
    bureaus = frozenset({"county_x", "city_p", "province", "agency_p"})
    canaries.append(Canary("draft retention", ("草记A7Q",), bureaus))
    return Seeded(tuple(canaries), keys)
