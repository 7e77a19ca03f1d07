"""Plain lines taken whole give the same records as lines read one by one, with the same numbers."""

from __future__ import annotations

import io
import random

import pytest

from interchange.runner import runs as module
from interchange.runner.records import BrokenFile, Record, records
from interchange.runner.runs import Run, runs

PARTS = (
    b"a,b\n", b"1,2\r\n", b"\n", b'"x\ny",z\n', "中,文\n".encode(), b"c\\d,\n", b"e,f\n", b"\r\n",
    b'g,"h""i"\r\n', b"tab\t,j\n",
)  # fmt: skip


def flat(text: bytes) -> list[tuple[int, list[str], str]]:
    found: list[Record] = []
    for one in runs(io.BytesIO(text)):
        found += one.records() if isinstance(one, Run) else [one]
    return [(record.line, record.cells, record.wrong) for record in found]


def singly(text: bytes) -> list[tuple[int, list[str], str]]:
    return [(record.line, record.cells, record.wrong) for record in records(io.BytesIO(text))]


@pytest.mark.parametrize("seed", range(60))
def test_runs_are_the_records_whatever_the_blocks(
    seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    chance = random.Random(seed)
    plain = chance.random() < 0.5
    parts = [PARTS[0], PARTS[6], PARTS[4], PARTS[1]] if plain else list(PARTS)
    text = b"".join(chance.choice(parts) for _ in range(40))
    text = text if chance.random() < 0.5 else text.rstrip(b"\r\n")
    monkeypatch.setattr(module, "BLOCK_BYTES", chance.choice([8, 17, 64, 1000]))
    assert flat(text) == singly(text)


def test_a_plain_file_is_one_run_after_its_header() -> None:
    header, run = runs(io.BytesIO(b"\xef\xbb\xbfa,b\r\n1,2\r\n3,4"))
    assert isinstance(header, Record)
    assert isinstance(run, Run)
    assert (header.cells, run.line, run.lines) == (["a", "b"], 2, [b"1,2", b"3,4"])
    assert run.copy_rows() == b"2\t\\N\t1\t2\n3\t\\N\t3\t4\n"


def test_what_is_not_utf_8_is_said_at_its_line() -> None:
    text = b"a\n" + b"1\n" * 70_000 + "药品集采".encode("gb18030") + b"\n"
    with pytest.raises(BrokenFile, match="像是 GBK（第 70002 行起）"):
        flat(text)
