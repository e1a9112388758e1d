"""The audit: who did what to what, written in the transaction of the act itself."""
