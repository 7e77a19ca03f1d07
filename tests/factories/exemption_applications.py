"""考核豁免申请 of an institution."""

from __future__ import annotations

from datetime import date

from monitoring.models import ExemptionApplication
from organisations.models import Organisation
from tests.factories.catalog import batch, product
from tests.factories.organisations import LONG_AGO, number, organisation
from tests.factories.stages import regions


def exemption_application(of: Organisation | None = None, **fields: object) -> ExemptionApplication:
    of = of or organisation()
    values: dict[str, object] = {
        "application_no": f"HM{number()}", "kind": "agreed_volume", "cause": "public_health",
        "statement": "需求大幅变化", "asked_from": date(2026, 3, 1), "asked_to": date(2026, 5, 31),
        "submitted_at": LONG_AGO, "submitted_by_name": "测试", "state_at": LONG_AGO,
        "state_by_name": "测试", "institution": of, **regions(of),
    }  # fmt: skip
    made = values | fields
    made.setdefault("batch", None)
    made["batch"] = made["batch"] or batch()
    made["product"] = made.get("product") or product()
    return ExemptionApplication.objects.create(**made)
