"""Kept 年度考核, and periodic reports."""

from __future__ import annotations

from datetime import date

from monitoring.models import AssessedGroup, AssessedUnit, PeriodicReport, YearAssessment
from organisations.models import Organisation
from tests.factories import catalog
from tests.factories.organisations import LONG_AGO, number, organisation, region
from tests.factories.stages import regions


def year_assessment(**fields: object) -> YearAssessment:
    year = fields.pop("year", None) or catalog.agreement_year()
    values: dict[str, object] = {
        "year": year, "batch_code": f"B{number()}", "year_no": 1, "ends_on": date(2025, 12, 31),
        "clause": "测试", "computed_at": LONG_AGO, "computed_by_name": "测试", "units": 1,
        "groups": 1, "passed": 0,
    }  # fmt: skip
    return YearAssessment.objects.create(**values | fields)


def assessed_unit(
    of: Organisation | None = None, assessment: YearAssessment | None = None, **fields: object
) -> AssessedUnit:
    """One group that failed."""
    of, held = of or organisation(), assessment or year_assessment()
    values: dict[str, object] = {
        "assessment": held, "batch_code": held.batch_code, "year_no": held.year_no,
        "ends_on": held.ends_on, "institution": of, "groups": 1, "passed": 0, "no_agreement": 0,
        "incomplete": 1, "non_selected": 0, "exempt": 0, "entitled": False, **regions(of),
    }  # fmt: skip
    return AssessedUnit.objects.create(**values | fields)


def assessed_group(
    of: Organisation | None = None, assessment: YearAssessment | None = None, **fields: object
) -> AssessedGroup:
    of, held = of or organisation(), assessment or year_assessment()
    values: dict[str, object] = {
        "assessment": held, "batch_code": held.batch_code, "year_no": held.year_no,
        "ends_on": held.ends_on, "institution": of,
        "group": fields.get("group") or catalog.group(), "passed": False, "because": "incomplete",
        "products": 1, "exempt": 0, "agreed": 100, "completed": 40, "unfinished": ["HP1"],
        "share_numerator": 0, "share_denominator": 0, **regions(of),
    }  # fmt: skip
    return AssessedGroup.objects.create(**values | fields)


def periodic_report(
    issuer: Organisation | None = None, receiver: Organisation | None = None, **fields: object
) -> PeriodicReport:
    """A half-year draft of a city."""
    issuer = issuer or organisation("bureau", region=region(parent=region()))
    place = issuer.region
    assert place is not None
    values: dict[str, object] = {
        "report_no": f"GZ202501-{number()}", "kind": "half_year", "issuer": issuer,
        "receiver": receiver or issuer, "province": place.parent or place, "city": place,
        "period_from": date(2025, 1, 1), "period_to": date(2025, 6, 30),
        "due_on": date(2099, 7, 10), "clause": "测试", "title": "半年报告", "body": "一、情况\n无。",
        "tables": [{"title": "表", "note": "", "columns": ["甲", "乙"], "rows": [["一", "1"]]}],
        "taken_at": LONG_AGO, "drafted_at": LONG_AGO, "drafted_by_name": "测试",
        "state_at": LONG_AGO, "state_by_name": "测试",
    }  # fmt: skip
    return PeriodicReport.objects.create(**values | fields)
