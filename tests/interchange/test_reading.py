"""The shape of a file: encodings, line ends, quotes, headers, and the lines that are named."""

from __future__ import annotations

import io
import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from interchange.runner.records import BrokenFile, ends_in_quotes, quoted_record, records
from organisations.models import Pool
from tests.interchange.small_province import FILES, write_folder
from tests.interchange.test_cells import report_of
from tests.interchange.test_load_dataset import load_folder

HEADER = b"code,name,region_code\n"


def read(text: bytes) -> list[tuple[int, list[str], str]]:
    return [(r.line, r.cells, r.wrong) for r in records(io.BytesIO(text))]


def test_records_begin_on_their_physical_line() -> None:
    text = b'a,b\r\n\n1,"x\r\ny"\n\r\n2,"say ""hi"""\n3,'
    assert read(text) == [
        (1, ["a", "b"], ""),
        (3, ["1", "x\r\ny"], ""),
        (6, ["2", 'say "hi"'], ""),
        (7, ["3", ""], ""),
    ]


def test_quoted_cell_over_many_lines_keeps_them() -> None:
    assert read(b'"a\nb\nc,d\n",e\nf,g\n') == [(1, ["a\nb\nc,d\n", "e"], ""), (5, ["f", "g"], "")]


def test_byte_order_mark_is_left_out_only_at_the_beginning() -> None:
    assert read(b"\xef\xbb\xbfa\n\xef\xbb\xbfb\n") == [(1, ["a"], ""), (2, ["\ufeffb"], "")]


def test_backslash_and_tab_are_text() -> None:
    assert read(b"\\N,a\tb,\\.\n") == [(1, ["\\N", "a\tb", "\\."], "")]


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (b'a"b,c\n', "字段内有引号"),
        (b'"a"b,c\n', "结束引号之后应是逗号或行末"),
        (b"a\rb,c\n", "单独的回车符"),
        (b"a\0b,c\n", "空字符"),
    ],
)
def test_broken_quoting_is_said(text: bytes, reason: str) -> None:
    [(line, _, wrong)] = read(text)
    assert line == 1
    assert reason in wrong


@pytest.mark.parametrize(
    ("text", "line", "reason"),
    [
        (b'a\n"b\nc\n', 2, "引号没有成对"),
        ("a\n南昌\n".encode("gbk"), 0, "像是 GBK"),
        (b"a\n\xff\xfe\n", 0, "不是 UTF-8 编码（第 2 行起）"),
        (b"a" * 1_000_002, 1, "超过 100 万字节"),
        (b'"' + b"a\n" * 600_000, 1, "引号是否成对"),
    ],
)
def test_unreadable_file_is_said(text: bytes, line: int, reason: str) -> None:
    with pytest.raises(BrokenFile) as caught:
        read(text)
    assert caught.value.line == line
    assert reason in caught.value.reason


@pytest.mark.parametrize("line", [b"a\n", b'"",""\r\n'])
def test_a_long_cell_is_read_in_time_that_grows_with_it(line: bytes) -> None:
    """A quote left open in a large file: joined line by line, this took half a minute."""
    text = b'"' + line * (999_000 // len(line))
    begun = time.process_time()
    with pytest.raises(BrokenFile, match="没有成对"):
        read(text)
    assert time.process_time() - begun < 8
    (found,) = records(io.BytesIO(b'"' + b"a\n" * 400_000 + b'",b\n'))
    assert found.cells == ["a\n" * 400_000, "b"]


@settings(deadline=None, database=None)
@given(st.lists(st.sampled_from(['"', '""', ",", "a", "\n", "\r\n", "南"]), max_size=14))
def test_cells_over_several_lines_are_those_of_a_reader_by_characters(pieces: list[str]) -> None:
    """Held against one that decides on the whole text read so far, after each line."""
    text = "".join(pieces)
    assert outcome(text) == outcome_by_whole(text)


def outcome(text: str) -> object:
    try:
        return [
            (one.line, one.cells, bool(one.wrong)) for one in records(io.BytesIO(text.encode()))
        ]
    except BrokenFile as broken:
        return broken.line


def outcome_by_whole(text: str) -> object:
    """Every record grown line by line until, scanned from its start, no quoted cell is open."""
    lines, found, at = text.encode().splitlines(keepends=True), [], 0
    while at < len(lines):
        begins, body = at + 1, lines[at].removesuffix(b"\n").removesuffix(b"\r")
        whole, at = lines[at], at + 1
        if not body:
            continue
        while ends_in_quotes(whole.removesuffix(b"\n").removesuffix(b"\r")):
            if at == len(lines):
                return begins
            whole, at = whole + lines[at], at + 1
        text_of = whole.removesuffix(b"\n").removesuffix(b"\r").decode()
        one = quoted_record(begins, text_of)
        found.append((begins, one.cells, bool(one.wrong)))
    return found


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("text", "found"),
    [
        (b"", ["pools.csv:0: : : 文件是空的"]),
        (b"code,region_code\n", ["pools.csv:1: name: : 缺少这一列"]),
        (b"code,name,region_code,note\n", ["pools.csv:1: note: : 没有这一列"]),
        (b"code,name,region_code,name\n", ["pools.csv:1: name: : 这一列出现了两次"]),
        (HEADER + b"3601,a,360100,\n", ["pools.csv:2: : : 这一行有 4 个字段，表头有 3 个"]),
        (HEADER + b"3601,a\n", ["pools.csv:2: : : 这一行有 2 个字段，表头有 3 个"]),
        (HEADER + b'3601,a"b,360100\n', ["pools.csv:2: : : 字段内有引号"]),
        (HEADER + b'3601,"a,360100\n', ["pools.csv:2: : : 引号没有成对"]),
        (HEADER + "3601,南昌,360100\n".encode("utf-16"), ["pools.csv:0: : : 文件不是 UTF-8 编码"]),
    ],
)
def test_shape_is_reported_and_nothing_follows_from_it(
    tmp_path: Path, text: bytes, found: list[str]
) -> None:
    folder = write_folder(
        tmp_path, {name: "" for name in FILES if name not in ("regions", "pools", "institutions")}
    )
    (folder / "pools.csv").write_bytes(text)
    reported = [p for p in report_of(folder) if p.startswith("pools.csv")]
    assert len(reported) == len(found)
    for line, start in zip(reported, found, strict=True):
        assert line.startswith(start)


@pytest.mark.django_db
def test_csv_of_another_name_is_refused_and_other_files_are_not(tmp_path: Path) -> None:
    folder = write_folder(tmp_path)
    (folder / "README.md").write_text("x", encoding="utf-8")
    (folder / "Orders.CSV").write_text("x", encoding="utf-8")
    (folder / "order.csv").write_text("x", encoding="utf-8")
    found = report_of(folder)
    assert [text.split("，")[0] for text in found] == [
        "Orders.CSV:0: : : 不是数据集的文件",
        "order.csv:0: : : 不是数据集的文件",
    ]


@pytest.mark.django_db
def test_column_order_line_ends_and_text_as_it_is(tmp_path: Path) -> None:
    folder = write_folder(tmp_path, {name: "" for name in FILES if name != "regions"})
    name = ' =1+1 "\\N\\t\t，\r\n末'
    quoted = name.replace('"', '""')
    (folder / "pools.csv").write_bytes(
        f'\ufeffregion_code,code,name\r\n\r\n360100,3601,"{quoted}"\r\n'.encode()
    )
    assert load_folder(folder).problems == ()
    assert Pool.objects.get(code="3601").name == name


@pytest.mark.django_db
def test_optional_column_may_be_missing_from_the_header(tmp_path: Path) -> None:
    text = "".join(",".join(line.split(",")[:5]) + "\n" for line in FILES["orders"].splitlines())
    assert report_of(write_folder(tmp_path, {"orders": text})) == []
