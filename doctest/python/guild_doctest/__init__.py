"""Runs one Markdown document as a test: Python's doctest parses, runs and compares; this package adds helpers and options."""
