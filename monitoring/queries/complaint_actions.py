"""The actions that follow a complaint, on the complaint's page."""

from __future__ import annotations

from django.urls import reverse
from django.utils.http import urlencode

from complaints.models import Complaint
from complaints.queries.beside import Beside, add
from monitoring.queries.actions import actions_on_complaint, may_propose
from organisations.queries.scope import Scope


def actions_beside(scope: Scope, complaint: Complaint) -> Beside:
    """Those that the reader may see; a bureau may draft one against the side complained of."""
    items = tuple(
        {
            "label": f"{each.get_kind_display()}：{each.subject.name}",
            "url": reverse("action-detail", args=[each.action_no]),
            "note": each.get_state_display(),
        }
        for each in actions_on_complaint(scope, complaint.pk)
    )
    acts: tuple[dict[str, str], ...] = ()
    blamed = complaint.distributor or complaint.manufacturer
    if complaint.filed_by == Complaint.FiledBy.ENTERPRISE:
        blamed = complaint.institution
    if blamed is not None and may_propose(scope):
        query = urlencode({"subject": blamed.code, "complaint": complaint.complaint_no})
        url = f"{reverse('action-new')}?{query}"
        acts = ({"label": "转为监管措施", "icon": "gavel", "url": url},)
    return Beside(title="监管措施", items=items, acts=acts)


add(actions_beside)
