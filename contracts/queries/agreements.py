"""Agreements: who sees them, who may sign them, and what their text says."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.db import connection
from django.db.models import Q, QuerySet

from contracts.models import Agreement, AgreementLine, Party, PowerOfAttorney
from contracts.queries.powers import powers_held, principals
from contracts.rules.agreement import CLAUSE, OFFICERS, SIGNER_ROLE
from contracts.states.agreement import BUREAU, PARTY, PENDING, SIGNER
from core.transitions.verdict import ALLOWED, Verdict
from organisations.queries.scope import Scope
from organisations.queries.visibility import party_rows, within

PARTIES = (("institution", "医疗机构"), ("manufacturer", "生产企业"), ("distributor", "配送企业"))
NAMED = ("batch", "institution", "manufacturer", "distributor", "county", "city", "supersedes")

TEXT = """
encode(sha256(convert_to(concat_ws(E'\\n', {h}.agreement_no, {h}.version, b.code, {h}.year_no,
    i.code, m.code, d.code, to_char({h}.starts_on, 'YYYY-MM-DD'), to_char({h}.ends_on, 'YYYY-MM-DD'),
    {items}), 'UTF8')), 'hex')
"""
"""The digest of a version's text: who, for which year, which products, how much, at what price."""

ITEMS = """
string_agg(concat_ws('|', {x}.line_no, p.code, trim_scale({x}.agreed_qty), trim_scale({x}.price)),
           E'\\n' ORDER BY {x}.line_no)
"""

DIGEST = f"""
SELECT {
    TEXT.format(
        h="a",
        items=f'''(SELECT {ITEMS.format(x="x")}
       FROM contracts_agreementitem x JOIN catalog_product p ON p.id = x.product_id
       WHERE x.agreement_id = a.id)''',
    )
}
FROM contracts_agreement a
JOIN catalog_batch b ON b.id = a.batch_id
JOIN organisations_organisation i ON i.id = a.institution_id
JOIN organisations_organisation m ON m.id = a.manufacturer_id
JOIN organisations_organisation d ON d.id = a.distributor_id
WHERE a.id = %s
"""


@dataclass(frozen=True)
class Side:
    """A party that the reader may sign for now, and the power where it is another's."""

    party: Party
    power: PowerOfAttorney | None = None


def visible_agreements(scope: Scope) -> QuerySet[Agreement]:
    """The three parties, the authorities, and whoever may sign for the institution today."""
    return within(scope, Agreement.objects.all(), party_rows(scope) | principals(scope))


def text_digest(agreement: Agreement) -> str:
    """The digest of what the rows say now; equal to `agreement.text_digest` unless tampered with."""
    with connection.cursor() as cursor:
        cursor.execute(DIGEST, [agreement.pk])
        row = cursor.fetchone()
    return str(row[0]) if row else ""


def sides(scope: Scope, agreement: Agreement, *, empowered: bool = True) -> list[Side]:
    """The sides that have not signed and that the reader's organisation stands for.

    `empowered` False: whoever signs hundreds has looked before and holds no 授权书.
    """
    if not scope.is_business or agreement.state not in PENDING:
        return []
    own = {scope.organisation_id, *scope.predecessor_ids}
    found = [
        Side(party)
        for party in Party
        if getattr(agreement, f"{party}_signed_at") is None
        and getattr(agreement, f"{party}_id") in own
    ]
    waits = agreement.institution_signed_at is None and agreement.institution_id not in own
    if waits and empowered:
        power = powers_held(scope, agreement.institution_id, agreement.batch_id)
        if power is not None:
            found.append(Side(Party.INSTITUTION, power))
    return found


def signed_already(scope: Scope, agreement: Agreement) -> Verdict:
    """No, with the reason, where the reader's organisation has signed and no side of it is left."""
    own = {scope.organisation_id, *scope.predecessor_ids}
    signed = [
        words
        for party, words in PARTIES
        if getattr(agreement, f"{party}_id") in own and getattr(agreement, f"{party}_signed_at")
    ]
    if not signed or agreement.state not in PENDING:
        return ALLOWED
    return Verdict(False, f"本单位（{'、'.join(signed)}）已经签署，不能重复签署", CLAUSE)


def agreement_standings(scope: Scope, agreement: Agreement) -> frozenset[str]:
    """What the reader is to this agreement; a leader of a side that waits is its signer."""
    held: set[str] = set()
    if scope.has_role(SIGNER_ROLE) and sides(scope, agreement):
        held.add(SIGNER)
    own = {scope.organisation_id, *scope.predecessor_ids}
    named = {agreement.institution_id, agreement.manufacturer_id, agreement.distributor_id}
    if own & named and scope.has_role(*OFFICERS):
        held.add(PARTY)
    if _answers_for(scope, agreement) and scope.has_role(*OFFICERS):
        held.add(BUREAU)
    return frozenset(held)


def _answers_for(scope: Scope, agreement: Agreement) -> bool:
    column = f"{scope.region_level}_id"
    return scope.is_bureau and getattr(agreement, column, None) == scope.region_id


def unsigned_by(party: str) -> Q:
    """Versions that wait for this party."""
    return Q(**{f"{party}_signed_at__isnull": True}, state__in=PENDING)


def late_on(on: date) -> Q:
    """Unsigned past the last day. A change is not, while the version before it is in force."""
    held = Q(supersedes__isnull=False, supersedes__state="in_force")
    return Q(state__in=PENDING, sign_by__lt=on) & ~held


def is_late(agreement: Agreement, on: date) -> bool:
    """`late_on` for one row in memory, whose `supersedes` was read with it."""
    before = agreement.supersedes
    held = before is not None and before.state == "in_force"
    return agreement.state in PENDING and agreement.sign_by < on and not held


def waiting_for(agreement: Agreement) -> list[str]:
    """Who has not signed, in words."""
    if agreement.state not in PENDING:
        return []
    return [label for party, label in PARTIES if getattr(agreement, f"{party}_signed_at") is None]


def mine_to_sign(scope: Scope) -> Q:
    """What waits for the reader's organisation, whoever of it signs."""
    own = sorted({scope.organisation_id, *scope.predecessor_ids})
    mine = Q(pk__in=())
    for party, _ in PARTIES:
        mine |= Q(**{f"{party}_id__in": own}) & unsigned_by(party)
    return mine | (principals(scope) & unsigned_by("institution"))


def by_key(rows: QuerySet[Agreement], key: str) -> QuerySet[Agreement]:
    """The version that an address names: number~version."""
    number, _, version = key.rpartition("~")
    if not (version.isascii() and version.isdigit() and len(version) < 5):
        return rows.none()
    return rows.filter(agreement_no=number, version=int(version))


def struck_products(agreement_no: str) -> set[int]:
    """Products of this number whose line has ended: no later version may bring them back."""
    rows = AgreementLine.objects.filter(agreement_no=agreement_no, ended_at__isnull=False)
    return set(rows.values_list("product_id", flat=True))
