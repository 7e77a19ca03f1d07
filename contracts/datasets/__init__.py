"""The dataset's file of agreements."""
