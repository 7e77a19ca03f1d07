"""After the passphrase has changed every kept key opens with the new one alone."""

from __future__ import annotations

from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.test import override_settings

from core.audit.models import AuditEvent
from core.signing import open_key
from organisations.models import OrganisationCertificate, TrustAnchor
from organisations.operations.certificates import issue_certificate, make_signing_root
from tests.days import morning
from tests.factories import organisations as make
from tests.factories.people import TESTER

OLD, NEW = "o" * 40, "n" * 40


def reseal(*options: str) -> str:
    out = StringIO()
    call_command("reseal_signing_keys", *options, stdout=out)
    return out.getvalue()


@pytest.mark.django_db
def test_keys_are_sealed_anew_once_and_open_without_the_old_passphrase() -> None:
    with override_settings(SIGNING_KEY_PASSPHRASE=OLD, SIGNING_KEY_PASSPHRASE_FALLBACKS=[]):
        make_signing_root(name="测试根", by=TESTER, at=morning())
        hospital = make.organisation()
        # The first is replaced by the second: its key is kept too.
        first, second = (
            issue_certificate(organisation=hospital, by=TESTER, at=morning()) for _ in range(2)
        )
    alone = override_settings(SIGNING_KEY_PASSPHRASE=NEW, SIGNING_KEY_PASSPHRASE_FALLBACKS=[])
    with alone, pytest.raises(CommandError, match="3 个私钥打不开"):
        reseal()
    before = bytes(OrganisationCertificate.objects.get(pk=first.pk).key_sealed)
    with override_settings(SIGNING_KEY_PASSPHRASE=NEW, SIGNING_KEY_PASSPHRASE_FALLBACKS=[OLD]):
        assert "需要改用新口令 3 个" in reseal("--dry-run")
        assert bytes(OrganisationCertificate.objects.get(pk=first.pk).key_sealed) == before
        assert "已改用新口令 3 个，本来就是新口令 0 个" in reseal()
        assert "已改用新口令 0 个，本来就是新口令 3 个" in reseal()
    with alone:
        for row in OrganisationCertificate.objects.all():
            assert f"{open_key(bytes(row.key_sealed)).certificate.serial_number:x}" == row.serial
        assert open_key(bytes(TrustAnchor.objects.get().key_sealed)).key
    assert second.state == "active"
    told = AuditEvent.objects.filter(action="signing_keys.reseal").order_by("pk")
    assert [event.detail["resealed"] for event in told] == [0, 3, 0]
