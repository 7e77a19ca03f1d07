"""One agreement that three parties sign, made once per module."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID

from core.paper import render_paper
from core.signing import (
    Credential,
    Field,
    Identity,
    Issued,
    Stamp,
    Subject,
    issue_leaf,
    make_root,
    prepare_pdf,
    seal_key,
    sign_pdf,
)

AT = datetime(2026, 11, 22, 8, 0, tzinfo=UTC)
PARTIES = ("institution", "manufacturer", "distributor")
NAMES = ("某县人民医院", "某某制药有限公司", "某某医药有限公司")


def leaf(
    root: Issued, name: str = "某县人民医院", code: str = "12360000MB1", **more: int
) -> Issued:
    return issue_leaf(
        root=root.certificate, root_key=root.key, subject=Subject(name, code), at=AT, **more
    )


def credential(issued: Issued, root: Issued) -> Credential:
    identity = Identity(issued.key, issued.certificate)
    return Credential(der(issued.certificate), (der(root.certificate),), seal_key(identity))


def der(certificate: x509.Certificate) -> bytes:
    return certificate.public_bytes(Encoding.DER)


def agreement() -> bytes:
    """Prepared with three empty fields."""
    paper = render_paper(
        "core/official",
        {
            "title": "三方协议",
            "blocks": [{"kind": "text", "text": "约定采购量 1,000 片，单价 1.23 元。"}],
            "signatures": [
                {"name": party, "label": party, "organisation": name}
                for party, name in zip(PARTIES, NAMES, strict=True)
            ],
        },
        at=AT,
    )
    fields = [
        Field(box.name, box.page, box.left, box.bottom, box.right, box.top) for box in paper.boxes
    ]
    return prepare_pdf(paper.pdf, fields)


@dataclass(frozen=True)
class Signing:
    """A root, three leaves, and the agreement at each step: prepared, one, two and three signatures."""

    root: Issued
    leaves: tuple[Issued, ...]
    steps: tuple[bytes, ...]

    @property
    def roots(self) -> list[bytes]:
        return [der(self.root.certificate)]

    @property
    def done(self) -> bytes:
        return self.steps[-1]


def sign(pdf: bytes, field: str, issued: Issued, root: Issued, at: datetime = AT) -> bytes:
    name = str(
        issued.certificate.subject.get_attributes_for_oid(NameOID.ORGANIZATION_NAME)[0].value
    )
    return sign_pdf(
        pdf, field=field, credential=credential(issued, root), reason="签订三方协议", at=at,
        stamp=Stamp(name, (f"时间：{at:%Y-%m-%d %H:%M}",)),
    )  # fmt: skip


def signing() -> Signing:
    root = make_root(name="测试根证书", at=AT)
    leaves = tuple(leaf(root, name, f"code-{number}") for number, name in enumerate(NAMES))
    steps = [agreement()]
    for number, party in enumerate(PARTIES):
        steps.append(sign(steps[-1], party, leaves[number], root, AT + timedelta(minutes=number)))
    return Signing(root, leaves, tuple(steps))
