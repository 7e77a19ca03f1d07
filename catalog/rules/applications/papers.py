"""The papers that each kind asks for, and what is accepted where one does not exist.

Imported and older devices have no 登记表 or 生产制造认可表 (questions of users, Jiangxi 2023): the
reason is written down and a named substitute is handed in instead.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from catalog.rules.applications.fields import CATEGORIES


@dataclass(frozen=True)
class Paper:
    """`only` names the category that it is asked of; `substitutes` what may stand in its place."""

    code: str
    label: str
    note: str = ""
    only: str = ""
    substitutes: Mapping[str, str] = field(default_factory=dict)

    @property
    def only_words(self) -> str:
        """Of which category it is asked, as people read it; '' where of both."""
        return CATEGORIES.get(self.only, "")


SCAN = Paper("registration_scan", "注册证（批准文号）扫描件", "含附页，字迹清楚、盖企业公章")
FORM = Paper(
    "registration_form", "医疗器械产品注册证登记表", only="consumable",
    substitutes={
        "registration_annex": "注册证附页及历次变更文件",
        "regulator_printout": "国家药监局数据查询结果（打印并盖章）",
    },
)  # fmt: skip
APPROVAL = Paper(
    "production_approval", "医疗器械产品生产制造认可表", only="consumable",
    substitutes={
        "production_licence": "医疗器械生产许可证（备案凭证）",
        "quality_statement": "注册人盖章的生产质量承诺书",
    },
)  # fmt: skip
CHANGE = Paper(
    "change_document", "变更批件或变更备案凭证",
    substitutes={"regulator_printout": "国家药监局数据查询结果（打印并盖章）"},
)  # fmt: skip
LABEL = Paper(
    "packaging", "产品包装及标签实样图片", substitutes={"label_draft": "药监部门备案的标签样稿"}
)
CODE_PAGE = Paper("code_page", "国家医保信息业务编码查询结果", "含新编码、规格包装和企业名称")
STATEMENT = Paper("price_statement", "价格说明", "成本或价格变动的依据，盖企业公章")
WITHDRAWAL = Paper("withdrawal_statement", "撤网申请", "写明原因、库存和后续供应安排，盖企业公章")
LINKED = Paper(
    "linked_evidence", "联动省份的价格证明", "挂网页面截图或价格文件，能看清产品、包装和价格"
)

PAPERS: dict[str, tuple[Paper, ...]] = {
    "new_product": (SCAN, FORM, APPROVAL, LABEL, CODE_PAGE, STATEMENT),
    "renewal": (SCAN, FORM, APPROVAL),
    "registration_change": (SCAN, CHANGE),
    "specification": (LABEL, CHANGE),
    "code": (CODE_PAGE,),
    "withdrawal": (WITHDRAWAL,),
    "price": (STATEMENT,),
    "linked_price": (LINKED,),
}

PAPERS_BY_CODE = {paper.code: paper for papers in PAPERS.values() for paper in papers}
SUBSTITUTES = {
    code: label for paper in PAPERS_BY_CODE.values() for code, label in paper.substitutes.items()
}


def papers_of(kind: str, category: str) -> tuple[Paper, ...]:
    """What is to be handed in for a product of that category; '' asks for what both need."""
    return tuple(paper for paper in PAPERS[kind] if not paper.only or paper.only == category)
