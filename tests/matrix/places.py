"""Two worlds: one where the actors live, and its twin in another province."""

from __future__ import annotations

from dataclasses import dataclass

from organisations.models import Organisation, Region
from tests.factories import organisations as make


@dataclass(frozen=True)
class Places:
    """Hospitals a and b in county x of city p, c in city q; t and its partners in the twin."""

    a: Organisation
    b: Organisation
    c: Organisation
    t: Organisation
    m1: Organisation
    m2: Organisation
    m3: Organisation
    d1: Organisation
    d2: Organisation
    d3: Organisation
    bureau_x: Organisation
    bureau_y: Organisation
    bureau_p: Organisation
    bureau_q: Organisation
    bureau: Organisation
    bureau_t: Organisation
    health_x: Organisation
    finance_p: Organisation
    regulator: Organisation
    agency_p: Organisation


def _region(code: str, name: str, parent: Region | None = None) -> Region:
    return make.region(code, name=name, parent=parent)


def build() -> Places:
    """Regions, bureaus, hospitals and enterprises, each with a mark of its own in its name."""
    province = _region("860000", "甲省")
    city_p, city_q = _region("860100", "丙市", province), _region("860200", "丁市", province)
    county_x, county_y = _region("860101", "戊县", city_p), _region("860102", "己县", city_p)
    county_q = _region("860201", "庚县", city_q)
    twin = _region("870000", "乙省")
    twin_city = _region("870100", "辛市", twin)
    twin_county = _region("870101", "壬县", twin_city)
    pool_p, pool_q = make.pool(city_p, "丙市统筹区"), make.pool(city_q, "丁市统筹区")
    pool_t = make.pool(twin_city, "辛市统筹区")

    def hospital(code: str, region: Region, pool: object) -> Organisation:
        return make.organisation(code=code, name=f"名记{code}医院", region=region, pool=pool)

    def enterprise(code: str, *, makes: bool) -> Organisation:
        return make.organisation(
            "enterprise",
            code=code,
            name=f"名记{code}公司",
            is_manufacturer=makes,
            is_distributor=not makes,
        )

    def bureau(region: Region) -> Organisation:
        return make.organisation(
            "bureau", code=f"YB{region.code}", name=f"{region.name}医保局", region=region
        )

    def authority(kind: str, code: str, name: str, region: Region, **more: object) -> Organisation:
        return make.organisation(
            kind, code=code, name=f"{region.name}{name}", region=region, **more
        )

    return Places(
        a=hospital("HA1001", county_x, pool_p),
        b=hospital("HB1002", county_x, pool_p),
        c=hospital("HC1003", county_q, pool_q),
        t=hospital("HT1004", twin_county, pool_t),
        m1=enterprise("EM2001", makes=True),
        m2=enterprise("EM2002", makes=True),
        m3=enterprise("EM2003", makes=True),
        d1=enterprise("ED3001", makes=False),
        d2=enterprise("ED3002", makes=False),
        d3=enterprise("ED3003", makes=False),
        bureau_x=bureau(county_x),
        bureau_y=bureau(county_y),
        bureau_p=bureau(city_p),
        bureau_q=bureau(city_q),
        bureau=bureau(province),
        bureau_t=bureau(twin),
        health_x=authority("health_commission", "WJ860101", "卫健委", county_x),
        finance_p=authority("finance", "CZ860100", "财政局", city_p),
        regulator=authority("regulator", "YJ860000", "药监局", province),
        agency_p=authority("agency", "JB860100", "医保经办中心", city_p, pool=pool_p),
    )
