"""Fetch the assets named below from npm into static/vendor/ and core/paper/fonts/, or verify what is committed.

    python scripts/vendor_assets.py           download, check, copy, write the manifest
    python scripts/vendor_assets.py --check   offline: compare the committed files with the manifest

Only people who change a version need npm (and fontTools 4.68.0, for the fonts): what is fetched is committed, so
neither install nor CI downloads anything.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import re
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path
from typing import NamedTuple

from vendor_fonts import common_signs
from vendor_icons import ICONS, sprite
from vendor_map import decode_map

ROOT = Path(__file__).resolve().parent.parent
SOURCE_MAP = re.compile(
    rb"\n?(?://[#@]\s*sourceMappingURL=\S+|/\*[#@]\s*sourceMappingURL=[^*]*\*/)\s*"
)


class Package(NamedTuple):
    name: str
    version: str
    licence: str
    tarball_sha256: str
    files: dict[str, str]
    """Path inside the package → path inside the shelf's folder."""


class Shelf(NamedTuple):
    """A folder of vendored files with its manifest."""

    folder: Path
    packages: tuple[Package, ...]

    @property
    def manifest(self) -> Path:
        return self.folder / "manifest.json"


BROWSER_PACKAGES = (
    Package(
        "@tabler/core", "1.0.0", "MIT",
        "961c35dfacae28bff16a63604754dfac640d74694636a7dfe8642602d86a1f30",
        {
            "dist/css/tabler.min.css": "tabler/tabler.min.css",
            "dist/js/tabler.min.js": "tabler/tabler.min.js",
            "LICENSE": "tabler/LICENSE",
        },
    ),
    Package(
        "@alpinejs/csp", "3.17.4", "MIT",
        "4c4cd80495f4bbfac3cc026a191b84f341df885d175d757cba7675bcc7b87ec4",
        {"dist/cdn.min.js": "alpine/alpine-csp.min.js"},
    ),
    Package(
        "echarts", "6.1.0", "Apache-2.0",
        "681aff88cc1038c3fa941a3a53d1b177a52250b05335efc607d6105ae13be481",
        {
            "dist/echarts.min.js": "echarts/echarts.min.js",
            "LICENSE": "echarts/LICENSE",
            "NOTICE": "echarts/NOTICE",
            "licenses/LICENSE-d3": "echarts/LICENSE-d3",
        },
    ),
    Package(
        "echarts", "4.9.0", "Apache-2.0",
        "d2bdf8af1b218d3885a518072788a3b7f0c2d3f8925ec8585a36be5ee5add3f2",
        {
            "map/json/province/jiangxi.json": "maps/360000.json",
            "LICENSE": "maps/LICENSE",
            "NOTICE": "maps/NOTICE",
        },
    ),
    Package(
        "@tabler/icons", "3.51.0", "MIT",
        "b30108713d3fa60aee862c2a133225da8e0f309be0708fe2925763ff810c766c",
        {"LICENSE": "icons/LICENSE"},
    ),
)  # fmt: skip

# Set by typst (docs/adr/0012). The regular weight is whole: names need rare signs.
FONT_PACKAGES = (
    Package(
        "@expo-google-fonts/noto-serif-sc", "0.4.3", "OFL-1.1",
        "ff6bcf5ba68d92dfecc05544bb150f9e724741a932354a0dd97e7289c40a3f5e",
        {
            "400Regular/NotoSerifSC_400Regular.ttf": "NotoSerifSC-Regular.ttf",
            "900Black/NotoSerifSC_900Black.ttf": "NotoSerifSC-Black-GB2312.ttf",
            "LICENSE_FONT": "LICENSE-NotoSerifSC",
        },
    ),
    Package(
        "@expo-google-fonts/noto-sans-sc", "0.4.3", "OFL-1.1",
        "0d69d0f4971d2ff574e3d93cbc218dc950bf3f3f8f8e2c008d97687ed53aee59",
        {
            "500Medium/NotoSansSC_500Medium.ttf": "NotoSansSC-Medium-GB2312.ttf",
            "LICENSE_FONT": "LICENSE-NotoSansSC",
        },
    ),
)  # fmt: skip

SHELVES = (
    Shelf(ROOT / "static" / "vendor", BROWSER_PACKAGES),
    Shelf(ROOT / "core" / "paper" / "fonts", FONT_PACKAGES),
)


def sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def download(package: Package, folder: Path) -> Path:
    """Run `npm pack`; stop when the archive is not the one that was reviewed."""
    command = ["npm", "pack", "--silent", f"{package.name}@{package.version}"]
    packed = subprocess.run(command, cwd=folder, check=True, capture_output=True, text=True)
    archive = folder / packed.stdout.split()[-1]
    found = sha256(archive.read_bytes())
    if found != package.tarball_sha256:
        raise SystemExit(
            f"{package.name}@{package.version}: sha256 {found}, expected {package.tarball_sha256}"
        )
    return archive


def read_member(archive: tarfile.TarFile, path: str) -> bytes:
    member = archive.extractfile(f"package/{path}")
    if member is None:
        raise SystemExit(f"{path} is not a file in {archive.name!r}")
    return member.read()


def prepare(target: str, content: bytes) -> bytes:
    """Strip source map references (collectstatic with hashed names fails on them); decode the map."""
    if target.startswith("maps/") and target.endswith(".json"):
        return decode_map(content)
    if target.endswith((".css", ".js")):
        return SOURCE_MAP.sub(b"\n", content)
    if target.endswith("-GB2312.ttf"):
        return common_signs(content)
    return content


def collect(package: Package, archive: tarfile.TarFile) -> dict[str, bytes]:
    files = {
        target: prepare(target, read_member(archive, source))
        for source, target in package.files.items()
    }
    if package.name == "@tabler/icons":
        outlines = json.loads(read_member(archive, "tabler-nodes-outline.json"))
        files["icons/sprite.svg"] = sprite(outlines, ICONS)
    return files


def vendor(shelf: Shelf) -> None:
    entries = []
    with tempfile.TemporaryDirectory() as scratch:
        for package in shelf.packages:
            with tarfile.open(download(package, Path(scratch))) as archive:
                files = collect(package, archive)
            for path, content in files.items():
                (shelf.folder / path).parent.mkdir(parents=True, exist_ok=True)
                (shelf.folder / path).write_bytes(content)
            entries.append(
                {
                    "name": package.name,
                    "version": package.version,
                    "licence": package.licence,
                    "tarball_sha256": package.tarball_sha256,
                    "files": {path: sha256(content) for path, content in sorted(files.items())},
                }
            )
            print(f"{package.name}@{package.version}: {len(files)} files")
    shelf.manifest.write_text(
        json.dumps(entries, ensure_ascii=False, indent=2) + "\n", encoding="utf-8"
    )


def problems(shelf: Shelf) -> list[str]:
    """Files that are missing, changed by hand, or on the shelf without an entry."""
    entries = json.loads(shelf.manifest.read_text(encoding="utf-8"))
    expected = {path: digest for entry in entries for path, digest in entry["files"].items()}
    found = {
        path.relative_to(shelf.folder).as_posix(): sha256(path.read_bytes())
        for path in shelf.folder.rglob("*")
        if path.is_file() and path != shelf.manifest
    }
    missing = [f"missing: {path}" for path in expected if path not in found]
    changed = [
        f"changed: {path}" for path, digest in found.items() if expected.get(path, digest) != digest
    ]
    unknown = [f"not in the manifest: {path}" for path in found if path not in expected]
    return sorted(missing + changed + unknown)


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "--check", action="store_true", help="compare the committed files with the manifest"
    )
    if not parser.parse_args().check:
        for shelf in SHELVES:
            vendor(shelf)
    wrong = 0
    for shelf in SHELVES:
        found = problems(shelf)
        name = shelf.folder.relative_to(ROOT).as_posix()
        print("\n".join(found) if found else f"{name} matches its manifest")
        wrong += len(found)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
