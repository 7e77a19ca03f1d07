"""S-5 and S-10: a fresh installation lets nobody in by guessing, and the database tells no secret."""

from __future__ import annotations

import re
from itertools import product
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client
from django.utils import timezone

from core.audit.record import SystemActor
from core.signing.keys import open_key
from core.totp import code_at, current_step
from inbox.operations.webhooks import register_webhook
from organisations.models import OrganisationCertificate, User
from organisations.operations.administrators import ADMINISTRATORS, create_administrators
from organisations.operations.certificates import issue_certificate, make_signing_root
from organisations.operations.second_factor import begin_enrolment, confirm_enrolment
from organisations.operations.tokens import issue_token
from tests.factories import organisations as make

pytestmark = pytest.mark.django_db
CLOCK = SystemActor("安装")
STEMS = (
    "admin", "administrator", "root", "password", "passw0rd", "zhaocai", "demo", "test", "changeme",
    "welcome", "qwerty", "letmein", "default", "guest", "user", "system", "sysadmin", "secadmin",
    "auditor", "master", "abc", "iloveyou", "yibao", "jicai", "caigou",
)  # fmt: skip
ENDINGS = (
    "", "1", "12", "123", "1234", "12345", "123456", "888888", "@123", "!", "2024", "2025", "2026",
    "@2026", "-2026-01", "_123", "#1", "!@#", "000", "666",
)  # fmt: skip
WORDS = [f"{first}{end}" for first, end in product((*STEMS, *map(str.capitalize, STEMS)), ENDINGS)]


def test_a_fresh_installation_has_no_account_and_no_word_opens_those_it_makes() -> None:
    """Migrated only: nobody. With its three administrators: none of 1,000 usual words each."""
    assert len(set(WORDS)) >= 1000
    assert not User.objects.exists()
    for username, _, _ in ADMINISTRATORS:
        answer = Client().post("/login/", {"username": username, "password": WORDS[0]})
        assert answer.status_code == 400
    made = create_administrators(by=CLOCK, at=timezone.now())
    assert [user.username for user, _ in made] == [name for name, _, _ in ADMINISTRATORS]
    opened = [
        (user.username, word) for user, _ in made for word in WORDS if user.check_password(word)
    ]
    assert opened == []
    # The control: the printed one opens, must be changed at once, and no two are alike.
    for user, password in made:
        assert user.check_password(password) and user.must_change_password
    assert len({password for _, password in made}) == len(made)


def test_the_recipe_brings_no_password_and_production_makes_no_demo_accounts(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for name in ("example.env", "systemd/zhaocai.env.example", "systemd/owner.env.example"):
        text = (Path(settings.BASE_DIR) / "deploy" / name).read_text()
        given = re.findall(
            r"^(\w*(?:PASSWORD|SECRET|TOKEN|PASSPHRASE)\w*)=(.+)$", text, re.MULTILINE
        )
        assert given == [], name
    monkeypatch.setattr(settings, "PRODUCTION", True)
    with pytest.raises(CommandError, match="create_administrators"):
        call_command("demo_accounts")
    assert not User.objects.exists()


def test_the_database_alone_tells_no_secret() -> None:
    """What opens an account, signs for an organisation or for a call stands in no row of any table."""
    person = make.person(None, "admin")
    at = timezone.now()
    person.set_password("Mimi-2026-zhaocai")
    person.save(update_fields=["password"])
    secret = begin_enrolment(user=person, at=at)
    codes = confirm_enrolment(user=person, code=code_at(secret, current_step(at)), by=person, at=at)
    _, token = issue_token(
        organisation=person.organisation, name="HIS", scopes=["organisations:read"],
        roles=["clerk"], days=30, by=person, at=at,
    )  # fmt: skip
    _, hook = register_webhook(
        organisation=person.organisation, name="HIS", url="https://his.example.com/in",
        kinds=["notice.sent"], by=person, at=at,
    )  # fmt: skip
    make_signing_root(name="测试根", by=CLOCK, at=at)
    issue_certificate(organisation=person.organisation, by=CLOCK, at=at)
    held = OrganisationCertificate.objects.get(organisation=person.organisation)
    number = open_key(bytes(held.key_sealed)).key.private_numbers().private_value  # type: ignore[union-attr]
    kept = {
        "password": "Mimi-2026-zhaocai", "totp": secret, "recovery": codes[0], "token": token,
        "webhook": hook.removeprefix("whsec_"), "private key": f"{number:064x}",
    }  # fmt: skip
    found = {name: tables for name, text in kept.items() if (tables := _tables_with(text))}
    assert found == {}
    assert "organisations_user" in _tables_with(person.username), (
        "the control: what is there is found"
    )


def _tables_with(text: str) -> list[str]:
    """Tables with the text in any row, as a dump would show it; bytes as hexadecimal digits."""
    assert len(text) >= 6
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT format('%I.%I', schemaname, tablename), tablename FROM pg_tables"
            " WHERE schemaname IN ('public', 'rollup') ORDER BY 1"
        )
        tables = cursor.fetchall()
        union = " UNION ALL ".join(
            f"SELECT '{name}' WHERE EXISTS (SELECT FROM {table} t WHERE strpos(t::text, %(text)s) > 0)"
            for table, name in tables
        )
        cursor.execute(union, {"text": text})
        return [name for (name,) in cursor.fetchall()]
