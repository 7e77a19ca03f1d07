"""Training records: who sees and keeps them, and which institutions a year's trainings reached."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from core.attachments.models import Attachment
from monitoring.models import Training, TrainingAttendance
from monitoring.states.action_kinds import OFFICERS
from monitoring.states.training import AUTHOR, TRAINING_MACHINE, TrainingKind
from organisations.models import Organisation
from organisations.queries.scope import Scope
from organisations.queries.visibility import (
    NOTHING,
    condition,
    region_alternatives,
    region_subtree,
    within,
)

OPEN_KINDS = ("policy", "platform", "meeting")


def _own(scope: Scope) -> list[int]:
    return sorted({scope.organisation_id, *scope.predecessor_ids})


def visible_trainings(scope: Scope) -> QuerySet[Training]:
    """Its organiser's; once recorded, those who attended and the bureaus over the organiser."""
    rows = Training.objects.all()
    if not scope.is_business:
        return within(scope, rows, NOTHING)
    came = TrainingAttendance.objects.filter(
        training=OuterRef("pk"), organisation_id__in=_own(scope)
    )
    recorded = Q(Exists(came))
    if scope.is_bureau:
        recorded |= condition(region_alternatives(scope))
    return within(scope, rows, Q(organiser_id__in=_own(scope)) | Q(recorded, state="held"))


def visible_training_targets(scope: Scope, year: int) -> QuerySet[Organisation]:
    """Institutions of a bureau's region with what they attended in a calendar year.

    Adds `policy`, `platform`, `meeting` (recorded trainings attended) and `newest_on`.
    """
    rows = Organisation.objects.filter(kind="institution", is_active=True)
    seen = region_subtree(scope, "region") if scope.is_bureau else NOTHING
    return within(scope, rows, seen).annotate(
        **{kind: _attended(year, kind=kind) for kind in OPEN_KINDS},
        newest_on=Subquery(
            _came(year).order_by("-training__held_on").values("training__held_on")[:1]
        ),
    )


def _came(year: int, **more: Any) -> QuerySet[TrainingAttendance]:
    return TrainingAttendance.objects.filter(
        organisation=OuterRef("pk"), training__state="held", training__held_on__year=year,
        **{f"training__{name}": value for name, value in more.items()},
    )  # fmt: skip


def _attended(year: int, *, kind: str) -> Any:
    counted = _came(year, kind=kind).order_by().values("organisation").annotate(number=Count("pk"))
    return Coalesce(Subquery(counted.values("number")[:1]), 0)


def uncovered() -> Q:
    """Of `visible_training_targets`: reached by neither of the two that a year needs."""
    return Q(policy=0) | Q(platform=0)


def coverage(scope: Scope, year: int) -> list[dict[str, str]]:
    """How many of the region's institutions each kind reached: [{label, value}]."""
    rows = visible_training_targets(scope, year)
    found = rows.aggregate(
        total=Count("pk"), **{f"by_{kind}": Count("pk", filter=Q(**{f"{kind}__gt": 0}))
                              for kind in OPEN_KINDS},
    )  # fmt: skip
    total = found["total"]
    return [
        {
            "label": f"{TrainingKind(kind).label}覆盖",
            "value": f"{found[f'by_{kind}']}/{total}（{found[f'by_{kind}'] * 100 / total:.1f}%）"
            if total
            else "—",
        }
        for kind in OPEN_KINDS
    ]


def keeps_trainings(scope: Scope) -> bool:
    return (
        scope.is_business and scope.kind in ("bureau", "institution") and scope.has_role(*OFFICERS)
    )


def training_kinds(scope: Scope) -> tuple[str, ...]:
    return OPEN_KINDS if scope.is_bureau else ("internal",)


def training_standings(scope: Scope, row: Training) -> frozenset[str]:
    if keeps_trainings(scope) and row.organiser_id in _own(scope):
        return frozenset({AUTHOR})
    return frozenset()


def training_files(row: Training) -> QuerySet[Attachment]:
    return (
        Attachment.objects.filter(owner_type=TRAINING_MACHINE.name, owner_id=row.pk)
        .select_related("file").order_by("pk")
    )  # fmt: skip


def attendances_of(scope: Scope, row: Training) -> QuerySet[TrainingAttendance]:
    """All of them for the organiser and the bureaus over it; others see their own line."""
    rows = row.attendances.select_related("organisation").order_by("organisation__code")
    if row.organiser_id in _own(scope) or scope.is_bureau:
        return rows
    return rows.filter(organisation_id__in=_own(scope))


def bureaus_without(kind: str, today: date) -> QuerySet[Organisation]:
    """Bureaus of provinces and cities that recorded none of this kind in the year of `today`."""
    held = Training.objects.filter(
        organiser=OuterRef("pk"), kind=kind, state="held", held_on__year=today.year
    )
    return (
        Organisation.objects.filter(
            Q(region__level__in=["province", "city"]), kind="bureau", is_active=True
        )
        .filter(~Exists(held))
        .order_by("code")
    )
