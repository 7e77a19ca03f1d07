"""The bureaus' review of reports: by level, line by line, return, reopening."""
