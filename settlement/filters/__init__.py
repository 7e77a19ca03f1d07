"""filters of settlement, one file per noun."""
