"""Second factors, policies, registrations, changes of organisations, delegations."""

from __future__ import annotations

from datetime import date, timedelta

from django.utils import timezone

from core.audit.record import SystemActor
from organisations.models import (
    Delegation,
    FormerName,
    Organisation,
    OrganisationCertificate,
    OrganisationChange,
    OutsideIdentity,
    PasswordRecord,
    RecoveryCode,
    Registration,
    RegistrationStep,
    SecondFactor,
    SecurityPolicy,
    TrustAnchor,
    User,
)
from organisations.operations.sealed import seal_secret
from tests.factories import organisations as make

TESTER = SystemActor("测试")
SECRET = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"


def second_factor(of: User | None = None, secret: str = SECRET) -> SecondFactor:
    """A confirmed second factor whose secret the tests know."""
    return SecondFactor.objects.create(
        user=of or make.person(),
        secret_sealed=seal_secret(secret),
        made_at=make.LONG_AGO,
        confirmed_at=make.LONG_AGO,
    )


def recovery_code(of: User | None = None) -> RecoveryCode:
    return RecoveryCode.objects.create(user=of or make.person(), digest=f"{make.number():064d}")


def security_policy(**fields: object) -> SecurityPolicy:
    values = {"reason": "测试", "set_at": make.LONG_AGO, "set_by_name": "测试"}
    return SecurityPolicy.objects.create(**values | fields)


def password_record(of: User | None = None) -> PasswordRecord:
    return PasswordRecord.objects.create(
        user=of or make.person(), password=make.password_hash(), set_at=make.LONG_AGO
    )


def registration(bureau: Organisation | None = None, **fields: object) -> Registration:
    """A submitted registration of an enterprise."""
    bureau = bureau or make.organisation("bureau")
    number = make.number()
    values: dict[str, object] = {
        "receipt_no": f"ZC20260101{number:06d}",
        "edit_digest": "0" * 64,
        "kind": "enterprise",
        "name": f"注册企业{number}",
        "credit_code": f"91{number:016d}",
        "code": f"91{number:016d}",
        "region": bureau.region,
        "is_manufacturer": True,
        "address": "某路 1 号",
        "contact_name": "联系人",
        "contact_phone": "0791-12345678",
        "admin_username": f"reg-{number}",
        "admin_name": "管理员",
        "admin_phone": "13800000000",
        "bureau": bureau,
        "created_at": make.LONG_AGO,
        "state": "submitted",
        "state_at": make.LONG_AGO,
        "state_by_name": "申请人",
    }
    return Registration.objects.create(**values | fields)


def registration_step(of: Registration | None = None) -> RegistrationStep:
    return RegistrationStep.objects.create(
        registration=of or registration(),
        at=make.LONG_AGO,
        office="申请单位",
        verb="submit",
        label="提交",
    )


def organisation_change(
    of: Organisation | None = None, bureau: Organisation | None = None, **fields: object
) -> OrganisationChange:
    """An application for a new name, not yet reviewed."""
    of = of or make.organisation()
    values: dict[str, object] = {
        "change_no": f"BG{make.number()}",
        "organisation": of,
        "kind": "rename",
        "old_name": of.name,
        "old_code": of.code,
        "new_name": f"{of.name}新",
        "effective_on": date(2026, 12, 1),
        "reason": "更名批复",
        "bureau": bureau or make.organisation("bureau"),
        "created_at": make.LONG_AGO,
        "created_by_name": "测试",
        "state_at": make.LONG_AGO,
        "state_by_name": "测试",
    }
    return OrganisationChange.objects.create(**values | fields)


def former_name(of: Organisation | None = None, **fields: object) -> FormerName:
    of = of or make.organisation()
    values: dict[str, object] = {
        "name": f"旧{of.name}",
        "code": of.code,
        "valid_to": date(2026, 1, 1),
        "change_no": f"BG{make.number()}",
    }
    return FormerName.objects.create(organisation=of, **values | fields)


def delegation(
    absent: User | None = None, delegate: User | None = None, **fields: object
) -> Delegation:
    """In force now and for a day."""
    absent = absent or make.person(None, "clerk")
    now = timezone.now()
    values: dict[str, object] = {
        "starts_at": now - timedelta(hours=1),
        "ends_at": now + timedelta(days=1),
        "reason": "外出培训",
        "set_at": now,
        "set_by_name": "测试",
    }
    return Delegation.objects.create(
        absent=absent,
        delegate=delegate or make.person(absent.organisation, "clerk"),
        **values | fields,
    )


def outside_identity(of: User | None = None, **fields: object) -> OutsideIdentity:
    values: dict[str, object] = {
        "issuer": "https://id.example.org",
        "subject": f"subject-{make.number()}",
        "bound_at": make.LONG_AGO,
    }
    return OutsideIdentity.objects.create(user=of or make.person(), **values | fields)


def trust_anchor(**fields: object) -> TrustAnchor:
    """A root without a real certificate: for what never verifies a signature."""
    number = make.number()
    values: dict[str, object] = {
        "name": f"测试根证书{number}",
        "source": "added",
        "subject": f"测试根证书{number}",
        "serial": f"{number:x}",
        "fingerprint": f"{number:064x}",
        "certificate": b"0",
        "not_before": make.LONG_AGO,
        "not_after": make.LONG_AGO + timedelta(days=7300),
        "reason": "测试",
        "added_at": make.LONG_AGO,
        "added_by_name": "测试",
    }
    return TrustAnchor.objects.create(**values | fields)


def organisation_certificate(
    of: Organisation | None = None, anchor: TrustAnchor | None = None, **fields: object
) -> OrganisationCertificate:
    """In use, without a real key: for what never signs."""
    number = make.number()
    values: dict[str, object] = {
        "organisation": of or make.organisation(),
        "source": "built_in",
        "subject": f"证书主体{number}",
        "issuer": "测试根证书",
        "serial": f"{number:x}",
        "fingerprint": f"{number:064x}",
        "certificate": b"0",
        "key_sealed": b"0",
        "trust_anchor": anchor or trust_anchor(),
        "not_before": make.LONG_AGO,
        "not_after": make.LONG_AGO + timedelta(days=1098),
        "added_at": make.LONG_AGO,
        "added_by_name": "测试",
        "state_at": make.LONG_AGO,
        "state_by_name": "测试",
    }
    return OrganisationCertificate.objects.create(**values | fields)
