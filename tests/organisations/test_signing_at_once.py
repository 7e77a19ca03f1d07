"""Two at once: two parties sign one document, one party signs twice, a batch meets a revocation."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from django.db import connections

from core.attachments.models import Attachment
from core.attachments.store import path_of
from core.transitions import Refusal
from organisations.models import OrganisationCertificate, User
from organisations.operations.certificates import issue_certificate, make_signing_root
from organisations.operations.sign_document import sign_document, take_seal
from organisations.queries.certificates import verified
from tests.core.signing.paper import PARTIES, agreement
from tests.factories import organisations as make
from tests.factories.people import TESTER, organisation_change

AT = datetime(2026, 11, 22, 8, 0, tzinfo=UTC)
OWNER = "organisation_change"


def leaders(count: int) -> list[User]:
    make_signing_root(name="内置", by=TESTER, at=AT)
    people = []
    for _ in range(count):
        organisation = make.organisation()
        issue_certificate(organisation=organisation, by=TESTER, at=AT)
        people.append(make.person(organisation, "leader"))
    return people


def at_once(acts: list[Callable[[], Any]]) -> list[Any]:
    """Runs them in threads that begin together; what each gave or why it was refused."""
    barrier, results = threading.Barrier(len(acts)), [None] * len(acts)

    def run(number: int) -> None:
        try:
            barrier.wait()
            results[number] = acts[number]()
        except Refusal as refusal:
            results[number] = refusal
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=(number,)) for number in range(len(acts))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results


def test_signatures_at_once_stand_one_on_the_other(fresh_database: str) -> None:
    prepared, people = agreement(), leaders(3)
    owner = organisation_change(people[0].organisation)

    def newest(row: Any) -> bytes:
        """The file after the last signature, read under the lock."""
        kept = Attachment.objects.filter(owner_type=OWNER, owner_id=row.pk).order_by("pk").last()
        return path_of(kept.file).read_bytes() if kept else prepared

    def sign(field: str, by: User) -> Any:
        return sign_document(
            owner=owner, owner_type=OWNER, pdf_of=newest, name="协议.pdf", field=field,
            organisation=by.organisation, reason="签订", by=by, at=AT,
        )  # fmt: skip

    at_once([lambda f=f, by=by: sign(f, by) for f, by in zip(PARTIES, people, strict=True)])
    report = verified(newest(owner))
    assert report.good
    assert sorted(each.field for each in report.signatures) == sorted(PARTIES)
    # The same party four times more: every one is told that it has signed.
    again = at_once([lambda: sign(PARTIES[0], people[0])] * 4)
    assert [isinstance(each, Refusal) and "已经签署" in each.reason for each in again] == [True] * 4
    assert Attachment.objects.filter(owner_type=OWNER).count() == 3


def test_certificates_at_once_leave_one_in_use(fresh_database: str) -> None:
    (leader,) = leaders(1)
    hospital = leader.organisation
    at_once([lambda: issue_certificate(organisation=hospital, by=TESTER, at=AT)] * 4)
    states = OrganisationCertificate.objects.filter(organisation=hospital)
    assert sorted(states.values_list("state", flat=True)) == ["active", *["replaced"] * 4]
    assert take_seal(hospital, AT).certificate.state == "active"


@pytest.mark.parametrize("times", [4])
def test_the_root_is_made_once(fresh_database: str, times: int) -> None:
    made = at_once([lambda: make_signing_root(name="内置", by=TESTER, at=AT)] * times)
    assert len({each.pk for each in made if not isinstance(each, Refusal)}) == 1
