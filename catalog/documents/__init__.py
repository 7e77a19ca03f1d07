"""Workbooks that the catalogue gives out and takes in."""
