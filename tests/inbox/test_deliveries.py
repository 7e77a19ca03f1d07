"""Notices outside the page: to whom, when, what is said, and that each goes out as it should."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import UTC, datetime, time, timedelta
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction
from django.test import Client

from core.transitions import MissingInput, TransitionRefused
from inbox.models import ContactPoint, Delivery, DeliveryAttempt, Notice
from inbox.operations import contact_points, deliveries
from inbox.operations.contact_points import ask_for_code, confirm_code, forget_address
from inbox.operations.deliveries import claim, note_sent, plan_deliveries, send_due
from inbox.operations.gateways import GatewayProblem, Message
from inbox.operations.notices import NewNotice, mark_read, notify
from inbox.rules import out_of_quiet, retry_after
from organisations.models import Organisation, User
from tests.factories import inbox as make_inbox
from tests.factories import organisations as make

DAY = datetime(2026, 3, 2, 2, tzinfo=UTC)  # 10:00 in Asia/Shanghai
NIGHT = datetime(2026, 3, 2, 14, tzinfo=UTC)  # 22:00
MORNING = datetime(2026, 3, 3, 0, tzinfo=UTC)  # 8:00 of the next day
SOON = timedelta(minutes=4)
CANARIES = ("甲医院", "YJ2026-7", "7000.09", "张三", "注射用某药", "/warnings/YJ2026-7/")


class Recorder:
    """A gateway of this test: keeps what it was given, fails as often as told."""

    def __init__(self) -> None:
        self.sent: list[tuple[str, Message]] = []
        self.fails: list[Exception] = []

    def send(self, address: str, message: Message) -> None:
        if self.fails:
            raise self.fails.pop(0)
        self.sent.append((address, message))


@pytest.fixture
def gateway(monkeypatch: pytest.MonkeyPatch, settings: Any) -> Iterator[Recorder]:
    recorder = Recorder()
    for module in (deliveries, contact_points):
        monkeypatch.setattr(module, "gateway_for", lambda channel: recorder)
    settings.MESSAGE_GATEWAYS = dict.fromkeys(("email", "sms", "wecom"), "file")
    settings.PLATFORM_URL = "https://zc.example.invalid"
    yield recorder


def _person(of: Organisation | None = None, **fields: object) -> User:
    user = make.person(of, "clerk")
    make_inbox.contact_point(user, **fields)
    return user


def _tell(of: Organisation, at: datetime = DAY, number: int = 1, **fields: Any) -> None:
    values = {
        "title": f"{CANARIES[0]}的预警 {CANARIES[1]}", "body": " ".join(CANARIES),
        "url": CANARIES[5], "category": "warning",
    } | fields  # fmt: skip
    notify(
        notices=[
            NewNotice(organisation_id=of.pk, key=f"{of.pk}:{at}:{n}", **values)
            for n in range(number)
        ],
        at=at,
    )
    plan_deliveries(at=at)


def _states() -> list[str]:
    return list(Delivery.objects.order_by("pk").values_list("state", flat=True))


def _outcomes() -> list[str]:
    return list(DeliveryAttempt.objects.order_by("pk").values_list("outcome", flat=True))


# --- quiet hours and waits ------------------------------------------------------------------


@pytest.mark.parametrize(
    ("clock", "expected"),
    [
        ("20:59", "20:59"), ("21:00", "32:00"), ("23:59", "32:00"), ("00:00", "08:00"),
        ("07:59", "08:00"), ("08:00", "08:00"), ("12:00", "12:00"),
    ],
)  # fmt: skip
def test_quiet_hours_cross_midnight(clock: str, expected: str) -> None:
    def moment(text: str) -> datetime:
        hour, minute = map(int, text.split(":"))
        return datetime(2026, 3, 1, 16, tzinfo=UTC) + timedelta(hours=hour, minutes=minute)

    assert out_of_quiet(moment(clock), starts=time(21), ends=time(8)) == moment(expected)


def test_quiet_hours_within_a_day_and_none() -> None:
    assert out_of_quiet(DAY, starts=time(9), ends=time(11)) == DAY + timedelta(hours=1)
    assert out_of_quiet(DAY, starts=time(11), ends=time(12)) == DAY
    assert out_of_quiet(DAY, starts=time(10), ends=time(10)) == DAY


def test_waits_grow() -> None:
    waits = [retry_after(attempt) for attempt in range(1, 10)]
    assert waits[0] == timedelta(minutes=1) and waits == sorted(waits)
    assert sum(waits[:7], timedelta()) > timedelta(hours=20)


# --- to whom ----------------------------------------------------------------------------------


@pytest.mark.django_db
def test_only_verified_wanted_addresses_of_people_in_use(gateway: Recorder) -> None:
    hospital = make.organisation()
    told = _person(hospital)
    _person(hospital, verified_at=None)
    _person(hospital, wanted="none")
    _person(hospital, wanted="urgent")
    _person()
    off = _person(hospital)
    User.objects.filter(pk=off.pk).update(is_active=False)
    _tell(hospital)
    assert [row.user_id for row in Delivery.objects.all()] == [told.pk]


@pytest.mark.django_db
def test_planning_twice_makes_one_row_per_notice_person_and_channel(gateway: Recorder) -> None:
    hospital = make.organisation()
    user = _person(hospital)
    make_inbox.contact_point(user, channel="wecom", address="lihui")
    _tell(hospital)
    assert plan_deliveries(at=DAY) == 0
    Notice.objects.update(planned_at=None)
    assert plan_deliveries(at=DAY) == 0
    assert sorted(Delivery.objects.values_list("channel", flat=True)) == ["email", "wecom"]
    assert _outcomes() == ["queued", "queued"]


@pytest.mark.django_db
def test_a_channel_that_is_off_is_not_planned(gateway: Recorder, settings: Any) -> None:
    settings.MESSAGE_GATEWAYS = {"email": "off"}
    hospital = make.organisation()
    _person(hospital)
    _tell(hospital)
    assert not Delivery.objects.exists()


# --- when and what ----------------------------------------------------------------------------


@pytest.mark.django_db
def test_several_within_minutes_become_one_message_without_business_data(
    gateway: Recorder,
) -> None:
    hospital = make.organisation(name=CANARIES[0])
    _person(hospital)
    _tell(hospital, number=2)
    _tell(hospital, DAY + timedelta(minutes=2), category="announcement")
    assert send_due("email", at=DAY + timedelta(minutes=2)) == 0
    assert send_due("email", at=DAY + SOON) == 1
    ((_, message),) = gateway.sent
    assert message.text == (
        "【招采】您有新的通知（预警 2 条、公告 1 条），请登录平台查看。\n"
        "https://zc.example.invalid/notices/"
    )
    assert _states() == ["sent"] * 3
    assert send_due("email", at=DAY + timedelta(hours=1)) == 0


@pytest.mark.django_db
def test_no_text_that_goes_out_has_names_numbers_or_amounts(gateway: Recorder) -> None:
    hospital = make.organisation(name=CANARIES[0])
    user = make.person(hospital, "clerk", name=CANARIES[3])
    for channel, address in (("email", "a@example.invalid"), ("sms", "13900000000")):
        make_inbox.contact_point(user, channel=channel, address=address)
    for number, category in enumerate(Notice.Category.values):
        for urgent in (True, False):
            at = DAY + timedelta(seconds=2 * number + urgent)
            _tell(hospital, at, category=category, is_urgent=urgent)
    ask_for_code(channel="wecom", address="lihui", by=user, at=DAY)
    for channel in ("email", "sms"):
        send_due(channel, at=DAY + SOON)
    assert len(gateway.sent) >= 3
    for _, message in gateway.sent:
        said = f"{message.subject} {message.text} {message.values}"
        assert [mark for mark in (*CANARIES, user.username) if mark in said] == []


@pytest.mark.django_db
def test_quiet_hours_hold_back_all_but_the_urgent(gateway: Recorder) -> None:
    hospital = make.organisation()
    _person(hospital)
    _tell(hospital, NIGHT)
    assert send_due("email", at=NIGHT + SOON) == 0
    _tell(hospital, NIGHT + timedelta(minutes=1), is_urgent=True)
    assert send_due("email", at=NIGHT + timedelta(minutes=1)) == 1
    assert "紧急" in gateway.sent[0][1].text and "1 条" in gateway.sent[0][1].text
    assert send_due("email", at=MORNING - timedelta(seconds=1)) == 0
    assert send_due("email", at=MORNING) == 1


@pytest.mark.django_db
def test_own_quiet_hours_may_be_off(gateway: Recorder) -> None:
    user = _person()
    make_inbox.quiet_hours(user, is_on=False)
    _tell(user.organisation, NIGHT)
    assert send_due("email", at=NIGHT + SOON) == 1


@pytest.mark.django_db
def test_what_was_read_or_is_unwanted_by_now_is_not_sent(gateway: Recorder) -> None:
    reader, leaver = _person(), _person()
    for user in (reader, leaver):
        _tell(user.organisation)
    mark_read(notice=Notice.objects.get(organisation=reader.organisation), by=reader)
    forget_address(channel="email", by=leaver, at=DAY)
    assert send_due("email", at=DAY + SOON) == 0
    assert gateway.sent == []
    reasons = set(Delivery.objects.values_list("state", "problem"))
    assert reasons == {("skipped", "已在平台阅读"), ("skipped", "本人不再接收")}


# --- failures ---------------------------------------------------------------------------------


@pytest.mark.django_db
def test_a_failure_is_logged_and_tried_again_later(gateway: Recorder) -> None:
    user = _person()
    _tell(user.organisation)
    gateway.fails = [GatewayProblem("短时故障")]
    at = DAY + SOON
    assert send_due("email", at=at) == 0
    row = Delivery.objects.get()
    assert (row.state, row.attempts, row.next_try_at) == (
        "queued", 1, at + timedelta(minutes=1),
    )  # fmt: skip
    failed = DeliveryAttempt.objects.get(outcome="failed")
    assert (failed.reason, failed.next_try_at) == ("短时故障", row.next_try_at)
    assert send_due("email", at=at + timedelta(seconds=59)) == 0
    assert send_due("email", at=at + timedelta(minutes=1)) == 1
    assert _outcomes() == ["queued", "failed", "sent"]


@pytest.mark.django_db
def test_given_up_after_eight_attempts_or_at_once_where_it_cannot_help(
    gateway: Recorder,
) -> None:
    user = _person()
    make_inbox.quiet_hours(user, is_on=False)
    _tell(user.organisation)
    gateway.fails = [GatewayProblem("不通")] * 20
    for day in range(12):
        send_due("email", at=DAY + timedelta(days=day + 1))
    row = Delivery.objects.get()
    assert (row.state, row.attempts) == ("dead", 8)
    gateway.fails = [GatewayProblem("拒收", is_final=True)]
    other = _person()
    _tell(other.organisation)
    send_due("email", at=DAY + SOON)
    assert Delivery.objects.get(user=other).state == "dead"


@pytest.mark.django_db
def test_a_fault_in_the_gateway_holds_up_nobody_else(gateway: Recorder) -> None:
    first, second = _person(), _person()
    _tell(first.organisation)
    _tell(second.organisation, DAY + timedelta(seconds=1))
    gateway.fails = [RuntimeError("bug")]
    assert send_due("email", at=DAY + SOON) == 1
    assert _states() == ["queued", "sent"]


@pytest.mark.django_db
def test_a_sender_that_died_is_followed_by_another_after_its_lease(gateway: Recorder) -> None:
    user = _person()
    _tell(user.organisation)
    at = DAY + SOON
    taken = claim(channel="email", user_id=user.pk, at=at)
    assert taken is not None
    assert claim(channel="email", user_id=user.pk, at=at) is None
    later = at + timedelta(minutes=3)
    assert send_due("email", at=later) == 1
    note_sent(claimed=taken, at=later)  # the first one comes back: its lease is over
    assert _outcomes().count("sent") == 1


@pytest.mark.django_db
def test_the_log_cannot_be_changed(gateway: Recorder) -> None:
    make_inbox.delivery_attempt()
    with pytest.raises(DatabaseError), transaction.atomic():
        DeliveryAttempt.objects.update(outcome="failed")


def test_ticks_at_once_send_each_message_once(fresh_database: str, gateway: Recorder) -> None:
    """Two clocks, a task delivered twice: six threads plan and send the same five people."""
    people = [_person() for _ in range(5)]
    for user in people:
        notify(
            notices=[
                NewNotice(organisation_id=user.organisation_id, key=f"{user.pk}", title="预警")
            ],
            at=DAY,
        )
    start = threading.Barrier(6)

    def tick() -> None:
        try:
            start.wait()
            plan_deliveries(at=DAY)
            send_due("email", at=DAY + SOON)
        finally:
            connection.close()

    threads = [threading.Thread(target=tick) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    send_due("email", at=DAY + SOON)
    assert sorted(address for address, _ in gateway.sent) == sorted(
        ContactPoint.objects.values_list("address", flat=True)
    )
    assert _states() == ["sent"] * 5


# --- addresses --------------------------------------------------------------------------------


def _code(gateway: Recorder) -> str:
    return gateway.sent[-1][1].values["code"]


@pytest.mark.django_db
def test_an_address_counts_once_its_code_was_typed_in(gateway: Recorder) -> None:
    user = make.person()
    ask_for_code(channel="email", address="li@example.invalid", by=user, at=DAY)
    point = ContactPoint.objects.get()
    code = _code(gateway)
    assert point.verified_at is None and code not in point.code_hash
    wrong = "000000" if code != "000000" else "111111"
    with pytest.raises(MissingInput, match="不正确"):
        confirm_code(channel="email", code=wrong, by=user, at=DAY)
    confirm_code(channel="email", code=code, by=user, at=DAY)
    point.refresh_from_db()
    assert point.verified_at == DAY
    with pytest.raises(MissingInput):
        confirm_code(channel="email", code=code, by=user, at=DAY)


@pytest.mark.django_db
def test_codes_end_after_ten_minutes_five_tries_and_with_another_address(
    gateway: Recorder,
) -> None:
    user = make.person()
    ask_for_code(channel="email", address="a@example.invalid", by=user, at=DAY)
    with pytest.raises(TransitionRefused, match="一分钟"):
        ask_for_code(channel="email", address="b@example.invalid", by=user, at=DAY)
    first = _code(gateway)
    with pytest.raises(MissingInput, match="失效"):
        confirm_code(channel="email", code=first, by=user, at=DAY + timedelta(minutes=11))
    later = DAY + timedelta(minutes=2)
    ask_for_code(channel="email", address="b@example.invalid", by=user, at=later)
    second = _code(gateway)
    for _ in range(5):
        with pytest.raises(MissingInput):
            confirm_code(channel="email", code="x" * 6, by=user, at=later)
    with pytest.raises(MissingInput, match="失效"):
        confirm_code(channel="email", code=second, by=user, at=later)


@pytest.mark.django_db
def test_a_dead_gateway_says_so_on_the_page_and_in_the_log(gateway: Recorder) -> None:
    user = make.person()
    client = Client()
    client.force_login(user)
    gateway.fails = [GatewayProblem("邮件服务器连接不上")]
    given = {"channel": "email", "address": "li@example.invalid"}
    answer = client.post("/account/messages/code/", given)
    assert answer.status_code == 503 and "邮件服务器连接不上" in answer.content.decode()
    log = DeliveryAttempt.objects.get()
    assert (log.category, log.outcome, log.reason) == ("code", "failed", "邮件服务器连接不上")


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("channel", "address", "good"),
    [
        ("email", "li@example.gov.cn", True), ("email", "li", False),
        ("email", "a@b.cn\nBcc: x@y.cn", False), ("email", "a@b.cn,c@d.cn", False),
        ("sms", "13900000000", True), ("sms", "0791-1234567", False),
        ("wecom", "LiHui", True), ("wecom", "a|b", False), ("wecom", "@all", False),
    ],
)  # fmt: skip
def test_addresses_by_channel(channel: str, address: str, good: bool, gateway: Recorder) -> None:
    client = Client()
    client.force_login(make.person())
    answer = client.post("/account/messages/code/", {"channel": channel, "address": address})
    assert (answer.status_code, len(gateway.sent)) == ((302, 1) if good else (400, 0))


# --- who sees the log --------------------------------------------------------------------------


@pytest.mark.django_db
def test_the_log_is_seen_by_the_person_their_admin_and_the_system_administrator() -> None:
    hospital = make.organisation()
    person, colleague = make.person(hospital, "clerk"), make.person(hospital, "clerk")
    admin, stranger = make.person(hospital, "admin"), make.person(None, "admin")
    make_inbox.contact_point(person, address="secret@example.invalid")
    make_inbox.delivery_attempt(person, reason="网关应答 500")
    seen = []
    for user in (person, colleague, admin, stranger, make.administrator("system")):
        client = Client()
        client.force_login(user)
        page = client.get("/deliveries/").content.decode()
        assert "secret@example.invalid" not in page
        seen.append("网关应答 500" in page)
    assert seen == [True, False, True, False, True]


@pytest.mark.django_db
def test_admin_sees_who_is_reachable_but_no_address() -> None:
    hospital = make.organisation()
    person, admin = make.person(hospital, "clerk"), make.person(hospital, "admin")
    make_inbox.contact_point(person, address="secret@example.invalid")
    client = Client()
    client.force_login(admin)
    page = client.get("/people-reach/").content.decode()
    assert "电子邮件" in page and "仅页面" in page and "secret@" not in page
