"""What people type about their lists."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from django import forms

from inbox.models import Announcement, Channel, ContactPoint
from organisations.models import Organisation

Choices = Sequence[tuple[str, str]]


class ViewNameForm(forms.Form):
    name = forms.CharField(
        label="视图名称",
        max_length=60,
        error_messages={"required": "请给视图起个名称", "max_length": "名称不超过 60 个字"},
    )
    opens = forms.BooleanField(label="打开列表时默认显示", required=False)


class AnnouncementSearch(forms.Form):
    """Filters of lists of announcements; anything unknown is as if it were not there."""

    q = forms.CharField(label="查找", required=False, max_length=60)
    category = forms.ChoiceField(
        label="类别", required=False, choices=[("", "全部"), *Announcement.Category.choices]
    )
    reading = forms.ChoiceField(
        label="阅读", required=False, choices=[("", "全部"), ("unread", "未读")]
    )
    page = forms.IntegerField(required=False, min_value=1, max_value=10_000)


class AnnouncementForm(forms.Form):
    """An announcement as it is written. Whom it is for: nothing chosen means all in one's sight."""

    title = forms.CharField(label="标题", max_length=120)
    category = forms.ChoiceField(label="类别", choices=Announcement.Category.choices)
    valid_until = forms.DateField(
        label="有效期至",
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}),
        help_text="过后不再显示在列表和首页；留空为长期。",
    )
    body = forms.CharField(
        label="正文",
        max_length=20_000,
        widget=forms.Textarea(attrs={"rows": 14}),
        help_text="空一行另起一段。文件在下面上传。",
    )
    kinds = forms.MultipleChoiceField(
        label="发给哪些机构",
        required=False,
        widget=forms.CheckboxSelectMultiple,
        choices=[choice for choice in Organisation.Kind.choices if choice[0] != "platform"],
        help_text="不选为全部类别。",
    )
    area = forms.ChoiceField(
        label="限定地区", required=False, help_text="企业不分地区，选了企业即发给全部企业。"
    )
    batch_code = forms.ChoiceField(
        label="限定批次", required=False, help_text="只发给该批次协议的医疗机构和企业。"
    )
    is_public = forms.BooleanField(
        label="同时向社会公开", required=False, help_text="无须登录即可查看，不得写入业务数据。"
    )
    needs_receipt = forms.BooleanField(
        label="须阅读回执", required=False, help_text="未读的单位每天提醒一次，最多两周。"
    )
    is_pinned = forms.BooleanField(label="置顶", required=False)

    def __init__(self, *args: Any, areas: Choices, batches: Choices, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, offered in (("area", areas), ("batch_code", batches)):
            self.fields[name].choices = [("", "不限"), *offered]  # type: ignore[attr-defined]


class AnnouncementNoteForm(forms.Form):
    """A step: the version that was seen, and why it is returned or withdrawn."""

    version = forms.IntegerField(required=False, min_value=1, widget=forms.HiddenInput)
    note = forms.CharField(label="理由", max_length=500, required=False)


ADDRESS_PATTERNS = {
    Channel.EMAIL: (
        re.compile(r"[^@\s<>,;\"']{1,64}@[A-Za-z0-9.-]{1,120}\.[A-Za-z]{2,24}"),
        "电子邮件地址应写作 name@example.gov.cn",
    ),
    Channel.SMS: (re.compile(r"1[3-9][0-9]{9}"), "手机号应为 11 位数字"),
    Channel.WECOM: (
        re.compile(r"[A-Za-z0-9][A-Za-z0-9_.@-]{0,63}"),
        "政务微信账号由字母、数字和 _ - . @ 组成，请向本单位政务微信管理员询问",
    ),
}


class ChannelForm(forms.Form):
    """Which of one's own channels."""

    channel = forms.ChoiceField(label="渠道", choices=Channel.choices)


class AddressForm(ChannelForm):
    """The own address on a channel, in the form that the channel asks for."""

    address = forms.CharField(label="地址", max_length=200)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if {"channel", "address"} <= set(data):
            pattern, reason = ADDRESS_PATTERNS[Channel(data["channel"])]
            if not pattern.fullmatch(data["address"]):
                self.add_error("address", reason)
        return data


class CodeForm(ChannelForm):
    """The code that came to the address."""

    code = forms.RegexField(
        r"^\s*[0-9]{6}\s*\Z", label="验证码", error_messages={"invalid": "验证码为 6 位数字"}
    )

    def clean_code(self) -> str:
        return str(self.cleaned_data["code"]).strip()


class WantedForm(ChannelForm):
    """What to get by a channel."""

    wanted = forms.ChoiceField(label="接收", choices=ContactPoint.Wanted.choices)


class QuietForm(forms.Form):
    """When to be left alone."""

    is_on = forms.BooleanField(label="启用免打扰", required=False)
    starts = forms.TimeField(label="自", widget=forms.TimeInput(attrs={"type": "time"}))
    ends = forms.TimeField(
        label="至",
        widget=forms.TimeInput(attrs={"type": "time"}),
        help_text="北京时间，可以跨过零点；紧急通知不受限制。",
    )
