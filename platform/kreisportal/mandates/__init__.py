"""Mandates: a person lets another act for them: invited, accepted, used, ended."""
