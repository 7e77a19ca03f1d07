"""Guides, announcements and addresses of the demonstration, made once."""

from __future__ import annotations

from pathlib import Path

from django.conf import settings
from django.utils import timezone

from catalog.operations.demo_applications import create_demo_applications
from catalog.operations.demo_batches import create_demo_batches
from catalog.operations.demo_items import create_demo_items
from catalog.operations.demo_listings import create_demo_listings
from catalog.operations.demo_quality import create_demo_quality
from catalog.operations.demo_services import create_demo_services
from complaints.operations.demo_complaints import create_demo_complaints
from complaints.operations.follow import follow_complaints
from contracts.operations.demo_agreements import create_demo_agreements
from contracts.operations.demo_signed import create_demo_signed
from core.audit.record import SystemActor
from core.workdays.deadlines import shanghai_day
from inbox.operations.demo_announcements import create_demo_announcements
from monitoring.operations.actions.demo_actions import create_demo_actions
from monitoring.operations.demo_bulletins import create_demo_bulletins
from monitoring.operations.demo_exemptions import create_demo_exemptions
from monitoring.operations.demo_leads import create_demo_leads, create_demo_trainings
from monitoring.operations.demo_reports import create_demo_periodic
from monitoring.operations.demo_scores import create_demo_scores
from monitoring.operations.early_notices import look_ahead_of_newest
from monitoring.operations.entry_checks import list_entry_checks
from monitoring.operations.inspections.demo_inspections import create_demo_inspections
from monitoring.operations.raise_daily import raise_daily_warnings
from monitoring.operations.sanctions.demo_sanctions import create_demo_sanctions
from monitoring.rules.complaints import COMPLAINT_UNANSWERED, COMPLAINT_UNRESOLVED
from monitoring.rules.registrations import REGISTRATION_EXPIRING
from organisations.documents.manual import manual_docx
from organisations.operations.demo_certificates import create_demo_certificates
from organisations.operations.demo_guides import create_demo_guides
from procurement.operations.demo_codes import create_demo_codes
from procurement.operations.demo_orders import create_demo_orders
from procurement.operations.demo_planning import create_demo_planning
from procurement.operations.demo_reasons import create_demo_reasons
from procurement.operations.demo_recall import create_demo_recall
from procurement.operations.demo_receiving import create_demo_receiving
from procurement.operations.demo_shipping import create_demo_shipping
from procurement.operations.demo_standby import create_demo_standby
from procurement.operations.demo_supply_side import create_demo_supply_side
from procurement.operations.demo_surge import create_demo_surges
from settlement.operations.demo_money import create_demo_money
from settlement.operations.demo_prepay import create_demo_prepayments
from settlement.operations.demo_retention import create_demo_retention
from volumes.operations.demo_agreed import create_demo_agreed
from volumes.operations.demo_reports import create_demo_reports
from volumes.operations.demo_seconds import create_demo_seconds

DEMO = SystemActor(audit_name="命令 run_demo")
MANUALS = {
    "医疗机构操作手册": "hospital.md",
    "生产企业与配送企业操作手册": "enterprise.md",
    "医保局与经办操作手册": "bureau.md",
}


def manuals() -> dict[str, bytes]:
    """Pages of the handbook as Word files, by title."""
    folder = Path(settings.BASE_DIR) / "docs" / "handbook"
    return {
        title: manual_docx((folder / name).read_text(encoding="utf-8"))
        for title, name in MANUALS.items()
    }


def open_offices() -> None:
    """After the accounts were made; a second start finds everything there."""
    papers, now = manuals(), timezone.now()
    create_demo_certificates(by=DEMO, at=now)
    create_demo_guides(manuals=papers, by=DEMO, at=now)
    create_demo_announcements(manuals=papers, by=DEMO, at=now)
    create_demo_items(at=now)
    if create_demo_applications(at=now):
        raise_daily_warnings(REGISTRATION_EXPIRING, on=shanghai_day(now), by=DEMO, at=now)
    create_demo_batches(by=DEMO, at=now)
    create_demo_listings(by=DEMO, at=now)
    create_demo_quality(at=now)
    create_demo_services(at=now)
    create_demo_recall(at=now)
    create_demo_orders(at=now)
    create_demo_planning(at=now)
    create_demo_reasons(at=now)
    create_demo_shipping(by=DEMO, at=now)
    create_demo_receiving(at=now)
    create_demo_standby(at=now)
    create_demo_surges(at=now)
    create_demo_supply_side(at=now)
    create_demo_reports(at=now)
    create_demo_agreed(at=now)
    create_demo_seconds(at=now)
    list_entry_checks(on=shanghai_day(now), by=DEMO, at=now)
    if create_demo_complaints(by=DEMO, at=now):
        follow_complaints(by=DEMO, at=now)
        for rule in (COMPLAINT_UNANSWERED, COMPLAINT_UNRESOLVED):
            raise_daily_warnings(rule, on=shanghai_day(now), by=DEMO, at=now)
    look_ahead_of_newest(by=DEMO, at=now)
    create_demo_actions(by=DEMO, at=now)
    create_demo_bulletins(by=DEMO, at=now)
    create_demo_scores(by=DEMO, at=now)
    create_demo_periodic(by=DEMO, at=now)
    create_demo_leads(by=DEMO, at=now)
    create_demo_trainings(at=now)
    create_demo_agreements(at=now)
    create_demo_signed(at=now)
    create_demo_exemptions(at=now)
    create_demo_inspections(at=now)
    create_demo_sanctions(at=now)
    create_demo_retention(by=DEMO, at=now)
    create_demo_codes(by=DEMO, at=now)
    create_demo_money(at=now)
    create_demo_prepayments(at=now)
