"""The actors of R-1, the four kinds of other authorities too, and the organisations they stand for."""

from __future__ import annotations

import functools
from dataclasses import dataclass, field

from django.test import Client
from django.test.client import ClientHandler

from organisations.models import Organisation, User
from tests.factories import organisations as make
from tests.matrix.places import Places

ACTORS = (
    "anonymous",
    "a_clerk", "a_reviewer", "a_accountant", "b_clerk", "c_clerk",
    "m1", "m2", "d1", "d2",
    "county_x", "county_y", "city_p", "city_q", "province",
    "health_x", "finance_p", "regulator", "agency_p",
    "sysadmin", "secadmin", "auditor",
    "disabled", "token",
)  # fmt: skip
GROUPS = {
    "nobody": ("anonymous", "disabled"),
    "hospitals": ("a_clerk", "a_reviewer", "a_accountant", "b_clerk", "c_clerk"),
    "enterprises": ("m1", "m2", "d1", "d2"),
    "bureaus": ("county_x", "county_y", "city_p", "city_q", "province"),
    "authorities": ("health_x", "finance_p", "regulator"),
    "three": ("sysadmin", "secadmin", "auditor"),
}
GROUPS["watchers"] = (*GROUPS["authorities"], "agency_p")
"""They see what a bureau of their region or pool sees, and answer for none of it."""
GROUPS["over_x"] = ("county_x", "city_p", "province", *GROUPS["watchers"])
"""Whose region or pool hospital A is in."""
GROUPS["signed_in"] = (
    *GROUPS["hospitals"],
    *GROUPS["enterprises"],
    *GROUPS["bureaus"],
    *GROUPS["watchers"],
)
"""People of the trade with a session; the token is of hospital A and has none."""


@functools.cache
def _handler() -> ClientHandler:
    return ClientHandler(enforce_csrf_checks=False)


@dataclass
class Cast:
    """Users by actor, and the cookies or headers with which each speaks."""

    users: dict[str, User] = field(default_factory=dict)
    cookies: dict[str, dict[str, str]] = field(default_factory=dict)
    secret: str = ""

    def client(self, actor: str) -> Client:
        """A new client that speaks as this actor; what it does to its cookies stays with it."""
        headers = {"authorization": f"Token {self.secret}"} if actor == "token" else None
        client = Client(raise_request_exception=False, headers=headers)
        # One handler for all: making one reads every static file.
        client.handler = _handler()
        for name, value in self.cookies.get(actor, {}).items():
            client.cookies[name] = value
        return client


def _seats(places: Places) -> dict[str, tuple[Organisation, tuple[str, ...]]]:
    return {
        "a_clerk": (places.a, ("clerk", "storekeeper")),
        "a_reviewer": (places.a, ("reviewer", "admin")),
        "a_accountant": (places.a, ("accountant",)),
        "b_clerk": (places.b, ("clerk",)),
        "c_clerk": (places.c, ("clerk",)),
        "m1": (places.m1, ("clerk",)),
        "m2": (places.m2, ("clerk",)),
        "d1": (places.d1, ("clerk",)),
        "d2": (places.d2, ("clerk",)),
        "county_x": (places.bureau_x, ("clerk", "reviewer")),
        "county_y": (places.bureau_y, ("clerk",)),
        "city_p": (places.bureau_p, ("clerk",)),
        "city_q": (places.bureau_q, ("clerk",)),
        "province": (places.bureau, ("clerk", "reviewer", "importer", "admin", "leads")),
        "health_x": (places.health_x, ("clerk",)),
        "finance_p": (places.finance_p, ("clerk",)),
        "regulator": (places.regulator, ("clerk",)),
        "agency_p": (places.agency_p, ("clerk",)),
        "disabled": (places.a, ("clerk", "admin")),
    }


def assemble(places: Places, scopes: tuple[str, ...]) -> Cast:
    """Make everybody, sign them in, then switch the disabled one off."""
    cast = Cast()
    for actor, (organisation, roles) in _seats(places).items():
        cast.users[actor] = make.person(
            organisation, *roles, username=actor.replace("_", "-"), name=f"{organisation.name}某甲"
        )
    for actor, role in (("sysadmin", "system"), ("secadmin", "security"), ("auditor", "auditor")):
        cast.users[actor] = make.administrator(role)
    for actor, user in cast.users.items():
        client = Client()
        client.force_login(user)
        cast.cookies[actor] = {name: morsel.value for name, morsel in client.cookies.items()}
    User.objects.filter(pk=cast.users["disabled"].pk).update(is_active=False)
    token, cast.secret = make.api_token(places.a, *scopes, roles=("clerk",))
    cast.users["token"] = token.user
    return cast
