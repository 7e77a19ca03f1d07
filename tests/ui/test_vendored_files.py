"""static/vendor/ is what its manifest says; the map has the province's cities by code."""

import json
import subprocess
import sys

from django.conf import settings

VENDOR = settings.BASE_DIR / "static" / "vendor"
FONTS = settings.BASE_DIR / "core" / "paper" / "fonts"


def test_vendored_files_match_their_manifest() -> None:
    script = settings.BASE_DIR / "scripts" / "vendor_assets.py"
    run = subprocess.run(
        [sys.executable, script, "--check"], capture_output=True, text=True, check=False
    )
    matches = ["static/vendor matches its manifest", "core/paper/fonts matches its manifest"]
    assert (run.returncode, run.stdout.splitlines()) == (0, matches)


def test_every_font_names_version_and_licence() -> None:
    entries = json.loads((FONTS / "manifest.json").read_text(encoding="utf-8"))
    assert {(entry["name"], entry["version"]): entry["licence"] for entry in entries} == {
        ("@expo-google-fonts/noto-serif-sc", "0.4.3"): "OFL-1.1",
        ("@expo-google-fonts/noto-sans-sc", "0.4.3"): "OFL-1.1",
    }


def test_every_vendored_package_names_version_and_licence() -> None:
    entries = json.loads((VENDOR / "manifest.json").read_text(encoding="utf-8"))
    assert {(entry["name"], entry["version"]): entry["licence"] for entry in entries} == {
        ("@tabler/core", "1.0.0"): "MIT",
        ("@alpinejs/csp", "3.17.4"): "MIT",
        ("echarts", "6.1.0"): "Apache-2.0",
        ("echarts", "4.9.0"): "Apache-2.0",
        ("@tabler/icons", "3.51.0"): "MIT",
    }


def test_map_has_the_eleven_cities_by_code() -> None:
    shapes = json.loads((VENDOR / "maps" / "360000.json").read_text(encoding="utf-8"))
    cities = {
        shape["properties"]["adcode"]: shape["properties"]["name"] for shape in shapes["features"]
    }
    assert sorted(cities) == [f"36{number:02d}00" for number in range(1, 12)]
    assert cities["360100"] == "南昌市"


def test_map_lies_in_jiangxi() -> None:
    shapes = json.loads((VENDOR / "maps" / "360000.json").read_text(encoding="utf-8"))
    points = [
        point
        for shape in shapes["features"]
        for polygon in (
            [shape["geometry"]["coordinates"]]
            if shape["geometry"]["type"] == "Polygon"
            else shape["geometry"]["coordinates"]
        )
        for ring in polygon
        for point in ring
    ]
    assert len(points) == 14_872
    assert 113.5 < min(x for x, _ in points) < max(x for x, _ in points) < 118.5
    assert 24.4 < min(y for _, y in points) < max(y for _, y in points) < 30.1
