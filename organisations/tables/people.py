"""Columns of accounts."""

from __future__ import annotations

from typing import Any

from django.urls import reverse

from core.lists.cell import Act, Cell
from core.lists.columns import Column
from core.templatetags.formats import moment
from organisations.models import User
from organisations.queries.people import role_words


def _state(person: User) -> tuple[str, str]:
    if not person.is_active:
        return "已停用", "grey"
    return ("待首次改口令", "blue") if person.must_change_password else ("在用", "green")


def _badge(words: tuple[str, str]) -> Cell:
    return Cell(words[0], level=words[1], plain=False)


def _signed_in(person: User) -> Cell:
    return Cell(moment(person.last_login) if person.last_login else "从未登录", nowrap=True)


PEOPLE_COLUMNS = (
    Column(
        "name", "姓名", lambda p: p.name, 14, sort=("name",), fixed=True,
        shown=lambda p: Cell(p.name, url=reverse("person", args=[p.username])),
    ),
    Column("username", "用户名", lambda p: p.username, 20, sort=("username",)),
    Column("roles", "角色", role_words, 30),
    Column("phone", "电话", lambda p: p.phone, 16),
    Column("login", "最近登录", lambda p: p.last_login, 18, sort=("last_login",), shown=_signed_in),
    Column("opened", "开户", lambda p: p.created_at, 18, sort=("created_at",), offered=False),
    Column(
        "state", "状态", lambda p: _state(p)[0], 14, sort=("is_active", "must_change_password"),
        shown=lambda p: _badge(_state(p)),
    ),
)  # fmt: skip


def _safety(account: Any) -> tuple[str, str]:
    if account.is_locked:
        return "已锁定", "red"
    return ("在用", "green") if account.is_active else ("已停用", "grey")


ASKS = {
    "factor": "手机遗失或更换时使用。该人员的所有登录立即失效，恢复码作废，下次登录重新启用。",
    "off": "该人员的所有登录立即失效，可以随时重新启用。",
}


def _acts(account: Any) -> Cell:
    """What the security administrator can do to this account now."""
    acts = []
    if account.is_locked:
        acts.append(("unlock", "解除锁定"))
    if account.has_factor:
        acts.append(("factor", "重置动态口令"))
    if not account.platform_role:
        acts.append(("off", "停用") if account.is_active else ("on", "启用"))
    return Cell(
        "" if acts else None,
        nowrap=True,
        acts=tuple(
            Act(
                label, reverse("account-act", args=[account.username, act]), account.name,
                ASKS.get(act, ""),
            )
            for act, label in acts
        ),
    )  # fmt: skip


ACCOUNT_COLUMNS = (
    Column("username", "用户名", lambda a: a.username, 22, sort=("username",), fixed=True),
    Column("name", "姓名", lambda a: a.name, 12, sort=("name",)),
    Column(
        "organisation", "机构", lambda a: a.organisation.name, 30,
        sort=("organisation__code", "username"),
    ),
    Column("roles", "角色", role_words, 30),
    Column("login", "最近登录", lambda a: a.last_login, 18, sort=("last_login",), shown=_signed_in),
    Column("factor", "动态口令", lambda a: "已启用" if a.has_factor else "未启用", 10),
    Column(
        "opened", "开户", lambda a: a.created_at, 18, sort=("created_at",), offered=False,
        shown=lambda a: Cell(moment(a.created_at), nowrap=True, sub=a.created_by_name),
    ),
    Column("state", "状态", lambda a: _safety(a)[0], 10, shown=lambda a: _badge(_safety(a))),
    Column("acts", "办理", lambda a: "", 4, shown=_acts, in_file=False),
)  # fmt: skip
