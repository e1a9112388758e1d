"""Tenants: the towns and districts, their host names, and what their folders say."""
