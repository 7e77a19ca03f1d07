"""Early notices of institutions."""

from __future__ import annotations

from datetime import date

from monitoring.models import EarlyNotice
from organisations.models import Organisation
from tests.factories.organisations import number, organisation
from tests.factories.stages import regions


def early_notice(of: Organisation | None = None, **fields: object) -> EarlyNotice:
    of = of or organisation()
    values: dict[str, object] = {
        "month": date(2026, 3, 1), "rule": "non_selected_share", "subject_code": of.code,
        "batch_code": f"B{number()}", "year_no": 1, "measured": "0.2", "projected": "0.4",
        "threshold": "0.3", "pace_days": 31, "rest_days": 200, "ends_on": date(2026, 12, 31),
        "institution": of, **regions(of),
    }  # fmt: skip
    return EarlyNotice.objects.create(**values | fields)
