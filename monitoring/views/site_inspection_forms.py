"""Which form each step of a 督导检查 has, and how it stands on the page."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.urls import reverse

from monitoring.forms.site_inspection import (
    InspectionAnswerForm,
    InspectionDayForm,
    InspectionFeedBackForm,
    InspectionJudgeForm,
    InspectionVisitForm,
    InspectionWordsForm,
)
from monitoring.models import SiteInspection

STEP_OF = {
    "visit": "visit", "reschedule": "reschedule", "cancel": "cancel", "feed_back": "feed_back",
    "clear": "feed_back", "answer": "answer", "accept": "judge", "return": "judge",
}  # fmt: skip
"""The form that carries a transition out: judging the items decides between two of them."""
TITLES = {
    "visit": "登记检查情况", "reschedule": "改期", "cancel": "取消检查", "feed_back": "反馈检查情况",
    "answer": "提交整改情况", "judge": "核实整改",
}  # fmt: skip
WITH_FILES = frozenset({"visit", "answer"})


def forms_for(verbs: Iterable[str]) -> dict[str, str]:
    """The part of the page that holds the form of each step."""
    return {verb: STEP_OF[verb] for verb in verbs}


def form_of(step: str, row: SiteInspection, *args: Any) -> Any:
    """The form of a step, bound where data is given."""
    more: dict[str, Any] = {"auto_id": f"id_{step}_%s"}
    if not args:
        more["initial"] = {"version": row.row_version}
    if step == "visit":
        return InspectionVisitForm(*args, of=row, **more)
    if step == "answer":
        return InspectionAnswerForm(*args, of=row, **more)
    if step == "judge":
        return InspectionJudgeForm(*args, of=row, **more)
    if step == "feed_back":
        return InspectionFeedBackForm(*args, **more)
    if step == "reschedule":
        return InspectionDayForm(*args, **more)
    return InspectionWordsForm(*args, **more)


def card_of(row: SiteInspection, step: str, failed: Any) -> dict[str, Any]:
    """One card of the page: title, form, address."""
    return {
        "id": step, "title": TITLES[step],
        "form": failed if failed is not None else form_of(step, row),
        "url": reverse("site-inspection-act", args=[row.inspection_no, step]),
        "files": step in WITH_FILES,
        "columns": "2" if step in ("visit", "reschedule", "judge") else "1",
    }  # fmt: skip
