"""Bringing towns on line: one by one from a page, or many from a list."""
