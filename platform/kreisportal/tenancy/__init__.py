"""Tenants: the authorities of the region, the hosts they answer under, their files, hours and places."""
