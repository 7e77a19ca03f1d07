"""How an order line turned out for supply: answered, delivered on time and in full, late, never."""

from __future__ import annotations

OUTCOMES = (
    ("to_answer", "待响应"), ("unanswered", "超时未响应"), ("overdue", "已响应、超时未到齐"), ("to_come", "未到时限、未到齐"),
    ("on_time", "按时足量送达"), ("late", "超时送达或未到齐"), ("never", "超时未送达"),
)  # fmt: skip
"""The last four part every counted line whose delivery deadline is known."""
UNDER_WAY_PARTS = (
    ("lines", "全部在办"), ("to_answer", "待响应"), ("waiting", "待响应、未超时"), ("unanswered", "超时未响应"),
    ("late", "配送超时"), ("to_receive", "送达待收货"),
)  # fmt: skip
"""Of the lines that are not ended yet, whatever their age."""
EXCUSED = ("delisted", "duplicate", "institution_error")
"""Rejections for these reasons are no failure of supply, as in 配送及时率."""
RURAL = ("township", "clinic")
"""乡镇卫生院, and 诊所 under which 村卫生室 stand."""
CLAUSE = "赣医保字〔2024〕22号 三"
NEXT = {
    "to_answer": "等配送企业答复；答复前可在订单页撤单",
    "unanswered": "已列入延迟响应清单；可在问题直报反映，或由医保局督促",
    "late": "联系配送企业，仍不到的在问题直报提出“配送不及时”",
    "to_receive": "清点后收货，拒收的写明原因",
    "overdue_receipt": "已超过收货确认时限，请今天收货",
    "behind": "核对科室用量，按序时进度补订；不需要的向医保局说明",
}  # fmt: skip
