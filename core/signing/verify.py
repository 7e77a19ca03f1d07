"""Who has signed a PDF, when, and whether one byte was changed since."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from hashlib import sha256
from io import BytesIO
from typing import Any

from asn1crypto import parser
from asn1crypto import x509 as asn1_x509
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.diff_analysis import ModificationLevel
from pyhanko.sign.fields import enumerate_sig_fields
from pyhanko.sign.validation import validate_pdf_signature
from pyhanko.sign.validation.errors import SignatureValidationError
from pyhanko.sign.validation.settings import KeyUsageConstraints
from pyhanko.sign.validation.status import SignatureCoverageLevel
from pyhanko_certvalidator import ValidationContext

from core.signing.own_thread import in_own_thread
from core.signing.report import PdfReport, SignatureReport

UNREADABLE = "文件不完整或不是 PDF，无法验证：可能被截断或改动，请向出具方重新取得原件"
UNSIGNED = "文件没有电子签名"
GENUINE = "全部签名有效，最后一次签名之后没有任何改动"
TAMPERED = "文件不可信：有签名无效，或签名之后被改动"


_HEX = re.compile(rb"<(?:[0-9a-f]+|[0-9A-F]+)>")

COVERAGES = {
    SignatureCoverageLevel.ENTIRE_FILE: "整个文件",
    SignatureCoverageLevel.ENTIRE_REVISION: "签名时的全部内容",
    SignatureCoverageLevel.CONTIGUOUS_BLOCK_FROM_START: "只有文件开头的一部分",
    SignatureCoverageLevel.UNCLEAR: "范围不明",
}


@in_own_thread
def verify_pdf(
    pdf: bytes,
    trust_roots: Iterable[bytes],
    *,
    revoked: Mapping[str, datetime] | None = None,
) -> PdfReport:
    """The report on every signature of the PDF.

    `trust_roots` are DER certificates; a certificate is judged at the moment that its signature
    states. `revoked` gives by SHA-256 fingerprint (hex) the moment from which a certificate counts
    no more. Decided on pyHanko's bottom line and on what the signatures cover, never on `valid`
    alone: a box painted over the text by a later update leaves that true.
    """
    digest, size = sha256(pdf).hexdigest(), len(pdf)
    roots = [asn1_x509.Certificate.load(each) for each in trust_roots]
    try:
        reader = PdfFileReader(BytesIO(pdf), strict=True)
        embedded = reader.embedded_regular_signatures
        waiting = tuple(name for name, value, _ in enumerate_sig_fields(reader) if value is None)
        found = tuple(_judged(each, pdf, roots, revoked or {}) for each in embedded)
        last = embedded[-1].evaluate_signature_coverage() if embedded else None
    except Exception:
        # A damaged or hostile file fails in many ways inside the reader; all of them mean the same.
        return PdfReport(False, UNREADABLE, digest, size)
    if not found:
        return PdfReport(False, UNSIGNED, digest, size, (), waiting)
    whole = last is SignatureCoverageLevel.ENTIRE_FILE
    if not whole and found[-1].good:
        found = (*found[:-1], _with_problem(found[-1], "最后一次签名之后，文件末尾被追加了内容"))
    good = whole and all(each.good for each in found)
    return PdfReport(good, GENUINE if good else TAMPERED, digest, size, found, waiting)


def _judged(
    embedded: Any,
    pdf: bytes,
    roots: list[asn1_x509.Certificate],
    revoked: Mapping[str, datetime],
) -> SignatureReport:
    stated = embedded.self_reported_timestamp
    context = ValidationContext(
        trust_roots=roots,
        moment=stated,
        allow_fetching=False,
        revocation_mode="soft-fail",
    )
    certificate = embedded.signer_cert
    names = certificate.subject.native
    facts = {
        "field": str(embedded.field_name),
        "signer": str(names.get("organization_name") or names.get("common_name") or ""),
        "signer_code": str(names.get("serial_number") or ""),
        "issuer": str(certificate.issuer.native.get("common_name") or ""),
        "serial": f"{certificate.serial_number:x}",
        "fingerprint": certificate.sha256.hex(),
        "signed_at": stated,
        "reason": str(embedded.sig_object.get("/Reason", "")),
    }
    try:
        status = validate_pdf_signature(
            embedded, context, key_usage_settings=KeyUsageConstraints(key_usage={"non_repudiation"})
        )
    except SignatureValidationError:
        return SignatureReport(
            **facts, intact=False, trusted=False, coverage="范围不明", problem="签名的结构已损坏"
        )
    coverage = status.coverage or SignatureCoverageLevel.UNCLEAR
    return SignatureReport(
        **facts,
        intact=bool(status.intact),
        trusted=bool(status.trusted),
        coverage=COVERAGES[coverage],
        problem=_problem(status, coverage, stated, revoked.get(facts["fingerprint"]))
        or ("" if _untouched_frame(embedded, pdf) else "签名数据中未受保护的部分被改动"),
    )


def _problem(
    status: Any,
    coverage: SignatureCoverageLevel,
    stated: datetime | None,
    revoked_at: datetime | None,
) -> str:
    """The first reason why a signature is not good, in the order of weight."""
    if not status.intact:
        return "签名之后被改动：内容与签名不符"
    if not status.valid:
        return "签名本身不正确，不是该证书所签"
    if coverage < SignatureCoverageLevel.ENTIRE_REVISION:
        return "签名没有覆盖签署时的全部内容"
    if status.modification_level is ModificationLevel.OTHER or not status.docmdp_ok:
        return "签名之后文件被加入了签名以外的改动"
    if not status.trusted:
        return "签名证书不是由受信任的机构颁发，或签署时不在有效期内"
    if revoked_at is not None and (stated is None or stated >= revoked_at):
        return f"签署时证书已被吊销（{revoked_at:%Y-%m-%d %H:%M} UTC）"
    if not status.bottom_line:
        return "签名不符合验证要求"
    return ""


def _untouched_frame(embedded: Any, pdf: bytes) -> bool:
    """What no signature covers says nothing else than it must.

    Between the two ranges that are signed stands the signature in hex digits of one case, then
    zeros only; its list of digests repeats that of the signer.
    """
    listed = [each.dump() for each in embedded.signed_data["digest_algorithms"]]
    if listed != [embedded.signer_info["digest_algorithm"].dump()]:
        return False
    ranges = [int(each) for each in embedded.byte_range]
    gap = pdf[ranges[0] + ranges[1] : ranges[2]]
    if not _HEX.fullmatch(gap):
        return False
    content = bytes.fromhex(gap[1:-1].decode())
    return not content[parser.peek(content) :].strip(b"\0")


def _with_problem(report: SignatureReport, problem: str) -> SignatureReport:
    return replace(report, problem=problem)
