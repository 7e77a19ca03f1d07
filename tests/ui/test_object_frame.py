"""Every object that has steps shows them alike: state, holder, acts, timeline, documents."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.conf import settings
from django.urls import get_resolver

from core.transitions import MACHINES

PAGES = {
    "batch_draft": "catalog/batch_draft.html",
    "catalogue_edition": "catalog/edition_detail.html",
    "listing": "catalog/listing_detail.html",
    # Asked for and answered on the listing's own page.
    "listing_request": "catalog/listing_detail.html",
    "override_change": "catalog/override_change.html",
    "price_inquiry": "catalog/inquiry_detail.html",
    "result_change": "catalog/result_change.html",
    "service_candidate": "catalog/service_candidate.html",
    "agreement": "contracts/agreement_detail.html",
    "agreement_disposal": "contracts/disposal_detail.html",
    "delivery_relation": "contracts/relation_detail.html",
    "power_of_attorney": "contracts/power_detail.html",
    "announcement": "inbox/announcement.html",
    # Ruled on the page of the application that it is about.
    "application_objection": "catalog/applications/detail.html",
    "dataset_import": "interchange/import_detail.html",
    "organisation_certificate": "organisations/certificate.html",
    "organisation_change": "organisations/change.html",
    "product_application": "catalog/applications/detail.html",
    "complaint": "complaints/detail.html",
    "quality_hold": "catalog/quality_object.html",
    "quality_report": "catalog/quality_object.html",
    "recall": "procurement/recall_detail.html",
    # Reported and asked for again on the recall's page.
    "recall_holder": "procurement/recall_detail.html",
    "cart": "procurement/cart.html",
    # Its page extends the frame with both sides' offers.
    "negotiation": "procurement/case_detail.html",
    "procurement_plan": "procurement/plan_detail.html",
    "delayed_list": "procurement/delayed_list.html",
    "delivery_note": "procurement/note_detail.html",
    # A line's steps are taken on its order's page, in the queue and at the door.
    "order_line": "procurement/order_detail.html",
    "standby_case": "procurement/case_detail.html",
    "return_request": "procurement/return.html",
    "offline_purchase": "procurement/case_detail.html",
    "surge_case": "procurement/case_detail.html",
    "transfer": "procurement/case_detail.html",
    # Its page extends the frame with what could be bought instead.
    "surge_report": "procurement/case_detail.html",
    # Its page extends the frame with the lines, the answers and the payments.
    "statement": "procurement/case_detail.html",
    "prepayment": "procurement/case_detail.html",
    "ledger_reversal": "settlement/ledger_entry.html",
    "retention_run": "settlement/retention_run.html",
    "retention_sheet": "settlement/retention_sheet.html",
    "registration": "organisations/registration.html",
    "value_change": "policy/change_detail.html",
    "bulletin": "monitoring/bulletin.html",
    "periodic_report": "monitoring/periodic_report.html",
    "bulletin_objection": "monitoring/bulletin_line.html",
    "bulletin_receipt": "monitoring/bulletin_receipt.html",
    "entry_check": "monitoring/entry_check.html",
    "supervision_action": "monitoring/action_detail.html",
    "score_appeal": "monitoring/score_appeal.html",
    "site_inspection": "monitoring/site_inspection.html",
    "exemption_application": "monitoring/exemption_application.html",
    "lead": "monitoring/lead.html",
    "sanction_case": "monitoring/sanction_case.html",
    "training": "monitoring/training.html",
    "warning": "monitoring/warning_detail.html",
    "agreed_round": "volumes/agreed_round.html",
    "member_sheet": "volumes/member_sheet.html",
    "report_task": "volumes/task.html",
    "volume_report": "volumes/report.html",
    # Made and signed on the page of the report whose figures it carries.
    "commitment_letter": "volumes/report.html",
    # Without a table of states, but with steps all the same.
    "delegation": "organisations/handover.html",
    "webhook": "inbox/webhook_detail.html",
}
"""The template of each object's page, by the name of its machine."""
WITHOUT_FILES = {
    "procurement_plan": "quantities and reasons, nothing is uploaded",
    "cart": "quantities and reasons, nothing is uploaded",
    "delayed_list": "reasons by row, nothing is uploaded; the list itself is a workbook",
    "order_line": "its papers are those of the delivery notes",
    "agreed_round": "published quantities come as a sheet that is read into its lines",
    "agreement": "its one paper is made from its text; the page's head gives it and its check",
    "agreement_disposal": "words and an outcome, nothing is uploaded",
    "commitment_letter": "each with its digest and scan in a card of letters",
    "delivery_relation": "its confirmation is printed from the list",
    "delegation": "an absence has no papers",
    "bulletin_objection": "words against one line; papers go to the answer after issue",
    "entry_check": "a reason from a list and words, nothing is uploaded",
    "ledger_reversal": "a reason in words; what it is of is the entry on the same page",
    "member_sheet": "figures only, handed in with the consortium's report",
    "organisation_certificate": "the certificate itself is what the page gives",
    "quality_hold": "what it rests on is named by words, nothing is uploaded",
    "quality_report": "no papers: nothing of a patient may get in",
    "recall": "its notice is made from the record",
    "recall_holder": "three numbers and a reason",
    "override_change": "its paper is named by clause and document, nothing is uploaded",
    "return_request": "a reason from a list and words, nothing is uploaded",
    "report_task": "what is asked for is named by clause, nothing is uploaded",
    "result_change": "its paper is named by clause, nothing is uploaded",
    "value_change": "its paper is named by clause and document, nothing is uploaded",
    "volume_report": "its only papers are the letters, in a card with digest and signer",
    "webhook": "a technical address has no papers",
}


@pytest.fixture(autouse=True)
def everything_loaded() -> None:
    _ = get_resolver().url_patterns


def text_of(name: str) -> str:
    return (Path(settings.BASE_DIR) / "templates" / PAGES[name]).read_text(encoding="utf-8")


def machines() -> set[str]:
    """Those of the project's own code; tests may make some of their own."""
    return {
        name
        for name, machine in MACHINES.items()
        if any(step.by for step in machine.transitions) and not name.startswith("test_")
    }


@pytest.mark.parametrize("name", sorted(PAGES))
def test_page_has_the_frame(name: str) -> None:
    text = text_of(name)
    assert "<c-holder" in text
    assert ":actions=" in text.split("<c-holder", 1)[1].split("/>", 1)[0].split("</c-holder", 1)[0]
    assert "<c-timeline" in text
    assert ("<c-documents" in text) == (name not in WITHOUT_FILES)


def test_every_machine_has_its_page_in_the_table() -> None:
    """A new machine's page gets a line above; a step that nobody sees is a step nobody does."""
    assert sorted(machines() - set(PAGES) - set(NOT_YET)) == []
    assert sorted(set(NOT_YET) & set(PAGES)) == []
    assert sorted(set(NOT_YET) - machines()) == []


NOT_YET: dict[str, str] = {}
"""Machines whose pages are being built, with the reason; empty when a release is cut."""
