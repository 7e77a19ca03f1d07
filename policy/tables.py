"""Columns of the lists of policies; their Excel files have the same."""

from __future__ import annotations

from core.lists.columns import Column

VALUE_COLUMNS = (
    Column("label", "参数", lambda row: row.parameter.label, 24, fixed=True),
    Column("key", "代码", lambda row: row.parameter.key, 28, offered=False),
    Column("meaning", "含义", lambda row: row.parameter.meaning, 48),
    Column("force", "约束力", lambda row: row.force, 10),
    Column("words", "取值", lambda row: row.words, 28, fixed=True),
    Column("since", "起始日", lambda row: row.value.valid_from, 12),
    Column("until", "截止日", lambda row: row.value.valid_to, 12, offered=False),
    Column("clause", "依据条款", lambda row: row.value.clause, 24),
    Column(
        "document", "文件", lambda row: str(row.document) if row.document else "", 44, offered=False
    ),
    Column("narrowed_by", "可收紧的主体", lambda row: row.parameter.narrowed_by, 16),
)
