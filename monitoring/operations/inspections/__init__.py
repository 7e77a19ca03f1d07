"""督导检查: planned with a checklist, visited, fed back, rectified item by item."""
