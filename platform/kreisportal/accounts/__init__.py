"""Accounts of citizens and businesses: one for the whole region."""
