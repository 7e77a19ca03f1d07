"""Columns of the catalogue's lists; their Excel files have the same."""

from __future__ import annotations

from core.lists.columns import Column

BATCH_COLUMNS = (
    Column("name", "批次", lambda r: r.batch.name, 40, sort=("name",), fixed=True),
    Column("code", "批次代码", lambda r: r.batch.code, 18, sort=("code",), offered=False),
    Column("stage", "状态", lambda r: r.stage, 10),
    Column("category", "类别", lambda r: r.batch.get_category_display(), 8),
    Column("organizer", "组织方", lambda r: r.batch.get_organizer_display(), 10),
    Column("policy", "适用政策", lambda r: r.batch.policy.name, 30),
    Column("issued", "公布", lambda r: r.batch.issued_on, 12, sort=("issued_on",)),
    Column("imported", "导入", lambda r: r.batch.imported_at, 20, sort=("imported_at",)),
    Column("effective", "执行", lambda r: r.batch.effective_on, 12, sort=("effective_on",)),
    Column("ends", "截止", lambda r: r.batch.ends_on, 12, sort=("ends_on",)),
    Column("years", "采购年度", lambda r: r.years, 18),
    Column("groups", "品种", lambda r: r.group_count, 8, numeric=True, sort=("group_count",)),
    Column(
        "selected",
        "中选产品",
        lambda r: r.selected_count,
        10,
        numeric=True,
        sort=("selected_count",),
    ),
    Column(
        "standby",
        "备供产品",
        lambda r: r.standby_count,
        10,
        numeric=True,
        sort=("standby_count",),
        offered=False,
    ),
)

SELECTION_COLUMNS = (
    Column("region", "供应地区", lambda r: r.selection.region.name, 14, fixed=True),
    Column("group", "品种", lambda r: _group_name(r.selection.product), 26),
    Column("product", "产品", lambda r: r.selection.product.name, 30, fixed=True),
    Column("code", "国家医保编码", lambda r: r.selection.product.code, 28, offered=False),
    Column("specification", "规格", lambda r: r.selection.product.specification, 20),
    Column("manufacturer", "生产企业", lambda r: r.selection.product.manufacturer.name, 32),
    Column("role", "身份", lambda r: r.role, 8),
    Column("price", "价格", lambda r: r.selection.price, 12, numeric=True, unit="元/包装"),
    Column(
        "unit_price",
        "折算单价",
        lambda r: _rounded(r.unit_price),
        12,
        numeric=True,
        unit="元/计量单位",
    ),
    Column("starts", "自", lambda r: r.starts_on, 12),
    Column("ends", "至", lambda r: r.ends_on, 12),
    Column("stage", "状态", lambda r: r.stage, 10),
    Column("maker_then", "公布时企业名称", lambda r: r.maker_then, 32, offered=False),
)

GROUP_COLUMNS = (
    Column("name", "品种", lambda g: g.name, 32, sort=("name",), fixed=True),
    Column("code", "品种代码", lambda g: g.code, 14, sort=("code",)),
    Column("category", "类别", lambda g: g.get_category_display(), 8, sort=("category",)),
    Column("base_unit", "计量单位", lambda g: g.base_unit, 10),
    Column(
        "products", "产品数", lambda g: g.product_count, 10, numeric=True, sort=("product_count",)
    ),
    Column(
        "selected",
        "现行中选",
        lambda g: g.selected_count,
        10,
        numeric=True,
        sort=("selected_count",),
    ),
    Column("batches", "现行批次", lambda g: g.batch_count, 10, numeric=True, sort=("batch_count",)),
)

PRODUCT_COLUMNS = (
    Column("name", "产品", lambda r: r.product.name, 30, sort=("name",), fixed=True),
    Column("code", "国家医保编码", lambda r: r.product.code, 28, sort=("code",)),
    Column("specification", "规格", lambda r: r.product.specification, 20),
    Column("group", "品种", lambda r: _group_name(r.product), 26, sort=("group__code",)),
    Column(
        "manufacturer", "生产企业", lambda r: r.product.manufacturer.name, 32,
        sort=("manufacturer__name",),
    ),
    Column("standing", "身份", lambda r: r.standing, 8),
    Column("regions", "供应地区", lambda r: r.region_words, 30, offered=False),
    Column(
        "price", "挂网价", lambda r: r.product.listed_price, 12, numeric=True, unit="元/包装",
        sort=("listed_price",),
    ),
    Column(
        "unit_price", "折算单价", lambda r: _rounded(r.unit_price), 12, numeric=True, unit="元/计量单位"
    ),
    Column("tags", "标记", lambda r: "、".join(r.tags), 20),
)  # fmt: skip

EXEMPTION_COLUMNS = (
    Column("number", "编号", lambda e: e.exemption_no, 14, sort=("exemption_no",), fixed=True),
    Column("kind", "种类", lambda e: e.get_kind_display(), 18),
    Column("group", "品种", lambda e: e.group.name if e.group else "全部", 26),
    Column("product", "产品", lambda e: str(e.product) if e.product else "全部", 30),
    Column("institution", "机构", lambda e: e.institution.name if e.institution else "全部", 32),
    Column("since", "自", lambda e: e.from_on, 12, sort=("from_on",)),
    Column("until", "至", lambda e: e.to_on, 12, sort=("to_on",)),
    Column("reason", "事由", lambda e: e.reason, 40),
)


def _group_name(product: object) -> str:
    group = getattr(product, "group", None)
    return group.name if group else ""


def _rounded(value: object) -> object:
    """Four decimals, as prices are held."""
    return None if value is None else round(value, 4)  # type: ignore[call-overload]
