"""Sign-in across host names: the account host is an OpenID provider, every town's portal is a client of it."""
