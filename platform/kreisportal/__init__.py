"""Kreisportal: the online town halls of a German region on one deployment."""
