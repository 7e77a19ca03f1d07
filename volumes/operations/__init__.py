"""Every write of 报量."""
