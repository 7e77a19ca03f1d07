"""The recipes of deploy/, walked through."""
