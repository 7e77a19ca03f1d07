"""Endpoints of complaints, to read."""

from __future__ import annotations

from django.db.models import QuerySet
from rest_framework import mixins

from complaints.api.serializers import ComplaintSerializer
from complaints.filters import ComplaintFilter
from complaints.models import Complaint
from complaints.queries.visible import visible_complaints
from organisations.api.base import ScopedViewSet
from organisations.api.parties import PARTIES
from organisations.queries.scope import Scope


class ComplaintViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, ScopedViewSet):
    """诉求：问题直报的提出、回复、承诺与解决时间，按提出时间从新到旧。"""

    serializer_class = ComplaintSerializer
    filterset_class = ComplaintFilter
    token_subject = "complaints"
    lookup_field = "complaint_no"
    lookup_value_regex = r"[^/]{1,60}"
    ordering = ("-filed_at", "-id")

    def visible(self, scope: Scope) -> QuerySet[Complaint]:
        return visible_complaints(scope).select_related("product", *PARTIES)
