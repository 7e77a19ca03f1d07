"""The dataset's files of orders, lines, deliveries, receipts, returns, payments and history."""
