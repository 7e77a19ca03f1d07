"""Rows of agreed quantities, their review, and 进院 checks."""

from __future__ import annotations

from monitoring.models import EntryCheck
from organisations.models import Organisation
from tests.factories.catalog import batch, product
from tests.factories.organisations import LONG_AGO, number, organisation
from tests.factories.stages import regions


def entry_check(of: Organisation | None = None, **fields: object) -> EntryCheck:
    of = of or organisation()
    values: dict[str, object] = {
        "check_no": f"JY{number()}", "institution": of, **regions(of), "year_no": 1,
        "agreed_qty": 100, "opened_at": LONG_AGO, "state_at": LONG_AGO, "state_by_name": "测试",
    }  # fmt: skip
    values |= {name: make() for name, make in {"batch": batch, "product": product}.items()
               if name not in fields}  # fmt: skip
    return EntryCheck.objects.create(**values | fields)
