"""The citizens' site: shell, home, topics, services, search, offices, legal pages."""
