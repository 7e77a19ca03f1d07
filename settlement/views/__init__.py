"""views of settlement, one file per noun."""
