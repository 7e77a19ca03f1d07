"""The dataset's file of volume reports."""
