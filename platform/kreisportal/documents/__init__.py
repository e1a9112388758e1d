"""Files: stored under their tenant, looked through before anybody gets them, and papers made as PDF."""
