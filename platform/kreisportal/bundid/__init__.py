"""Identities from outside: BundID, the Land's account, Mein Unternehmenskonto."""
