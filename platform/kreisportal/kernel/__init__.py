"""What every room stands on: errors, clock, ids, database, files, registries. Knows no other room."""
