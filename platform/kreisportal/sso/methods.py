"""By what somebody signed in, in the words that clients from outside know (RFC 8176 and the registry that it began)."""

from __future__ import annotations

_OWN = {
    "password": ("pwd",),
    "password+code": ("pwd", "otp", "mfa"),
    "password+recovery": ("pwd", "otp", "mfa"),
    # A device shows a key, and has asked for a finger, a face or a PIN. Whether the key lies in hardware is not known,
    # so neither "hwk" nor "swk" would be true ("pop": OpenID Connect EAP ACR Values 1.0, 6.2).
    "passkey": ("pop", "user", "mfa"),
}


def methods_of(means: str | None) -> list[str]:
    """What a session's means are in the claim ``amr``.

    What somebody has done at a provider elsewhere is not known here, and nothing is said of it; of a code that was asked
    for after it, that there was one.
    """
    first, _, second = (means or "").partition("+")
    if first.partition(":")[0] == "outside":
        return ["otp"] if second else []
    return list(_OWN.get(means or "", ()))
