"""Tests mirror the apps; run them from the project root with `make test`."""
