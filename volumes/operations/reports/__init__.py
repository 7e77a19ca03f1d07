"""A unit's report: figures, steps inside the institution, handing in, members' sheets, letters."""
