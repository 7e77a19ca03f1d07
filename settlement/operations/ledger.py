"""The only place that writes the ledger: post an event once, or take an entry back once."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from django.db.models import Q

from core.audit.record import Actor, record
from core.operations import operation
from core.transitions import TransitionRefused
from settlement.models import LedgerAccount, LedgerEntry, Posting
from settlement.states.ledger import NEEDS, SourceKind

CENT = Decimal("0.01")
OBJECT_TYPE = "ledger_entry"


class LedgerConflict(TransitionRefused):
    """The same event was posted before with other figures (409)."""


@dataclass(frozen=True)
class EventKey:
    """What makes an event one: its kind (`statement.approved`) and its identity within the kind."""

    kind: str
    identity: str


@dataclass(frozen=True)
class Source:
    """What an entry comes of, and how people know it; kind: a value of SourceKind."""

    kind: str
    pk: int
    label: str


@dataclass(frozen=True)
class LedgerLine:
    """One side in yuan, debit above 0. Lines of one account are added up."""

    purpose: str
    amount: Decimal
    institution_id: int | None = None
    enterprise_id: int | None = None


AccountKey = tuple[str, int | None, int | None]


@operation
def post(
    *,
    key: EventKey,
    pool_id: int,
    lines: Iterable[LedgerLine],
    occurred_on: date,
    source: Source,
    text: str,
    by: Actor,
    at: datetime,
) -> LedgerEntry:
    """Write one balanced entry of a pool; the same key with the same body gives the first entry.

    Lines of 0 are left out. Raises LedgerConflict when the key was posted with other lines, date
    or source; ValueError for lines that do not balance, are not whole cents or name wrong parties
    (a programmer's mistake; the database refuses them too).
    """
    entry, _ = _write(key, pool_id, _summed(lines), occurred_on, source, text, by, at, None)
    return entry


@operation
def reverse(
    *, entry: LedgerEntry, occurred_on: date, reason: str, by: Actor, at: datetime
) -> LedgerEntry:
    """Take an entry back by its mirror image, which names it. Raises TransitionRefused a second time."""
    sums = {
        (line.account.purpose, line.account.institution_id, line.account.enterprise_id): -line.amount
        for line in Posting.objects.filter(entry=entry).select_related("account")
    }  # fmt: skip
    mirror, written = _write(
        EventKey("reversal", str(entry.pk)), entry.pool_id, sums, occurred_on,
        Source(SourceKind.ENTRY, entry.pk, f"分录 {entry}"), f"冲销：{reason}"[:300], by, at, entry,
    )  # fmt: skip
    if not written:
        raise TransitionRefused(f"分录 {entry} 已由分录 {mirror} 冲销，不能再次冲销")
    return mirror


def _summed(lines: Iterable[LedgerLine]) -> dict[AccountKey, Decimal]:
    sums: dict[AccountKey, Decimal] = {}
    for line in lines:
        parties = {
            name for name in ("institution", "enterprise")
            if getattr(line, f"{name}_id") is not None
        }  # fmt: skip
        free = {"institution"} if line.purpose == "prepaid" else set()
        if parties - free != NEEDS[line.purpose] - free:
            raise ValueError(f"account {line.purpose} does not name {sorted(parties)}")
        if line.amount != line.amount.quantize(CENT):
            raise ValueError(f"{line.amount} is not in whole cents")
        key = (line.purpose, line.institution_id, line.enterprise_id)
        sums[key] = sums.get(key, Decimal(0)) + line.amount
    kept = {key: amount for key, amount in sums.items() if amount}
    if len(kept) < 2 or sum(kept.values(), Decimal(0)):
        raise ValueError(f"lines do not balance: {kept}")
    return kept


def _write(
    key: EventKey,
    pool_id: int,
    sums: dict[AccountKey, Decimal],
    occurred_on: date,
    source: Source,
    text: str,
    by: Actor,
    at: datetime,
    reverses: LedgerEntry | None,
) -> tuple[LedgerEntry, bool]:
    digest = _digest(pool_id, sums, occurred_on, source)
    row = LedgerEntry(
        event_kind=key.kind, event_identity=key.identity, pool_id=pool_id, occurred_on=occurred_on,
        posted_at=at, posted_by_id=by.audit_id, posted_by_name=by.audit_name, reverses=reverses,
        source_kind=source.kind, source_id=source.pk, source_label=source.label[:200],
        text=text[:300], line_count=len(sums), digest=digest,
    )  # fmt: skip
    # A second writer of the same event waits here for the first one's commit, then writes nothing.
    LedgerEntry.objects.bulk_create([row], ignore_conflicts=True)
    entry = LedgerEntry.objects.get(event_kind=key.kind, event_identity=key.identity)
    if Posting.objects.filter(entry=entry).exists():
        if entry.digest != digest and reverses is None:
            raise LedgerConflict(
                f"“{entry.text}”已于 {entry.posted_at:%Y-%m-%d} 记账（分录 {entry}），"
                "内容与本次不同；如需更正，请先冲销原分录"
            )
        return entry, False
    accounts = _accounts(pool_id, sums)
    Posting.objects.bulk_create(
        Posting(entry=entry, account_id=accounts[account], amount=amount)
        for account, amount in sorted(sums.items(), key=str)
    )
    debit = sum((amount for amount in sums.values() if amount > 0), Decimal(0))
    # No text and no name of a party: auditors read the trail and see no business.
    record(
        by=by, at=at, action="ledger.reverse" if reverses else "ledger.post",
        object_type=OBJECT_TYPE, object_key=entry.pk,
        object_label=f"{key.kind} {key.identity}", detail={"event": f"{key.kind}:{key.identity}", "occurred_on": f"{occurred_on}",
                "debit": f"{debit}", "source": source.label},
    )  # fmt: skip
    return entry, True


def _accounts(pool_id: int, keys: Iterable[AccountKey]) -> dict[AccountKey, int]:
    """Ids of the accounts, which are made on first use."""
    wanted = sorted(set(keys), key=str)
    found = _found(pool_id, wanted)
    missing = [key for key in wanted if key not in found]
    if missing:
        LedgerAccount.objects.bulk_create(
            [
                LedgerAccount(
                    purpose=purpose, pool_id=pool_id, institution_id=institution,
                    enterprise_id=enterprise,
                )
                for purpose, institution, enterprise in missing
            ],
            ignore_conflicts=True,
        )  # fmt: skip
        found = _found(pool_id, wanted)
    return found


def _found(pool_id: int, keys: Sequence[AccountKey]) -> dict[AccountKey, int]:
    rows = LedgerAccount.objects.filter(
        _among("institution_id", {key[1] for key in keys}),
        _among("enterprise_id", {key[2] for key in keys}),
        pool_id=pool_id, purpose__in={key[0] for key in keys},
    )  # fmt: skip
    values = rows.values_list("purpose", "institution_id", "enterprise_id", "pk")
    return {(purpose, one, other): pk for purpose, one, other, pk in values}


def _among(column: str, ids: set[int | None]) -> Q:
    named = Q(**{f"{column}__in": ids - {None}})
    return named | Q(**{f"{column}__isnull": True}) if None in ids else named


def _digest(
    pool_id: int, sums: dict[AccountKey, Decimal], occurred_on: date, source: Source
) -> str:
    body = [
        pool_id, f"{occurred_on}", source.kind, source.pk,
        sorted([list(map(str, key)), f"{amount:.2f}"] for key, amount in sums.items()),
    ]  # fmt: skip
    return hashlib.sha256(json.dumps(body).encode()).hexdigest()
