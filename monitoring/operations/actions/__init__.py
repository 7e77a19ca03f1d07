"""监管措施: proposed by the ladder or by an officer, taken, answered, judged, ended."""
