"""What one leader's signing of many agreements opens once: the key, the press, the 待办 at its end."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import datetime

from django.db import transaction

from contracts.operations.agreements.asking import ask_to_sign
from contracts.queries.powers import holds_powers
from core.paper import one_press
from core.transitions import Refusal
from organisations.models import Organisation
from organisations.operations.sign_document import Seal, take_seal
from organisations.queries.scope import Scope


@dataclass
class SigningSession:
    """`seal` is None where the organisation has no certificate: each row is then told why.

    `empowered`: it holds some 授权书 today, so that each row has to be looked up.
    """

    organisation: Organisation
    seal: Seal | None
    empowered: bool
    told: dict[tuple[int, int], set[int]] = field(default_factory=dict)


_current: ContextVar[SigningSession | None] = ContextVar("signing_session", default=None)


@contextmanager
def signing_session(scope: Scope, at: datetime) -> Iterator[SigningSession]:
    """Within it `sign_agreement` uses one key and one press; 待办 are brought up to date at its end.

    At its end too when it is left early: what was signed by then is signed.
    """
    organisation = Organisation.objects.get(pk=scope.organisation_id)
    session = SigningSession(organisation, _seal(organisation, at), holds_powers(scope))
    token = _current.set(session)
    try:
        with one_press():
            yield session
    finally:
        _current.reset(token)
        for (batch, year), among in session.told.items():
            with transaction.atomic():
                ask_to_sign(batch_id=batch, year_no=year, at=at, among=among, quiet=True)


def signer_of(scope: Scope) -> tuple[Organisation, Seal | None]:
    """The signing organisation and its opened key, of the session where there is one."""
    session = _current.get()
    if session is not None and session.organisation.pk == scope.organisation_id:
        return session.organisation, session.seal
    return Organisation.objects.get(pk=scope.organisation_id), None


def may_be_empowered(scope: Scope) -> bool:
    """False only in the session of an organisation that held no 授权书 when it began."""
    session = _current.get()
    own = session is not None and session.organisation.pk == scope.organisation_id
    return session is None or not own or session.empowered


def ask_after_signing(*, batch_id: int, year_no: int, at: datetime, among: Collection[int]) -> None:
    """`ask_to_sign` now, or once for all at the session's end."""
    session = _current.get()
    if session is None:
        # Whoever signs knows what it has left; the others were told when it was made.
        ask_to_sign(batch_id=batch_id, year_no=year_no, at=at, among=among, quiet=True)
    else:
        session.told.setdefault((batch_id, year_no), set()).update(among)


def _seal(organisation: Organisation, at: datetime) -> Seal | None:
    try:
        return take_seal(organisation, at)
    except Refusal:
        return None
