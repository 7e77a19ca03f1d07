"""Names of what tokens may do."""

from __future__ import annotations

TOKEN_SUBJECTS = {
    "organisations": "机构与人员",
    "inbox": "待办与通知",
    "catalog": "目录、价格与批次",
    "contracts": "协议",
    "volumes": "报量",
    "procurement": "订单、配送与收货",
    "complaints": "诉求",
    "monitoring": "指标与看板",
    "warnings": "预警",
    "policy": "政策参数",
    "settlement": "结算",
    "jobs": "后台任务",
}

TOKEN_SCOPES = {
    f"{subject}:{verb}": f"{label}（{word}）"
    for subject, label in TOKEN_SUBJECTS.items()
    for verb, word in (("read", "查看"), ("write", "办理"))
}
"""Scope names and their Chinese labels; a token without any scope can do nothing."""
