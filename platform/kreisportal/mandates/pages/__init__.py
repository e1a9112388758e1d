"""What the pages of mandates share."""
