"""监管措施 with the warnings they rest on and whoever is invited."""

from __future__ import annotations

from monitoring.models import ActionInvite, ActionWarning, SupervisionAction
from organisations.models import Organisation
from tests.factories.organisations import LONG_AGO, number, organisation, region
from tests.factories.stages import regions, warning


def supervision_action(of: Organisation | None = None, **fields: object) -> SupervisionAction:
    """Proposed against an institution (or the enterprise given) by its county's office."""
    of = of or organisation()
    enterprise = of.kind == "enterprise"
    office = fields.get("office") or organisation("bureau", region=of.region or region())
    values: dict[str, object] = {
        "action_no": f"JG{number()}", "kind": "remind" if enterprise else "educate",
        "level": "county", "office": office, "subject": of,
        "institution": None if enterprise else of, "enterprise": of if enterprise else None,
        **regions(office if enterprise else of), "matter": "未按期答复预警", "demand": "限期整改",
        "proposed_at": LONG_AGO, "proposed_by_name": "测试", "state_at": LONG_AGO,
        "state_by_name": "测试",
    }  # fmt: skip
    made = values | fields
    if made.get("state", "proposed") not in ("proposed", "dismissed"):
        made.setdefault("issued_at", LONG_AGO)
        made.setdefault("letter_year", 2026)
        made.setdefault("letter_seq", number())
        made.setdefault("letter_no", f"监管函〔2026〕{number()}号")
    return SupervisionAction.objects.create(**made)


def action_warning(of: SupervisionAction | None = None, **fields: object) -> ActionWarning:
    return ActionWarning.objects.create(
        action=of or supervision_action(),
        warning=fields.pop("warning", None) or warning(),
        **fields,
    )


def action_invite(of: SupervisionAction | None = None, **fields: object) -> ActionInvite:
    organisation_ = fields.pop("organisation", None) or organisation("health_commission")
    return ActionInvite.objects.create(
        action=of or supervision_action(), organisation=organisation_, **fields
    )
