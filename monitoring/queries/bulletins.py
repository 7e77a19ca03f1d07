"""Bulletins: who sees which, and in which capacity somebody acts on one."""

from __future__ import annotations

from django.db.models import Exists, OuterRef, Q, QuerySet

from monitoring.models import (
    Bulletin,
    BulletinInput,
    BulletinLine,
    BulletinObjection,
    BulletinReceipt,
    BulletinTemplate,
)
from monitoring.queries.warning_standings import ACTING_ROLES
from monitoring.states.bulletins import (
    COUNTERSIGNER,
    DRAFTER,
    ISSUED_STATES,
    ISSUER,
    NAMED_STATES,
    RECIPIENT,
    REVIEWER,
)
from organisations.queries.scope import Scope
from organisations.queries.visibility import NOTHING, within

DECIDING_ROLES = ("reviewer", "leader")
ISSUED = Q(state__in=sorted(ISSUED_STATES))


def own_ids(scope: Scope) -> frozenset[int]:
    """The organisations whose names on a list are the reader's own."""
    if not scope.is_business:
        return frozenset()
    if scope.kind == "institution":
        return scope.institution_ids
    return frozenset({scope.organisation_id, *scope.predecessor_ids})


def visible_bulletins(scope: Scope) -> QuerySet[Bulletin]:
    """An issued one is a public notice to all of the trade. Before: its issuer, the countersigning
    health commission once it is asked, and from the 核对期 on those whom it names."""
    if not scope.is_business:
        return within(scope, Bulletin.objects.all(), NOTHING)
    seen = ISSUED | Q(issuer_id=scope.organisation_id)
    if scope.kind == "health_commission":
        seen |= Q(countersigner_id=scope.organisation_id, state__in=["countersign", "ready"])
    named = BulletinLine.objects.filter(
        bulletin=OuterRef("pk"), organisation__in=own_ids(scope), removed=False
    )
    seen |= Q(Exists(named), state__in=sorted(NAMED_STATES))
    return within(scope, Bulletin.objects.all(), seen)


def reads_whole(scope: Scope, bulletin: Bulletin) -> bool:
    """Whether one who sees the bulletin reads all of it, or only the own lines."""
    if bulletin.state in ISSUED_STATES or bulletin.issuer_id == scope.organisation_id:
        return True
    return scope.kind == "health_commission" and bulletin.countersigner_id == scope.organisation_id


def _whole(scope: Scope) -> Q:
    """`reads_whole` as a condition on the parts of bulletins."""
    if not scope.is_business:
        return NOTHING
    seen = Q(bulletin__state__in=sorted(ISSUED_STATES)) | Q(
        bulletin__issuer_id=scope.organisation_id
    )
    if scope.kind == "health_commission":
        seen |= Q(
            bulletin__countersigner_id=scope.organisation_id,
            bulletin__state__in=["countersign", "ready"],
        )
    return seen


def visible_bulletin_inputs(scope: Scope) -> QuerySet[BulletinInput]:
    """The frozen figures: to whoever reads the whole bulletin."""
    return within(scope, BulletinInput.objects.all(), _whole(scope))


def visible_bulletin_lines(scope: Scope) -> QuerySet[BulletinLine]:
    """Of an issued bulletin all that were not struck; before, a named party its own alone."""
    struck = Q(removed=False) | Q(bulletin__issuer_id=scope.organisation_id)
    own = Q(
        organisation__in=own_ids(scope), bulletin__state__in=sorted(NAMED_STATES | ISSUED_STATES)
    )
    return within(scope, BulletinLine.objects.all(), _whole(scope) & struck | own)


def visible_bulletin_objections(scope: Scope) -> QuerySet[BulletinObjection]:
    """Who filed it and who rules on it; nobody else, before or after."""
    if not scope.is_business:
        return within(scope, BulletinObjection.objects.all(), NOTHING)
    seen = Q(organisation__in=own_ids(scope)) | Q(bulletin__issuer_id=scope.organisation_id)
    return within(scope, BulletinObjection.objects.all(), seen)


def visible_bulletin_receipts(scope: Scope) -> QuerySet[BulletinReceipt]:
    """The issuer sees all, a recipient its own: what others answered is nobody's matter."""
    if not scope.is_business:
        return within(scope, BulletinReceipt.objects.all(), NOTHING)
    seen = Q(organisation__in=own_ids(scope)) | Q(bulletin__issuer_id=scope.organisation_id)
    return within(scope, BulletinReceipt.objects.all(), seen)


def visible_bulletin_templates(scope: Scope) -> QuerySet[BulletinTemplate]:
    """The bureaus of the province work with its wordings."""
    if not scope.is_bureau:
        return within(scope, BulletinTemplate.objects.all(), NOTHING)
    return within(scope, BulletinTemplate.objects.all(), Q(province_id=scope.province_id))


def kinds_of(scope: Scope) -> tuple[str, ...]:
    """The kinds that this person's bureau drafts."""
    if not (scope.is_bureau and scope.has_role(*ACTING_ROLES)):
        return ()
    if scope.region_level == "province":
        return ("monthly", "enterprise", "quarterly", "yearly")
    return ("own",) if scope.region_level == "city" else ()


def bulletin_standings(scope: Scope, bulletin: Bulletin) -> frozenset[str]:
    """The issuing bureau drafts; another of its people reviews; the health commission countersigns."""
    if not scope.is_business:
        return frozenset()
    held = set()
    if bulletin.issuer_id == scope.organisation_id:
        if scope.has_role(*ACTING_ROLES):
            held.add(DRAFTER)
        if scope.has_role(*DECIDING_ROLES):
            held.add(ISSUER)
            if scope.user_id not in (bulletin.drafted_by_id, bulletin.edited_by_id):
                held.add(REVIEWER)
    if (
        scope.kind == "health_commission"
        and bulletin.countersigner_id == scope.organisation_id
        and scope.has_role(*DECIDING_ROLES)
    ):
        held.add(COUNTERSIGNER)
    return frozenset(held)


def receipt_standings(scope: Scope, receipt: BulletinReceipt) -> frozenset[str]:
    """The recipient reads and answers; the issuer judges the answer."""
    if not scope.has_role(*ACTING_ROLES):
        return frozenset()
    held = set()
    if receipt.organisation_id == scope.organisation_id:
        held.add(RECIPIENT)
    if receipt.bulletin.issuer_id == scope.organisation_id:
        held.add(DRAFTER)
    return frozenset(held)
