"""院内目录: items are put as they are now, mappings are dated, doubts are reviewed."""
