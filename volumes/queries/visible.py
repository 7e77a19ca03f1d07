"""Volume reports are seen by the reporting unit and the authorities; never by enterprises."""

from __future__ import annotations

from django.db.models import QuerySet

from organisations.queries.scope import Scope
from organisations.queries.visibility import party_rows, within
from volumes.models import VolumeReportLine


def visible_report_lines(scope: Scope) -> QuerySet[VolumeReportLine]:
    """Report lines carry no enterprise, so the party rule leaves enterprises nothing."""
    return within(scope, VolumeReportLine.objects.all(), party_rows(scope))
