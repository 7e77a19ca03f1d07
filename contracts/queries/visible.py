"""Agreements are seen by their three parties and the authorities of the institution's region."""

from __future__ import annotations

from django.db.models import QuerySet

from contracts.models import AgreementLine
from organisations.queries.scope import Scope
from organisations.queries.visibility import party_rows, within


def visible_agreement_lines(scope: Scope) -> QuerySet[AgreementLine]:
    return within(scope, AgreementLine.objects.all(), party_rows(scope))
