"""The region's services: topics, texts, offers, responsibility, search."""
