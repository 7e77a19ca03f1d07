"""Empty signature fields in a PDF, at stated boxes, before the first signature."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from io import BytesIO

from core.signing.errors import SigningRefused


@dataclass(frozen=True)
class Field:
    """A named field: page from 1; points from the lower left corner of that page."""

    name: str
    page: int
    left: float
    bottom: float
    right: float
    top: float


def prepare_pdf(pdf: bytes, fields: Iterable[Field]) -> bytes:
    """The PDF with these empty signature fields, appended as one update.

    They have to be there before the first signature: a field added later counts as tampering.
    Raises SigningRefused where the PDF bears a signature already, ValueError for a name twice.
    """
    # Deferred: see core/signing/deferred.py.
    from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
    from pyhanko.sign.fields import SigFieldSpec, append_signature_field

    wanted = list(fields)
    if len({each.name for each in wanted}) != len(wanted):
        raise ValueError("two signature fields of one name")
    writer = IncrementalPdfFileWriter(BytesIO(pdf))
    if writer.prev.embedded_signatures:
        raise SigningRefused("文件已有签名，不能再增加签名位置；请从未签名的文件重新开始")
    for each in wanted:
        box = (round(each.left), round(each.bottom), round(each.right), round(each.top))
        append_signature_field(writer, SigFieldSpec(each.name, on_page=each.page - 1, box=box))
    out = BytesIO()
    writer.write(out)
    return out.getvalue()


def empty_fields(pdf: bytes) -> list[str]:
    """Names of the signature fields that nobody has signed, in the order of the file."""
    # Deferred: see core/signing/deferred.py.
    from pyhanko.pdf_utils.reader import PdfFileReader
    from pyhanko.sign.fields import enumerate_sig_fields

    reader = PdfFileReader(BytesIO(pdf))
    return [name for name, value, _ in enumerate_sig_fields(reader) if value is None]
