"""Seeded small provinces that are as nasty as the load checks allow: the definitions' every sentence has a case.

`python -m tests.oracle.random_province SEED OUTDIR [--size N]` writes the dataset's files and `months.txt`, the
months worth computing (the first one is the one around which everything was laid).
"""
