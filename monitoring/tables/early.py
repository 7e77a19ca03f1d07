"""Columns of the list of early notices."""

from core.lists.cell import Cell
from core.lists.columns import Column

EARLY_COLUMNS = (
    Column("rule", "提示", lambda r: r.notice.get_rule_display(), 22, fixed=True,
           shown=lambda r: Cell(r.notice.get_rule_display(), url=r.url)),
    Column("subject", "医疗机构", lambda r: r.subject, 30,
           shown=lambda r: Cell(r.subject, sub=r.notice.subject_code)),
    Column("matter", "涉及", lambda r: r.matter, 40, shown=lambda r: Cell(r.matter, quiet=True)),
    Column("month", "数据月份", lambda r: f"{r.notice.month:%Y-%m}", 10),
    Column("measured", "年度累计", lambda r: r.notice.measured, 14, numeric=True,
           shown=lambda r: Cell(r.measured)),
    Column("projected", "推算到年末", lambda r: r.notice.projected, 14, numeric=True,
           shown=lambda r: Cell(r.projected)),
    Column("threshold", "阈值", lambda r: r.notice.threshold, 12, numeric=True,
           shown=lambda r: Cell(r.threshold, quiet=True)),
    Column("pace", "推算依据（天）", lambda r: r.notice.pace_days, 14, numeric=True),
    Column("rest", "剩余（天）", lambda r: r.notice.rest_days, 12, numeric=True),
    Column("ends", "年度结束", lambda r: r.notice.ends_on, 12,
           shown=lambda r: Cell(f"{r.notice.ends_on:%Y-%m-%d}", nowrap=True)),
    Column("clause", "依据", lambda r: r.notice.clause, 24,
           shown=lambda r: Cell(r.notice.clause, quiet=True)),
)  # fmt: skip
