"""督导检查 with lines of its checklist."""

from __future__ import annotations

from datetime import date

from monitoring.models import SiteInspection, SiteInspectionItem
from organisations.models import Organisation
from tests.factories.organisations import LONG_AGO, number, organisation, region
from tests.factories.stages import regions


def site_inspection(of: Organisation | None = None, **fields: object) -> SiteInspection:
    """Planned at an institution (or the enterprise given) by its county's office."""
    of = of or organisation()
    enterprise = of.kind == "enterprise"
    office = fields.get("office") or organisation("bureau", region=of.region or region())
    values: dict[str, object] = {
        "inspection_no": f"DC{number()}", "task_no": f"DR{number()}", "task_name": "专项督导",
        "level": "county", "office": office, "subject": of,
        "institution": None if enterprise else of, "enterprise": of if enterprise else None,
        **regions(office if enterprise else of), "matter": "现场核实", "clause": "四、十八",
        "planned_on": date(2025, 1, 6), "inspectors": "检查组", "planned_at": LONG_AGO,
        "planned_by_name": "测试", "state_at": LONG_AGO, "state_by_name": "测试",
    }  # fmt: skip
    made = values | fields
    if made.get("state", "planned") not in ("planned", "cancelled"):
        made.setdefault("visited_on", date(2025, 1, 6))
        made.setdefault("present", "在场人")
        made.setdefault("visit_note", "现场核对")
    if made.get("state") in ("rectifying", "answered", "returned", "closed"):
        made.setdefault("fed_back_at", LONG_AGO)
        made.setdefault("conclusion", "请整改")
        made.setdefault("letter_year", 2020)
        made.setdefault("letter_seq", number())
        made.setdefault("letter_no", f"督查反馈〔2020〕{number()}号")
        made.setdefault("due_on", date(2030, 1, 20))
    return SiteInspection.objects.create(**made)


def site_inspection_item(of: SiteInspection | None = None, **fields: object) -> SiteInspectionItem:
    values: dict[str, object] = {
        "inspection": of or site_inspection(), "seq": 1, "matter": "收货确认",
    }  # fmt: skip
    return SiteInspectionItem.objects.create(**values | fields)
