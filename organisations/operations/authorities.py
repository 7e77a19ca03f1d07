"""The authorities of the loaded provinces: bureaus, commissions, agencies and the others."""

from __future__ import annotations

from datetime import datetime

from core.audit.record import Actor, record
from core.operations import operation
from core.pinyin import spell
from organisations.models import Organisation, Pool, Region

Kind = Organisation.Kind
REGIONAL = (
    (Kind.BUREAU, "YB", "医疗保障局", ("province", "city", "county")),
    (Kind.HEALTH_COMMISSION, "WJ", "卫生健康委员会", ("province", "city")),
    (Kind.FINANCE, "CZ", "财政局", ("province", "city")),
    (Kind.REGULATOR, "YJ", "药品监督管理局", ("province", "city")),
    (Kind.PROCUREMENT_CENTRE, "CG", "医药采购服务中心", ("province",)),
    (Kind.DISCIPLINE, "JW", "纪检监察组", ("province",)),
)


@operation
def create_authorities(*, by: Actor, at: datetime) -> int:
    """Make those that are missing, for every region and pool there is; gives how many.

    A code is two letters of the kind and the region's or pool's code.
    """
    wanted = [
        _authority(kind, f"{letters}{region.code}", f"{region.name}{suffix}", region)
        for region in Region.objects.order_by("code")
        for kind, letters, suffix, levels in REGIONAL
        if region.level in levels
    ]
    wanted += [
        _authority(Kind.AGENCY, f"JB{pool.code}", f"{pool.name}医保经办中心", pool.region, pool)
        for pool in Pool.objects.select_related("region").order_by("code")
    ]
    present = set(
        Organisation.objects.filter(code__in=[made.code for made in wanted]).values_list(
            "code", flat=True
        )
    )
    missing = [made for made in wanted if made.code not in present]
    Organisation.objects.bulk_create(missing, ignore_conflicts=True)
    if missing:
        record(by=by, at=at, action="organisation.create_authorities", object_type="organisation",
               object_label=f"{len(missing)} 个", detail={"codes": [made.code for made in missing]})  # fmt: skip
    return len(missing)


def _authority(
    kind: str, code: str, name: str, region: Region, pool: Pool | None = None
) -> Organisation:
    spelling = spell(name)
    return Organisation(
        kind=kind,
        code=code,
        name=name,
        region=region,
        pool=pool,
        pinyin=spelling.pinyin,
        initials=spelling.initials,
    )
