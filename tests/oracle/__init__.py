"""Plain-Python twin of the monthly indicators and warnings.

It reads a dataset folder and computes the exports from the sentences of the definitions, with loops and
dictionaries only. It shares no code with the platform, so that a difference between the two is a finding.
"""
