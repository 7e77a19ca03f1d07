"""Texts made from the shipped policies."""
