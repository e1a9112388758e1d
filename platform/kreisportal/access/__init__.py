"""Who may do what: actors, roles and the one policy table. Pure."""
