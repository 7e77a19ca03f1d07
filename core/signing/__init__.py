"""Electronic signatures in PDF files (PAdES): certificates, fields, signing, verifying. No words of the trade.

prepared = prepare_pdf(pdf, [Field("party_a", 1, 60, 100, 270, 190), …])
signed = sign_pdf(prepared, field="party_a", credential=…, reason=…, at=…, stamp=Stamp(…))
report = verify_pdf(signed, roots)
"""

from core.signing.authority import Issued, Subject, issue_leaf, make_root
from core.signing.deferred import root_of, sign_pdf, verify_pdf
from core.signing.errors import BadCertificate, SigningRefused, UnreadableKey
from core.signing.guarded import verify_brought
from core.signing.keys import Identity, open_key, read_brought, reseal, seal_key
from core.signing.place import Field, empty_fields, prepare_pdf
from core.signing.provider import Credential, SealProvider, seal_provider
from core.signing.report import PdfReport, SignatureReport
from core.signing.stamp import Stamp

__all__ = [
    "BadCertificate",
    "Credential",
    "Field",
    "Identity",
    "Issued",
    "PdfReport",
    "SealProvider",
    "SignatureReport",
    "SigningRefused",
    "Stamp",
    "Subject",
    "UnreadableKey",
    "empty_fields",
    "issue_leaf",
    "make_root",
    "open_key",
    "prepare_pdf",
    "read_brought",
    "reseal",
    "root_of",
    "seal_key",
    "seal_provider",
    "sign_pdf",
    "verify_brought",
    "verify_pdf",
]
