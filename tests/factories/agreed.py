"""Rows of agreed quantities, their review, and 进院 checks."""

from __future__ import annotations

from catalog.models import Product
from monitoring.models import EntryCheck
from organisations.models import Organisation
from tests.factories.catalog import batch, group, product
from tests.factories.organisations import LONG_AGO, number, organisation, region
from tests.factories.stages import regions
from volumes.models import (
    AgreedQuantity,
    AgreedRound,
    AgreedShare,
    AllotmentChoice,
    SecondProductChoice,
)


def entry_check(of: Organisation | None = None, **fields: object) -> EntryCheck:
    of = of or organisation()
    values: dict[str, object] = {
        "check_no": f"JY{number()}", "institution": of, **regions(of), "year_no": 1,
        "agreed_qty": 100, "opened_at": LONG_AGO, "state_at": LONG_AGO, "state_by_name": "测试",
    }  # fmt: skip
    values |= {name: make() for name, make in {"batch": batch, "product": product}.items()
               if name not in fields}  # fmt: skip
    return EntryCheck.objects.create(**values | fields)


def agreed_round(bureau: Organisation | None = None, **fields: object) -> AgreedRound:
    of = bureau or organisation("bureau", region=region())
    values: dict[str, object] = {
        "round_no": f"YD{number()}", "year_no": 1, "organisation": of,
        "province": regions(of)["province"], "choice_until": LONG_AGO, "ratios": "0.5/0.6",
        "ratio_clause": "测试 一", "opened_at": LONG_AGO, "opened_by_name": "测试",
        "state_at": LONG_AGO, "state_by_name": "测试",
    }  # fmt: skip
    if "batch" not in fields:
        values["batch"] = batch()
    return AgreedRound.objects.create(**values | fields)


def agreed_quantity(of: Organisation | None = None, **fields: object) -> AgreedQuantity:
    of = of or organisation()
    values: dict[str, object] = {
        "institution": of, **regions(of), "reported_qty": 100, "enterprises": 1, "ratio": "0.5",
        "computed_qty": 50, "agreed_qty": 50, "basis": "equal",
    }  # fmt: skip
    values |= {name: make() for name, make in {"round": agreed_round, "group": group}.items()
               if name not in fields}  # fmt: skip
    return AgreedQuantity.objects.create(**values | fields)


def agreed_share(of: AgreedQuantity | None = None, **fields: object) -> AgreedShare:
    held = of or agreed_quantity()
    made = fields.pop("product", None) or product()
    assert isinstance(made, Product)
    values: dict[str, object] = {
        "quantity": held, "institution": held.institution, **regions(held.institution),
        "product": made, "manufacturer": made.manufacturer, "computed_qty": 50, "agreed_qty": 50,
    }  # fmt: skip
    return AgreedShare.objects.create(**values | fields)


def allotment_choice(of: Organisation | None = None, **fields: object) -> AllotmentChoice:
    of = of or organisation()
    values: dict[str, object] = {
        "institution": of, **regions(of), "share": 100, "chosen_at": LONG_AGO,
        "chosen_by_name": "测试",
    }  # fmt: skip
    values |= {name: make() for name, make in
               {"round": agreed_round, "group": group, "product": product}.items()
               if name not in fields}  # fmt: skip
    return AllotmentChoice.objects.create(**values | fields)


def second_choice(of: Organisation | None = None, **fields: object) -> SecondProductChoice:
    """Another product than the standby ones, with its reason."""
    of = of or organisation()
    made = fields.pop("product", None) or product()
    assert isinstance(made, Product)
    values: dict[str, object] = {
        "institution": of, **regions(of), "product": made, "group": made.group, "basis": "other",
        "reason_code": "clinical", "explanation": "测试", "chosen_at": LONG_AGO,
        "chosen_by_name": "测试",
    }  # fmt: skip
    if made.group is None and "group" not in fields:
        values["group"] = group()
    return SecondProductChoice.objects.create(**values | fields)
