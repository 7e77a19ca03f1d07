"""Money as pure functions: each named line with value, formula text and clause."""
