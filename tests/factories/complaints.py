"""Cases, messages and contacts of complaints."""

from __future__ import annotations

from datetime import date

from complaints.models import Complaint, ComplaintCase, ComplaintMessage, LiaisonContact
from tests.factories.organisations import LONG_AGO, number, organisation
from tests.factories.stages import complaint


def complaint_case(of: Complaint | None = None, **fields: object) -> ComplaintCase:
    """Of one that the institution filed, waiting for its reply since long."""
    of = of or complaint()
    values: dict[str, object] = {
        "complaint": of, "filer": of.institution, "content": "催货无果", "level": "county",
        "level_since": LONG_AGO, "due_on": date(2026, 3, 12), "state_at": LONG_AGO,
        "state_by_name": "测试",
    }  # fmt: skip
    return ComplaintCase.objects.create(**values | fields)


def complaint_message(of: ComplaintCase | None = None, **fields: object) -> ComplaintMessage:
    of = of or complaint_case()
    values: dict[str, object] = {
        "case": of, "at": LONG_AGO, "by_name": "测试", "kind": "say", "text": "请尽快",
        "organisation": of.filer,
    }  # fmt: skip
    return ComplaintMessage.objects.create(**values | fields)


def liaison_contact(**fields: object) -> LiaisonContact:
    values: dict[str, object] = {
        "contact_no": f"LX{number()}", "name": f"联络{number()}", "post": "采购员", "phone": "0791-86000000",
        "checked_on": date(2026, 3, 2), "checked_by_name": "测试",
    }  # fmt: skip
    values["organisation"] = fields.get("organisation") or organisation()
    return LiaisonContact.objects.create(**values | fields)
