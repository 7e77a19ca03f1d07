"""Endpoints of policies: same rows and filters as the pages."""

from __future__ import annotations

from django.db.models import QuerySet
from rest_framework import mixins

from organisations.api.base import ScopedViewSet
from organisations.queries.scope import Scope
from policy.api.serializers import (
    ParameterSerializer,
    ParameterValueSerializer,
    PolicySerializer,
)
from policy.filters import ParameterFilter, ParameterValueFilter, PolicyFilter
from policy.models import Parameter, ParameterValue, Policy
from policy.queries.policy_page import values_with_sources
from policy.queries.visible import visible_parameters, visible_policies


class PolicyViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, ScopedViewSet):
    """政策。"""

    serializer_class = PolicySerializer
    filterset_class = PolicyFilter
    token_subject = "catalog"
    lookup_field = "code"
    lookup_value_regex = r"[^/]{1,40}"
    ordering = "code"

    def visible(self, scope: Scope) -> QuerySet[Policy]:
        return visible_policies(scope).select_related("document")


class ParameterViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, ScopedViewSet):
    """政策参数的定义。"""

    serializer_class = ParameterSerializer
    filterset_class = ParameterFilter
    token_subject = "catalog"
    lookup_field = "key"
    lookup_value_regex = r"[0-9a-z_]{1,60}"
    ordering = "key"

    def visible(self, scope: Scope) -> QuerySet[Parameter]:
        return visible_parameters(scope)


class ParameterValueViewSet(mixins.ListModelMixin, ScopedViewSet):
    """政策参数的取值，每个取值自某日起、有依据条款；`on` 只取该日的取值。"""

    serializer_class = ParameterValueSerializer
    filterset_class = ParameterValueFilter
    token_subject = "catalog"
    ordering = "id"

    def visible(self, scope: Scope) -> QuerySet[ParameterValue]:
        return values_with_sources(scope)
