"""Regions and pools of 江西: real names and codes (GB/T 2260), shipped in data/regions.csv."""

from __future__ import annotations

import csv
import math
from dataclasses import dataclass
from functools import cache
from pathlib import Path

DATA = Path(__file__).parent / "data"
PROVINCE = "360000"
CAPITAL = "360100"
PROVINCIAL_POOL = "3600"

# Rough longitude, latitude, and population in 10,000: distance slows vans, people fill hospitals.
_CITIES: dict[str, tuple[float, float, int]] = {
    "360100": (115.9, 28.7, 650),
    "360200": (117.2, 29.3, 160),
    "360300": (113.9, 27.6, 180),
    "360400": (116.0, 29.7, 450),
    "360500": (114.9, 27.8, 120),
    "360600": (117.0, 28.3, 115),
    "360700": (114.9, 25.8, 900),
    "360800": (115.0, 27.1, 440),
    "360900": (114.4, 27.8, 490),
    "361000": (116.4, 28.0, 355),
    "361100": (117.9, 28.5, 640),
}


@dataclass(frozen=True, slots=True)
class Region:
    code: str
    name: str
    level: str
    parent_code: str


@cache
def regions() -> tuple[Region, ...]:
    with (DATA / "regions.csv").open(encoding="utf-8-sig", newline="") as file:
        return tuple(Region(**row) for row in csv.DictReader(file))


@cache
def region_names() -> dict[str, str]:
    return {region.code: region.name for region in regions()}


def cities() -> list[str]:
    return [region.code for region in regions() if region.level == "city"]


def counties(city: str | None = None) -> list[str]:
    """County codes, of one city or of the whole province."""
    return [
        region.code
        for region in regions()
        if region.level == "county" and city in (None, region.parent_code)
    ]


def districts(city: str) -> list[str]:
    """The urban districts of a city, where its large hospitals stand."""
    names = region_names()
    return [code for code in counties(city) if names[code].endswith("区")]


def city_of(region_code: str) -> str:
    return region_code[:4] + "00"


def population(city: str) -> int:
    return _CITIES[city][2]


def kilometres(city: str, other: str) -> float:
    """Distance between two cities, roughly."""
    east = (_CITIES[city][0] - _CITIES[other][0]) * 98
    north = (_CITIES[city][1] - _CITIES[other][1]) * 111
    return math.hypot(east, north)


def pools() -> list[tuple[str, str, str]]:
    """Code, name, region of the eleven cities' pools and of 省直."""
    names = region_names()
    rows = [(city[:4], f"{names[city]}统筹区", city) for city in cities()]
    return [*rows, (PROVINCIAL_POOL, "省直", PROVINCE)]


def share_out(total: int, weights: list[float], least: int = 0) -> list[int]:
    """Whole numbers in proportion to `weights` that add up to `total` (largest remainder)."""
    free = max(0, total - least * len(weights))
    exact = [free * weight / sum(weights) for weight in weights]
    parts = [least + int(value) for value in exact]
    order = sorted(range(len(exact)), key=lambda i: (int(exact[i]) - exact[i], i))
    for index in order[: max(0, total - sum(parts))]:
        parts[index] += 1
    return parts
