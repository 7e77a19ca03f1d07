"""What the form of a change needs: the value that holds, and the texts that may be cited."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.http import Http404

from core.transitions import Verdict
from organisations.queries.scope import Scope
from policy.models import Document, Parameter, ParameterValue, Policy
from policy.queries.changes import may_propose
from policy.queries.parse import parse_value
from policy.queries.read import MissingPolicyValue, newest_value, value_row
from policy.queries.visible import visible_documents, visible_parameters, visible_policies
from policy.queries.words import value_words


@dataclass(frozen=True)
class Changing:
    """One parameter of one policy, about to be changed."""

    policy: Policy
    parameter: Parameter
    held: ParameterValue | None
    words: str
    allowed: Verdict
    version: int

    @property
    def current(self) -> str | None:
        return self.held.value if self.held else None


def changing(scope: Scope, code: str, key: str, on: date) -> Changing:
    """Raises Http404 for what is not there."""
    policy = visible_policies(scope).filter(code=code).select_related("document").first()
    parameter = visible_parameters(scope).filter(key=key).first()
    if policy is None or parameter is None:
        raise Http404
    try:
        held = value_row(code, key, on)
    except MissingPolicyValue:
        held = None
    text = held.value if held else None
    return Changing(
        policy=policy,
        parameter=parameter,
        held=held,
        words=value_words(parameter, None if text is None else parse_value(key, text)),
        allowed=may_propose(scope, policy),
        version=newest_value(policy, parameter),
    )


def document_of(scope: Scope, code: str) -> Document | None:
    """The text of that short code; None for an empty one."""
    return visible_documents(scope).filter(code=code).first() if code else None
