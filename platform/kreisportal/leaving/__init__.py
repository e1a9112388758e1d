"""A town leaves with all its data: a package in open formats, read back in elsewhere, and deletion with proof here."""
