"""OpenID Connect against a real issuer on this machine: bound people only, every check needed."""

from __future__ import annotations

import json
import threading
from base64 import urlsafe_b64encode
from collections.abc import Iterator
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from django.core.cache import cache
from django.test import Client
from django.utils import timezone

from core.audit.models import AuditEvent
from organisations.models import OutsideIdentity, User
from tests.factories import organisations as make
from tests.factories import people

pytestmark = pytest.mark.django_db
KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)
OTHER_KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)


class Issuer(ThreadingHTTPServer):
    """Discovery, keys and tokens; `claims` and `key` may be bent by a test."""

    subject, down = "subject-1", False
    challenge, nonce = "", ""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server_address[1]}"
        self.bent: dict[str, Any] = {}
        self.key, self.algorithm = KEY, "RS256"

    def token(self) -> str:
        now = int(timezone.now().timestamp())
        claims = {"iss": self.url, "aud": "zhaocai", "sub": self.subject, "nonce": self.nonce,
                  "iat": now, "exp": now + 300} | self.bent  # fmt: skip
        key: Any = self.key if self.algorithm == "RS256" else None
        return jwt.encode(claims, key, algorithm=self.algorithm, headers={"kid": "k1"})


class Handler(BaseHTTPRequestHandler):
    server: Issuer

    def log_message(self, *args: Any) -> None:
        pass

    def _answer(self, held: dict[str, Any], status: int = 200) -> None:
        body = json.dumps(held).encode()
        self.send_response(503 if self.server.down else status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_GET(self) -> None:
        url = self.server.url
        if self.path == "/keys":
            public = json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(KEY.public_key()))
            self._answer({"keys": [{**public, "kid": "k1", "use": "sig", "alg": "RS256"}]})
            return
        self._answer({"issuer": url, "authorization_endpoint": f"{url}/auth",
                      "token_endpoint": f"{url}/token", "jwks_uri": f"{url}/keys"})  # fmt: skip

    def do_POST(self) -> None:
        form = parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode())
        digest = sha256(form["code_verifier"][0].encode()).digest()
        fits = urlsafe_b64encode(digest).decode().rstrip("=") == self.server.challenge
        if fits and form["code"] == ["good"] and form["client_secret"] == ["hush"]:
            self._answer({"id_token": self.server.token()})
        else:
            self._answer({"error": "invalid_grant"}, 400)


@pytest.fixture
def issuer(settings: Any) -> Iterator[Issuer]:
    server = Issuer()
    threading.Thread(target=server.serve_forever, daemon=True).start()
    settings.OIDC_ISSUER, settings.OIDC_CLIENT_ID = server.url, "zhaocai"
    settings.OIDC_CLIENT_SECRET = "hush"
    cache.clear()
    yield server
    server.shutdown()
    server.server_close()
    cache.clear()


def _go(client: Client, issuer: Issuer, code: str = "good", **query: str) -> Any:
    """The browser's way there and back."""
    went = urlsplit(client.get("/login/outside/")["Location"])
    asked = {name: values[0] for name, values in parse_qs(went.query).items()}
    issuer.challenge, issuer.nonce = asked["code_challenge"], asked["nonce"]
    assert (asked["code_challenge_method"], asked["response_type"]) == ("S256", "code")
    back = {"code": code, "state": asked["state"]} | query
    return client.get("/login/outside/back/", back)


def _bound(issuer: Issuer, kind: str = "institution") -> User:
    person = make.person(make.organisation(kind), "clerk")
    people.outside_identity(person, issuer=issuer.url, subject="subject-1")
    return person


def test_bound_person_comes_in(issuer: Issuer) -> None:
    person = _bound(issuer)
    client = Client()
    assert "用统一身份认证登录" in client.get("/login/").content.decode()
    assert _go(client, issuer)["Location"] == "/"
    assert client.get("/").status_code == 200
    told = AuditEvent.objects.get(action="user.sign_in")
    assert (told.actor_id, told.detail) == (person.pk, {"how": "统一身份认证"})


def test_second_factor_is_asked_all_the_same(issuer: Issuer) -> None:
    people.second_factor(_bound(issuer, "bureau"))
    client = Client()
    assert _go(client, issuer)["Location"] == "/login/code/"
    assert client.get("/").status_code == 302


def test_unknown_subject_makes_nobody(issuer: Issuer) -> None:
    before = User.objects.count()
    client = Client()
    assert _go(client, issuer)["Location"] == "/login/"
    assert "还没有绑定" in client.get("/login/").content.decode()
    assert User.objects.count() == before


def test_account_out_of_use_stays_out(issuer: Issuer) -> None:
    User.objects.filter(pk=_bound(issuer).pk).update(is_active=False)
    assert _go(Client(), issuer)["Location"] == "/login/"


@pytest.mark.parametrize(
    "bent",
    [{"iss": "https://elsewhere"}, {"aud": "another"}, {"exp": 1}, {"nonce": "old"}, {"sub": None}],
    ids=lambda bent: next(iter(bent)),
)
def test_token_that_does_not_fit_is_refused(issuer: Issuer, bent: dict[str, Any]) -> None:
    _bound(issuer)
    issuer.bent = bent
    client = Client()
    assert _go(client, issuer)["Location"] == "/login/"
    assert client.get("/").status_code == 302
    assert AuditEvent.objects.get(action="user.sign_in").reason == "身份令牌不符"


@pytest.mark.parametrize("how", ["foreign key", "none"])
def test_unsigned_or_foreign_token_is_refused(issuer: Issuer, how: str) -> None:
    _bound(issuer)
    issuer.key, issuer.algorithm = (OTHER_KEY, "RS256") if how == "foreign key" else (KEY, "none")
    client = Client()
    _go(client, issuer)
    assert client.get("/").status_code == 302


def test_state_of_another_browser_is_refused(issuer: Issuer) -> None:
    _bound(issuer)
    client = Client()
    _go(client, issuer, state="somebody-else's")
    assert client.get("/").status_code == 302
    assert Client().get("/login/outside/back/?code=good&state=x")["Location"] == "/login/"


def test_owner_binds_and_unbinds(issuer: Issuer) -> None:
    person = make.person(None, "clerk")
    client = Client()
    client.force_login(person)
    assert _go(client, issuer)["Location"] == "/account/second-factor/"
    assert OutsideIdentity.objects.get().user == person
    other = Client()
    other.force_login(make.person(None, "clerk"))
    assert _go(other, issuer).status_code == 409
    assert client.post("/account/outside/unbind/").status_code == 302
    assert not OutsideIdentity.objects.exists()


def test_page_says_that_the_outside_is_down(issuer: Issuer) -> None:
    issuer.down = True
    client = Client()
    page = client.get("/login/").content.decode()
    assert "统一身份认证暂时无法登录" in page
    assert client.get("/login/outside/")["Location"] == "/login/"
    assert "对方接口异常" in client.get("/login/").content.decode()


def test_nothing_is_there_where_none_is_configured() -> None:
    assert Client().get("/login/outside/").status_code == 404
    assert "统一身份认证" not in Client().get("/login/").content.decode()
