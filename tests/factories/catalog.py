"""Policies, groups, products, batches and their results."""

from __future__ import annotations

from datetime import date

from catalog.models import (
    AgreementYear,
    Batch,
    BatchDocument,
    BatchDraft,
    BatchParameter,
    Exemption,
    Group,
    ListedPrice,
    Listing,
    ListingStep,
    OverrideChange,
    Product,
    ProductRegistration,
    Registration,
    RegistrationVersion,
    ResultChange,
    Selection,
    Substitute,
)
from policy.models import Document, Parameter, ParameterValue, Policy, ValueChange
from tests.factories.core import attachment
from tests.factories.organisations import LONG_AGO, number, organisation, region


def document(**fields: object) -> Document:
    code = f"文{number()}"
    return Document.objects.create(**{"code": code, "title": f"{code}通知"} | fields)


def policy(**fields: object) -> Policy:
    values: dict[str, object] = {
        "code": f"policy-{number()}", "name": "测试政策", "province_code": f"{number():06d}",
        "effective_from": date(2020, 1, 1),
    }  # fmt: skip
    if "document" not in fields:
        values["document"] = document()
    return Policy.objects.create(**values | fields)


def parameter(**fields: object) -> Parameter:
    values: dict[str, object] = {
        "key": f"key_{number()}", "label": "参数", "meaning": "测试", "value_type": "number",
        "force": "platform", "clause_cell": "测试", "compared_on": date(2026, 1, 1),
    }  # fmt: skip
    return Parameter.objects.create(**values | fields)


def parameter_value(**fields: object) -> ParameterValue:
    values: dict[str, object] = {
        "valid_from": date(2020, 1, 1), "value": "1", "clause": "测试 一", "origin": "seed",
        "set_by_name": "测试", "set_at": LONG_AGO,
    }  # fmt: skip
    values |= {name: make() for name, make in {"policy": policy, "parameter": parameter}.items()
               if name not in fields}  # fmt: skip
    return ParameterValue.objects.create(**values | fields)


def value_change(**fields: object) -> ValueChange:
    """A proposal that waits for its second person."""
    values: dict[str, object] = {
        "change_no": f"CS202001-{number():04d}", "value": "1", "valid_from": date(2020, 1, 1),
        "clause": "测试 一", "reason": "测试", "state_at": LONG_AGO, "state_by_name": "测试",
        "proposed_at": LONG_AGO, "proposed_by_name": "测试", "proposed_by_id": 0,
    }  # fmt: skip
    values |= {name: make() for name, make in {"policy": policy, "parameter": parameter}.items()
               if name not in fields}  # fmt: skip
    return ValueChange.objects.create(**values | fields)


def group(**fields: object) -> Group:
    code = f"G{number()}"
    values: dict[str, object] = {
        "code": code, "name": f"品种{code}", "category": "drug", "base_unit": "片",
    }  # fmt: skip
    return Group.objects.create(**values | fields)


def product(**fields: object) -> Product:
    code = f"X{number()}"
    values: dict[str, object] = {
        "code": code, "name": f"产品{code}", "category": "drug", "base_units_per_pack": 10,
        "listed_price": 5,
    }  # fmt: skip
    if "group" not in fields:
        values["group"] = group()
    if "manufacturer" not in fields:
        values["manufacturer"] = organisation("enterprise")
    return Product.objects.create(**values | fields)


def registration(**fields: object) -> Registration:
    values: dict[str, object] = {"number": f"国药准字H{number():08d}", "kind": "drug_approval"}
    if "manufacturer" not in fields:
        values["manufacturer"] = organisation("enterprise")
    return Registration.objects.create(**values | fields)


def registration_version(**fields: object) -> RegistrationVersion:
    values: dict[str, object] = {
        "holder": "测试持有人", "issued_on": date(2022, 1, 1), "expires_on": date(2026, 12, 31),
        "valid_from": date(2022, 1, 1), "source": "测试",
    }  # fmt: skip
    if "registration" not in fields:
        values["registration"] = registration()
    return RegistrationVersion.objects.create(**values | fields)


def product_registration(**fields: object) -> ProductRegistration:
    values: dict[str, object] = {"valid_from": date(2022, 1, 1)}
    values |= {name: make() for name, make in
               {"product": product, "registration": registration}.items()
               if name not in fields}  # fmt: skip
    return ProductRegistration.objects.create(**values | fields)


def substitute() -> Substitute:
    return Substitute.objects.create(group=group(), product=product())


def listed_price(**fields: object) -> ListedPrice:
    values: dict[str, object] = {"price": 5, "valid_from": date(2025, 1, 1), "source": "测试"}
    if "product" not in fields:
        values["product"] = product()
    return ListedPrice.objects.create(**values | fields)


def listing(**fields: object) -> Listing:
    """A listed product's; give `product` to list that one."""
    values: dict[str, object] = {
        "listed_on": date(2020, 1, 1), "since": date(2020, 1, 1), "state_at": LONG_AGO,
        "state_by_name": "测试",
    }  # fmt: skip
    if "product" not in fields:
        values["product"] = product()
    return Listing.objects.create(**values | fields)


def listing_step(**fields: object) -> ListingStep:
    values: dict[str, object] = {
        "at": LONG_AGO, "by_name": "测试", "verb": "list", "to_state": "listed",
    }  # fmt: skip
    if "listing" not in fields:
        values["listing"] = listing()
    return ListingStep.objects.create(**values | fields)


def batch(**fields: object) -> Batch:
    code = f"B{number()}"
    values: dict[str, object] = {
        "code": code, "name": f"批次{code}", "category": "drug", "organizer": "province",
        "imported_at": LONG_AGO, "effective_on": date(2025, 1, 1), "ends_on": date(2027, 12, 31),
    }  # fmt: skip
    if "policy" not in fields:
        values["policy"] = policy()
    return Batch.objects.create(**values | fields)


def agreement_year(**fields: object) -> AgreementYear:
    values: dict[str, object] = {
        "year_no": 1, "starts_on": date(2025, 1, 1), "ends_on": date(2025, 12, 31),
    }  # fmt: skip
    if "batch" not in fields:
        values["batch"] = batch()
    return AgreementYear.objects.create(**values | fields)


def override_change(**fields: object) -> OverrideChange:
    """A proposal that waits for its second person."""
    values: dict[str, object] = {
        "change_no": f"PC202001-{number():04d}", "value": "1", "valid_from": date(2020, 1, 1),
        **_proposed(),
    }  # fmt: skip
    if "batch" not in fields:
        values["batch"] = batch()
    if "parameter" not in fields:
        values["parameter"] = parameter()
    return OverrideChange.objects.create(**values | fields)


def result_change(**fields: object) -> ResultChange:
    """A price cut that waits for its second person."""
    values: dict[str, object] = {
        "change_no": f"ZX202001-{number():04d}", "kind": "price", "role": "selected", "price": 3,
        "old_price": 4, "effective_on": date(2020, 1, 1), **_proposed(),
    }  # fmt: skip
    given = fields.get("selection")
    held = given if isinstance(given, Selection) else selection()
    values |= {
        "selection": held, "batch": held.batch, "product": held.product, "region": held.region,
    }  # fmt: skip
    return ResultChange.objects.create(**values | fields)


def batch_draft(**fields: object) -> BatchDraft:
    values: dict[str, object] = {
        "draft_no": f"PD202001-{number():04d}", "province_code": "990000", "name": "草案",
        "state_at": LONG_AGO, "state_by_name": "测试", "made_at": LONG_AGO, "made_by_name": "测试",
    }  # fmt: skip
    if "organisation" not in fields:
        values["organisation"] = organisation("bureau")
    return BatchDraft.objects.create(**values | fields)


def batch_document(**fields: object) -> BatchDocument:
    values: dict[str, object] = {"part": "results"}
    if "draft" not in fields:
        values["draft"] = batch_draft()
    if "attachment" not in fields:
        values["attachment"] = attachment()
    return BatchDocument.objects.create(**values | fields)


def _proposed() -> dict[str, object]:
    return {
        "clause": "测试 一", "reason": "测试", "state_at": LONG_AGO, "state_by_name": "测试",
        "proposed_at": LONG_AGO, "proposed_by_name": "测试", "proposed_by_id": 0,
    }  # fmt: skip


def batch_parameter(**fields: object) -> BatchParameter:
    values: dict[str, object] = {"parameter": "min_lines", "value": "10"}
    if "batch" not in fields:
        values["batch"] = batch()
    return BatchParameter.objects.create(**values | fields)


def selection(**fields: object) -> Selection:
    values: dict[str, object] = {"role": "selected", "price": 4}
    values |= {name: make() for name, make in
               {"batch": batch, "product": product, "region": region}.items()
               if name not in fields}  # fmt: skip
    return Selection.objects.create(**values | fields)


def exemption(**fields: object) -> Exemption:
    values: dict[str, object] = {"exemption_no": f"EX{number()}", "kind": "agreed_volume"}
    return Exemption.objects.create(**values | fields)
