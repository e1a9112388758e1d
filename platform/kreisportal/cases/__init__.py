"""Cases: from the draft a citizen fills in, over the application sent, to the office's decision."""
