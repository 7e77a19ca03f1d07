"""Why a backup was not made, is not good, or was not restored; texts are for the operator."""


class BackupError(Exception):
    """In Chinese, with the way out."""
