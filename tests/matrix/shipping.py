"""Delivery notes and lists of late answers of each hospital's distributor, the twin's too."""

from __future__ import annotations

from tests.factories import shipping, stages
from tests.factories.stages import SENT, Parties
from tests.matrix.canaries import NOBODY, OF_A, OVER_Q, OVER_X, Canary, Seeded
from tests.matrix.places import Places


def seed_shipping(places: Places) -> Seeded:
    """One line that waits, one note on its way and one list with one row for each hospital."""
    plans = (
        ("A", Parties(places.a, places.m1, places.d1), OF_A | OVER_X | {"d1"}),
        ("B", Parties(places.b, places.m2, places.d2), OVER_X | {"b_clerk", "d2"}),
        ("C", Parties(places.c, places.m2, places.d2), OVER_Q | {"c_clerk", "d2"}),
        ("T", Parties(places.t, places.m3, places.d3), NOBODY),
    )  # fmt: skip
    keys: dict[str, str] = {}
    canaries: list[Canary] = []
    for letter, parties, seen in plans:
        small, mark = letter.lower(), f"送记{letter}7Q"
        waiting = stages.progress(stages.order_line(parties, response_due_at=SENT))
        note, sent = shipping.sent_note(parties, carrier=mark, receiving_place=f"{mark}库")
        stages.progress_of(sent.line_id, sent.ordered_at)
        late = shipping.delayed_list(parties)
        shipping.delayed_row(parties, delayed_list=late)
        keys |= {
            f"line_{small}": str(waiting.line_id), f"note_{small}": note.note_no,
            f"note_pk_{small}": str(note.pk),
            f"delayed_{small}": late.list_no,
        }  # fmt: skip
        canaries.append(Canary(f"{letter} delivery note", (mark,), seen))
    return Seeded(tuple(canaries), keys)
