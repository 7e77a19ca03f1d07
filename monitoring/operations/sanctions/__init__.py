"""惩戒案件: drafted, notified, stated, decided by another person, in effect from a day, repaired."""
