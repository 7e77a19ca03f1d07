"""The state of an order as its lines make it."""

from __future__ import annotations

from collections.abc import Collection

LEVELS = {
    "待答复": "yellow", "部分答复": "yellow", "已确认": "blue", "部分发货": "blue", "已发货": "blue",
    "部分到货": "blue", "已到货": "yellow", "部分收货": "yellow", "已收货": "green", "完成": "green",
    "已拒绝": "red", "已撤单": "grey", "已作废": "grey", "已结束": "grey",
}  # fmt: skip
ENDED = frozenset({"rejected", "cancelled", "voided"})
ENDED_WORDS = {"rejected": "已拒绝", "cancelled": "已撤单", "voided": "已作废"}


def order_state(states: Collection[str]) -> str:
    """Words for the whole order; empty where no line's progress is known (ended before the load).

    Lines that ended without goods count only where all did.
    """
    held = frozenset(states)
    live = held - ENDED
    if not held:
        return "已结束"
    if not live:
        return ENDED_WORDS[next(iter(held))] if len(held) == 1 else "已结束"
    if "sent" in live:
        return "待答复" if held == {"sent"} else "部分答复"
    if live <= {"completed"}:
        return "完成"
    if live <= {"received", "completed"}:
        return "已收货"
    if live & {"received", "completed"}:
        return "部分收货"
    if live <= {"delivered"}:
        return "已到货"
    if live & {"delivered", "part_delivered"}:
        return "部分到货"
    if live <= {"shipped"}:
        return "已发货"
    if live & {"shipped", "part_shipped"}:
        return "部分发货"
    return "已确认"


def waits_for(states: Collection[str]) -> str:
    """Which side the order waits for: distributor, institution or nobody."""
    held = frozenset(states)
    if held & {"sent", "confirmed", "part_shipped", "part_delivered", "shipped"}:
        return "distributor"
    return "institution" if "delivered" in held else ""
