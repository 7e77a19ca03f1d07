"""Applications of manufacturers, with what belongs to them."""

from __future__ import annotations

from catalog.models import (
    ApplicationItem,
    ApplicationObjection,
    ApplicationPaper,
    ApplicationStep,
    ProductApplication,
)
from tests.factories.catalog import product as make_product
from tests.factories.organisations import LONG_AGO, number, organisation, region


def application(**fields: object) -> ProductApplication:
    """A draft of a renewal; its applicant is the product's manufacturer."""
    if "product" not in fields:
        fields["product"] = make_product()
    about = fields["product"]
    values: dict[str, object] = {
        "application_no": f"SQ202501-{number():05d}", "kind": "renewal", "title": str(about),
        "target_key": f"测试{number()}", "path": ["county", "province"], "level": "county",
        "created_at": LONG_AGO, "state_at": LONG_AGO, "state_by_name": "测试",
    }  # fmt: skip
    if "organisation" not in fields:
        values["organisation"] = about.manufacturer  # type: ignore[attr-defined]
    if "province" not in fields:
        values["province"] = region()
    return ProductApplication.objects.create(**values | fields)


def application_item(**fields: object) -> ApplicationItem:
    values: dict[str, object] = {"field": "holder", "before": "甲公司", "after": "乙公司"}
    if "application" not in fields:
        values["application"] = application()
    return ApplicationItem.objects.create(**values | fields)


def application_paper(**fields: object) -> ApplicationPaper:
    values: dict[str, object] = {"paper": "registration_scan"}
    if "application" not in fields:
        values["application"] = application()
    return ApplicationPaper.objects.create(**values | fields)


def application_step(**fields: object) -> ApplicationStep:
    values: dict[str, object] = {
        "at": LONG_AGO, "by_name": "测试", "verb": "draft", "label": "填写", "to_state": "draft",
    }  # fmt: skip
    if "application" not in fields:
        values["application"] = application()
    return ApplicationStep.objects.create(**values | fields)


def application_objection(**fields: object) -> ApplicationObjection:
    values: dict[str, object] = {
        "objection_no": f"YY202501-{number():05d}", "text": "与实物不符", "filed_at": LONG_AGO,
        "filed_by_name": "测试", "state_at": LONG_AGO, "state_by_name": "测试",
    }  # fmt: skip
    values |= {name: make() for name, make in
               {"application": application, "organisation": lambda: organisation("enterprise")}.items()
               if name not in fields}  # fmt: skip
    return ApplicationObjection.objects.create(**values | fields)
