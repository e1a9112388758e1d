"""What can be wrong with what is said of a client from outside: in English for commands, in words of its own on pages."""

from __future__ import annotations

from enum import StrEnum


class Fault(StrEnum):
    """What is wrong with a name, an address or a scope."""

    NAME = "must be a name of at most 100 letters"
    MISSING = "at least one address is needed"
    TOO_MANY = "at most 20 addresses can be registered"
    APP_NOT_PUBLIC = "an app's own scheme is for public clients"
    APP_FORM = "write scheme:/path"
    CHARACTERS = "is no address, has a fragment, or characters that must be written as %.."
    NO_ADDRESS = "is no address"
    USER = "names a user"
    DOTS = "has dots for folders"
    ANSWER = "has a name in its query that the answer uses"
    NO_HOST = "names no host"
    NOT_HTTPS = "must begin with https://"
    SCOPE = "is no scope that there is"
