"""Calls to addresses that others registered: judged, pinned, without redirects, bounded in time."""
