"""Write shipped rows on the migrating connection, and count what was written."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from django.db import models

from core.audit.models import AuditEvent
from core.audit.record import Actor


@dataclass
class SeedResult:
    """How many rows of documents, policies, parameters and values were written or left alone."""

    created: int = 0
    updated: int = 0
    unchanged: int = 0

    @property
    def changed(self) -> bool:
        return bool(self.created or self.updated)


@dataclass(frozen=True)
class ShippedRows:
    """One seeding: who, when, on which connection, with what result so far."""

    by: Actor
    at: datetime
    using: str
    result: SeedResult = field(default_factory=SeedResult)

    def upsert(
        self, model: type[models.Model], key: Mapping[str, str], fields: Mapping[str, object]
    ) -> int:
        """Create the row with that key or bring it up to date; its id."""
        row = model._default_manager.using(self.using).filter(**key).first()
        if row is None:
            return self.create(model, {**key, **fields})
        self.change(row, fields)
        return int(row.pk)

    def create(self, model: type[models.Model], fields: Mapping[str, object]) -> int:
        row = model._default_manager.using(self.using).create(**fields)
        self.result.created += 1
        return int(row.pk)

    def change(self, row: models.Model, fields: Mapping[str, object]) -> None:
        """Write those fields that differ, if any."""
        changed = [name for name, value in fields.items() if getattr(row, name) != value]
        if not changed:
            self.result.unchanged += 1
            return
        for name in changed:
            setattr(row, name, fields[name])
        row.save(using=self.using, update_fields=changed)
        self.result.updated += 1

    def audit(self) -> None:
        # Not core.audit.record: seeding runs on the migrating connection, before grants exist.
        AuditEvent.objects.using(self.using).create(
            at=self.at,
            actor_id=self.by.audit_id,
            actor_name=self.by.audit_name,
            organisation_id=self.by.audit_organisation_id,
            organisation_name=self.by.audit_organisation_name,
            action="policy.seed",
            object_type="policy",
            object_label="随平台发布的政策",
            detail={"created": self.result.created, "updated": self.result.updated},
        )
