"""年度考核: computed for a batch's agreement year when it is over, kept for all who read it."""
