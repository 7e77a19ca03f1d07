"""Columns of organisations for the system administrator, of consortia, and of tokens."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from django.utils import timezone

from core.lists.cell import Act, Cell
from core.lists.columns import Column
from core.templatetags.formats import moment
from organisations.models import ApiToken
from organisations.states import TOKEN_SCOPES

ADMINISTERED_COLUMNS = (
    Column(
        "name", "机构", lambda o: o.name, 36, sort=("name",), fixed=True,
        shown=lambda o: Cell(o.name, url=reverse("organisation", args=[o.code])),
    ),
    Column("code", "编码", lambda o: o.code, 20, sort=("code",)),
    Column("kind", "类别", lambda o: o.get_kind_display(), 14, sort=("kind", "code")),
    Column(
        "region", "所在地", lambda o: o.region.name if o.region else "", 14,
        sort=("region__code", "code"),
    ),
    Column("people", "在用账号", lambda o: o.people, 10, numeric=True, sort=("people",)),
    Column(
        "admin", "管理员", lambda o: "已有" if o.has_admin else "未建立", 10, sort=("has_admin",),
        shown=lambda o: Cell("已有") if o.has_admin
        else Cell("未建立", level="yellow", plain=False),
    ),
    Column(
        "active", "状态", lambda o: "启用" if o.is_active else "停用", 8, sort=("is_active", "code"),
        shown=lambda o: Cell("启用", level="green", plain=False) if o.is_active
        else Cell("停用", level="grey", plain=False),
    ),
)  # fmt: skip

CONSORTIUM_COLUMNS = (
    Column(
        "name", "医共体", lambda c: c.name, 36, sort=("name",), fixed=True,
        shown=lambda c: Cell(c.name, url=reverse("consortium", args=[c.code])),
    ),
    Column("code", "代码", lambda c: c.code, 18, sort=("code",)),
    Column("lead", "牵头机构", lambda c: c.lead.name, 36, sort=("lead__name",)),
    Column(
        "region", "所在地", lambda c: c.lead.region.name if c.lead.region else "", 14,
        sort=("lead__region__code", "code"),
    ),
    Column(
        "members", "当前成员", lambda c: c.member_count, 10, numeric=True, sort=("member_count",)
    ),
)  # fmt: skip


def _scopes(token: ApiToken) -> str:
    return "、".join(TOKEN_SCOPES.get(name, name) for name in token.scopes)


def _life(token: Any) -> tuple[str, str]:
    if token.revoked_at:
        return "已吊销", "grey"
    ended = token.expiry is not None and token.expiry < timezone.now()
    return ("已到期", "grey") if ended else ("有效", "green")


def _ends(token: Any) -> Cell:
    return Cell(moment(token.expiry) if token.expiry else "长期有效", nowrap=True)


REVOKES = "使用这个令牌的系统立即不能再调用接口。吊销后不能恢复，只能另行签发。"


def _revoke(token: Any) -> Cell:
    if _life(token)[0] != "有效":
        return Cell(None)
    return Cell(
        "",
        acts=(Act("吊销", reverse("token-revoke", args=[token.token_key]), token.name, REVOKES),),
    )


TOKEN_COLUMNS = (
    Column("name", "名称", lambda t: t.name, 24, sort=("name",), fixed=True),
    Column("key", "标识", lambda t: f"{t.token_key}…", 18),
    Column("scopes", "使用范围", _scopes, 40),
    Column(
        "issued", "签发", lambda t: t.created, 18, sort=("created",),
        shown=lambda t: Cell(moment(t.created), nowrap=True, sub=t.created_by_name),
    ),
    Column("ends", "到期", lambda t: t.expiry, 18, sort=("expiry",), shown=_ends),
    Column(
        "used", "最近使用", lambda t: t.last_used_at, 18, sort=("last_used_at",),
        shown=lambda t: Cell(moment(t.last_used_at) if t.last_used_at else "未使用", nowrap=True),
    ),
    Column("rate", "每分钟上限", lambda t: t.per_minute, 12, numeric=True, offered=False),
    Column(
        "state", "状态", lambda t: _life(t)[0], 10,
        shown=lambda t: Cell(_life(t)[0], level=_life(t)[1], plain=False),
    ),
    Column("acts", "办理", lambda t: "", 4, shown=_revoke, in_file=False),
)  # fmt: skip
