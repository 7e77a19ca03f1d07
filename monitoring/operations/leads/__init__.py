"""Leads: search the orders, check, transfer, answer."""
