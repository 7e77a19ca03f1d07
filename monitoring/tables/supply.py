"""Columns of the list of products under the limits of supply."""

from django.urls import reverse

from core.lists.cell import Cell
from core.lists.columns import Column

SUPPLY_COLUMNS = (
    Column("product", "产品", lambda r: r.product, 34, fixed=True,
           shown=lambda r: Cell(r.product, sub=r.figure.subject_code,
                                url=reverse("dashboard-product", args=[r.figure.subject_code]))),
    Column("maker", "生产企业", lambda r: r.maker, 30,
           shown=lambda r: Cell(r.maker, sub=r.maker_code)),
    Column("rate", "指标", lambda r: r.rate, 14, shown=lambda r: Cell(r.rate, url=r.url)),
    Column("value", "实测", lambda r: r.value, 12, numeric=True),
    Column("limit", "下限", lambda r: r.limit, 10, numeric=True,
           shown=lambda r: Cell(r.limit, quiet=True)),
    Column("lines", "订单行", lambda r: r.lines, 10, numeric=True),
    Column("batch", "批次", lambda r: r.batch, 34, shown=lambda r: Cell(r.batch, quiet=True)),
    Column("month", "月份", lambda r: f"{r.figure.month:%Y-%m}", 10,
           shown=lambda r: Cell(f"{r.figure.month:%Y-%m}", nowrap=True)),
    Column("act", "办理", lambda r: "", 10,
           shown=lambda r: Cell("提醒企业", url=r.act_url, nowrap=True) if r.act_url else Cell("")),
)  # fmt: skip
