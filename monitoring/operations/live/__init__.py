"""Keep the running month's figures current: rebuilt as a month is, then folded for what changed.

The design and its measurements are in docs/adr/0007-live-figures.md.
"""
