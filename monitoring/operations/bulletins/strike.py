"""Rulings that outlive a new taking of figures: what was struck stays struck, and says why."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import F, Max

from monitoring.models import Bulletin, BulletinLine, BulletinObjection

Key = tuple[str, str, str, str, int | None]
GONE = "重新取数后不再列入名单"
APART = 1_000_000
"""Beyond any line number, so that numbers can be exchanged one after the other."""


@dataclass(frozen=True)
class Ruled:
    """A ruled objection with the line that it was about, as that line stood."""

    objection_id: int
    upheld: bool
    ruling: str
    line: BulletinLine


def take_rulings(bulletin: Bulletin) -> list[Ruled]:
    """The rulings and their lines, before the lists are made anew."""
    lines = {each.line_no: each for each in bulletin.lines.all()}
    return [
        Ruled(each.pk, each.state == "upheld", each.ruling, lines[each.line_no])
        for each in bulletin.objections.order_by("line_no")
    ]


def keep_rulings(bulletin: Bulletin, rulings: list[Ruled]) -> None:
    """Give each objection its line again; a line that is listed no more is kept as struck."""
    if not rulings:
        return
    found = {_key(each): each for each in bulletin.lines.all()}
    last: int = bulletin.lines.aggregate(last=Max("line_no"))["last"] or 0
    objections = BulletinObjection.objects.filter(bulletin=bulletin)
    objections.update(line_no=F("line_no") + APART)
    for ruled in rulings:
        line = found.get(_key(ruled.line))
        if line is None:
            last += 1
            line = ruled.line
            line.pk, line.line_no, line.removed = None, last, True
            line.removed_reason = ruled.ruling if ruled.upheld else GONE
            line.save(force_insert=True)
        elif ruled.upheld:
            BulletinLine.objects.filter(pk=line.pk).update(
                removed=True, removed_reason=ruled.ruling
            )
        objections.filter(pk=ruled.objection_id).update(line_no=line.line_no)


def _key(line: BulletinLine) -> Key:
    return (line.rule, line.subject_type, line.subject_code, line.batch_code, line.year_no)
