"""A batch year from handed-in reports through county, city and province to agreed quantities."""

from __future__ import annotations

import io
import threading
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import connections
from django.test import Client
from django.utils import timezone
from openpyxl import Workbook

from catalog.operations.table_upload import TableRefused, sheet_of
from core.transitions import MissingInput, NotYours, Refusal, StaleVersion, TransitionRefused
from inbox.models import Notice, Task
from tests.factories import catalog as make
from tests.factories import organisations as people
from tests.factories import stages
from tests.volumes.land import CLOSES, IN_TIME, LATE, OPENS, Land, Quiet
from volumes.filters import RoundFilter, ShortfallFilter
from volumes.models import (
    AgreedQuantity,
    AgreedRound,
    AgreedShare,
    ReportExtension,
    ReportLineReview,
    ReportTask,
    VolumeReport,
    VolumeReportLine,
)
from volumes.operations.agreed.choose import choosable, choose_products
from volumes.operations.agreed.compute import compute_round
from volumes.operations.agreed.publish import HEADINGS, read_published, take_published
from volumes.operations.agreed.rounds import confirm_round, open_round, request_computation
from volumes.operations.review.levels import (
    pass_report,
    reopen_report,
    return_report,
    take_report,
)
from volumes.operations.review.lines import judge_lines
from volumes.queries.agreed import visible_agreed_rounds, visible_agreed_shares
from volumes.queries.review import (
    DROPPED,
    RISEN,
    review_lines,
    shortfall,
    shortfalls,
)
from volumes.queries.totals import group_totals
from volumes.rules.deviation import beyond
from volumes.tables import SHORTFALL_COLUMNS

D = Decimal


@pytest.fixture
def land(db: None) -> Land:
    return Land()


def status_of(row: VolumeReport) -> set[str]:
    return set(row.lines.values_list("status", "review"))


# --- review ---------------------------------------------------------------------------------------


def test_the_condition_on_lines_is_the_rule(land: Land) -> None:
    figures = [(0, 0), (5, 0), (80, 100), (79, 100), (100, 100), (250, 100), (251, 100), (0, 1)]
    for number, (reported, prior) in enumerate(figures):
        hospital = people.organisation(region=land.county)
        land.report(hospital, (land.g1, reported, prior))
        [line] = VolumeReportLine.objects.filter(institution=hospital)
        flags = {"drop": DROPPED, "rise": RISEN}
        found = [name for name, condition in flags.items()
                 if VolumeReportLine.objects.filter(condition, pk=line.pk).exists()]  # fmt: skip
        told = beyond(D(reported), D(prior), drop_max=D("0.2"), rise_max=D("1.5"))
        assert found == ([told] if told else []), number


def test_a_report_passes_three_levels_and_its_lines_follow(land: Land) -> None:
    row = land.report(land.a, (land.g1, 100, 100), (land.g2, 56, 60))
    row = take_report(report=row, **land.office("county"))
    assert (row.state, row.level) == ("county_review", "county")
    row = pass_report(report=row, **land.office("county"))
    assert (row.state, row.office) == ("city_review", land.offices["city"])
    # Judged anew at each level; what the county said is kept.
    assert status_of(row) == {("submitted", "")}
    row = pass_report(report=row, **land.office("city"))
    assert Task.objects.filter(
        organisation=land.offices["province"], act="review_report", done_at=None
    ).exists()
    row = pass_report(report=row, **land.office("province"))
    assert (row.state, row.confirmed_at) == ("confirmed", IN_TIME)
    assert status_of(row) == {("approved", "accepted")}
    assert ReportLineReview.objects.filter(line__report=row).count() == 6
    assert not Task.objects.filter(act="review_report", done_at=None).exists()
    assert Notice.objects.filter(organisation=land.a, title__contains="已确认").exists()


@pytest.mark.parametrize("level", ["county", "city", "province"])
def test_only_the_office_whose_turn_it_is_may_act(land: Land, level: str) -> None:
    row = land.report(land.a, (land.g1, 100, 100))
    for earlier in ("county", "city", "province"):
        if earlier == level:
            break
        row = pass_report(report=row, **land.office(earlier))
    others = [land.a, land.b, land.health, *(land.offices[x] for x in land.offices if x != level)]
    for other in others:
        for act in (
            lambda who: pass_report(report=row, **who),
            lambda who: return_report(report=row, opinion="不行", **who),
            lambda who: judge_lines(
                report=row, groups=["G1"], verdict="accepted", reasons=[], note="", **who
            ),
        ):  # fmt: skip
            with pytest.raises(NotYours):
                act(land.acting(other))
    with pytest.raises(NotYours):
        pass_report(report=row, **land.acting(land.offices[level], role="clerk"))
    assert VolumeReport.objects.get(pk=row.pk).row_version == row.row_version
    pass_report(report=row, **land.office(level))


def test_what_is_beyond_the_limits_is_judged_before_it_passes(land: Land) -> None:
    row = land.report(land.a, (land.g1, 79, 100), (land.g2, 100, 100))
    with pytest.raises(TransitionRefused, match="1 个品种偏差超过限度"):
        pass_report(report=row, **land.office("county"))
    assert VolumeReport.objects.get(pk=row.pk).state == "submitted"
    row = take_report(report=row, **land.office("county"))
    judged: dict[str, Any] = {"report": row, "groups": ["G1"], "note": "", **land.office("county")}
    for wrong, field in (
        ({"verdict": "returned", "reasons": []}, "reasons"),
        ({"verdict": "returned", "reasons": ["other"]}, "note"),
        ({"verdict": "returned", "reasons": ["nonsense"]}, "reasons"),
        ({"verdict": "maybe", "reasons": []}, "verdict"),
        ({"verdict": "accepted", "reasons": [], "groups": ["G9"]}, "groups"),
        ({"verdict": "accepted", "reasons": [], "groups": []}, "groups"),
    ):  # fmt: skip
        with pytest.raises(MissingInput) as refused:
            judge_lines(**judged | wrong)
        assert refused.value.field == field
    with pytest.raises(StaleVersion):
        judge_lines(**judged, verdict="accepted", reasons=[], seen_version=row.row_version - 1)
    assert judge_lines(**judged, verdict="returned", reasons=["too_low"]) == 1
    with pytest.raises(TransitionRefused, match="判为退回"):
        pass_report(report=row, **land.office("county"))
    judge_lines(**judged, verdict="accepted", reasons=[])
    assert pass_report(report=row, **land.office("county")).state == "city_review"


def test_a_return_stops_the_flow_by_every_door(land: Land) -> None:
    row = land.report(land.a, (land.g1, 100, 100))
    row = pass_report(report=row, **land.office("county"))
    with pytest.raises(MissingInput, match="意见"):
        return_report(report=row, opinion=" ", **land.office("city"))
    row = return_report(report=row, opinion="请核对单位", **land.office("city"))
    assert (row.state, row.office, row.level) == ("returned", None, "")
    assert status_of(row) == {("returned", "")}
    assert Task.objects.filter(organisation=land.a, act="fill_report", done_at=None).exists()
    for level in ("county", "city", "province"):
        with pytest.raises(Refusal):
            pass_report(report=row, **land.office(level))
        with pytest.raises(Refusal):
            reopen_report(report=row, opinion="x", until=LATE, **land.office(level))


@pytest.mark.parametrize(
    ("at", "until", "said"),
    [
        (CLOSES - timedelta(seconds=1), None, ""),
        (CLOSES, None, "须同时写明"),
        (CLOSES, CLOSES, "须晚于现在"),
        (CLOSES, CLOSES + timedelta(days=2), ""),
    ],
)
def test_after_the_window_a_return_names_a_new_end(
    land: Land, at: datetime, until: datetime | None, said: str
) -> None:
    row = land.report(land.a, (land.g1, 100, 100))
    given = {"report": row, "opinion": "请补说明", "until": until, **land.office("county", at)}
    if said:
        with pytest.raises(MissingInput, match=said):
            return_report(**given)
        return
    row = return_report(**given)
    assert row.extended_until == until
    assert ReportExtension.objects.filter(report=row, kind="reopening").count() == bool(until)


def test_a_confirmed_report_is_opened_again_until_quantities_are_agreed(land: Land) -> None:
    row = land.up(land.report(land.a, (land.g1, 100, 100)))
    with pytest.raises(NotYours):
        reopen_report(report=row, opinion="更正", until=LATE, **land.office("county"))
    opened = reopen_report(report=row, opinion="更正", until=LATE, **land.office("province"))
    assert (opened.state, opened.extended_until) == ("returned", LATE)


def test_peers_history_and_totals(land: Land) -> None:
    row = land.report(land.a, (land.g1, 100, 80), (land.g2, 10, 10))
    for number in (30, 50, 90):
        near = people.organisation(region=land.county, level="secondary")
        land.report(near, (land.g1, number, number))
    land.report(land.b, (land.g1, 9_999, 9_999))
    stages.report_line(land.a, batch=land.batch, year_no=0, group=land.g1, reported_qty=77)
    first = next(each for each in review_lines(row) if each.line.group == land.g1)
    # The primary institution is no neighbour of a secondary one.
    assert (first.peer_median, first.peers, first.own_before) == (D(50), 3, D(77))
    totals = {
        each.code: each for each in group_totals(land.scope(land.offices["city"]), land.task.pk)
    }
    assert (totals["G1"].units, totals["G1"].reported) == (5, D(100 + 30 + 50 + 90 + 9_999))
    assert totals["G2"].change == 0
    assert (
        group_totals(
            land.scope(people.organisation("bureau", region=people.county())), land.task.pk
        )
        == []
    )


def test_the_health_commission_sees_who_reports_too_little_or_nothing(land: Land) -> None:
    land.report(land.a, (land.g1, 70, 100), (land.g2, 0, 5))
    land.report(land.b, state="not_started")
    fine = people.organisation(region=land.county)
    land.report(fine, (land.g1, 100, 100))
    found = {
        row.institution.name: (row.low_n, row.none_n) for row in shortfalls(land.scope(land.health))
    }  # type: ignore[attr-defined]
    assert found == {"甲医院": (2, 1), "乙卫生院": (0, 0)}
    elsewhere = people.organisation("health_commission", region=people.county())
    assert not shortfalls(land.scope(elsewhere)).exists()


@pytest.mark.parametrize(
    ("ends", "late", "kinds"),
    [
        (timedelta(seconds=30), None, ["尚未提交"]),
        (-timedelta(seconds=1), None, ["不报"]),
        (-timedelta(seconds=1), timedelta(days=1), ["尚未提交"]),
        (-timedelta(days=2), -timedelta(days=1), ["不报"]),
    ],
)
def test_nobody_fails_to_report_before_the_own_end(
    land: Land, ends: timedelta, late: timedelta | None, kinds: list[str]
) -> None:
    now = timezone.now()
    ReportTask.objects.filter(pk=land.task.pk).update(opens_at=OPENS, closes_at=now + ends)
    land.report(land.a, state="drafting", extended_until=late and now + late)
    rows = shortfalls(land.scope(land.health)).select_related("task", "institution")
    column = next(each for each in SHORTFALL_COLUMNS if each.key == "kind")
    assert [column.cell(row) for row in rows] == kinds
    for kind, label in (("none", "不报"), ("waiting", "尚未提交"), ("low", "少报")):
        found = ShortfallFilter({"kind": kind}, queryset=rows).qs
        assert found.count() == (kinds == [label]), label
        told = [shortfall(row, timezone.now()).value for row in rows]
        assert (told == [kind]) == (kinds == [label]), label


def test_approve_and_return_at_once_one_wins(fresh_database: str) -> None:
    land = Land()
    row = land.report(land.a, (land.g1, 100, 100))
    people_of = [land.office("county"), land.office("county")]
    barrier, said = threading.Barrier(2), []

    def act(number: int) -> None:
        try:
            barrier.wait()
            if number:
                pass_report(report=row, seen_version=row.row_version, **people_of[0])
            else:
                return_report(
                    report=row, opinion="退回", seen_version=row.row_version, **people_of[1]
                )
            said.append("done")
        except Refusal as refused:
            said.append(type(refused).__name__)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=act, args=(number,)) for number in range(2)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert sorted(said)[-1] == "done"
    assert len([each for each in said if each == "done"]) == 1
    assert VolumeReport.objects.get(pk=row.pk).state in ("city_review", "returned")


# --- agreed quantities ------------------------------------------------------------------------------


def opened(land: Land, **changes: Any) -> AgreedRound:
    values: dict[str, Any] = {
        "batch": land.batch, "year_no": 1, "choice_until": LATE, "unbound_levels": [],
        "unbound_clause": "",
    }  # fmt: skip
    return open_round(**values | changes, **land.office("province"))


def computed(land: Land, row: AgreedRound) -> dict[tuple[str, str], tuple[Any, ...]]:
    compute_round(row=row, by=land.user(land.offices["province"]), at=IN_TIME, listener=Quiet())
    return held(row)


def held(row: AgreedRound) -> dict[tuple[str, str], tuple[Any, ...]]:
    found = {}
    for each in AgreedQuantity.objects.filter(round=row).select_related("institution", "group"):
        shares = {
            s.product.code: int(s.agreed_qty)
            for s in each.shares.select_related("product") if s.agreed_qty
        }  # fmt: skip
        key = (each.institution.name, each.group.code)
        found[key] = (each.basis, each.agreed_qty, shares, each.unplaced_qty)
    return found


def test_reported_by_ratio_to_whole_packs_by_choice_split_or_equally(land: Land) -> None:
    land.up(land.report(land.a, (land.g1, 1000, 1000), (land.g2, 101, 101)))
    # 厂牌 of the report where nothing was chosen.
    land.up(land.report(land.b, (land.g1, 100, 100), splits={land.other: 100}))
    row = opened(land)
    assert row.ratios == "0.5/0.6"
    assert set(choosable(row, land.user(land.a).organisation)) == {"G1", "G2"}
    # Two enterprises: 0.6 × 1000 = 600, halves of 300: 30 packs of 10, 42 of 7 (294), 6 stay.
    # One enterprise: 0.5 × 101 = 50.5: one pack of 28, 22.5 stay.
    assert computed(land, row) == {
        ("甲医院", "G1"): ("equal", D(600), {"XA": 300, "XB": 294}, D(6)),
        ("甲医院", "G2"): ("equal", D("50.5"), {"XC": 28}, D("22.5")),
        ("乙卫生院", "G1"): ("split", D(60), {"XB": 56}, D(4)),
    }
    clerk = land.acting(land.a, role="clerk")
    for wrong in ({"G1": {"XA": 50, "XB": 40}}, {"G1": {"XC": 100}}, {"G9": {"XA": 100}}):
        with pytest.raises(MissingInput):
            choose_products(row=row, shares=wrong, **clerk)
    choose_products(row=row, shares={"G1": {"XA": 100, "XB": 0}}, **clerk)
    assert computed(land, row) == {
        ("甲医院", "G1"): ("choice", D(600), {"XA": 600}, D(0)),
        ("甲医院", "G2"): ("equal", D("50.5"), {"XC": 28}, D("22.5")),
        ("乙卫生院", "G1"): ("split", D(60), {"XB": 56}, D(4)),
    }


@pytest.mark.parametrize(
    ("at", "allowed"), [(LATE - timedelta(microseconds=1), True), (LATE, False)]
)
def test_the_last_instant_of_the_choice_counts(land: Land, at: datetime, allowed: bool) -> None:
    land.up(land.report(land.a, (land.g1, 1000, 1000)))
    row = opened(land)
    given = {"row": row, "shares": {"G1": {"XA": 100}}, **land.acting(land.a, at, "clerk")}
    if allowed:
        assert choose_products(**given) == 1
    else:
        with pytest.raises(TransitionRefused, match="截止"):
            choose_products(**given)


def test_small_institutions_stay_unbound_where_the_batch_says_so(land: Land) -> None:
    land.up(land.report(land.b, (land.g1, 100, 100)))
    with pytest.raises(MissingInput, match="依据"):
        opened(land, unbound_levels=["primary"])
    row = opened(land, unbound_levels=["primary"], unbound_clause="批次文件 三")
    assert computed(land, row) == {("乙卫生院", "G1"): ("unbound", D(60), {}, D(0))}


def test_rounds_are_found_by_number_and_by_their_batch(land: Land) -> None:
    land.up(land.report(land.a, (land.g1, 1000, 1000)))
    row = opened(land)
    land.batch.name = "江西胰岛素接续采购"
    land.batch.save(update_fields=["name"])
    everyone = visible_agreed_rounds(land.scope(land.a))

    def found(words: str) -> list[AgreedRound]:
        return list(RoundFilter({"q": words}, queryset=everyone).qs)

    for words in (row.round_no, land.batch.code, "胰岛素", "ydsjx", " jiangxiyidao "):
        assert found(words) == [row], words
    for words in ("没有这样的词", f"{row.round_no}0", "zzz"):
        assert found(words) == [], words


def book(*rows: tuple[Any, ...], heads: tuple[str, ...] = HEADINGS) -> list[list[str]]:
    made = Workbook()
    sheet = made.active
    assert sheet
    for row in (heads, *rows):
        sheet.append(row)
    buffer = io.BytesIO()
    made.save(buffer)
    return sheet_of(buffer.getvalue())


def test_what_was_published_wins_and_survives_another_computation(land: Land) -> None:
    land.up(land.report(land.a, (land.g1, 1000, 1000)))
    row = opened(land)
    computed(land, row)
    rows = read_published(row, book((land.a.code, "XB", "560.5"), (land.b.code, "XC", "0")))
    take_published(row=row, rows=rows, **land.office("province"))
    expected = {
        ("甲医院", "G1"): ("published", D("560.5"), {"XB": 560}, D(0)),
        ("乙卫生院", "G2"): ("published", D(0), {}, D(0)),
    }
    assert held(row) == expected
    assert computed(land, row) == expected
    first = AgreedQuantity.objects.get(round=row, institution=land.a)
    assert (first.computed_qty, first.published_qty) == (D(600), D("560.5"))


BAD_CELLS = [
    (("H0", "XA", "5"), "医疗机构代码"), (("", "XA", "5"), "医疗机构代码"),
    (("{a}", "XZ", "5"), "国家医保编码"), (("{a}", "", "5"), "国家医保编码"),
    (("{a}", "XELSE", "5"), "国家医保编码"), (("{a}", "XA", ""), "公布约定量"),
    (("{a}", "XA", "-1"), "公布约定量"), (("{a}", "XA", "1,5"), "公布约定量"),
    (("{a}", "XA", "12万片"), "公布约定量"), (("{a}", "XA", "0.00001"), "公布约定量"),
    (("{a}", "XA", "NaN"), "公布约定量"), (("{a}", "XA", "1e999"), "公布约定量"),
    (("{a}", "XA", "999999999999999"), "公布约定量"),
]  # fmt: skip


def test_bad_cells_are_named_and_nothing_is_written(land: Land) -> None:
    land.up(land.report(land.a, (land.g1, 1000, 1000)))
    row = opened(land)
    make.product(code="XELSE")
    for cells, column in BAD_CELLS:
        given = tuple(cell.format(a=land.a.code) for cell in cells)
        with pytest.raises(TableRefused) as refused:
            read_published(row, book((land.a.code, "XB", "7"), given))
        assert {(p.line, p.column) for p in refused.value.problems} == {(3, column)}, cells
    twice = ((land.a.code, "XB", "7"), (land.a.code, "XB", "8"))
    for sheet in (book(*twice), book(), book(heads=("机构", "编码", "数量")), [[""]]):
        with pytest.raises(TableRefused):
            read_published(row, sheet)
    with pytest.raises(NotYours):
        take_published(row=row, rows=[], **land.office("city"))
    assert not AgreedQuantity.objects.filter(round=row).exists()


def test_confirming_tells_both_sides_and_ends_changes(land: Land) -> None:
    land.up(land.report(land.a, (land.g1, 1000, 1000)))
    waiting = land.report(land.b, (land.g1, 100, 100))
    row = opened(land)
    assert (
        Task.objects.filter(organisation=land.a, act="choose_products", done_at=None).count() == 1
    )
    computed(land, row)
    with pytest.raises(TransitionRefused, match="1 份报量在审核中"):
        confirm_round(row=row, **land.office("province"))
    land.up(waiting)
    computed(land, row)
    assert not visible_agreed_shares(land.scope(land.maker)).exists()
    with pytest.raises(NotYours):
        confirm_round(row=row, **land.office("city"))
    with pytest.raises(StaleVersion):
        confirm_round(row=row, seen_version=1, **land.office("province"))
    confirm_round(row=row, **land.office("province"))
    assert not Task.objects.filter(act="choose_products", done_at=None).exists()
    assert [
        s.product.code for s in visible_agreed_shares(land.scope(land.maker)).order_by("pk")
    ] == ["XA", "XA"]
    assert {n.organisation for n in Notice.objects.filter(title__contains="约定采购量已确认")} == {
        land.a, land.b, land.maker, land.other
    }  # fmt: skip
    for late in (
        lambda: choose_products(row=row, shares={}, **land.acting(land.a, role="clerk")),
        lambda: take_published(row=row, rows=[], **land.office("province")),
        lambda: request_computation(row=row, **land.office("province")),
        lambda: computed(land, row),
        lambda: reopen_report(
            report=VolumeReport.objects.get(pk=waiting.pk), opinion="改", until=LATE,
            **land.office("province"),
        ),
    ):  # fmt: skip
        with pytest.raises(TransitionRefused):
            late()
    assert AgreedShare.objects.filter(quantity__round=row).count() == 4


def test_pages_of_a_whole_year(land: Land) -> None:
    """Each side opens what it works with; the judgement and the confirmation by form."""
    row = land.report(land.a, (land.g1, 79, 100), (land.g2, 100, 100))
    county = Client()
    county.force_login(land.user(land.offices["county"]))
    page = county.get("/volumes/reviews/?stage=mine").content.decode()
    assert "甲医院" in page
    here = f"/volumes/reviews/{row.report_no}/"
    county.post(f"{here}acts/take/", {"version": 1})
    body = county.get(here).content.decode()
    assert "−21%" in body
    bad = county.post(f"{here}judge/", {"version": 2, "verdict": "returned", "groups": "G1"})
    assert (bad.status_code, "退回品种须选择原因" in bad.content.decode()) == (400, True)
    county.post(f"{here}judge/", {"version": 2, "verdict": "accepted", "groups": "G1"})
    assert county.post(f"{here}acts/pass/", {"version": 2}).status_code == 302
    assert VolumeReport.objects.get(pk=row.pk).state == "city_review"
    health = Client()
    health.force_login(land.user(land.health))
    assert "少报" in health.get("/volumes/shortfalls/").content.decode()
    listed = health.get("/api/v1/report-shortfalls/?kind=low").json()["results"]
    assert [(each["institution_name"], each["kind"]) for each in listed] == [("甲医院", "low")]
    assert health.get("/api/v1/report-shortfalls/?kind=none").json()["results"] == []
    assert health.get(f"/volumes/analysis/{land.task.task_no}/").status_code == 200
    for level in ("city", "province"):
        client = Client()
        client.force_login(land.user(land.offices[level]))
        client.post(
            f"{here}acts/take/", {"version": VolumeReport.objects.get(pk=row.pk).row_version}
        )
        version = VolumeReport.objects.get(pk=row.pk).row_version
        client.post(f"{here}judge/", {"version": version, "verdict": "accepted", "groups": ["G1"]})
        client.post(f"{here}acts/pass/", {"version": version})
    assert VolumeReport.objects.get(pk=row.pk).state == "confirmed"
