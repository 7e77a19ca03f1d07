"""A PDF that somebody brings is verified in a child: the same report, and limits that hold."""

from __future__ import annotations

import resource
import time
import zlib

import pytest

from core.signing import verify_brought, verify_pdf
from core.signing.guarded import TOO_LARGE, TOO_SLOW
from core.signing.verify import UNREADABLE
from tests.core.signing.paper import signing

MEGABYTE = 2**20


def bomb(megabytes: int) -> bytes:
    """Its cross-reference stream unpacks to so many megabytes of zeros."""
    packer = zlib.compressobj(9)
    body = b"".join(packer.compress(bytes(MEGABYTE)) for _ in range(megabytes)) + packer.flush()
    head = (
        b"%%PDF-1.7\n1 0 obj\n<</Type/XRef/Size 9/W[1 4 2]/Root 2 0 R/Filter/FlateDecode"
        b"/Length %d>>\nstream\n" % len(body)
    )
    return head + body + b"\nendstream\nendobj\nstartxref\n9\n%%EOF\n"


def test_the_same_report_as_in_this_process() -> None:
    made = signing()
    pdf, roots = made.done, made.roots
    told = verify_brought(pdf, roots, seconds=300)
    assert told == verify_pdf(pdf, roots)
    assert told.good and len(told.signatures) == 3
    broken = pdf[:2000] + bytes([pdf[2000] ^ 1]) + pdf[2001:]
    assert verify_brought(broken, roots, seconds=300) == verify_pdf(broken, roots)
    assert not verify_brought(broken, roots, seconds=300).good


@pytest.mark.parametrize("body", [b"", b"%PDF-1.7\n", b"MZ" * 400, b"{}\n%PDF-1.4\n%%EOF"])
def test_what_is_no_pdf_is_unreadable(body: bytes) -> None:
    assert verify_brought(body, []).verdict == UNREADABLE


def test_a_file_that_unpacks_to_gigabytes_harms_nobody() -> None:
    hostile = bomb(300)
    assert len(hostile) < MEGABYTE
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    told = verify_brought(hostile, [], memory_bytes=400 * MEGABYTE)
    after = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    assert not told.good and told.verdict in (UNREADABLE, TOO_LARGE)
    # Kilobytes: what the child was denied, this process never had.
    assert after - before < 100 * 1024


def test_a_file_that_takes_too_long_gets_no_verdict() -> None:
    began = time.monotonic()
    told = verify_brought(bomb(50), [], seconds=0)
    assert (told.good, told.verdict, told.signatures) == (False, TOO_SLOW.format(0), ())
    assert time.monotonic() - began < 10
