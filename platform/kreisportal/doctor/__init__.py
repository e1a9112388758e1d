"""Looks whether a deployment is set up as it must be, and says what to do where it is not."""
