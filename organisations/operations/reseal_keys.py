"""Private keys under today's passphrase, after SIGNING_KEY_PASSPHRASE was changed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from core.audit.record import Actor, record
from core.operations import operation
from core.signing import UnreadableKey, reseal
from organisations.models import OrganisationCertificate, TrustAnchor


@dataclass
class Resealed:
    """How many kept keys were sealed anew, were fine, and whose do not open at all."""

    resealed: int = 0
    fine: int = 0
    unreadable: list[str] = field(default_factory=list)


def reseal_keys(*, by: Actor, at: datetime, dry_run: bool = False) -> Resealed:
    """Open each kept key with a former passphrase and seal it with today's, one by one.

    What is done stays when it is interrupted; a second run goes on. Keys of replaced and revoked
    certificates too: nothing stays under the old passphrase.
    """
    found = Resealed()
    for model, pk in _kept():
        _one(model=model, pk=pk, found=found, dry_run=dry_run)
    if not dry_run:
        record(
            by=by, at=at, action="signing_keys.reseal", object_type="trust_anchor",
            object_label=f"{found.resealed:,} 个私钥",
            detail={"resealed": found.resealed, "fine": found.fine,
                    "unreadable": found.unreadable[:100]},
        )  # fmt: skip
    return found


def _kept() -> Iterator[tuple[Any, int]]:
    for model in (TrustAnchor, OrganisationCertificate):
        rows: Any = model
        for pk in rows.objects.exclude(key_sealed=b"").order_by("pk").values_list("pk", flat=True):
            yield model, pk


@operation
def _one(*, model: Any, pk: int, found: Resealed, dry_run: bool) -> None:
    row = model.objects.select_for_update(of=("self",)).get(pk=pk)
    try:
        sealed = reseal(bytes(row.key_sealed))
    except UnreadableKey:
        found.unreadable.append(f"{row}")
        return
    if sealed is None:
        found.fine += 1
        return
    found.resealed += 1
    if not dry_run:
        row.key_sealed = sealed
        row.save(update_fields=["key_sealed"])
