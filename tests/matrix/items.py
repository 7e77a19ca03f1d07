"""Hospitals' own lists of the matrix: one doubtful item each, and a marked workbook."""

from __future__ import annotations

import io

from catalog.models import Product
from catalog.operations.hospital_items.upload import CHECK_ITEMS, MARKED
from core.attachments.store import keep_made
from organisations.models import Organisation, User
from tests.factories import core
from tests.factories import hospital_items as make
from tests.factories.organisations import LONG_AGO


def seed_item(letter: str, hospital: Organisation, mark: str) -> None:
    """Only the hospital and its authorities may meet the marks."""
    item = make.hospital_item(
        hospital, his_code=f"HC{letter}", name=f"{mark}院内名", specification=f"{mark}院内规格",
        standing="doubtful",
    )  # fmt: skip
    product = Product.objects.get(code=f"XP{letter}")
    make.item_mapping(item, product=product, doubts=["specification"], note=f"{mark}核对")
    make.hospital_item(hospital, his_code=f"HU{letter}", name=f"{mark}未对照名")


def item_keys(letter: str, hospital: Organisation, clerk: User) -> dict[str, str]:
    kept = keep_made(
        owner_type=MARKED, owner_id=hospital.pk, name=f"{letter}_错误标注.xlsx",
        body=io.BytesIO(b"x"), content_type="text/plain", by=clerk, at=LONG_AGO,
    )  # fmt: skip
    wrong = {
        "line": 2,
        "column": "院内名称",
        "value": "",
        "message": f"{letter}校验出的错",
        "remedy": "",
    }
    checked = core.job(
        kind=CHECK_ITEMS, key=f"{hospital.pk}:{kept.pk}", state="done", requested_by_id=clerk.pk,
        arguments={"organisation": hospital.pk},
        result={
            "file_name": f"{letter}.xlsx", "kept": kept.pk, "problems": [wrong], "problem_total": 1
        },
    )  # fmt: skip
    return {
        f"checked_{letter}": str(checked.pk),
        f"item_{letter}": f"{hospital.code}/HC{letter.upper()}",
        f"marked_{letter}": str(kept.pk),
    }
