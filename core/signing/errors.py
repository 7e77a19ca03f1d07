"""Why something could not be signed or a certificate not be taken, in words for its reader."""

from core.transitions.refusals import MissingInput, TransitionRefused


class SigningRefused(TransitionRefused):
    """Nothing was signed and nothing was written."""


class BadCertificate(MissingInput):
    """A certificate or key file that cannot be used; `field` is what its form calls it."""


class UnreadableKey(Exception):
    """A kept key does not open with the passphrases that are configured."""
