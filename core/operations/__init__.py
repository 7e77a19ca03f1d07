"""The one decorator around every write: outermost transaction, bounded retries."""

from core.operations.operation import LeavesBehind, operation

__all__ = ["LeavesBehind", "operation"]
