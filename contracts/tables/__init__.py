"""Columns of lists of relations and agreements, one file per noun."""
