"""The one decorator around every write: outermost transaction, bounded retries."""

from core.operations.operation import operation

__all__ = ["operation"]
