"""HTTP before Flask: which hosts are answered, the headers of every answer, and the pages kept ready."""
