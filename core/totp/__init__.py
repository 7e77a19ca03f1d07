"""One-time codes of the second factor: RFC 6238, as every authenticator app computes them."""

from core.totp.codes import (
    PERIOD_SECONDS,
    WINDOW_STEPS,
    code_at,
    current_step,
    matching_step,
    new_secret,
    provisioning_uri,
)
from core.totp.drawing import qr_svg

__all__ = [
    "PERIOD_SECONDS",
    "WINDOW_STEPS",
    "code_at",
    "current_step",
    "matching_step",
    "new_secret",
    "provisioning_uri",
    "qr_svg",
]
