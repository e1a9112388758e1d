"""Bundles: services that the region or a district switches on for many towns at once, required by law or free."""
