"""惩戒案件: notice, statement, another person's decision, effect on its day, repair (S2-2.3, 3.6, 15.6)."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal
from threading import Barrier, Thread
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, connection, transaction
from django.db.utils import ProgrammingError

from catalog.models import ResultChange, Selection
from catalog.queries.orderable import why_not_orderable
from contracts.models import AgreementLine
from core.attachments.models import Attachment
from core.audit.record import SystemActor
from core.transitions import MissingInput, NotYours, Refusal, TransitionRefused
from core.workdays.deadlines import SHANGHAI
from inbox.models import Notice, Task
from monitoring.models import SanctionCase
from monitoring.operations.sanctions.decide import (
    Decision,
    decide_sanction,
    dismiss_sanction,
    revoke_sanction,
)
from monitoring.operations.sanctions.draft import (
    NewSanction,
    draft_sanction,
    drop_sanction,
    notify_sanction,
)
from monitoring.operations.sanctions.enact import enact_due, expire_sanctions
from monitoring.operations.sanctions.repair import ask_repair, judge_repair
from monitoring.operations.sanctions.statement import ask_for_decisions, make_statement
from monitoring.queries.sanction_case_page import effects_of
from monitoring.queries.sanction_cases import files_of, visible_sanction_cases
from monitoring.rules.credit_scale import NEW_SCALE_FROM, SCALES, scale_on, suggested_grade
from organisations.models import Organisation, User
from organisations.queries.scope import Scope, scope_of
from policy.models import Policy
from procurement.models import StandbyCase
from tests.factories import catalog as make
from tests.factories import organisations as people
from tests.factories import stages

pytestmark = pytest.mark.django_db
# The Monday before the holidays of May; 5 May is the last of them.
NOW = datetime(2026, 4, 27, 10, tzinfo=SHANGHAI)
DUE = date(2026, 5, 7)
START = date(2026, 5, 20)
CLOCK = SystemActor("平台")


class Cast:
    """One selected product with a standby beside it, agreed by a hospital; the province's people."""

    def __init__(self) -> None:
        county = people.county()
        assert county.parent
        assert county.parent.parent
        self.province = county.parent.parent
        self.policy = Policy.objects.get(code="jiangxi-2024")
        Policy.objects.filter(pk=self.policy.pk).update(province_code=self.province.code)
        self.policy.refresh_from_db()
        self.hospital = people.organisation(region=county)
        self.office = people.organisation("bureau", region=self.province)
        self.maker = people.organisation("enterprise", name="涉事药业")
        self.rival = people.organisation("enterprise", name="备供药业")
        self.batch = make.batch(
            policy=self.policy, effective_on=date(2026, 1, 1), ends_on=date(2027, 12, 31)
        )
        make.agreement_year(
            batch=self.batch, year_no=1, starts_on=date(2026, 1, 1), ends_on=date(2026, 12, 31)
        )
        self.product = make.product(manufacturer=self.maker)
        self.spare = make.product(manufacturer=self.rival, group=self.product.group)
        for product, role in ((self.product, "selected"), (self.spare, "standby")):
            make.selection(
                batch=self.batch, product=product, region=self.province, price="5", role=role
            )
        parties = stages.Parties(self.hospital, self.maker, people.organisation("enterprise"))
        signed = datetime(2025, 12, 20, 9, tzinfo=SHANGHAI)
        self.line = stages.agreement_line(
            parties, batch=self.batch, year_no=1, product=self.product, agreed_qty=1000, price=5,
            **{f"{side}_signed_at": signed for side in ("institution", "manufacturer", "distributor")},
        )  # fmt: skip
        self.users: dict[tuple[int, str], User] = {}

    def user(self, of: Organisation, role: str) -> User:
        key = (of.pk, role)
        if key not in self.users:
            rows = User.objects.select_related("organisation__region__parent__parent")
            self.users[key] = rows.get(pk=people.person(of, role).pk)
        return self.users[key]

    def scope(self, of: Organisation, role: str = "clerk") -> Scope:
        return scope_of(self.user(of, role), NOW.date())

    def acting(
        self, of: Organisation | None = None, role: str = "clerk", at: datetime = NOW
    ) -> dict[str, Any]:
        of = of or self.office
        return {"by": self.user(of, role), "scope": self.scope(of, role), "at": at}

    def draft(self, kind: str = "cancel", **more: Any) -> SanctionCase:
        values: dict[str, Any] = {
            "kind": kind, "cause": "refuse_contract", "subject": self.maker,
            "occurred_on": date(2026, 4, 1), "matter": "中选后长期不签约",
            "batch": self.batch, "product": self.product,
        }  # fmt: skip
        return draft_sanction(new=NewSanction(**values | more), **self.acting())

    def noticed(self, kind: str = "cancel", **more: Any) -> SanctionCase:
        grade = "severe" if kind == "credit" else ""
        return notify_sanction(
            case=self.draft(kind, **more), proposal="拟取消中选资格", proposed_grade=grade,
            **self.acting(),
        )  # fmt: skip

    def decided(self, kind: str = "cancel", **more: Any) -> SanctionCase:
        given: dict[str, Any] = {"words": "取消中选资格", "effective_on": START}
        fields = {name: more.pop(name) for name in ("effective_to", "grade") if name in more}
        return decide_sanction(
            case=self.stated(self.noticed(kind, **more)), decision=Decision(**given | fields),
            **self.acting(role="reviewer"),
        )  # fmt: skip

    def stated(self, row: SanctionCase) -> SanctionCase:
        return make_statement(case=row, statement="已补签", **self.acting(self.maker))


def waiting() -> list[tuple[str, int]]:
    rows = Task.objects.filter(done_at__isnull=True, object_type="sanction_case")
    return list(rows.values_list("act", "organisation_id"))


def paper() -> SimpleUploadedFile:
    body = b"%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n"
    return SimpleUploadedFile("修复.pdf", body, "application/pdf")


def test_a_cancelled_selection_from_the_notice_to_the_repair() -> None:
    cast = Cast()
    maker = cast.scope(cast.maker)
    row = cast.draft()
    assert waiting() == [("notify_sanction", cast.office.pk)]
    assert not visible_sanction_cases(maker).exists()
    row = notify_sanction(case=row, proposal="拟取消中选资格", **cast.acting())
    # Five working days across the holidays of May, the last day included.
    assert row.statement_due_on == DUE
    assert visible_sanction_cases(maker).get() == row
    assert not visible_sanction_cases(cast.scope(cast.rival)).exists()
    assert not visible_sanction_cases(cast.scope(cast.hospital)).exists()
    assert waiting() == [("state_sanction", cast.maker.pk)]
    row = cast.stated(row)
    assert waiting() == [("decide_sanction", cast.office.pk)]
    row = decide_sanction(
        case=row, decision=Decision("取消中选资格", START), **cast.acting(role="reviewer")
    )
    assert row.decision_no == "惩戒决定〔2026〕1号" and row.notice_no == "惩戒告知〔2026〕1号"
    # The result ends the day before; drafter and decider stand on it as its two people.
    held = Selection.objects.get(product=cast.product)
    assert held.valid_to == START - timedelta(days=1)
    change = ResultChange.objects.get()
    assert (change.kind, change.state, change.price) == ("cancelled", "confirmed", None)
    assert change.proposed_by_id == row.drafted_by_id != change.confirmed_by_id
    assert StandbyCase.objects.get().unable_from == START
    assert Task.objects.filter(act="decide_standby", organisation=cast.office).exists()
    files = {each.name.partition("C")[0] for each in files_of(maker, row)}
    assert files == {"取消中选资格事先告知书", "取消中选资格决定书"}

    def stopped(on: date) -> bool:
        found = why_not_orderable(cast.hospital, cast.product, on)
        return any(each.code == "sanctioned" and each.blocks for each in found)

    assert not stopped(START - timedelta(days=1)) and stopped(START)
    assert "sanctioned" not in {
        each.code for each in why_not_orderable(cast.hospital, cast.spare, START)
    }
    # The day before nothing ends; on the day the agreement's line does, once.
    assert enact_due(on=START - timedelta(days=1), by=CLOCK, at=NOW) == 0
    on_the_day = datetime(2026, 5, 20, 0, 5, tzinfo=SHANGHAI)
    assert enact_due(on=START, by=CLOCK, at=on_the_day) == 1
    assert enact_due(on=START, by=CLOCK, at=on_the_day) == 0
    line = AgreementLine.objects.get(pk=cast.line.pk)
    assert line.ended_at == datetime(2026, 5, 20, tzinfo=SHANGHAI)
    row.refresh_from_db()
    assert row.state == "in_effect" and row.effects["ended"] == 1
    shown = effects_of(cast.scope(cast.office), row)
    assert any("1 行不再有效" in each["state"] for each in shown)
    assert Notice.objects.filter(organisation=cast.maker, title__contains="决定生效").exists()
    # Repair with papers only; refused once, granted then: orders are free, the result is not back.
    acting = cast.acting(cast.maker, at=on_the_day)
    with pytest.raises(MissingInput, match="证明材料"):
        ask_repair(case=row, repair="已整改", **acting)
    row = ask_repair(case=row, repair="已整改", uploads=[paper()], **acting)
    judge: dict[str, Any] = cast.acting(role="leader", at=on_the_day)
    row = judge_repair(case=row, granted=False, note="材料不全", **judge)
    assert row.state == "in_effect" and stopped(START)
    row = ask_repair(case=row, repair="已补齐", uploads=[paper()], **acting)
    row = judge_repair(case=row, granted=True, note="属实", **judge)
    assert (row.state, row.ended_on) == ("repaired", START)
    assert not stopped(START) and waiting() == []
    assert Selection.objects.get(product=cast.product).valid_to == START - timedelta(days=1)
    assert Attachment.objects.filter(name__contains="修复告知书").count() == 2


def test_who_may_do_what_and_when() -> None:
    cast = Cast()
    with pytest.raises(NotYours):
        draft_sanction(
            new=NewSanction("cancel", "supply", cast.maker, NOW.date(), "事实"),
            **cast.acting(cast.maker),
        )
    row = cast.noticed()
    decision = Decision("取消", START)
    # Before the last day is over nobody decides; on the day itself the enterprise may still speak.
    last = datetime(2026, 5, 7, 23, 50, tzinfo=SHANGHAI)
    after = datetime(2026, 5, 8, 0, 5, tzinfo=SHANGHAI)
    with pytest.raises(TransitionRefused, match="2026-05-07"):
        decide_sanction(case=row, decision=decision, **cast.acting(role="reviewer", at=last))
    with pytest.raises(TransitionRefused, match="届满"):
        make_statement(case=row, statement="异议", **cast.acting(cast.maker, at=after))
    assert ask_for_decisions(on=last.date(), at=last) == 0
    assert ask_for_decisions(on=after.date(), at=after) == 1
    assert ask_for_decisions(on=after.date(), at=after) == 0
    assert waiting() == [("decide_sanction", cast.office.pk)]
    # The drafter never decides, not even with the rank for it; a clerk never does.
    drafter = cast.user(cast.office, "clerk")
    drafter.roles = ["clerk", "leader"]
    drafter.save()
    for person in (drafter, cast.user(cast.office, "storekeeper")):
        with pytest.raises(NotYours):
            decide_sanction(
                case=row, decision=decision, by=person, scope=scope_of(person, NOW.date()),
                at=after,
            )  # fmt: skip
    decided = decide_sanction(case=row, decision=decision, **cast.acting(role="reviewer", at=after))
    assert decided.statement == ""
    with transaction.atomic(), pytest.raises(ProgrammingError, match="does not change"):
        SanctionCase.objects.filter(pk=row.pk).update(matter="改写")
    with transaction.atomic(), pytest.raises(IntegrityError):
        SanctionCase.objects.filter(pk=cast.draft("penalty").pk).update(decided_by_id=drafter.pk)


def test_taken_back_before_its_day_the_result_runs_on() -> None:
    cast = Cast()
    row = cast.decided()
    row = revoke_sanction(case=row, note="复核发现事实不清", **cast.acting(role="leader"))
    assert row.state == "revoked"
    assert Selection.objects.get(product=cast.product).valid_to is None
    assert enact_due(on=START, by=CLOCK, at=NOW) == 0
    assert AgreementLine.objects.get(pk=cast.line.pk).ended_at is None
    # The same selection may have a new case; not two at once.
    cast.draft()
    with pytest.raises(TransitionRefused, match="原案件"):
        cast.draft()


REFUSED: tuple[tuple[dict[str, Any], str], ...] = (
    ({"product": None}, "产品"), ({"batch": None}, "批次"), ({"matter": " "}, "事实"),
    ({"occurred_on": date(2026, 4, 28)}, "晚于今天"), ({"amount": Decimal(0)}, "大于 0"),
    ({"cause": "none"}, "事由"),
)  # fmt: skip


def test_wrong_input_writes_nothing() -> None:
    cast = Cast()
    for fields, words in REFUSED:
        with pytest.raises(MissingInput, match=words):
            cast.draft(**fields)
    with pytest.raises(MissingInput, match="不是该企业的产品"):
        cast.draft(product=cast.spare)
    row = cast.draft()
    for due in (date(2026, 5, 6), date(2026, 12, 1)):
        with pytest.raises(MissingInput, match="2026-05-07"):
            notify_sanction(case=row, proposal="拟取消", due_on=due, **cast.acting())
    with pytest.raises(MissingInput, match="失信等级"):
        notify_sanction(case=row, proposal="拟取消", proposed_grade="severe", **cast.acting())
    row = cast.stated(notify_sanction(case=row, proposal="拟取消", **cast.acting()))
    for decision, words in (
        (Decision("取消", NOW.date()), "明天"), (Decision(" ", START), "决定内容"),
        (Decision("取消", START, START), "不设截止日"),
        (Decision("取消", date(2027, 5, 1)), "一年"),
    ):  # fmt: skip
        with pytest.raises(MissingInput, match=words):
            decide_sanction(case=row, decision=decision, **cast.acting(role="reviewer"))
    assert not ResultChange.objects.exists() and not StandbyCase.objects.exists()
    row.refresh_from_db()
    assert row.state == "stated"
    other = cast.draft("penalty")
    drop_sanction(case=other, note="事实不清", **cast.acting())
    told = cast.noticed("penalty")
    dismissed = dismiss_sanction(case=told, note="已整改", **cast.acting(role="reviewer"))
    assert dismissed.state == "dismissed"


def test_credit_by_the_scale_of_the_day_and_its_end() -> None:
    cast = Cast()
    # 60 万元 after the new scale began: 严重失信; another grade needs its reason.
    row = cast.stated(cast.noticed("credit", cause="bribery", amount=Decimal(600_000), batch=None))
    acting: dict[str, Any] = cast.acting(role="reviewer")
    assert row.scale == "2025"
    with pytest.raises(MissingInput, match="按 ?2025 年版裁量基准选择等级"):
        decide_sanction(case=row, decision=Decision("评级", START, grade="medium"), **acting)
    with pytest.raises(MissingInput, match="严重失信"):
        decide_sanction(case=row, decision=Decision("评级", START, grade="dishonest"), **acting)
    decision = Decision("评为严重失信", START, date(2026, 6, 20), "severe")
    row = decide_sanction(case=row, decision=decision, **acting)
    enact_due(on=START, by=CLOCK, at=NOW)
    last, after = date(2026, 6, 20), date(2026, 6, 21)
    other = make.product(manufacturer=cast.maker)

    def stopped(product: Any, on: date) -> bool:
        found = why_not_orderable(cast.hospital, product, on)
        return any(each.code == "sanctioned" for each in found)

    assert stopped(cast.product, last) and not stopped(other, last)
    assert not stopped(cast.product, after)
    assert expire_sanctions(on=last, by=CLOCK, at=NOW) == 0
    assert expire_sanctions(on=after, by=CLOCK, at=NOW) == 1
    row.refresh_from_db()
    assert (row.state, row.ended_on) == ("expired", after)
    # 特别严重失信 stops every product of the enterprise.
    cast.decided("credit", cause="bribery", amount=Decimal(2_000_000), grade="extreme")
    assert stopped(other, START) and stopped(cast.product, START) and not stopped(cast.spare, START)


W = Decimal(10_000)
SUGGESTED = [
    ("2020", "bribery", 200, "extreme"), ("2020", "bribery", 199, "severe"),
    ("2020", "bribery", 50, "severe"), ("2020", "bribery", 49, ""),
    ("2020", "tax", 1000, "extreme"), ("2020", "tax", 100, "severe"), ("2020", "tax", 99, ""),
    ("2025", "bribery", 100, "extreme"), ("2025", "bribery", 99, "severe"),
    ("2025", "bribery", 50, "severe"), ("2025", "bribery", 49, ""),
    ("2025", "tax", 250, "extreme"), ("2025", "tax", 249, "severe"), ("2025", "tax", 50, "severe"),
    ("2025", "tax", 5, "dishonest"), ("2025", "tax", 4, ""), ("2025", "price", 999, ""),
]  # fmt: skip


@pytest.mark.parametrize(("version", "cause", "amount", "grade"), SUGGESTED)
def test_the_scale(version: str, cause: str, amount: int, grade: str) -> None:
    assert suggested_grade(SCALES[version], cause, W * amount, False) == grade


def test_the_scale_by_day_and_the_topmost_case() -> None:
    assert scale_on(NEW_SCALE_FROM).version == "2025"
    assert scale_on(NEW_SCALE_FROM - timedelta(days=1)).version == "2020"
    assert suggested_grade(SCALES["2025"], "bribery", None, True) == "extreme"
    assert suggested_grade(SCALES["2020"], "bribery", None, True) == ""


@pytest.mark.django_db(transaction=True)
def test_two_who_decide_at_once_cancel_once() -> None:
    cast = Cast()
    row = cast.stated(cast.noticed())
    ready, done = Barrier(2), []
    acting = [cast.acting(role=role) for role in ("reviewer", "leader")]

    def run(one: dict[str, Any]) -> None:
        try:
            ready.wait(30)
            decide_sanction(case=row, decision=Decision("取消", START), **one)
            done.append("decided")
        except Refusal:
            done.append("refused")
        finally:
            connection.close()

    threads = [Thread(target=run, args=(each,)) for each in acting]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert sorted(done) == ["decided", "refused"]
    assert ResultChange.objects.count() == 1 and StandbyCase.objects.count() == 1
