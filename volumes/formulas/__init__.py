"""Formulas of agreed quantities: pure, exact, without the database."""
