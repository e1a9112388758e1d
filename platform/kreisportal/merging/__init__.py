"""A town becomes part of another one: planned, carried out piece by piece, taken back or confirmed."""
