"""What a checked workbook would do, in words: shown at once, or kept as the result of a job."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from catalog.operations.hospital_items.plan import MAPPINGS, OUTCOMES, Plan, PlannedRow
from core.templatetags.formats import day, number

LISTED_PROBLEMS = 100
LISTED_CHANGES = 50

Preview = Mapping[str, Any]
"""Of texts and numbers only, so that a job can keep it: `file_name`, `kept` (the upload, or where
there are problems its marked copy), and either `problems` with `problem_total` or what would change."""


def preview_of(plan: Plan, *, kept: int, file_name: str) -> Preview:
    """The first rows that would change and how many of each kind; or what is wrong with the file."""
    if plan.problems:
        return {
            "file_name": file_name, "kept": kept, "problem_total": len(plan.problems),
            "problems": [
                {
                    "file": file_name, "line": each.place, "column": each.label,
                    "value": each.value, "message": each.message, "remedy": each.remedy,
                }
                for each in plan.problems[:LISTED_PROBLEMS]
            ],
        }  # fmt: skip
    moved = [each for each in plan.rows if each.outcome != "unchanged"]
    labels = OUTCOMES | {key: label for key, label in MAPPINGS.items() if key}
    return {
        "file_name": file_name, "kept": kept, "shown": plan.print, "total": len(plan.rows),
        "moved": len(moved),
        "counts": [[labels[key], count] for key, count in plan.counts.items() if count],
        "changes": [_change(each) for each in moved[:LISTED_CHANGES]],
    }  # fmt: skip


def _change(each: PlannedRow) -> dict[str, Any]:
    product, before = each.product, each.standing_mapping if each.mapping else None
    return {
        "place": each.row.place, "his_code": each.row.his_code, "name": each.row.name,
        "outcome": OUTCOMES[each.outcome], "mapping": MAPPINGS[each.mapping],
        "product": product.name if product else "",
        "product_code": f"{product.specification} {product.code}" if product else "",
        "before": f"{before.product_code} × {number(before.units_per_pack)}" if before else "",
        "factor": number(each.row.units_per_pack),
        "starts_on": day(each.starts_on) if each.mapping else "—",
    }  # fmt: skip
