"""The API of organisations and people, and the base of every endpoint that shows rows."""
