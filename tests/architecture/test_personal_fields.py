"""S-12: every kept text that by its name is about a person or a secret has been judged; S-10: what

the platform does not keep at all, and what it keeps so that the database alone does not tell it.
"""

from __future__ import annotations

import re
from pathlib import Path

import yaml
from django.apps import apps
from django.db import models

WORDS = re.compile(
    r"phone|mobile|contact|e_?mail|bank|card|passport|secret|sealed|passw|token|passphrase|wechat"
    r"|id_no|identity|account_no|signer_name|applicant|patient|birth|(^|_)ip(_|$)|user_agent"
    r"|username|session|private|nickname"
)
# Numbers of people that the platform has no use for: S-10 is kept by not keeping them.
NEVER = re.compile(r"id_no|id_card|identity_card|passport|bank_account|account_no|patient|birth")
TEXTS = (
    models.CharField, models.TextField, models.JSONField, models.BinaryField,
    models.GenericIPAddressField,
)  # fmt: skip
JUDGED: dict[str, list[str]] = yaml.safe_load(
    (Path(__file__).parent / "personal_fields.yaml").read_text()
)


def _texts() -> dict[str, models.Field[object, object]]:
    """`app.Model.field` of every kept text."""
    return {
        f"{model._meta.label}.{field.name}": field
        for model in apps.get_models()
        for field in model._meta.concrete_fields
        if isinstance(field, TEXTS)
    }


def _speaks(name: str) -> bool:
    """`…_by_name` are personal by rule: the name of who acted, in the office of it."""
    last = name.rpartition(".")[2]
    return bool(WORDS.search(last)) and not last.endswith("_by_name")


def test_every_field_that_speaks_of_a_person_or_a_secret_is_judged_once() -> None:
    judged = [name for names in JUDGED.values() for name in names]
    found = {name for name in _texts() if _speaks(name)}
    assert len(judged) == len(set(judged))
    assert found - set(judged) == set(), "classify these in personal_fields.yaml"
    assert set(judged) - found == set(), "these are gone"


def test_no_number_of_identity_cards_or_accounts_is_kept() -> None:
    assert [name for name in _texts() if NEVER.search(name.rpartition(".")[2])] == []
    assert NEVER.search("bank_account") and NEVER.search("patient_name"), "the control"
