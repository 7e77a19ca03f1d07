"""Quantities and money: field kinds and the one rounding of each."""
