"""Every form of substance survives a lost session, and one that changes a row says which version."""

from __future__ import annotations

import re
from pathlib import Path

from django.conf import settings

FORM = re.compile(r"<c-form\b[^>]*>", re.DOTALL)
OF_OTHERS = ("procurement/",)
OURS = ("procurement/recall", "procurement/lot")
"""Being built beside this; their own tests hold them to it."""

WITHOUT_DRAFT = {
    "monitoring/assess_year.html": "one choice",
    "monitoring/lead_search.html": "one month",
    "catalog/applications/upload.html": "a file; the browser does not give it back",
    "catalog/batch_draft_new.html": "a file; the browser does not give it back",
    "catalog/table_upload.html": "a file; the browser does not give it back",
    "catalog/hospital_item_upload.html": "a file; the browser does not give it back",
    "contracts/agreement_detail.html": "consent is ticked with the text in view; the others keep",
    "inbox/bulk_run.html": "a confirmation; what was chosen is kept by the run",
    "inbox/message_settings.html": "two times of the day",
    "inbox/view_list.html": "a name",
    "interchange/import_list.html": "files; the browser does not give them back",
    "organisations/audit_integrity.html": "a check, nothing is written",
    "organisations/organisation.html": "a user name and a name",
    "organisations/password.html": "passwords are never kept",
    "organisations/register_receipt.html": "a receipt number; nobody is signed in",
    "policy/calendar_upload.html": "a file; the browser does not give it back",
    "settlement/retention_run.html": "a question in the address, nothing is written",
    "volumes/agreed_upload.html": "a file; the browser does not give it back",
    "volumes/upload.html": "a file; the browser does not give it back",
}
WITH_VERSION = {
    "inbox/webhook_form.html",
    "organisations/guide_edit.html",
    "organisations/person.html",
}
"""Forms by the component that change a row which others may change too."""
BY_HAND = {
    "catalog/applications/detail.html": ("data-draft=", 'name="version"'),
    "procurement/recall_detail.html": ("data-draft=", 'name="version"'),
    "inbox/announcement_edit.html": ("data-draft=", 'name="version"'),
    "monitoring/warning_detail.html": ("data-draft=", 'name="version"'),
    "organisations/change.html": ("data-draft=", "{{ form.version }}"),
    "organisations/change_apply.html": ("data-draft=", "form.hidden_fields"),
    "organisations/registration.html": ("data-draft=", "{{ form.version }}"),
    "policy/_change_step.html": ("data-draft=", 'name="version"'),
}


def templates() -> dict[str, str]:
    root = Path(settings.BASE_DIR) / "templates"
    return {
        str(path.relative_to(root)): path.read_text(encoding="utf-8")
        for path in root.rglob("*.html")
        if "components" not in path.parts
    }


def test_every_form_keeps_a_draft_or_says_why_not() -> None:
    forgetful = {
        name
        for name, text in templates().items()
        if (name.startswith(OURS) or not name.startswith(OF_OTHERS))
        and any(" draft=" not in form for form in FORM.findall(text))
    }
    handover = {"organisations/handover.html"}  # its second form asks for a colleague only
    assert forgetful - handover == set(WITHOUT_DRAFT)


def test_forms_that_change_a_row_send_its_version() -> None:
    texts = templates()
    silent = {
        name
        for name in WITH_VERSION
        if not any(" version=" in form for form in FORM.findall(texts[name]))
    }
    assert silent == set()


def test_forms_written_out_keep_drafts_and_versions_too() -> None:
    texts = templates()
    missing = [
        (name, mark) for name, marks in BY_HAND.items() for mark in marks if mark not in texts[name]
    ]
    assert missing == []
