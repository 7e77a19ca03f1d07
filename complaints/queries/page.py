"""What the page of one complaint shows: facts, thread with files, whom to call."""

from __future__ import annotations

from collections import defaultdict
from datetime import date
from typing import Any

from django.db.models import Q
from django.urls import reverse

from complaints.models import Complaint, ComplaintCase, LiaisonContact
from complaints.queries.cases import bureau_at, filers, respondents
from complaints.queries.visible import visible_messages
from complaints.states import MESSAGE
from core.attachments.models import Attachment
from organisations.models import Organisation
from organisations.queries.scope import Scope

MOST = 200


def thread_of(scope: Scope, case: ComplaintCase) -> list[dict[str, Any]]:
    """The newest entries oldest first, as <c-timeline> takes them; colleagues are named."""
    if case.pk is None:
        return []
    rows = visible_messages(scope).filter(case=case).select_related("organisation")
    found = list(reversed(rows.order_by("-pk")[:MOST]))
    files = files_by_message([each.pk for each in found])
    number = case.complaint.complaint_no
    items = []
    for each in found:
        own = each.organisation_id == scope.organisation_id
        office = each.organisation.name if each.organisation else ""
        items.append({
            "at": each.at, "who": f"{office} {each.by_name}" if own else office,
            "what": each.get_kind_display(), "note": each.text,
            "level": "red" if each.kind in ("refuse", "supervise") else "",
            "files": [
                {"label": file.name, "url": reverse("complaint-file", args=[number, file.pk])}
                for file in files[each.pk]
                if file.file.scan == "clean"
            ],
        })  # fmt: skip
    return items


def files_by_message(keys: list[int]) -> dict[int, list[Attachment]]:
    found: dict[int, list[Attachment]] = defaultdict(list)
    for each in Attachment.objects.filter(owner_type=MESSAGE, owner_id__in=keys).select_related(
        "file"
    ):
        found[each.owner_id].append(each)
    return found


def files_of(scope: Scope, complaint: Complaint) -> list[Attachment]:
    """Every file of the thread, for the page's documents and for serving one."""
    keys = visible_messages(scope).filter(case__complaint=complaint).values("pk")
    return list(
        Attachment.objects.filter(owner_type=MESSAGE, owner_id__in=keys)
        .select_related("file")
        .order_by("pk")
    )


def holder_words(complaint: Complaint, case: ComplaintCase) -> str:
    """Who has to act now, by name."""
    if case.state in ("filed", "refused", "replied"):
        names = _names(respondents(complaint))
    elif case.state == "claimed":
        names = _names(filers(complaint, case))
    elif case.state == "confirmed":
        bureau = bureau_at(complaint, case.level)
        names = [bureau.name] if bureau else []
    else:
        return ""
    return "、".join(names)


def contacts_of(complaint: Complaint, case: ComplaintCase) -> list[dict[str, Any]]:
    """For each of the four sides its contacts for this product, else its general ones.

    Whoever sees the complaint may call all of them.
    """
    bureau = bureau_at(complaint, case.level)
    sides: list[tuple[str, Organisation | None]] = [
        ("医疗机构", complaint.institution), ("生产企业", complaint.manufacturer),
        ("配送企业", complaint.distributor), ("医保局", bureau),
    ]  # fmt: skip
    keys = [each.pk for _, each in sides if each]
    rows = LiaisonContact.objects.filter(
        Q(product__isnull=True) | Q(product=complaint.product_id), organisation__in=keys,
        ended_at__isnull=True,
    )  # fmt: skip
    found: dict[int, list[LiaisonContact]] = defaultdict(list)
    for row in rows.order_by("pk"):
        found[row.organisation_id].append(row)
    return [
        {"side": side, "name": each.name, "contacts": _nearest(found[each.pk])}
        for side, each in sides
        if each
    ]


def _nearest(rows: list[LiaisonContact]) -> list[LiaisonContact]:
    """Those named for the product go before the general ones."""
    return [row for row in rows if row.product_id] or rows


def _names(keys: list[int]) -> list[str]:
    return list(
        Organisation.objects.filter(pk__in=keys).order_by("code").values_list("name", flat=True)
    )


def days_left(due: date | None, today: date) -> tuple[str, bool]:
    """Words about the step's day, and whether it has passed."""
    if due is None:
        return "", False
    left = (due - today).days
    if left < 0:
        return f"已逾期 {-left} 天", True
    return ("今天到期" if left == 0 else f"还有 {left} 天"), False
