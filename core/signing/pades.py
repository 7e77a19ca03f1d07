"""Sign one field of a PDF: PAdES B-B, as an update appended to what was there."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from datetime import datetime
from io import BytesIO

from pyhanko.pdf_utils.content import PdfContent
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.layout import (
    AxisAlignment,
    BoxConstraints,
    InnerScaling,
    Margins,
    SimpleBoxLayoutRule,
)
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.pdf_utils.writer import BasePdfFileWriter
from pyhanko.sign.fields import SigSeedSubFilter, enumerate_sig_fields
from pyhanko.sign.signers import PdfSignatureMetadata, PdfSigner
from pyhanko.sign.signers.pdf_cms import Signer
from pyhanko.sign.signers.pdf_signer import PdfSigningSession
from pyhanko.stamp import StaticStampStyle

from core.signing.errors import SigningRefused
from core.signing.own_thread import in_own_thread
from core.signing.provider import Credential, seal_provider
from core.signing.stamp import Stamp, stamp_pdf

_WHOLE_BOX = SimpleBoxLayoutRule(
    x_align=AxisAlignment.ALIGN_MID,
    y_align=AxisAlignment.ALIGN_MID,
    margins=Margins.uniform(0),
    inner_content_scaling=InnerScaling.STRETCH_TO_FIT,
)


@in_own_thread
def sign_pdf(
    pdf: bytes,
    *,
    field: str,
    credential: Credential,
    reason: str,
    at: datetime,
    stamp: Stamp,
    signer: Signer | None = None,
) -> bytes:
    """As `core.signing.sign_pdf` says, which loads this file."""
    writer = IncrementalPdfFileWriter(BytesIO(pdf))
    box = _open_box(writer, field)
    style = StaticStampStyle(
        background=_Drawn(stamp_pdf(stamp, box.width, box.height), box),
        background_layout=_WHOLE_BOX,
        border_width=0,
    )
    metadata = PdfSignatureMetadata(
        field_name=field,
        reason=reason,
        name=stamp.organisation,
        md_algorithm="sha256",
        subfilter=SigSeedSubFilter.PADES,
    )
    made = _DatedSigner(metadata, signer or seal_provider().signer(credential), stamp_style=style)
    made.at = at
    out = BytesIO()
    made.sign_pdf(
        writer,
        existing_fields_only=True,
        # Without it pyHanko signs twice more, only to see how long the signature is.
        bytes_reserved=_reserved(credential),
        output=out,
    )
    return out.getvalue()


def _reserved(credential: Credential) -> int:
    """Room for the signature in hex digits: the certificates and what stands around them."""
    return 2 * (2048 + len(credential.certificate) + sum(map(len, credential.chain)))


@dataclass(frozen=True)
class _BoxSize:
    width: int
    height: int


def _open_box(file: IncrementalPdfFileWriter, field: str) -> _BoxSize:
    for name, value, reference in enumerate_sig_fields(file):
        if name != field:
            continue
        if value is not None:
            raise SigningRefused("该签名位置已经签署，不能再签；请刷新后查看")
        left, bottom, right, top = (float(each) for each in reference.get_object()["/Rect"])
        return _BoxSize(round(right - left), round(top - bottom))
    raise SigningRefused("文件中没有这一签名位置，请重新生成文件后再签")


class _Drawn(PdfContent):
    """A stamp's page, drawn as a form object of the field's size."""

    def __init__(self, page: bytes, size: _BoxSize) -> None:
        super().__init__(box=BoxConstraints(width=size.width, height=size.height))
        self.page = page

    def render(self) -> bytes:
        assert self.writer is not None
        drawn = self.writer.import_page_as_xobject(_read(self.page))
        self.resources.xobject["/Drawn"] = drawn
        return b"/Drawn Do"


class _Last(threading.local):
    """The stamp that this thread read last: a reader serves one thread, its parts are copied."""

    page: bytes = b""
    reader: PdfFileReader | None = None


_last = _Last()


def _read(page: bytes) -> PdfFileReader:
    """Five hundred signatures of one leader bear the same stamp, which is read once."""
    if _last.reader is None or _last.page != page:
        _last.reader = PdfFileReader(BytesIO(page))
        _last.page = page
    return _last.reader


class _DatedSigner(PdfSigner):
    """Writes the moment that the operation was given, not the clock's."""

    at: datetime

    def init_signing_session(
        self, pdf_out: BasePdfFileWriter, existing_fields_only: bool = False
    ) -> PdfSigningSession:
        session = super().init_signing_session(pdf_out, existing_fields_only)
        session.system_time = self.at
        return session
