"""Put rows of a hospital's list as they are now: by form, Excel, API and accepted suggestion alike."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db import connection
from django.utils import timezone

from catalog.models import HospitalItem, ItemMapping
from catalog.operations.hospital_items.plan import FACTS, Plan, PlannedRow, plan_rows
from catalog.operations.hospital_items.review import review_doubts
from catalog.operations.hospital_items.rows import RawRow, RowProblem
from catalog.rules.hospital_item import KEEPERS, keeps_items
from catalog.states.hospital_item import Basis, ItemStanding
from core.audit.record import record
from core.operations import operation
from core.pinyin import spell
from core.transitions import NotYours, Refusal, StaleVersion, TransitionRefused
from organisations.models import Organisation, Region, User
from organisations.queries.scope import Scope

OBJECT_TYPE = "hospital_item"
LOCK_SPACE = 7_310_022
"""First key of the advisory lock that lets one write at a time into one hospital's list."""
CHUNK = 2_000


class RowsRefused(Refusal):
    """Some rows are wrong and nothing was written; `problems` names each."""

    status = 400

    def __init__(self, problems: Sequence[RowProblem]) -> None:
        super().__init__(f"有 {len(problems)} 处错误，没有写入任何一行")
        self.problems = list(problems)


Progress = Callable[[int, int | None, str | None], None]


def silent(done: int, total: int | None = None, stage: str | None = None) -> None:
    """Progress that nobody follows."""


@dataclass(frozen=True)
class Written:
    """What came of it: the rows that were written or stood already, and those that were refused."""

    rows: list[PlannedRow]
    problems: list[RowProblem]
    counts: dict[str, int]


def keeper_of(scope: Scope, user: User) -> Organisation:
    """The institution whose list this person keeps; raises NotYours with the reason."""
    verdict = keeps_items(
        is_institution=scope.is_business and scope.kind == "institution",
        has_role=scope.has_role(*KEEPERS),
    )
    if not verdict:
        raise NotYours(verdict.reason)
    return user.organisation


@operation
def put_items(
    *,
    raws: Sequence[tuple[int, RawRow]],
    basis: str,
    all_or_nothing: bool,
    by: User,
    scope: Scope,
    at: datetime,
    seen_print: str | None = None,
    seen_version: int | None = None,
    progress: Progress = silent,
) -> Written:
    """Make the own list say what the rows say; the same rows again change nothing.

    A row's mapping that differs from what stands ends that one and begins another on its day: what
    was ordered or reported under the old one keeps it. Raises RowsRefused where `all_or_nothing` and a
    row is wrong; else good rows are written and the problems of the others given back. `seen_print`
    is of the preview that was confirmed, `seen_version` of the one item on a form.
    """
    institution = keeper_of(scope, by)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [LOCK_SPACE, institution.pk])
    today = timezone.localdate(at)
    plan = plan_rows(institution=institution, raws=raws, scope=scope, today=today, lock=True)
    if plan.problems and all_or_nothing:
        raise RowsRefused(plan.problems)
    moves = any(each.outcome != "unchanged" for each in plan.rows)
    # A job that is run a second time finds everything written: that is no move of somebody else.
    if seen_print is not None and seen_print != plan.print and moves:
        raise TransitionRefused("预览之后院内目录或产品有变动，没有写入：请重新上传并核对预览")
    _check_version(plan, seen_version)
    progress(0, len(plan.rows), "写入院内目录")
    _write(plan, institution, basis, by, at)
    progress(len(plan.rows), len(plan.rows), "核对存疑的对照")
    counts = plan.counts
    if any(counts[key] for key in counts if key != "unchanged"):
        touched = {
            product
            for each in plan.rows
            if each.outcome != "unchanged"
            for product in (
                each.product.pk if each.product else None,
                each.standing_mapping.product_id if each.standing_mapping else None,
            )
            if product is not None
        }
        review_doubts(
            institution_ids=[institution.pk],
            product_ids=sorted(touched) if len(plan.rows) == 1 else None,
            at=at,
        )
        one = plan.rows[0].row if len(plan.rows) == 1 else None
        record(
            by=by, at=at, action="hospital_item.put", object_type=OBJECT_TYPE,
            object_key=f"{institution.code}/{one.his_code}" if one else institution.code,
            object_label=f"{one.his_code} {one.name}" if one else f"院内目录 {len(plan.rows)} 行",
            detail={"basis": basis, "counts": counts, "refused": len(plan.problems),
                    **({"row": _told(plan.rows[0])} if one else {})},
        )  # fmt: skip
    return Written(plan.rows, plan.problems, counts)


def _check_version(plan: Plan, seen_version: int | None) -> None:
    if seen_version is None or not plan.rows:
        return
    item = plan.rows[0].item
    if seen_version == 0 and item is not None:
        raise StaleVersion(
            f"院内编码 {item.his_code} 已由{item.changed_by_name}登记，请在该项目上修改"
        )
    if item is not None and item.row_version != seen_version:
        raise StaleVersion(f"{item.changed_by_name}刚刚改过这个项目，请刷新后再修改")


def _told(each: PlannedRow) -> dict[str, object]:
    before = each.standing_mapping
    return {
        "product": each.row.product_code,
        "units_per_pack": str(each.row.units_per_pack or ""),
        "from": each.starts_on.isoformat() if each.mapping else "",
        "mapping": each.mapping,
        "before": f"{before.product_code} × {before.units_per_pack}" if before else "",
    }


def _write(plan: Plan, institution: Organisation, basis: str, by: User, at: datetime) -> None:
    moved = [each for each in plan.rows if each.outcome != "unchanged"]
    items = _write_items(moved, institution, by, at)
    _end_mappings([each for each in moved if each.mapping in ("replaced", "ended")], by, at)
    ItemMapping.objects.bulk_create(
        [
            new_mapping(items[each.row.his_code], each, basis, by, at)
            for each in moved
            if each.mapping in ("set", "replaced")
        ],
        batch_size=CHUNK,
    )


def _write_items(
    moved: Sequence[PlannedRow], institution: Organisation, by: User, at: datetime
) -> dict[str, HospitalItem]:
    stamps = stamps_of(institution)
    new: list[HospitalItem] = []
    old: list[HospitalItem] = []
    for each in moved:
        item = each.item or HospitalItem(
            his_code=each.row.his_code, created_at=at, created_by_name=by.audit_name, row_version=0,
            **stamps,
        )  # fmt: skip
        for name in FACTS:
            setattr(item, name, getattr(each.row, name))
        item.initials = spell(item.name).initials
        item.standing = _standing(each)
        item.changed_at, item.changed_by_id, item.changed_by_name = at, by.audit_id, by.audit_name
        item.row_version += 1
        (old if each.item else new).append(item)
    HospitalItem.objects.bulk_create(new, batch_size=CHUNK)
    HospitalItem.objects.bulk_update(
        old,
        [*FACTS, "initials", "standing", "changed_at", "changed_by_id", "changed_by_name", "row_version"],
        batch_size=CHUNK,
    )  # fmt: skip
    return {item.his_code: item for item in (*new, *old)}


def _standing(each: PlannedRow) -> str:
    """Before the doubts are reviewed."""
    if each.row.is_stopped:
        return ItemStanding.STOPPED
    return ItemStanding.UNMAPPED if each.product is None else ItemStanding.MAPPED


def _end_mappings(moved: Sequence[PlannedRow], by: User, at: datetime) -> None:
    by_day: dict[date, list[int]] = {}
    for each in moved:
        assert each.standing_mapping is not None
        by_day.setdefault(each.starts_on, []).append(each.standing_mapping.pk)
    for day, ids in by_day.items():
        ItemMapping.objects.filter(pk__in=ids).update(
            valid_to=day, ended_at=at, ended_by_name=by.audit_name
        )


def new_mapping(
    item: HospitalItem, each: PlannedRow, basis: str, by: User, at: datetime
) -> ItemMapping:
    """A mapping with the product as it is on the day on which a person says so."""
    product = each.product
    assert product is not None and each.row.units_per_pack is not None
    return ItemMapping(
        item=item, product=product, units_per_pack=each.row.units_per_pack,
        valid_from=each.starts_on, product_code=product.code, product_name=product.name,
        product_specification=product.specification,
        product_base_units=product.base_units_per_pack, basis=Basis(basis), set_at=at,
        set_by_id=by.audit_id, set_by_name=by.audit_name,
    )  # fmt: skip


def stamps_of(institution: Organisation) -> dict[str, object]:
    """The columns that decide who may see the institution's rows."""
    chain: dict[str, object] = {"county": None, "city": None, "province": None}
    region: Region | None = institution.region
    while region is not None:
        chain[region.level] = region
        region = region.parent
    return {"institution": institution, "pool_id": institution.pool_id, **chain}
