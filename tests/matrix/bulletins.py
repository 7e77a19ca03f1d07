"""Bulletins in their 核对期 that name one hospital each, an issued one, and the twin's drafts."""

from __future__ import annotations

import io
from datetime import date

from django.utils import timezone

from core.attachments.store import keep_made
from core.audit.record import SystemActor
from monitoring.models import Bulletin
from organisations.models import Organisation
from tests.factories import bulletins as make
from tests.factories.organisations import LONG_AGO
from tests.matrix.canaries import NOBODY, OF_A, Canary, Seeded
from tests.matrix.places import Places

BY = SystemActor("测试")
ISSUED = "TB9ISSUED"
OFFICE = frozenset({"province"})


def seed_bulletins(places: Places) -> Seeded:
    keys: dict[str, str] = {}
    for bureau in (places.bureau, places.bureau_t):
        make.bulletin_template(province=bureau.region)
    canaries: list[Canary] = []
    plans = (
        ("A", places.bureau, places.a, OF_A | OFFICE, OFFICE),
        ("B", places.bureau, places.b, OFFICE | {"b_clerk"}, OFFICE),
        ("C", places.bureau, places.c, OFFICE | {"c_clerk"}, OFFICE),
        ("T", places.bureau_t, places.t, NOBODY, NOBODY),
        ("U", places.bureau_t, places.t, NOBODY, NOBODY),
        ("V", places.bureau_t, places.t, NOBODY, NOBODY),
    )
    for month, (letter, issuer, named, unit, office) in enumerate(plans, start=1):
        small, mark = letter.lower(), f"通记{letter}7Q"
        of = make.bulletin(
            issuer, bulletin_no=f"TB9{letter}", state="checking", title=f"{mark}通报",
            body=f"{mark}正文", period_from=date(2025, month, 1), period_to=date(2025, month, 28),
            check_due_on=date(2099, 1, 1),
        )  # fmt: skip
        make.bulletin_input(of, subject_name=f"{mark}数据")
        line = make.bulletin_line(of, named, remark=f"名单记{letter}7Q")
        second = make.bulletin_line(of, named)
        make.bulletin_objection(second, reason=f"驳记{letter}7Q")
        keys |= {
            f"bulletin_{small}": of.bulletin_no, f"bline_{small}": str(line.pk),
            f"bsecond_{small}": str(second.pk),
        }  # fmt: skip
        canaries += [
            Canary(f"{letter} bulletin", (mark,), office),
            Canary(f"{letter} bulletin line", (f"名单记{letter}7Q", f"驳记{letter}7Q"), unit),
        ]
    issued = _issued(places.bureau, ISSUED)
    twin = _issued(places.bureau_t, f"{ISSUED}T")
    now = timezone.now()
    keep_made(
        owner_type="bulletin", owner_id=issued.pk, name="测通报.pdf", body=io.BytesIO(b"%PDF-1.4 a"),
        content_type="application/pdf", by=BY, at=now,
    )  # fmt: skip
    for letter, to, unit in (
        ("A", places.a, OF_A | OFFICE), ("B", places.b, OFFICE | {"b_clerk"}),
        ("C", places.c, OFFICE | {"c_clerk"}), ("T", places.t, NOBODY),
    ):  # fmt: skip
        small = letter.lower()
        receipt = make.bulletin_receipt(
            twin if letter == "T" else issued, to, feedback=f"整记{letter}7Q"
        )
        file = keep_made(
            owner_type="bulletin_receipt", owner_id=receipt.pk, name=f"据记{letter}7Q.pdf",
            body=io.BytesIO(f"%PDF-1.4 {letter}".encode()), content_type="application/pdf",
            by=BY, at=now,
        )  # fmt: skip
        keys |= {
            f"brecipient_{small}": to.code, f"breceipt_{small}": str(receipt.pk),
            f"bevidence_{small}": str(file.pk),
        }  # fmt: skip
        canaries.append(Canary(f"{letter} receipt", (f"整记{letter}7Q", f"据记{letter}7Q"), unit))
    return Seeded(tuple(canaries), keys)


def _issued(issuer: Organisation, number: str) -> Bulletin:
    return make.bulletin(
        issuer, bulletin_no=number, state="issued", period_from=date(2024, 1, 1),
        period_to=date(2024, 1, 31), issued_at=LONG_AGO, issued_by_name="测试", issue_year=2024,
        issue_seq=1, doc_number="测通报〔2024〕1号", content_digest="0" * 64, content={
            "paper": {"title": "已印发", "number": "测通报〔2024〕1号", "to": "各市",
                      "blocks": [], "signed": ["医疗保障局"], "signed_on": "2024年2月1日"},
        }, files=[{"kind": "pdf", "name": "测通报.pdf", "sha256": "0" * 64}],
    )  # fmt: skip
