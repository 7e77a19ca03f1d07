"""Decode ECharts' compressed map (UTF8Encoding) into plain GeoJSON keyed by administrative code."""

from __future__ import annotations

import json
from typing import Any

DECIMALS = 4
"""Degrees; about ten metres, finer than the source."""

LABEL_POINTS = {"360900": [114.55, 28.4], "360700": [115.2, 25.75], "361100": [117.6, 28.6]}
"""Where the source puts a label at the seat of government and neighbours' labels would then overlap."""


def decode_ring(encoded: str, offsets: list[int], scale: float) -> list[list[float]]:
    """Zigzag-encoded differences, two characters a point, starting from the ring's offset."""
    x, y = offsets
    ring = []
    for index in range(0, len(encoded) - 1, 2):
        step_x, step_y = ord(encoded[index]) - 64, ord(encoded[index + 1]) - 64
        x += (step_x >> 1) ^ -(step_x & 1)
        y += (step_y >> 1) ^ -(step_y & 1)
        ring.append([round(x / scale, DECIMALS), round(y / scale, DECIMALS)])
    return ring


def decode_geometry(geometry: dict[str, Any], scale: float) -> dict[str, Any]:
    coordinates, offsets = geometry["coordinates"], geometry["encodeOffsets"]
    if geometry["type"] == "Polygon":
        rings = [
            decode_ring(ring, offset, scale)
            for ring, offset in zip(coordinates, offsets, strict=True)
        ]
        return {"type": "Polygon", "coordinates": rings}
    polygons = [
        [
            decode_ring(ring, offset, scale)
            for ring, offset in zip(polygon, polygon_offsets, strict=True)
        ]
        for polygon, polygon_offsets in zip(coordinates, offsets, strict=True)
    ]
    return {"type": "MultiPolygon", "coordinates": polygons}


def decode_feature(feature: dict[str, Any], scale: float) -> dict[str, Any]:
    properties = feature["properties"]
    label_point = LABEL_POINTS.get(feature["id"], properties["cp"])
    return {
        "type": "Feature",
        "id": feature["id"],
        "properties": {
            "adcode": feature["id"],
            "name": properties["name"],
            "center": properties["cp"],
            "cp": label_point,
        },
        "geometry": decode_geometry(feature["geometry"], scale),
    }


def decode_map(content: bytes) -> bytes:
    source = json.loads(content)
    scale = source.get("UTF8Scale", 1024)
    features = [decode_feature(feature, scale) for feature in source["features"]]
    plain = {"type": "FeatureCollection", "features": features}
    return (json.dumps(plain, ensure_ascii=False, separators=(",", ":")) + "\n").encode()
