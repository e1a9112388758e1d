"""Services, topics, overlays, offers, responsibility and the search over them."""
