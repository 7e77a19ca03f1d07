"""Processes of our own: how web, worker and clock are started, watched and stopped."""
