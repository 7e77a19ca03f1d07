"""documents of settlement, one file per noun."""
