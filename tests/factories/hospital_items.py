"""Items of hospitals' own lists and their mappings."""

from __future__ import annotations

from datetime import date

from catalog.models import HospitalItem, ItemMapping
from organisations.models import Organisation
from tests.factories.catalog import product
from tests.factories.organisations import LONG_AGO, number, organisation
from tests.factories.stages import regions


def hospital_item(of: Organisation | None = None, **fields: object) -> HospitalItem:
    hospital = of or organisation()
    code = f"YN{number()}"
    values: dict[str, object] = {
        "institution": hospital, **regions(hospital), "his_code": code, "name": f"院内{code}",
        "unit": "盒", "created_at": LONG_AGO, "created_by_name": "测试", "changed_at": LONG_AGO,
        "changed_by_name": "测试",
    }  # fmt: skip
    return HospitalItem.objects.create(**values | fields)


def item_mapping(of: HospitalItem | None = None, **fields: object) -> ItemMapping:
    mapped = fields.get("product") or product()
    values: dict[str, object] = {
        "item": of or hospital_item(standing="mapped"), "product": mapped, "units_per_pack": 1,
        "valid_from": date(2026, 1, 1), "product_code": mapped.code, "product_name": mapped.name,
        "product_specification": mapped.specification,
        "product_base_units": mapped.base_units_per_pack, "basis": "page", "set_at": LONG_AGO,
        "set_by_name": "测试",
    }  # fmt: skip
    return ItemMapping.objects.create(**values | fields)
