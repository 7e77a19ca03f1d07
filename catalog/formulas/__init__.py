"""Formulas of prices: pure, each step named."""
