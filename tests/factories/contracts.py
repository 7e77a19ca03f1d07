"""Delivery relations, agreements with their texts and signatures, powers, disposals."""

from __future__ import annotations

import hashlib
from datetime import date

from contracts.models import (
    Agreement,
    AgreementItem,
    AgreementSignature,
    DeliveryRelation,
    Disposal,
    PowerOfAttorney,
)
from organisations.models import Organisation
from tests.factories.catalog import batch, product
from tests.factories.core import attachment
from tests.factories.organisations import LONG_AGO, county, number, organisation
from tests.factories.organisations import pool as make_pool
from tests.factories.stages import Parties, parties, regions

MADE = {"state_at": LONG_AGO, "state_by_name": "测试"}


def _area(of: Organisation) -> dict[str, object]:
    return {name: row for name, row in regions(of).items() if name != "pool"}


def delivery_relation(of: Parties | None = None, **fields: object) -> DeliveryRelation:
    """Of the institution's whole pool, pointed and not yet answered."""
    of = of or parties()
    stamps = regions(of.institution)
    values: dict[str, object] = {
        "relation_no": f"PS{number()}", "manufacturer": of.manufacturer,
        "distributor": of.distributor, "pool": stamps["pool"] or make_pool(county()),
        "county": None, "city": stamps["city"], "province": stamps["province"],
        "valid_from": date(2026, 1, 1), "pointed_at": LONG_AGO, "pointed_by_name": "测试", **MADE,
    }  # fmt: skip
    values["product"] = fields.get("product") or product(manufacturer=of.manufacturer)
    return DeliveryRelation.objects.create(**values | fields)


def agreement(of: Parties | None = None, **fields: object) -> Agreement:
    of = of or parties()
    values: dict[str, object] = {
        **of.stamps(), "agreement_no": f"XY{number()}", "year_no": 1,
        "starts_on": date(2026, 1, 1), "ends_on": date(2026, 12, 31),
        "sign_by": date(2025, 12, 31), "basis": "generated", "text_digest": "0" * 64,
        "made_at": LONG_AGO, "made_by_name": "测试", **MADE,
    }  # fmt: skip
    values["batch"] = fields.get("batch") or batch()
    return Agreement.objects.create(**values | fields)


def agreement_item(**fields: object) -> AgreementItem:
    values: dict[str, object] = {"line_no": 1, "agreed_qty": 100, "price": 4}
    values["agreement"] = fields.get("agreement") or agreement()
    values["product"] = fields.get("product") or product()
    return AgreementItem.objects.create(**values | fields)


def agreement_signature(**fields: object) -> AgreementSignature:
    made = fields.get("agreement") or agreement()
    values: dict[str, object] = {
        "agreement": made, "party": "institution",
        "organisation": made.institution,  # type: ignore[attr-defined]
        "signer_id": 0, "signer_name": "测试", "post": "负责人", "certificate_serial": "1",
        "text_digest": "0" * 64, "revision_digest": hashlib.sha256(b"").hexdigest(),
        "signed_at": LONG_AGO,
    }  # fmt: skip
    values["document"] = fields.get("document") or attachment()
    return AgreementSignature.objects.create(**values | fields)


def power_of_attorney(**fields: object) -> PowerOfAttorney:
    principal = fields.get("principal") or organisation()
    values: dict[str, object] = {
        "power_no": f"SQ{number()}", "principal": principal, "registered_by": principal,
        **_area(principal),  # type: ignore[arg-type]
        "valid_from": date(2026, 1, 1), "valid_to": date(2026, 12, 31),
        "registered_at": LONG_AGO, "registrar_name": "测试", **MADE,
    }  # fmt: skip
    values["agent"] = fields.get("agent") or organisation()
    return PowerOfAttorney.objects.create(**values | fields)


def disposal(of: Organisation | None = None, **fields: object) -> Disposal:
    of = of or organisation()
    values: dict[str, object] = {
        "disposal_no": f"CZ{number()}", "organisation": of, "year_no": 1, "kind": "talk",
        "reason": "逾期未签", "decided_on": date(2026, 3, 2), "decided_at": LONG_AGO,
        "officer_name": "测试", **_area(of), **MADE,
    }  # fmt: skip
    values["batch"] = fields.get("batch") or batch()
    values["decided_by"] = fields.get("decided_by") or organisation("bureau")
    return Disposal.objects.create(**values | fields)
