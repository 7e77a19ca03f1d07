"""What a report says of a genuine agreement and of every way to tamper with one."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Callable
from datetime import timedelta
from io import BytesIO
from pathlib import Path

import pytest
from pyhanko.pdf_utils.generic import ArrayObject, StreamObject
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter

from core.signing import PdfReport, SigningRefused, empty_fields, make_root, prepare_pdf, verify_pdf
from core.signing.place import Field
from tests.core.signing.paper import AT, PARTIES, Signing, der, leaf, sign, signing

CONTENTS = re.compile(rb"/Contents <([0-9A-Fa-f]+)>")


@pytest.fixture(scope="module")
def made() -> Signing:
    return signing()


def test_three_signatures_are_good_and_the_last_covers_the_file(made: Signing) -> None:
    report = verify_pdf(made.done, made.roots)
    assert report.good
    assert report.verdict == "全部签名有效，最后一次签名之后没有任何改动"
    assert [each.field for each in report.signatures] == list(PARTIES)
    assert [each.signer for each in report.signatures] == [
        "某县人民医院", "某某制药有限公司", "某某医药有限公司",
    ]  # fmt: skip
    assert [each.coverage for each in report.signatures] == [
        "签名时的全部内容", "签名时的全部内容", "整个文件",
    ]  # fmt: skip
    assert [each.signed_at for each in report.signatures] == [
        AT + timedelta(minutes=number) for number in range(3)
    ]


def test_each_step_is_kept_byte_for_byte_in_the_next(made: Signing) -> None:
    for before, after in zip(made.steps, made.steps[1:], strict=False):
        assert after.startswith(before)


def test_a_partly_signed_agreement_is_good_and_says_who_is_missing(made: Signing) -> None:
    report = verify_pdf(made.steps[1], made.roots)
    assert (report.good, report.waiting) == (True, ("manufacturer", "distributor"))
    assert empty_fields(made.steps[1]) == ["manufacturer", "distributor"]


def test_an_organisation_of_a_long_name_signs_under_all_of_it(made: Signing) -> None:
    name = "某某省某某自治州第一人民医院（某某省某某医科大学附属第三临床医学院）"
    own = leaf(made.root, name)
    report = verify_pdf(sign(made.steps[0], PARTIES[0], own, made.root), made.roots)
    assert (report.good, report.signatures[0].signer) == (True, name)


def test_a_file_without_signatures_is_not_good(made: Signing) -> None:
    report = verify_pdf(made.steps[0], made.roots)
    assert (report.good, report.verdict, report.waiting) == (False, "文件没有电子签名", PARTIES)


def flipped(pdf: bytes) -> bytes:
    """One bit of the text's stream, which every signature covers."""
    at = max(re.finditer(rb"stream\n(.*?)\nendstream", pdf, re.DOTALL), key=_length).start(1) + 99
    return pdf[:at] + bytes([pdf[at] ^ 1]) + pdf[at + 1 :]


def _length(found: re.Match[bytes]) -> int:
    return len(found[1])


def flipped_name(pdf: bytes) -> bytes:
    """One letter in the last signature's own dictionary."""
    return pdf[::-1].replace(b"/Reason"[::-1], b"/Reasom"[::-1], 1)[::-1]


def painted(pdf: bytes) -> bytes:
    """A white box over the page, appended as an update as every editor does."""
    writer = IncrementalPdfFileWriter(BytesIO(pdf))
    box = writer.add_object(StreamObject(stream_data=b"1 1 1 rg 0 300 595 200 re f"))
    page = writer.root["/Pages"]["/Kids"][0]
    page["/Contents"] = ArrayObject([page.raw_get("/Contents"), box])
    writer.update_container(page)
    out = BytesIO()
    writer.write(out)
    return out.getvalue()


def appended(pdf: bytes) -> bytes:
    return pdf + b"\n% not seen by anybody\n" * 30


def truncated(pdf: bytes) -> bytes:
    return pdf[: len(pdf) - 200]


def swapped(pdf: bytes) -> bytes:
    """The third party's signature put in the place of the first's."""
    found = list(CONTENTS.finditer(pdf))
    first, last = found[0], found[-1]
    taken = last[1][: len(first[1])].ljust(len(first[1]), b"0")
    return pdf[: first.start(1)] + taken + pdf[first.end(1) :]


def emptied(pdf: bytes) -> bytes:
    """The last signature's bytes set to zero."""
    last = list(CONTENTS.finditer(pdf))[-1]
    return pdf[: last.start(1)] + b"0" * len(last[1]) + pdf[last.end(1) :]


@pytest.mark.parametrize(
    ("tamper", "says"),
    [
        (flipped, "签名之后被改动：内容与签名不符"),
        (flipped_name, "签名之后被改动：内容与签名不符"),
        (painted, "签名之后文件被加入了签名以外的改动"),
        (appended, "最后一次签名之后，文件末尾被追加了内容"),
        (truncated, ""),
        (swapped, "签名之后被改动：内容与签名不符"),
        (emptied, ""),
    ],
)
def test_every_kind_of_tampering_is_named(
    made: Signing, tamper: Callable[[bytes], bytes], says: str
) -> None:
    report = verify_pdf(tamper(made.done), made.roots)
    assert not report.good
    problems = [each.problem for each in report.signatures if each.problem]
    assert says in problems if says else report.verdict.startswith("文件不完整或不是 PDF")


def test_any_flipped_byte_anywhere_is_found(made: Signing) -> None:
    """In the text, in each signature, in the room behind it, in what holds the file together."""
    pdf = made.steps[1]
    signature = next(CONTENTS.finditer(pdf))
    places = [
        *range(7, len(pdf), len(pdf) // 18),
        signature.start(1) + 40, signature.start(1) + 1500, signature.end(1) - 9,
    ]  # fmt: skip
    passed = []
    for at in places:
        for bit in (4, 32):
            changed = pdf[:at] + bytes([pdf[at] ^ bit]) + pdf[at + 1 :]
            if verify_pdf(changed, made.roots).good:
                passed.append((at, bit))
    assert passed == []


def test_an_unknown_root_is_not_trusted(made: Signing) -> None:
    other = make_root(name="他人根证书", at=AT)
    report = verify_pdf(made.done, [der(other.certificate)])
    assert [(each.intact, each.trusted) for each in report.signatures] == [(True, False)] * 3
    assert not report.good
    assert "不是由受信任的机构颁发" in report.signatures[0].problem


def test_a_root_of_the_same_name_is_not_the_same_root(made: Signing) -> None:
    namesake = make_root(name="测试根证书", at=AT)
    assert not verify_pdf(made.done, [der(namesake.certificate)]).good


@pytest.mark.parametrize(("seconds", "good"), [(1, True), (0, False), (-1, False)])
def test_a_revoked_certificate_counts_until_that_moment(
    made: Signing, seconds: int, good: bool
) -> None:
    first = verify_pdf(made.steps[1], made.roots).signatures[0]
    revoked = {first.fingerprint: AT + timedelta(seconds=seconds)}
    report = verify_pdf(made.steps[1], made.roots, revoked=revoked)
    assert report.good is good
    assert good or "已被吊销" in report.signatures[0].problem


def test_a_certificate_that_had_ended_when_it_signed_does_not_count(made: Signing) -> None:
    short = leaf(made.root, days=1)
    late = sign(made.steps[0], PARTIES[0], short, made.root, AT + timedelta(days=2))
    assert not verify_pdf(late, made.roots).good
    in_time = sign(made.steps[0], PARTIES[0], short, made.root, AT + timedelta(hours=20))
    assert verify_pdf(in_time, made.roots).good


def test_nothing_is_signed_twice_nor_outside_its_place(made: Signing) -> None:
    with pytest.raises(SigningRefused, match="已经签署"):
        sign(made.steps[1], PARTIES[0], made.leaves[0], made.root)
    with pytest.raises(SigningRefused, match="没有这一签名位置"):
        sign(made.steps[1], "somebody", made.leaves[0], made.root)
    with pytest.raises(SigningRefused, match="已有签名"):
        prepare_pdf(made.steps[1], [Field("later", 1, 10, 10, 90, 50)])


@pytest.mark.parametrize(
    "content",
    [b"", b"%PDF-1.7", b"GIF89a", b"%PDF-1.7\n" + b"\0" * 4000, b"%PDF-1.7\nstartxref\n99999999\n%%EOF",
     b"%PDF-1.7\ntrailer<</Root 1 0 R>>\nstartxref\n9\n%%EOF"],
)  # fmt: skip
def test_what_is_no_pdf_gets_a_report_too(made: Signing, content: bytes) -> None:
    report = verify_pdf(content, made.roots)
    assert (report.good, report.signatures) == (False, ())
    assert report.verdict.startswith("文件不完整或不是 PDF")


def _signed_part(pdf: bytes) -> tuple[bytes, bytes]:
    """The bytes that the last signature covers, by its own byte range, and its CMS object."""
    a, b, c, d = (int(each) for each in re.findall(rb"/ByteRange \[([\d ]+)\]", pdf)[-1].split())
    cms = bytes.fromhex(pdf[b + 1 : c - 1].decode())
    length = int.from_bytes(cms[2:4], "big") + 4
    return pdf[a : a + b] + pdf[c : c + d], cms[:length]


@pytest.mark.parametrize("tampered", [False, True])
def test_openssl_says_the_same(made: Signing, tmp_path: Path, tampered: bool) -> None:
    """An independent check that is always there: the CMS over the byte range, by the root alone."""
    content, cms = _signed_part(flipped(made.done) if tampered else made.done)
    (tmp_path / "content").write_bytes(content)
    (tmp_path / "cms").write_bytes(cms)
    pem = subprocess.run(
        ["openssl", "x509", "-inform", "DER"], input=made.roots[0], capture_output=True, check=True
    )
    (tmp_path / "root.pem").write_bytes(pem.stdout)
    run = subprocess.run(
        ["openssl", "cms", "-verify", "-inform", "DER", "-in", "cms", "-content", "content",
         "-CAfile", "root.pem", "-purpose", "any", "-binary", "-out", "checked",
         "-attime", str(int(AT.timestamp()) + 600)],
        cwd=tmp_path, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert (run.returncode == 0) is not tampered, run.stderr


def _by_poppler(pdf: bytes, folder: Path) -> list[str]:
    path = folder / "agreement.pdf"
    path.write_bytes(pdf)
    run = subprocess.run(
        ["pdfsig", "-nocert", str(path)], capture_output=True, text=True, check=False
    )
    return re.findall(r"Signature Validation: (.*)", run.stdout) + re.findall(
        r"- (Total document signed)", run.stdout
    )


@pytest.mark.skipif(shutil.which("pdfsig") is None, reason="没有 pdfsig（poppler-utils）")
def test_pdfsig_says_the_same(made: Signing, tmp_path: Path) -> None:
    valid = "Signature is Valid."
    assert _by_poppler(made.done, tmp_path) == [valid, valid, valid, "Total document signed"]
    assert valid not in _by_poppler(flipped(made.done), tmp_path)


def test_reports_are_plain_values(made: Signing) -> None:
    report: PdfReport = verify_pdf(made.done, made.roots)
    assert len(report.sha256) == 64
    assert report.size_bytes == len(made.done)
