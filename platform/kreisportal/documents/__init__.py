"""Documents: files of drafts and cases, what may be in them, and the PDFs that we make."""
