"""China's working days: the statutory calendar with its 调休 swaps, and deadlines counted in it."""
