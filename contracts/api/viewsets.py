"""Endpoints of agreements, to read."""

from __future__ import annotations

from django.db.models import QuerySet
from rest_framework import mixins

from contracts.api.serializers import AgreementLineSerializer
from contracts.filters import AgreementLineFilter
from contracts.models import AgreementLine
from contracts.queries.visible import visible_agreement_lines
from organisations.api.base import ScopedViewSet
from organisations.api.parties import PARTIES
from organisations.queries.scope import Scope


class AgreementLineViewSet(mixins.ListModelMixin, ScopedViewSet):
    """三方协议的协议行：约定采购量、价格与三方签订时间；三方均签订后生效。"""

    serializer_class = AgreementLineSerializer
    filterset_class = AgreementLineFilter
    token_subject = "contracts"

    def visible(self, scope: Scope) -> QuerySet[AgreementLine]:
        return visible_agreement_lines(scope).select_related("batch", "product", *PARTIES)
