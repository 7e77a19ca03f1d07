"""Agreements and delivery relations."""
