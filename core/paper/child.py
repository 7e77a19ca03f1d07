"""The process that sets type: reads requests from standard input, answers on standard output.

Started by file name (`python -I child.py`), so nothing of Django is loaded and a runaway page takes
this process only. A frame is four bytes of length, big-endian, then that many bytes. A request is one
frame of JSON; the answer is one frame of JSON and, when it says ok, one frame with the PDF.
"""

from __future__ import annotations

import json
import resource
import struct
import sys
from typing import IO, Any

import typst


def read_frame(stream: IO[bytes]) -> bytes | None:
    head = stream.read(4)
    if len(head) < 4:
        return None
    return stream.read(struct.unpack(">I", head)[0])


def write_frame(stream: IO[bytes], body: bytes) -> None:
    stream.write(struct.pack(">I", len(body)) + body)


def set_type(request: dict[str, Any], fonts: typst.Fonts) -> tuple[dict[str, Any], bytes]:
    compiler = typst.Compiler(
        request["input"],
        root=request["root"],
        font_paths=fonts,
        sys_inputs={"content": request["content"]},
    )
    pdf = compiler.compile(format="pdf", pdf_standards=request["standards"])
    assert isinstance(pdf, bytes)
    boxes = json.loads(compiler.query("<signature>", field="value"))
    return {"ok": True, "boxes": boxes}, pdf


def serve(source: IO[bytes], sink: IO[bytes]) -> None:
    settings = json.loads(read_frame(source) or b"{}")
    limit = settings["memory_bytes"]
    resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
    fonts = typst.Fonts(
        include_system_fonts=False, include_embedded_fonts=False, font_paths=settings["fonts"]
    )
    while (frame := read_frame(source)) is not None:
        try:
            answer, pdf = set_type(json.loads(frame), fonts)
        except typst.TypstError as error:
            answer, pdf = {"ok": False, "message": str(error)}, b""
        write_frame(sink, json.dumps(answer).encode())
        if answer["ok"]:
            write_frame(sink, pdf)
        sink.flush()


if __name__ == "__main__":
    serve(sys.stdin.buffer, sys.stdout.buffer)
