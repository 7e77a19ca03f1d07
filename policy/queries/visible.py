"""Policies are public to everyone of the trade."""

from __future__ import annotations

from django.db.models import QuerySet

from organisations.queries.scope import Scope
from organisations.queries.visibility import for_business
from policy.models import Document, Parameter, ParameterValue, Policy


def visible_documents(scope: Scope) -> QuerySet[Document]:
    return for_business(scope, Document.objects.all())


def visible_policies(scope: Scope) -> QuerySet[Policy]:
    return for_business(scope, Policy.objects.all())


def visible_parameters(scope: Scope) -> QuerySet[Parameter]:
    return for_business(scope, Parameter.objects.all())


def visible_parameter_values(scope: Scope) -> QuerySet[ParameterValue]:
    return for_business(scope, ParameterValue.objects.all())
