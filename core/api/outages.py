"""Tell a service that is down from a mistake in the code."""

from __future__ import annotations

from dataclasses import dataclass

import psycopg2
import redis.exceptions
from django.db import DatabaseError, InterfaceError, OperationalError
from kombu.exceptions import OperationalError as BrokerError

LOCK_NOT_AVAILABLE = "55P03"
QUERY_CANCELED = "57014"
REPEATABLE = ("40001", "40P01")
OUT_OF_ORDER = ("08", "53", "57", "58")
"""SQLSTATE classes of lost connections, exhausted resources, shutdown and system errors."""


@dataclass(frozen=True)
class Outage:
    """What is down or overloaded, in words for a user, with the status to answer."""

    status: int
    what: str
    way_out: str


DATABASE = Outage(
    503, "数据库暂时连接不上", "数据没有丢失，请稍后刷新重试；持续出现请联系平台运维。"
)
BROKER = Outage(
    503, "后台任务队列暂时连接不上", "已提交的任务会在恢复后自动执行一次，请稍后刷新查看。"
)
TOO_LONG = Outage(503, "查询时间过长，已停止", "请缩小筛选范围（如选定月份或批次）后重试。")
BUSY = Outage(409, "其他人正在办理同一事项", "请稍等几秒，刷新后再办理。")


def outage_of(error: BaseException | None) -> Outage | None:
    """The outage that an exception tells of; None when it is something else."""
    if isinstance(error, BrokerError | redis.exceptions.ConnectionError):
        return BROKER
    if isinstance(error, InterfaceError) or _connection_ended(error):
        return DATABASE
    if not isinstance(error, OperationalError):
        return None
    code = getattr(error.__cause__, "pgcode", None)
    if code == LOCK_NOT_AVAILABLE or code in REPEATABLE:
        return BUSY
    if code == QUERY_CANCELED:
        return TOO_LONG
    if code is None or code.startswith(OUT_OF_ORDER):
        return DATABASE
    return None


def _connection_ended(error: BaseException | None) -> bool:
    """psycopg2 calls a connection that ended inside a statement DatabaseError, without a code."""
    if type(error) is not DatabaseError or type(error.__cause__) is not psycopg2.DatabaseError:
        return False
    return getattr(error.__cause__, "pgcode", None) is None
