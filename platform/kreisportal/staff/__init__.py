"""Staff of a tenant: who they are, how they sign in, what they may do."""
