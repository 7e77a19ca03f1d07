"""The indicators: one declaration and one SELECT each, used for the month and for opening a figure."""
