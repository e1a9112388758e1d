"""Notifications: mails in a language, from a template, by the tenant's sender. Knows no cases and no accounts."""
