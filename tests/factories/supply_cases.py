"""Cases of supply: standby that stands in, and surges in need."""

from __future__ import annotations

from datetime import date

from organisations.models import Organisation
from procurement.models import EmergencyPurchase, OfflinePurchase, StandbyCase, SurgeReport
from tests.factories.catalog import batch, product
from tests.factories.organisations import LONG_AGO, number, organisation, region
from tests.factories.stages import regions

MADE = {"state_at": LONG_AGO, "state_by_name": "测试"}


def standby_case(**fields: object) -> StandbyCase:
    """One that waits for the province, in a city; given by the manufacturer."""
    made = fields.get("product") or product()
    place = fields.get("region") or region()
    values: dict[str, object] = {
        "case_no": f"BG{number()}", "source": "notice", "product": made,
        "manufacturer": made.manufacturer, "given_by": made.manufacturer,  # type: ignore[attr-defined]
        "region": place, "unable_from": date(2026, 3, 2), "description": "原料停产",
        "given_at": LONG_AGO, "giver_name": "测试", **MADE,
    }  # fmt: skip
    values["batch"] = fields.get("batch") or batch()
    if place.level == "city":  # type: ignore[attr-defined]
        values |= {"city": place, "province": place.parent}  # type: ignore[attr-defined]
    else:
        values |= {"province": place}
    return StandbyCase.objects.create(**values | fields)


def surge_report(of: Organisation | None = None, **fields: object) -> SurgeReport:
    """One that waits for the city; rows name no enterprise."""
    of = of or organisation()
    values: dict[str, object] = {
        **regions(of), "institution": of, "report_no": f"YJ{number()}", "cause": "epidemic",
        "needed_packs": 100, "days_of_stock": 3, "description": "流感就诊量上升",
        "reported_at": LONG_AGO, "reporter_name": "测试", **MADE,
    }  # fmt: skip
    values["product"] = fields.get("product") or product()
    return SurgeReport.objects.create(**values | fields)


def emergency_purchase(of: Organisation | None = None, **fields: object) -> EmergencyPurchase:
    """An order line of a waiting report; the line itself is not looked at."""
    report = fields.pop("report", None) or surge_report(of)
    serial = number()
    values: dict[str, object] = {
        **{name: getattr(report, name) for name in (
            "institution_id", "county_id", "city_id", "province_id", "pool_id")},
        "report": report, "line_id": 10**12 + int(serial), "ordered_at": LONG_AGO,
        "order_no": f"YJD{serial}", "line_no": 1, "packs": 5, "tied_at": LONG_AGO,
        "tied_by_name": "测试",
    }  # fmt: skip
    values["product"] = fields.get("product") or report.product  # type: ignore[attr-defined]
    return EmergencyPurchase.objects.create(**values | fields)


def offline_purchase(of: Organisation | None = None, **fields: object) -> OfflinePurchase:
    """One that its institution recorded and its county has to judge."""
    of = of or organisation()
    values: dict[str, object] = {
        **regions(of), "institution": of, "purchase_no": f"XX{number()}", "source": "own",
        "packs": 10, "unit_price": 4, "bought_on": date(2026, 3, 2), "seller": "某医药公司",
        "reason": "平台缺货，抢救使用", "recorded_by": of, "recorded_at": LONG_AGO,
        "recorder_name": "测试", "state": "submitted", **MADE,
    }  # fmt: skip
    values["product"] = fields.get("product") or product()
    return OfflinePurchase.objects.create(**values | fields)
