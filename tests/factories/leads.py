"""Leads, searches for them, trainings and who came."""

from __future__ import annotations

from datetime import date

from monitoring.models import Lead, LeadSearch, Training, TrainingAttendance
from organisations.models import Organisation
from tests.factories.organisations import LONG_AGO, number, organisation, region
from tests.factories.stages import regions


def lead_search(**fields: object) -> LeadSearch:
    values: dict[str, object] = {
        "province": fields.get("province") or region(), "month": date(2026, 3, 1), "found": 1,
        "ran_at": LONG_AGO, "ran_by_name": "测试",
    }  # fmt: skip
    return LeadSearch.objects.create(**values | fields)


def lead(of: Organisation | None = None, **fields: object) -> Lead:
    """About an institution, found and not checked yet."""
    of = of or organisation()
    values: dict[str, object] = {
        "lead_no": f"XS9{number()}", "kind": "surge", "province": regions(of)["province"],
        "institution": of, "period_from": date(2025, 10, 1), "period_to": date(2026, 3, 31),
        "measured": 5, "compared": 1, "amount": 9000, "method": "测试", "finding": "测试",
        "evidence": {"columns": ["订单号"], "rows": [["PO1"]], "total": 1}, "digest": "0" * 64,
        "found_at": LONG_AGO, "state_at": LONG_AGO, "state_by_name": "测试",
    }  # fmt: skip
    return Lead.objects.create(**values | fields)


def training(organiser: Organisation | None = None, **fields: object) -> Training:
    """A recorded policy training of three people."""
    organiser = organiser or organisation("bureau", region=region())
    place: dict[str, object] = {"province": organiser.region}
    up = organiser.region
    while up is not None:
        place[up.level] = up
        up = up.parent
    values: dict[str, object] = {
        "training_no": f"PX9{number()}", "kind": "policy", "organiser": organiser, **place,
        "title": "培训", "held_on": date(2026, 2, 10), "content": "测试", "own_people": 3,
        "people": 3, "state": "held", "state_at": LONG_AGO, "state_by_name": "测试",
    }  # fmt: skip
    return Training.objects.create(**values | fields)


def training_attendance(
    of: Training | None = None, organisation_: Organisation | None = None, people: int = 2
) -> TrainingAttendance:
    return TrainingAttendance.objects.create(
        training=of or training(), organisation=organisation_ or organisation(), people=people
    )
