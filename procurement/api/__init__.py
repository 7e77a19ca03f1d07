"""Orders, deliveries, receipts, returns, payments and history under /api/v1/, to reconcile with."""
