"""What the actors' province and its neighbour work on about batches: changes, results, drafts."""

from __future__ import annotations

from datetime import date

from django.core.files.uploadedfile import SimpleUploadedFile

from catalog.models import Batch, BatchDraft
from core.attachments.models import Attachment
from core.attachments.store import attach
from core.audit.record import SystemActor
from policy.models import Parameter, Policy
from tests.factories import catalog
from tests.factories.organisations import LONG_AGO
from tests.matrix.actors import Cast
from tests.matrix.places import Places
from tests.matrix.value_changes import KEYS


def seed_batches(places: Places, cast: Cast, keys: dict[str, str]) -> dict[str, str]:
    """Own is the province 860000's, t its neighbour's; `own` was proposed by the actor."""
    own = catalog.batch(
        code="批P", policy=Policy.objects.get(code=keys["policy_p"]),
        effective_on=date(2020, 1, 1), ends_on=date(2099, 12, 31),
    )  # fmt: skip
    twin = catalog.batch(policy=catalog.policy(province_code="870000"))
    parameters = [Parameter.objects.get(key=key) for key in KEYS]
    made: dict[str, str] = {"batch_p": own.code}
    for name, batch, number in (
        ("override_p", own, 0), ("override_t", twin, 0), ("override_t2", twin, 1),
        ("override_t3", twin, 2),
    ):  # fmt: skip
        change = catalog.override_change(batch=batch, parameter=parameters[number])
        made[name] = change.change_no
    mine = catalog.override_change(
        batch=own, parameter=parameters[2], proposed_by_id=cast.users["province"].pk
    )
    made["override_own"] = mine.change_no
    return made | _results(own, twin, cast) | _drafts(places, cast, own)


def _results(own: Batch, twin: Batch, cast: Cast) -> dict[str, str]:
    """Proposals wait; the one that is confirmed is open to the trade."""
    made: dict[str, str] = {}
    for name, batch in (
        ("result_p", own), ("result_t", twin), ("result_t2", twin), ("result_t3", twin),
    ):  # fmt: skip
        change = catalog.result_change(selection=catalog.selection(batch=batch))
        made[name] = change.change_no
    mine = catalog.result_change(
        selection=catalog.selection(batch=own), proposed_by_id=cast.users["province"].pk
    )
    done = catalog.result_change(selection=catalog.selection(batch=own), state="confirmed")
    return made | {"result_own": mine.change_no, "result_done": done.change_no}


def _drafts(places: Places, cast: Cast, published: Batch) -> dict[str, str]:
    """Drafts at each step; `draft_done` is published as the batch own, with one part."""
    bureau = cast.users["province"].organisation
    made = {
        name: catalog.batch_draft(
            organisation=bureau, province_code="860000", state=state, code=f"编{name}",
            submitted_by_id=0 if state == "submitted" else None,
        ).draft_no
        for name, state in (("draft_p", "draft"), ("draft_sent", "submitted"))
    }  # fmt: skip
    done = catalog.batch_draft(
        organisation=bureau, province_code="860000", state="published", batch=published
    )
    catalog.batch_document(draft=done, part="payment", attachment=_kept("印发"))
    for name in ("draft_t", "draft_t2", "draft_t3"):
        twin = catalog.batch_draft(province_code="870000", state="draft")
        catalog.batch_document(draft=twin, part="payment", attachment=_kept(name))
        made[name] = twin.draft_no
    catalog.batch_document(
        draft=BatchDraft.objects.get(draft_no=made["draft_p"]), part="payment",
        attachment=_kept("编制"),
    )  # fmt: skip
    return made | {"draft_done": done.draft_no}


def _kept(name: str) -> Attachment:
    upload = SimpleUploadedFile(f"{name}.pdf", b"%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n")
    (kept,) = attach(
        owner_type="batch_draft", owner_id=0, uploads=[upload], by=SystemActor("测试"), at=LONG_AGO
    )
    return kept
