"""Papers and workbooks of 报量."""
