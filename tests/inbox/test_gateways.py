"""The ways out, each against a server that really listens."""

from __future__ import annotations

import json
import socket
from collections.abc import Iterator
from email import message_from_bytes, policy
from typing import Any

import pytest

from inbox.operations.gateways import GatewayProblem, Message, gateway_for
from inbox.operations.gateways import wecom as wecom_module
from inbox.operations.gateways.sms import signature
from tests.inbox.stubs import Inbox, http_server, smtp_server

NOTICE = Message("【招采】您有新的通知", "请登录平台查看。", key="k1", values={"count": "2"})


@pytest.fixture
def mail(settings: Any) -> Iterator[Inbox]:
    with smtp_server() as inbox:
        settings.MESSAGE_GATEWAYS = {"email": "smtp"}
        settings.SMTP_HOST, settings.SMTP_PORT = "127.0.0.1", inbox.port
        settings.SMTP_SECURITY, settings.SMTP_USER = "none", ""
        settings.MAIL_FROM = "zc@example.invalid"
        yield inbox


@pytest.fixture
def sms(settings: Any) -> Iterator[Inbox]:
    with http_server() as inbox:
        settings.MESSAGE_GATEWAYS = {"sms": "http"}
        settings.SMS_URL = f"http://127.0.0.1:{inbox.port}/send"
        settings.SMS_SECRET, settings.SMS_APP_ID = "geheim", "app-1"
        settings.SMS_NOTICE_TEMPLATE, settings.SMS_CODE_TEMPLATE = "T-notice", "T-code"
        yield inbox


@pytest.fixture
def wecom(settings: Any) -> Iterator[Inbox]:
    with http_server() as inbox:
        settings.MESSAGE_GATEWAYS = {"wecom": "wecom"}
        settings.WECOM_URL = f"http://127.0.0.1:{inbox.port}"
        settings.WECOM_CORP_ID, settings.WECOM_SECRET = "corp", f"secret-{inbox.port}"
        settings.WECOM_AGENT_ID = "1000002"
        inbox.usual = (200, {"errcode": 0, "access_token": "t1", "expires_in": 7200})
        wecom_module._kept.clear()
        yield inbox


def _problem(channel: str) -> GatewayProblem:
    with pytest.raises(GatewayProblem) as caught:
        gateway_for(channel).send("13900000000", NOTICE)
    return caught.value


def test_mail_arrives_as_written(mail: Inbox) -> None:
    gateway_for("email").send("li@example.invalid", NOTICE)
    (got,) = mail.got
    told = message_from_bytes(got["data"], policy=policy.default)
    assert got["to"] == "li@example.invalid"
    assert told["Subject"] == NOTICE.subject
    assert told["Message-ID"] == "<k1@zhaocai>" and told["Auto-Submitted"] == "auto-generated"
    assert told.get_content().strip() == NOTICE.text


def test_mail_refused_for_good_or_for_now(mail: Inbox) -> None:
    mail.answers = ["550 no such user", "451 later"]
    assert _problem("email").is_final
    assert not _problem("email").is_final


def test_mail_server_that_is_down_says_so_without_the_address(settings: Any) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        settings.MESSAGE_GATEWAYS = {"email": "smtp"}
        settings.SMTP_HOST, settings.SMTP_PORT = "127.0.0.1", free.getsockname()[1]
        problem = _problem("email")
    assert problem.reason == "邮件服务器连接不上" and "139" not in problem.reason


def test_password_is_not_sent_in_clear(mail: Inbox, settings: Any) -> None:
    settings.SMTP_USER, settings.SMTP_PASSWORD = "zc", "geheim"
    assert "none" in _problem("email").reason
    assert mail.got == []


def test_sms_is_signed_and_names_the_template(sms: Inbox) -> None:
    gateway_for("sms").send("13900000000", NOTICE)
    (got,) = sms.got
    body = json.loads(got["body"])
    assert (body["template_id"], body["phone"], body["request_id"]) == (
        "T-notice", "13900000000", "k1",
    )  # fmt: skip
    assert body["params"] == {"count": "2"} and "text" not in body
    head = got["headers"]
    assert head["X-Signature"] == signature(
        "geheim", head["X-Timestamp"], head["X-Nonce"], got["body"]
    )
    code = Message("码", "码 1", is_code=True, values={"code": "1"})
    gateway_for("sms").send("13900000000", code)
    assert json.loads(sms.got[1]["body"])["template_id"] == "T-code"


@pytest.mark.parametrize(
    ("answer", "reason", "final"),
    [
        ((200, {"code": 7}), "没有接受", False),
        ((200, {"code": "invalid_phone"}), "不接受该号码", True),
        ((500, {}), "应答 500", False),
        ((302, {}), "应答 302", False),
        ((200, [1]), "不是 JSON 对象", False),
    ],
)
def test_sms_problems(sms: Inbox, answer: Any, reason: str, final: bool) -> None:
    sms.answers = [answer]
    problem = _problem("sms")
    assert reason in problem.reason and problem.is_final is final
    assert len(sms.got) == 1


def test_wecom_takes_one_token_for_many_messages(wecom: Inbox) -> None:
    for _ in range(2):
        gateway_for("wecom").send("lihui", NOTICE)
    paths = [got["path"].partition("?")[0] for got in wecom.got]
    assert paths == ["/cgi-bin/gettoken", *["/cgi-bin/message/send"] * 2]
    body = json.loads(wecom.got[1]["body"])
    assert (body["touser"], body["agentid"]) == ("lihui", 1000002)
    assert body["text"] == {"content": NOTICE.text}


def test_wecom_token_that_ran_out_is_fetched_again_once(wecom: Inbox) -> None:
    token = (200, {"errcode": 0, "access_token": "t2", "expires_in": 7200})
    wecom.answers = [token, (200, {"errcode": 42001}), token, (200, {"errcode": 0})]
    gateway_for("wecom").send("lihui", NOTICE)
    assert len(wecom.got) == 4
    wecom.answers = [(200, {"errcode": 42001}), token, (200, {"errcode": 42001})]
    assert "42001" in _problem("wecom").reason


def test_wecom_unknown_member_is_final(wecom: Inbox) -> None:
    token = (200, {"errcode": 0, "access_token": "t", "expires_in": 7200})
    wecom.answers = [token, (200, {"errcode": 0, "invaliduser": "13900000000"})]
    problem = _problem("wecom")
    assert problem.is_final and "139" not in problem.reason


def test_a_channel_that_is_off(settings: Any) -> None:
    settings.MESSAGE_GATEWAYS = {}
    assert _problem("email").is_final
    settings.MESSAGE_GATEWAYS = {"email": "pigeon"}
    assert "pigeon" in _problem("email").reason


def test_file_gateway_writes_a_line(settings: Any, tmp_path: Any) -> None:
    settings.MESSAGE_GATEWAYS, settings.VAR_DIR = {"email": "file"}, tmp_path
    gateway_for("email").send("li@example.invalid", NOTICE)
    (line,) = (tmp_path / "messages" / "email.jsonl").read_text().splitlines()
    assert json.loads(line)["text"] == NOTICE.text
