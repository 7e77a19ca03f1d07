"""One module per family of indicators; each has functions that take the World and return export rows."""
