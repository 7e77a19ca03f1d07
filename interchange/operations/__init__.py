"""Load a folder into the database; write the database into a folder."""
