"""SEARCH: a mix of what people type, over 200,000 products; SQL time only, as the client waits.

The catalogue is drawn with names as they are made: a stem of three or four characters, a salt, a
form, some with 注射用 before them, so that short words are common and long ones rare.
"""

from __future__ import annotations

import io
import random
import time
from collections.abc import Callable
from datetime import date
from statistics import median
from typing import Any

from django.db import connection, connections, transaction

from benchmarks import databases
from benchmarks.lists import p95
from benchmarks.results import Result
from catalog.models import Product
from catalog.queries.product_search import find_products, found_products
from core.pinyin.spell import spell
from organisations.queries.scope import Scope

PRODUCTS = 200_000
GROUPS, MANUFACTURERS = 4_000, 1_500
ROUNDS = 25
SEARCH_MS = 10.0
INDEXES = (
    "catalog_product_name_pairs", "catalog_product_name_trigrams", "catalog_product_code_trigrams",
    "catalog_product_initials_trigrams", "catalog_product_pinyin",
)  # fmt: skip
SYLLABLES = "阿托伐他汀头孢曲松氯吡格雷沙坦洛尔替米普利那韦恩卡奥美拉唑西林霉素磺胺甲硝地平格列喹诺酮胰岛瑞舒依折麦布多柔比星紫杉醇培塞铂环磷"
FORMS = ("片", "胶囊", "注射液", "颗粒", "分散片", "缓释片", "肠溶片", "口服溶液", "滴眼液")
SALTS = ("", "", "钙", "钠", "盐酸", "硫酸氢", "酒石酸")


def measure(database: str, repeats: int) -> list[Result]:
    """Every kind of word, and all together; the indexes' cost when 20,000 products are added."""
    databases.point_at(database)
    names = draw(PRODUCTS)
    scope = _hospital()
    found = ask(scope, names)
    every = [ms for spent in found.values() for ms in spent]
    rows = [
        Result(
            "SEARCH", "产品检索（全部问法合并）", f"{p95(every):.2f}ms", f"{SEARCH_MS:.0f}ms",
            p95(every) / SEARCH_MS, 1.0, f"{PRODUCTS:,} 个产品，{len(every)} 次，含取出 50 个产品",
        )
    ]  # fmt: skip
    bare = [_sql_ms(lambda: _bare(names)) for _ in range(100)]
    rows.append(
        Result(
            "SEARCH", "检索的中位数；同时量的空跑", f"{median(every):.2f}ms",
            f"{median(bare):.2f}ms", median(every) / median(bare), None,
            f"空跑：同样次数的往返，按主键取 50 个产品；p95 {p95(bare):.2f}ms，机器忙时两者一同变慢",
        )
    )  # fmt: skip
    rows += [
        Result(
            "SEARCH", f"其中：{kind}", f"{p95(spent):.2f}ms", f"{SEARCH_MS:.0f}ms",
            p95(spent) / SEARCH_MS, None,
        )
        for kind, spent in found.items()
    ]  # fmt: skip
    return [*rows, _cost(repeats)]


def _bare(names: list[tuple[str, str]]) -> None:
    """The same round trips without a search."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT max(id) FROM catalog_product")
        last = cursor.fetchone()[0]
    list(
        Product.objects.select_related("group", "manufacturer").filter(
            pk__in=range(last - 50, last)
        )
    )


def draw(products: int, seed: int = 5) -> list[tuple[str, str]]:
    """Fill the catalogue beside what is there; gives (code, name) of what was added."""
    chance = random.Random(seed)  # noqa: S311 - the same data every time
    with connections["owner"].cursor() as cursor:
        cursor.execute("SELECT max(id) FROM organisations_organisation")
        first = cursor.fetchone()[0] + 1
        makers = [(first + i, f"9199{i:014d}", _maker(chance)) for i in range(MANUFACTURERS)]
        _copy(
            cursor, "organisations_organisation",
            "id, code, name, kind, level, ownership, institution_kind, is_manufacturer,"
            " is_distributor, is_active, pinyin, initials",
            [(i, code, name, "enterprise", "", "", "", "t", "f", "t", *_spelled(name))
             for i, code, name in makers],
        )  # fmt: skip
        cursor.execute("SELECT max(id) FROM catalog_group")
        base = (cursor.fetchone()[0] or 0) + 1
        stems = [_stem(chance) for _ in range(GROUPS)]
        _copy(
            cursor, "catalog_group", "id, code, name, category, base_unit, pinyin, initials",
            [(base + i, f"SS{i:05d}", stem, "drug", "片", *_spelled(stem))
             for i, stem in enumerate(stems)],
        )  # fmt: skip
        cursor.execute("SELECT max(id) FROM catalog_product")
        next_id = (cursor.fetchone()[0] or 0) + 1
        drawn = [_product(chance, i, stems, base, makers) for i in range(products)]
        rebuilt = _drop_indexes(cursor)
        cursor.execute("ALTER TABLE catalog_product DISABLE TRIGGER USER")
        _copy(
            cursor, "catalog_product",
            "id, code, name, group_id, manufacturer_id, category, specification, pack_unit,"
            " base_units_per_pack, listed_price, tags, pinyin, initials",
            [(next_id + i, *row) for i, row in enumerate(drawn)],
        )  # fmt: skip
        cursor.execute("ALTER TABLE catalog_product ENABLE TRIGGER USER")
        cursor.execute("SET maintenance_work_mem = '256MB'")
        for definition in rebuilt:
            cursor.execute(definition)
        cursor.execute(
            "SELECT setval(pg_get_serial_sequence('catalog_product', 'id'), max(id))"
            " FROM catalog_product"
        )
        cursor.execute("ALTER TABLE catalog_listing DISABLE TRIGGER USER")
        cursor.execute(
            "INSERT INTO catalog_listing (product_id, listed_on, since, state_at, state_by_name)"
            " SELECT id, '2025-01-01', '2025-01-01', '2025-01-01', '造数' FROM catalog_product"
            " WHERE id >= %s ORDER BY id",
            [next_id],
        )
        cursor.execute("ALTER TABLE catalog_listing ENABLE TRIGGER USER")
        cursor.execute("VACUUM ANALYZE catalog_product")
        cursor.execute("ANALYZE")
    return [(row[0], row[1]) for row in drawn]


def ask(scope: Scope, names: list[tuple[str, str]], seed: int = 9) -> dict[str, list[float]]:
    """Milliseconds of SQL by kind of question, after one round that is not counted."""
    chance = random.Random(seed)  # noqa: S311
    found: dict[str, list[float]] = {}
    for turn in range(ROUNDS + 1):
        code, name = chance.choice(names)
        bare = name.removeprefix("注射用")
        asked = {
            "医保编码": code, "编码前几位": code[:10], "编码中间": code[6:13],
            "全名": name, "两个字": bare[:2], "中间两个字": bare[1:3], "三个字": bare[:3],
            "首字母": spell(bare).initials[:4], "拼音": spell(bare).pinyin[:10],
            "名称加企业": f"{bare[:4]} {_short(chance)}", "找不到的": f"{bare[:2]}齉{bare[2:3]}",
        }  # fmt: skip
        for kind, words in asked.items():
            spent = _sql_ms(lambda w=words: found_products(scope, find_products(scope, w)))  # type: ignore[misc]
            if turn:
                found.setdefault(kind, []).append(spent)
    return found


def _cost(repeats: int) -> Result:
    """Adding 20,000 products with and without the indexes of the search, rolled back."""
    with_them, without = [], []
    for _ in range(max(repeats, 1)):
        with_them.append(_insert(drop=False))
        without.append(_insert(drop=True))
    ours, bare = sorted(with_them)[len(with_them) // 2], sorted(without)[len(without) // 2]
    return Result(
        "SEARCH", "装入 2 万个产品：有检索索引比没有", f"{ours:.2f}s", f"{bare:.2f}s", ours / bare, None,
        "检索索引写入的代价，不设要求",
    )  # fmt: skip


def _drop_indexes(cursor: Any) -> list[str]:
    """Take the search's indexes away; gives how to make them again."""
    cursor.execute(
        "SELECT indexrelid::regclass::text, pg_get_indexdef(indexrelid) FROM pg_index"
        " WHERE indrelid = 'catalog_product'::regclass AND indexrelid::regclass::text IN %s",
        [INDEXES],
    )
    found = cursor.fetchall()
    for name, _ in found:
        cursor.execute(f"DROP INDEX {name}")
    return [definition for _, definition in found]


def _insert(*, drop: bool) -> float:
    with connections["owner"].cursor() as cursor:
        cursor.execute("BEGIN")
        if drop:
            _drop_indexes(cursor)
        started = time.perf_counter()
        cursor.execute(
            "INSERT INTO catalog_product (code, name, group_id, manufacturer_id, category,"
            " specification, pack_unit, base_units_per_pack, listed_price, tags, pinyin, initials)"
            " SELECT 'Z' || substr(code, 2), name, group_id, manufacturer_id, category,"
            " specification, pack_unit, base_units_per_pack, listed_price, tags, pinyin, initials"
            " FROM catalog_product WHERE code LIKE 'X%' ORDER BY id DESC LIMIT 20000"
        )
        spent = time.perf_counter() - started
        cursor.execute("ROLLBACK")
    return spent


def _product(
    chance: random.Random, i: int, stems: list[str], base: int, makers: list[tuple[int, str, str]]
) -> tuple[Any, ...]:
    at = chance.randrange(len(stems))
    salt, form = chance.choice(SALTS), chance.choice(FORMS)
    parts = ("注射用" if chance.random() < 0.15 else "", stems[at], salt, form)
    name = "".join(parts)
    maker = chance.choice(makers)[0]
    letters = "ABCDEFGHJKLMN"
    code = (
        f"X{chance.choice(letters)}{chance.randrange(20):02d}{chance.choice(letters)}"
        f"{chance.choice(letters)}{chance.choice(letters)}{at % 1000:03d}"
        f"B{chance.randrange(20):03d}{chance.randrange(10):02d}{i // 100_000:02d}{i % 100_000:05d}"
    )
    group = str(base + at) if chance.random() < 0.6 else "\\N"
    return (code, name, group, maker, "drug", f"{chance.randrange(5, 500)}mg", "盒",
            chance.choice((1, 10, 14, 28)), f"{chance.randrange(100, 90000) / 100:.2f}", "{}",
            *map("".join, zip(*map(_spelled, parts), strict=True)))  # fmt: skip


_known: dict[str, tuple[str, str]] = {}


def _spelled(name: str) -> tuple[str, str]:
    if name not in _known:
        said = spell(name)
        _known[name] = (said.pinyin, said.initials)
    return _known[name]


def _stem(chance: random.Random) -> str:
    return "".join(chance.choice(SYLLABLES) for _ in range(chance.choice((3, 3, 4, 4, 5))))


def _short(chance: random.Random) -> str:
    return "".join(chance.choice("华康瑞恒石齐鲁正大扬子江豪森") for _ in range(2))


def _maker(chance: random.Random) -> str:
    place = chance.choice(("江西", "山东", "浙江", "江苏", "河北", "四川", "广东", "上海"))
    return f"{place}{_short(chance)}{_short(chance)[0]}制药有限公司"


def _copy(cursor: Any, table: str, columns: str, rows: list[tuple[Any, ...]]) -> None:
    text = "".join("\t".join(str(value) for value in row) + "\n" for row in rows)
    cursor.cursor.copy_expert(f"COPY {table} ({columns}) FROM STDIN", io.StringIO(text))


def _hospital() -> Scope:
    with connections["owner"].cursor() as cursor:
        cursor.execute(
            "SELECT o.id, r.id, r.parent_id FROM organisations_organisation o"
            " JOIN organisations_region r ON r.id = o.region_id AND r.level = 'county'"
            " WHERE o.kind = 'institution' ORDER BY o.id LIMIT 1"
        )
        own, county, city = cursor.fetchone()
    return Scope(
        user_id=0, organisation_id=own, kind="institution", roles=frozenset({"clerk"}),
        platform_role="", on=date(2025, 12, 31), county_id=county, city_id=city, province_id=1,
        institution_ids=frozenset({own}),
    )  # fmt: skip


def _sql_ms(work: Callable[[], object]) -> float:
    spent = 0.0

    def clock(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        nonlocal spent
        started = time.perf_counter()
        try:
            return execute(sql, params, many, context)
        finally:
            spent += time.perf_counter() - started

    with connection.execute_wrapper(clock):
        work()
    return spent * 1000
