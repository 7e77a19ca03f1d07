"""惩戒案件 in any state."""

from __future__ import annotations

from datetime import date

from monitoring.models import SanctionCase, SanctionResult
from organisations.models import Organisation
from tests.factories.catalog import result_change
from tests.factories.organisations import LONG_AGO, number, organisation, region
from tests.factories.stages import regions

TOLD = ("noticed", "stated", "decided", "in_effect", "repairing", "repaired", "expired", "revoked")
DECIDED = TOLD[2:]


def sanction_case(of: Organisation | None = None, **fields: object) -> SanctionCase:
    """A credit evaluation of an enterprise, drafted by a province's office."""
    of = of or organisation("enterprise")
    office = fields.get("office")
    assert office is None or isinstance(office, Organisation)
    office = office or organisation("bureau", region=region())
    values: dict[str, object] = {
        "case_no": f"CJ{number()}", "kind": "credit", "cause": "bribery", "office": office,
        "subject": of, "province": regions(office)["province"], "occurred_on": date(2026, 1, 5),
        "scale": "2025", "matter": "查实给予回扣", "clause": "十五", "drafted_at": LONG_AGO,
        "drafted_by_name": "测试", "state_at": LONG_AGO, "state_by_name": "测试",
    }  # fmt: skip
    made = values | fields
    state = made.get("state", "drafted")
    if state in TOLD:
        seq = number()
        told = {
            "proposal": "拟评为严重失信", "notice_year": 2026, "notice_seq": seq,
            "notice_no": f"惩戒告知〔2026〕{seq}号", "noticed_at": LONG_AGO,
            "statement_due_on": date(2030, 1, 20),
        }  # fmt: skip
        made = told | made
    if state in DECIDED:
        seq = number()
        decided = {
            "decision": "评为严重失信", "grade": "severe", "decision_year": 2026,
            "decision_seq": seq, "decision_no": f"惩戒决定〔2026〕{seq}号", "decided_at": LONG_AGO,
            "effective_on": date(2026, 2, 1),
        }  # fmt: skip
        made = decided | made
    return SanctionCase.objects.create(**made)


def sanction_result(of: SanctionCase | None = None) -> SanctionResult:
    return SanctionResult.objects.create(case=of or sanction_case(), change=result_change())
