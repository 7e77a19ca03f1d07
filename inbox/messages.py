"""What is said outside the page: the class of the notices and where to sign in, nothing else."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from django.conf import settings

from inbox.models import Notice
from inbox.operations.gateways.base import Message

SIGN = "【招采】"


def notice_message(categories: Sequence[str], *, is_urgent: bool, key: str) -> Message:
    """One message for one or several notices of one person.

    Names, numbers and amounts never leave the platform: mail and SMS are read on screens and by
    providers that we do not know. The link is the same for everybody.
    """
    counts = Counter(categories)
    kinds = "、".join(
        f"{Notice.Category(name).label} {counts[name]} 条"
        for name in Notice.Category.values
        if counts[name]
    )
    first = "紧急：" if is_urgent else ""
    text = f"{SIGN}{first}您有新的通知（{kinds}），请登录平台查看。"
    if settings.PLATFORM_URL:
        text += f"\n{settings.PLATFORM_URL.rstrip('/')}/notices/"
    return Message(
        subject=f"{SIGN}{first}您有新的通知",
        text=text,
        key=key,
        values={"kinds": kinds, "count": str(sum(counts.values()))},
    )


def code_message(code: str) -> Message:
    """The code that shows that an address is the person's own."""
    return Message(
        subject=f"{SIGN}验证码",
        text=f"{SIGN}验证码 {code}，10 分钟内有效。如非本人操作，请不要理会。",
        is_code=True,
        values={"code": code},
    )
