"""Columns of signing certificates and of the roots that are trusted."""

from __future__ import annotations

from django.urls import reverse
from django.utils import timezone

from core.lists.cell import Cell
from core.lists.columns import Column
from core.templatetags.formats import moment
from organisations.models import OrganisationCertificate, TrustAnchor
from organisations.states import CERTIFICATE_LEVELS


def certificate_state(row: OrganisationCertificate) -> tuple[str, str]:
    """Its state in words with the badge's colour; one in use that has ended says so."""
    if row.state == "active" and row.not_after <= timezone.now():
        return "已到期", "red"
    return OrganisationCertificate.State(row.state).label, CERTIFICATE_LEVELS[row.state]


def anchor_state(row: TrustAnchor) -> tuple[str, str]:
    if row.withdrawn_at is not None:
        return "已撤除", "grey"
    return ("已到期", "red") if row.not_after <= timezone.now() else ("受信任", "green")


def _badge(words: tuple[str, str]) -> Cell:
    return Cell(words[0], level=words[1], plain=False)


CERTIFICATE_COLUMNS = (
    Column(
        "organisation", "机构", lambda c: c.organisation.name, 36, sort=("organisation__code", "-added_at"),
        fixed=True,
        shown=lambda c: Cell(c.organisation.name, url=reverse("certificate", args=[c.fingerprint])),
    ),
    Column("state", "状态", lambda c: certificate_state(c)[0], 10, sort=("state", "-added_at"),
           shown=lambda c: _badge(certificate_state(c))),
    Column("source", "来源", lambda c: c.get_source_display(), 16, sort=("source", "-added_at")),
    Column("issuer", "颁发者", lambda c: c.issuer, 30),
    Column("ends", "有效期止", lambda c: c.not_after, 18, sort=("not_after",),
           shown=lambda c: Cell(moment(c.not_after), nowrap=True)),
    Column("serial", "序列号", lambda c: c.serial, 44, offered=False),
    Column("subject", "主体", lambda c: c.subject, 40, offered=False),
    Column(
        "added", "登记", lambda c: c.added_at, 18, sort=("added_at",),
        shown=lambda c: Cell(moment(c.added_at), nowrap=True, sub=c.added_by_name),
    ),
)  # fmt: skip

ANCHOR_COLUMNS = (
    Column(
        "name", "名称", lambda a: a.name, 36, sort=("name",), fixed=True,
        shown=lambda a: Cell(a.name, url=reverse("trust-anchor", args=[a.fingerprint])),
    ),
    Column("state", "状态", lambda a: anchor_state(a)[0], 10,
           shown=lambda a: _badge(anchor_state(a))),
    Column("source", "来源", lambda a: a.get_source_display(), 12, sort=("source", "name")),
    Column("subject", "主体", lambda a: a.subject, 40),
    Column("ends", "有效期止", lambda a: a.not_after, 18, sort=("not_after",),
           shown=lambda a: Cell(moment(a.not_after), nowrap=True)),
    Column("reason", "依据", lambda a: a.reason, 40, offered=False),
    Column("added", "加入", lambda a: a.added_at, 18, sort=("added_at",),
           shown=lambda a: Cell(moment(a.added_at), nowrap=True)),
    Column("fingerprint", "SHA-256 指纹", lambda a: a.fingerprint, 66, offered=False),
)  # fmt: skip
