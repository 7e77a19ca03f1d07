"""State × verb × standing, from the table: what it does not name is refused twice."""

from __future__ import annotations

import itertools
import re

import pytest
from django.db import InternalError, transaction

from core.audit.models import AuditEvent
from core.audit.record import SystemActor
from core.transitions import (
    MissingInput,
    NotYours,
    Refusal,
    StaleVersion,
    Transition,
    TransitionRefused,
)
from monitoring.models import Warning
from monitoring.states import (
    ANSWERER,
    BUREAU,
    MONTHLY_JOB,
    WARNING_MACHINE,
    WarningState,
)
from tests.factories import stages
from tests.monitoring.warnings.cast import NOW

pytestmark = pytest.mark.django_db

STATES = [str(state) for state in WarningState]
VERBS = [transition.verb for transition in WARNING_MACHINE.transitions]
STANDINGS: list[frozenset[str]] = [
    frozenset(held)
    for size in range(3)
    for held in itertools.combinations((ANSWERER, BUREAU, MONTHLY_JOB), size)
]
INPUTS = {"explanation": "已整改", "closing_note": "情况属实"}
TESTER = SystemActor(audit_name="李四")

# Written by hand from the flow of a warning, apart from the table in the code.
EXPECTED = {
    ("open", "acknowledge", ANSWERER): "acknowledged",
    ("open", "explain", ANSWERER): "explained",
    ("acknowledged", "explain", ANSWERER): "explained",
    ("returned", "explain", ANSWERER): "explained",
    ("explained", "close", BUREAU): "closed",
    ("explained", "return", BUREAU): "returned",
    ("open", "recover", MONTHLY_JOB): "recovered",
    ("acknowledged", "recover", MONTHLY_JOB): "recovered",
    ("explained", "recover", MONTHLY_JOB): "recovered",
    ("returned", "recover", MONTHLY_JOB): "recovered",
    ("closed", "reopen", MONTHLY_JOB): "open",
}


def in_state(state: str) -> Warning:
    """Inserted there: the trigger watches updates."""
    return stages.warning(state=state)


def perform(
    warning: Warning,
    verb: str,
    held: frozenset[str],
    *,
    inputs: dict[str, str] | None = None,
    seen_version: int | None = None,
) -> Warning:
    moved, _ = WARNING_MACHINE.perform(
        verb=verb, obj=warning, by=TESTER, at=NOW, standings=lambda row: held,
        inputs=INPUTS if inputs is None else inputs, seen_version=seen_version,
    )  # fmt: skip
    result: Warning = moved
    return result


def expected_target(state: str, verb: str, held: frozenset[str]) -> str | None:
    return next(
        (to for (at, v, who), to in EXPECTED.items() if (at, v) == (state, verb) and who in held),
        None,
    )


@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("verb", VERBS)
def test_executor_follows_the_table_for_every_standing(state: str, verb: str) -> None:
    for held in STANDINGS:
        warning = in_state(state)
        target = expected_target(state, verb, held)
        offered = {o.transition.verb: o.verdict for o in WARNING_MACHINE.offers(warning, held)}
        if target:
            moved = perform(warning, verb, held)
            assert moved.state == target
            assert offered[verb].ok
            assert (moved.state_by_name, moved.state_at, moved.row_version) == ("李四", NOW, 2)
            event = AuditEvent.objects.get(object_key=str(warning.pk))
            assert (event.action, event.detail["from"], event.detail["to"]) == (
                f"warning.{verb}", state, target,
            )  # fmt: skip
            continue
        may = any(v == verb and who in held for _, v, who in EXPECTED)
        with pytest.raises(TransitionRefused if may else NotYours) as caught:
            perform(warning, verb, held)
        assert re.search("[一-鿿]", caught.value.reason)
        assert "_" not in caught.value.reason
        assert verb in offered if may else verb not in offered
        if may:
            assert (offered[verb].ok, offered[verb].reason) == (False, caught.value.reason)
        row = Warning.objects.get(pk=warning.pk)
        assert (row.state, row.row_version) == (state, 1)
        assert not AuditEvent.objects.filter(object_key=str(warning.pk)).exists()


@pytest.mark.parametrize(("source", "target"), itertools.product(STATES, STATES))
def test_trigger_lets_through_the_pairs_of_the_table_only(source: str, target: str) -> None:
    warning = in_state(source)
    allowed = source == target or (source, target) in {
        (at, to) for (at, _, _), to in EXPECTED.items()
    }
    change = Warning.objects.filter(pk=warning.pk)
    if allowed:
        assert change.update(state=target) == 1
        return
    with pytest.raises(InternalError), transaction.atomic():
        change.update(state=target)
    assert Warning.objects.get(pk=warning.pk).state == source


def test_words_of_refusals() -> None:
    with pytest.raises(NotYours) as not_yours:
        perform(in_state("open"), "acknowledge", frozenset({BUREAU}))
    assert not_yours.value.reason == "“签收”由被预警单位办理"
    assert not_yours.value.status == 403
    with pytest.raises(TransitionRefused) as refused:
        perform(in_state("closed"), "explain", frozenset({ANSWERER}))
    assert refused.value.reason == (
        "当前状态为“已办结”，只有“待签收、已签收、退回补充”的预警可以提交说明"
    )
    assert refused.value.status == 409


@pytest.mark.parametrize("given", ["", "   ", None, "\t\n", "　"])
@pytest.mark.parametrize(
    ("verb", "state", "held", "field", "words"),
    [
        ("explain", "open", ANSWERER, "explanation", "请填写情况说明"),
        ("close", "explained", BUREAU, "closing_note", "请填写核实意见"),
        ("return", "explained", BUREAU, "closing_note", "请填写核实意见"),
    ],
)
def test_empty_input_is_asked_for(
    verb: str, state: str, held: str, field: str, words: str, given: str | None
) -> None:
    warning = in_state(state)
    inputs = {} if given is None else {field: given}
    with pytest.raises(MissingInput) as caught:
        perform(warning, verb, frozenset({held}), inputs=inputs)
    assert (caught.value.field, caught.value.reason, caught.value.status) == (field, words, 400)
    assert Warning.objects.get(pk=warning.pk).state == state


def test_only_inputs_of_the_step_are_written() -> None:
    moved = perform(in_state("explained"), "close", frozenset({BUREAU}))
    assert (moved.closing_note, moved.explanation) == ("情况属实", "")


def test_version_seen_before_somebody_else_acted_is_refused() -> None:
    warning = in_state("open")
    perform(warning, "acknowledge", frozenset({ANSWERER}), seen_version=1)
    with pytest.raises(StaleVersion) as caught:
        perform(warning, "explain", frozenset({ANSWERER}), seen_version=1)
    assert caught.value.reason == "该预警已由李四更新为“已签收”，请刷新后再办理"
    assert caught.value.status == 409
    assert perform(warning, "explain", frozenset({ANSWERER}), seen_version=2).state == "explained"


def test_stranger_does_not_learn_that_the_version_is_old() -> None:
    warning = in_state("open")
    with pytest.raises(NotYours):
        perform(warning, "close", frozenset({ANSWERER}), seen_version=99)


def test_every_label_is_chinese() -> None:
    labels = [
        WARNING_MACHINE.label,
        *WARNING_MACHINE.state_labels.values(),
        *WARNING_MACHINE.standing_labels.values(),
        *WARNING_MACHINE.input_labels.values(),
        *(transition.label for transition in WARNING_MACHINE.transitions),
    ]
    assert [label for label in labels if not re.fullmatch("[一-鿿]+", label)] == []
    named: set[str] = set().union(*(t.by for t in WARNING_MACHINE.transitions))
    assert named == set(WARNING_MACHINE.standing_labels)
    needed = {name for t in WARNING_MACHINE.transitions for name in t.needs}
    assert needed == set(WARNING_MACHINE.input_labels)


def test_table_has_no_verb_twice() -> None:
    assert len(set(VERBS)) == len(VERBS)
    for transition in WARNING_MACHINE.transitions:
        assert isinstance(transition, Transition)
        assert transition.sources <= set(STATES)
        assert transition.target in STATES


def test_refusals_are_one_family() -> None:
    for kind in (NotYours, TransitionRefused, StaleVersion, MissingInput):
        assert issubclass(kind, Refusal)
