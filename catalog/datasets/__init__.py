"""The dataset's files of groups, products, batches, selections and exemptions."""
