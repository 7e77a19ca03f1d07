"""Rows of interchange."""

from __future__ import annotations

from interchange.models import DatasetImport
from tests.factories.organisations import LONG_AGO, number, organisation


def dataset_import(**fields: object) -> DatasetImport:
    values: dict[str, object] = {
        "import_no": f"DR20200101-{number():04d}", "province_code": "360000", "title": "数据.zip",
        "size_bytes": 1, "state_at": LONG_AGO, "state_by_name": "测试", "uploaded_at": LONG_AGO,
        "uploaded_by_name": "测试",
    }  # fmt: skip
    if "organisation" not in fields:
        values["organisation"] = organisation("bureau")
    return DatasetImport.objects.create(**values | fields)
