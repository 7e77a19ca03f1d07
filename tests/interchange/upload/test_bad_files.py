"""What is no dataset: each archive and file is refused with words that say what to do."""

from __future__ import annotations

import io
import json
import stat
import struct
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile, TemporaryUploadedFile
from django.test import Client

from core.transitions import MissingInput
from interchange.files import FILES as DECLARED
from interchange.operations.import_files import inspect_uploads, keep_uploads, root
from interchange.operations.load_dataset import load
from interchange.runner import unpacking
from interchange.runner.marking import write_marked_copy
from interchange.runner.unpacking import Refused, unpack
from tests.interchange.small_province import FILES
from tests.interchange.test_load_dataset import LOADER, NOW
from tests.interchange.upload.conftest import upload, zipped

REGIONS = FILES["regions"]
LIMIT = 64 * 2**20


def archive(*entries: tuple[str | zipfile.ZipInfo, bytes], method: int = 8) -> bytes:
    kept = io.BytesIO()
    with zipfile.ZipFile(kept, "w", method) as packed:
        for name, content in entries:
            packed.writestr(name, content)
    return kept.getvalue()


def patched(content: bytes, *, flag: int = 0, method: int | None = None) -> bytes:
    """The archive with a flag or a compression method written over, in both headers."""
    found = bytearray(content)
    for mark, flags in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        at = found.index(mark)
        held = struct.unpack_from("<H", found, at + flags)[0]
        struct.pack_into("<H", found, at + flags, held | flag)
        if method is not None:
            struct.pack_into("<H", found, at + flags + 2, method)
    return bytes(found)


def link() -> bytes:
    entry = zipfile.ZipInfo("regions.csv")
    entry.external_attr = (stat.S_IFLNK | 0o777) << 16
    return archive((entry, b"/etc/passwd"))


def lying() -> bytes:
    """Says that it holds ten bytes, holds a hundred million."""
    content = bytearray(archive(("regions.csv", b"0" * 100_000_000)))
    for mark, size in ((b"PK\x03\x04", 22), (b"PK\x01\x02", 24)):
        struct.pack_into("<I", content, content.index(mark) + size, 10)
    return bytes(content)


GOOD = REGIONS.encode()
BROKEN = archive(("regions.csv", GOOD))
ARCHIVES: dict[str, tuple[Callable[[], bytes], str]] = {
    "not a zip": (lambda: b"hello, this is text", "不是完好的 zip"),
    "a workbook's first bytes only": (lambda: b"PK\x03\x04" + b"\0" * 50, "不是完好的 zip"),
    "cut off": (lambda: BROKEN[:-30], "不是完好的 zip"),
    "a bit turned": (
        lambda: BROKEN[:45] + bytes([BROKEN[45] ^ 0x55]) + BROKEN[46:],
        "不是完好的 zip",
    ),
    "empty": (archive, "没有 CSV 文件"),
    "no CSV in it": (lambda: archive(("readme.txt", b"x")), "没有 CSV 文件"),
    "a zip in a zip": (lambda: archive(("data.zip", BROKEN)), "没有 CSV 文件"),
    "climbs out": (lambda: archive(("../regions.csv", GOOD)), "指向别处"),
    "climbs out from within": (lambda: archive(("a/../../regions.csv", GOOD)), "指向别处"),
    "absolute": (lambda: archive(("/etc/regions.csv", GOOD)), "指向别处"),
    "a drive's letter": (lambda: archive(("c:/regions.csv", GOOD)), "指向别处"),
    "backslashes": (lambda: archive(("..\\regions.csv", GOOD)), "指向别处"),
    "a link": (link, "是链接"),
    "with a password": (lambda: patched(BROKEN, flag=1), "加了密码"),
    "an unknown compression": (lambda: patched(BROKEN, method=77), "压缩方式"),
    "another name": (lambda: archive(("地区.csv", GOOD)), "不是数据集的文件名"),
    "a name in capitals": (lambda: archive(("Regions.CSV", GOOD)), "不是数据集的文件名"),
    "twice in two folders": (
        lambda: archive(("a/regions.csv", GOOD), ("b/regions.csv", GOOD)),
        "有两个 regions.csv",
    ),
    "a bomb": (lambda: archive(("regions.csv", b"0" * (LIMIT + 1))), "解开后超过 64 MB"),
    "a bomb in parts": (
        lambda: archive(("regions.csv", b"0" * (LIMIT - 9)), ("pools.csv", b"0" * 10)),
        "解开后超过 64 MB",
    ),
    "a bomb that lies": (lying, "不是完好的 zip"),
    "too many entries": (
        lambda: archive(*((f"n/{n}.txt", b"") for n in range(1001))),
        "超过 1000 个文件",
    ),
}


@pytest.mark.parametrize("case", ARCHIVES)
def test_bad_archive_is_refused_with_the_way_out(case: str, tmp_path: Path) -> None:
    make, words = ARCHIVES[case]
    source, folder = tmp_path / "x.zip", tmp_path / "out" / "csv"
    source.write_bytes(make())
    folder.mkdir(parents=True)
    with pytest.raises(Refused, match=words):
        unpack(source, folder, LIMIT)
    # Whatever was refused, nothing lies outside the folder.
    assert sorted(p.name for p in tmp_path.iterdir()) == ["out", "x.zip"]
    assert [p.name for p in (tmp_path / "out").iterdir()] == ["csv"]


def test_folders_and_what_a_mac_adds_are_no_matter(tmp_path: Path) -> None:
    source = tmp_path / "x.zip"
    source.write_bytes(
        archive(
            ("数据/", b""), ("数据/regions.csv", GOOD), ("数据/说明.docx", b"x"),
            ("__MACOSX/数据/._regions.csv", b"x"), ("数据/._regions.csv", b"x"),
        )
    )  # fmt: skip
    assert unpack(source, tmp_path, LIMIT) == ["regions.csv"]
    assert (tmp_path / "regions.csv").read_bytes() == GOOD


def test_reader_that_is_killed_is_told_of(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    killed = subprocess.CompletedProcess([], -9, b"", b"MemoryError")
    monkeypatch.setattr(unpacking.subprocess, "run", lambda *_, **__: killed)
    with pytest.raises(Refused, match="限定的内存和时间"):
        unpack(tmp_path / "x.zip", tmp_path, LIMIT)


def test_child_has_no_more_memory_than_it_is_given() -> None:
    """The limit is real: what asks for more dies of it."""
    script = (
        "import resource, runpy; m = runpy.run_path(%r); m['_limit'](10);"
        "print(resource.getrlimit(resource.RLIMIT_AS)[0]); bytearray(m['MEMORY_BYTES'])"
    )
    child = subprocess.run(
        [sys.executable, "-I", "-c", script % unpacking.__file__], capture_output=True, check=False
    )
    assert child.stdout.split() == [str(unpacking.MEMORY_BYTES).encode()]
    assert b"MemoryError" in child.stderr


UPLOADS: dict[str, tuple[list[tuple[str, bytes]], str]] = {
    "nothing": ([], "请选择"),
    "an empty file": ([("regions.csv", b"")], "是空文件"),
    "a workbook": ([("regions.xlsx", b"PK")], "是工作簿"),
    "a rar": ([("数据.rar", b"Rar!")], "不是 zip"),
    "another name": ([("地区.csv", GOOD)], "不是数据集的文件"),
    "another kind": ([("regions.pdf", b"%PDF")], "不是数据集的文件"),
    "a zip beside a file": ([("a.zip", b"PK"), ("regions.csv", GOOD)], "压缩包须单独上传"),
    "one twice": ([("regions.csv", GOOD), ("regions.csv", GOOD)], "选了两次"),
    "too many": ([(f"{n}.csv", GOOD) for n in range(30)], "至多 25 个文件"),
}


@pytest.mark.parametrize("case", UPLOADS)
def test_bad_choice_of_files(case: str) -> None:
    files, words = UPLOADS[case]
    with pytest.raises(MissingInput, match=words):
        inspect_uploads([SimpleUploadedFile(name, content) for name, content in files])


def test_too_large_in_all(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings, "DATASET_MAX_BYTES", 2 * len(GOOD) - 1)
    assert inspect_uploads([upload(GOOD, "regions.csv")]) is False
    with pytest.raises(MissingInput, match="合计超过"):
        inspect_uploads([upload(GOOD, "regions.csv"), upload(GOOD, "pools.csv")])


def test_large_upload_is_never_whole_in_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is copied by pieces; reading all of it at once would fail here."""
    big = TemporaryUploadedFile("x.zip", "application/zip", 1_000_000, None)
    big.write(b"x" * 1_000_000)
    read = big.file.read
    monkeypatch.setattr(
        big.file, "read", lambda size=-1: read(size) if 0 < size < 100_000 else pytest.fail("all")
    )
    keep_uploads("DR20260501-0001", [big], is_archive=True)
    assert (root() / "DR20260501-0001.zip").stat().st_size == 1_000_000


HEADER = "code,name,region_code\n"
CONTENTS: dict[str, tuple[bytes, str]] = {
    "GBK": ((HEADER + "P1,统筹区,360100\n").encode("gbk"), "像是 GBK"),
    "UTF-16": ((HEADER + "P1,统筹区,360100\n").encode("utf-16"), "不是 UTF-8"),
    "a huge cell": ((HEADER + f"P1,{'长' * 400_000},360100\n").encode(), "100 万字节"),
    "a cell too long": ((HEADER + f"P1,{'长' * 101},360100\n").encode(), "至多 100 个字符"),
    "columns far out": ((HEADER[:-1] + "," * 20_000 + "x\n").encode(), "没有这一列"),
    "an open quote": ((HEADER + 'P1,"统筹区,360100\n').encode(), "引号没有成对"),
    "a column of another file": (b"code,name,region_code,uscc\n", "没有这一列"),
    "a column twice": (b"code,name,region_code,name\n", "出现了两次"),
    "no header": (b"\n\n", "文件是空的"),
    "a NUL": ((HEADER + "P\x001,x,360100\n").encode(), "NUL"),
}


@pytest.mark.django_db
@pytest.mark.parametrize("case", CONTENTS)
def test_bad_file_is_told_by_line_and_can_be_marked(case: str, tmp_path: Path) -> None:
    content, words = CONTENTS[case]
    (tmp_path / "pools.csv").write_bytes(content)
    report = load(tmp_path, by=LOADER, at=NOW, dry_run=True)
    assert any(words in problem.reason for problem in report.problems)
    target = tmp_path / "marked.zip"
    write_marked_copy(tmp_path, report.problems, target, more=False)
    with zipfile.ZipFile(target) as marked:
        assert words in marked.read("错误清单.txt").decode("utf-8-sig")


@pytest.mark.django_db
def test_template_is_a_dataset_without_rows(site: Client, tmp_path: Path) -> None:
    answer = site.get("/imports/template/")
    with zipfile.ZipFile(io.BytesIO(answer.content)) as packed:
        packed.extractall(tmp_path)
    report = load(tmp_path, by=LOADER, at=NOW, dry_run=True)
    assert (report.problems, report.totals) == ((), "0 created, 0 updated, 0 unchanged")
    text = (tmp_path / "填写说明.txt").read_text("utf-8-sig")
    assert all(file.file_name in text and file.label in text for file in DECLARED)


@pytest.mark.django_db
def test_page_says_what_is_wrong_and_keeps_nothing(site: Client) -> None:
    answer = site.post("/imports/", {"files": upload(b"x", "a.rar")})
    assert answer.status_code == 400
    assert "请用“压缩为 ZIP”重新压缩" in answer.content.decode()
    assert not root().exists()


@pytest.mark.django_db
def test_by_api_as_by_page(site: Client) -> None:
    refused = site.post("/api/v1/dataset-imports/", {"files": upload(b"x", "a.rar")})
    assert (refused.status_code, refused["Content-Type"]) == (400, "application/problem+json")
    key = {"HTTP_IDEMPOTENCY_KEY": "k-1"}
    content = zipped()  # once: an archive made two seconds later has other bytes
    first = site.post("/api/v1/dataset-imports/", {"files": upload(content)}, **key)
    again = site.post("/api/v1/dataset-imports/", {"files": upload(content)}, **key)
    assert (first.status_code, again.status_code) == (202, 202)
    made = json.loads(first.content)
    assert made["import_no"] == json.loads(again.content)["import_no"]
    assert (made["state"], made["state_label"]) == ("checking", "等待检查")
    one = f"/api/v1/dataset-imports/{made['import_no']}/"
    assert site.post(f"{one}confirm/").status_code == 409
    assert site.get(f"{one}problems/").json() == []
    assert site.post(f"{one}cancel/").json()["state"] == "cancelled"
    assert site.get(one).json()["state_label"] == "已取消"
