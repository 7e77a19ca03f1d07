"""A state machine is a table of transitions; buttons, API, docs, trigger and tests read it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Generic, TypeVar

import pgtrigger
from django.db import models

from core.audit.record import Actor, record
from core.operations import operation
from core.transitions.refusals import (
    MissingInput,
    NotYours,
    StaleVersion,
    TransitionRefused,
)
from core.transitions.verdict import ALLOWED, Verdict

M = TypeVar("M", bound=models.Model)

MACHINES: dict[str, StateMachine[Any]] = {}
"""Every table by its name, which is also the object type of its audit events."""


@dataclass(frozen=True)
class Transition:
    """One row of the table.

    `by` names the standings (in the app's own words, such as `answering_clerk`) that may do it,
    `needs` the inputs that must not be empty, `guards` the rules that may say why not.
    """

    verb: str
    label: str
    sources: frozenset[str]
    target: str
    by: frozenset[str]
    needs: tuple[str, ...] = ()
    clause: str = ""
    guards: tuple[Callable[[Any], Verdict], ...] = ()


@dataclass(frozen=True)
class Offer:
    """A transition as one person sees it now: a live button, or a greyed one with the reason."""

    transition: Transition
    verdict: Verdict


@dataclass(frozen=True)
class StateMachine(Generic[M]):
    """The table of one model's states.

    `state_labels` and `standing_labels` give the Chinese words for refusals; `input_labels` those
    of the inputs. The model has state, state_at, state_by_id, state_by_name and row_version.
    """

    name: str
    label: str
    transitions: tuple[Transition, ...]
    state_labels: Mapping[str, str]
    standing_labels: Mapping[str, str] = field(default_factory=dict)
    input_labels: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        MACHINES[self.name] = self

    def named(self, verb: str) -> Transition:
        """The transition called `verb`; KeyError when the table has none."""
        for transition in self.transitions:
            if transition.verb == verb:
                return transition
        raise KeyError(verb)

    def verdict(self, transition: Transition, obj: M, standings: Iterable[str]) -> Verdict:
        """May somebody with these standings do it now? The first reason why not."""
        state: str = getattr(obj, "state")  # noqa: B009 - the state field of any model
        if not transition.by & frozenset(standings):
            who = "、".join(sorted(self.standing_labels.get(s, s) for s in transition.by))
            return Verdict(False, f"“{transition.label}”由{who}办理", transition.clause)
        if state not in transition.sources:
            labels = "、".join(
                self.state_labels[s] for s in self.state_labels if s in transition.sources
            )
            reason = (
                f"当前状态为“{self.state_labels[state]}”，"
                f"只有“{labels}”的{self.label}可以{transition.label}"
            )
            return Verdict(False, reason, transition.clause)
        for guard in transition.guards:
            said = guard(obj)
            if not said:
                return said
        return ALLOWED

    def offers(self, obj: M, standings: Iterable[str]) -> list[Offer]:
        """Every transition that concerns these standings, with its verdict; for buttons."""
        held = frozenset(standings)
        return [
            Offer(transition, self.verdict(transition, obj, held))
            for transition in self.transitions
            if transition.by & held
        ]

    def trigger(self) -> pgtrigger.FSM:
        """The database trigger that refuses any state change outside the table."""
        pairs = sorted({(s, t.target) for t in self.transitions for s in t.sources})
        return pgtrigger.FSM(name=f"{self.name}_states", field="state", transitions=pairs)

    def perform(
        self,
        *,
        verb: str,
        obj: M,
        by: Actor,
        at: datetime,
        standings: Callable[[M], Iterable[str]],
        inputs: Mapping[str, Any] | None = None,
        seen_version: int | None = None,
    ) -> tuple[M, str]:
        """Carry `verb` out on a locked fresh copy of `obj`; give it and the state before.

        Writes the inputs named in `needs` to the fields of the same name, the state with who and
        when, and the audit event, in the caller's transaction.

        Raises NotYours, TransitionRefused, StaleVersion or MissingInput; nothing is written then.
        """
        return _perform(
            machine=self, verb=verb, obj=obj, by=by, at=at, standings=standings,
            inputs=inputs or {}, seen_version=seen_version,
        )  # fmt: skip


@operation
def _perform(
    *,
    machine: StateMachine[M],
    verb: str,
    obj: M,
    by: Actor,
    at: datetime,
    standings: Callable[[M], Iterable[str]],
    inputs: Mapping[str, Any],
    seen_version: int | None,
) -> tuple[M, str]:
    model = type(obj)
    locked = model._base_manager.select_for_update(of=("self",)).get(pk=obj.pk)
    row: Any = locked
    transition = machine.named(verb)
    held = frozenset(standings(locked))
    if not transition.by & held:
        raise NotYours.of(machine.verdict(transition, locked, held))
    if seen_version is not None and row.row_version != seen_version:
        raise StaleVersion(
            f"该{machine.label}已由{row.state_by_name or '他人'}更新为"
            f"“{machine.state_labels[row.state]}”，请刷新后再办理"
        )
    said = machine.verdict(transition, locked, held)
    if not said:
        raise TransitionRefused.of(said)
    for name in transition.needs:
        if not str(inputs.get(name) or "").strip():
            label = machine.input_labels.get(name, name)
            raise MissingInput(name, f"请填写{label}", transition.clause)
    before: str = row.state
    for name in transition.needs:
        setattr(locked, name, inputs[name])
    row.state = transition.target
    row.state_at = at
    row.state_by_id = by.audit_id
    row.state_by_name = by.audit_name
    row.row_version += 1
    locked.save(
        update_fields=[
            "state", "state_at", "state_by_id", "state_by_name", "row_version", *transition.needs,
        ]
    )  # fmt: skip
    record(
        by=by, at=at, action=f"{machine.name}.{verb}", object_type=machine.name,
        object_key=locked.pk, object_label=str(locked), clause=transition.clause,
        detail={"from": before, "to": transition.target} | {
            name: value.isoformat() if isinstance(value := inputs[name], date) else value
            for name in transition.needs
        },
    )  # fmt: skip
    return locked, before
