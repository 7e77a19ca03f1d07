"""Heads for agreement lines that were loaded: to be signed here, or in force by signatures elsewhere."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from catalog.models import AgreementYear, Batch
from contracts.models import Agreement, AgreementLine
from contracts.operations.agreements.generate import (
    Generated,
    LeftOut,
    made_already,
    may_generate,
    parties_of,
    tell_made,
    year_of,
)
from contracts.operations.agreements.writing import TextRow, stage, write_staged
from core.audit.record import Actor
from core.jobs.enqueue import enqueue
from core.jobs.models import Job
from core.operations import operation
from core.transitions import NotYours
from organisations.models import User
from organisations.queries.scope import Scope

ADOPT_LINES = "adopt_agreement_lines"


@operation
def adopt_lines(
    *,
    batch: Batch,
    year_no: int,
    by: Actor,
    scope: Scope,
    at: datetime,
    numbers: Collection[str] | None = None,
) -> Generated:
    """Heads for loaded lines, one per agreement number (`numbers`: of these only).

    Of lines that nobody has signed the head waits for signatures. Of lines that all three have
    signed it is in force with their times and without a file, so that it can be changed or ended;
    its next version is signed here. Numbers that are signed in part, or whose lines differ in
    their parties, are left out. Raises NotYours, MissingInput.
    """
    allowed = may_generate(scope)
    if not allowed:
        raise NotYours.of(allowed)
    year = year_of(batch, year_no)
    found = _Loaded(year, scope, numbers)
    wanted, again = _first_of_parties(found.wanted(), found.taken())
    places = {no: place for place, no in enumerate(sorted(found.texts))}
    left = [LeftOut(places[no], f"{no}：{why}") for no, why in sorted(found.faults.items())]
    left += [LeftOut(places[no], f"{no}：各方已有本年度协议") for no in sorted(again)]
    made: list[int] = []
    for signed in (False, True):
        rows = [row for row in wanted if (row.agreement_no in found.signed) == signed]
        if rows:
            stage(rows)
            made += write_staged(
                year=year, basis=Agreement.Basis.LINES, lines="adopt", by=by, at=at, signed=signed
            )
    if made:
        tell_made(batch, year_no, made, len(wanted), by, at)
    return Generated(len(made), len(wanted), left)


class _Loaded:
    """Lines without a head, by agreement number, and why a number gets none."""

    def __init__(self, year: AgreementYear, scope: Scope, numbers: Collection[str] | None) -> None:
        self.year = year
        self.texts: dict[str, list[TextRow]] = {}
        self.signed: set[str] = set()
        self.faults: dict[str, str] = {}
        lines = AgreementLine.objects.filter(
            batch=year.batch, year_no=year.year_no, agreement__isnull=True,
            province_id=scope.province_id,
        )  # fmt: skip
        if numbers is not None:
            lines = lines.filter(agreement_no__in=list(numbers))
        for line in lines.order_by("agreement_no", "pk").iterator(chunk_size=5_000):
            self._take(line)
        other = AgreementLine.objects.filter(agreement_no__in=list(self.texts)).exclude(
            batch=year.batch, year_no=year.year_no
        )
        for number in other.values_list("agreement_no", flat=True):
            self.faults[number] = "编号还用于其他批次或年度"

    def _take(self, line: AgreementLine) -> None:
        times = (
            line.institution_signed_at, line.manufacturer_signed_at, line.distributor_signed_at,
        )  # fmt: skip
        number = line.agreement_no
        held = self.texts.setdefault(number, [])
        row = TextRow(
            line.institution_id, line.manufacturer_id or 0, line.distributor_id or 0,
            line.product_id, line.agreed_qty, line.price, number,
        )  # fmt: skip
        if any(times) and not all(times):
            self.faults[number] = "部分单位已有签订时间，按原协议签完后再建档"
        elif held and (number in self.signed) != all(times):
            self.faults[number] = "同一协议编号的行有的已签、有的未签"
        elif not (row.manufacturer and row.distributor):
            self.faults[number] = "协议行缺少生产企业或配送企业"
        elif held and parties_of(held[0]) != parties_of(row):
            self.faults[number] = "同一协议编号的行各方不一致"
        if all(times):
            self.signed.add(number)
        held.append(row)

    def wanted(self) -> list[TextRow]:
        return [row for no in sorted(self.texts) if no not in self.faults for row in self.texts[no]]

    def taken(self) -> set[tuple[int, int, int]]:
        """The three parties that have an agreement of this year already."""
        return made_already(self.year, {parties_of(row) for row in self.wanted()})


def _first_of_parties(
    rows: list[TextRow], taken: set[tuple[int, int, int]]
) -> tuple[list[TextRow], set[str]]:
    """One number per three parties; another number of the same three is left out."""
    owner: dict[tuple[int, int, int], str] = {}
    for row in rows:
        owner.setdefault(parties_of(row), row.agreement_no)
    again = {
        row.agreement_no
        for row in rows
        if parties_of(row) in taken or owner[parties_of(row)] != row.agreement_no
    }
    return [row for row in rows if row.agreement_no not in again], again


@operation
def request_adoption(*, batch: Batch, year_no: int, by: User, scope: Scope, at: datetime) -> Job:
    """Ask for `adopt_lines` as a job; one at a time per batch and year. Raises as it does."""
    allowed = may_generate(scope)
    if not allowed:
        raise NotYours.of(allowed)
    year_of(batch, year_no)
    return enqueue(
        kind=ADOPT_LINES, key=f"{batch.code}:{year_no}", by=by, at=at,
        arguments={"batch": batch.code, "year_no": year_no, "user": by.pk},
        province_code=scope.province_code,
    )  # fmt: skip
