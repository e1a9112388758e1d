"""Requests as bytes, with the headers that a browser sends and a proxy on the same machine adds."""

from __future__ import annotations

_COMMON = (
    "User-Agent: Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0\r\n"
    "Accept: text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8\r\n"
    "Accept-Language: de,en;q=0.7\r\n"
    "X-Forwarded-For: 192.0.2.7\r\nX-Forwarded-Proto: https\r\n"
)


def get(host: str, path: str, cookies: str = "") -> bytes:
    """A request for a page, without Accept-Encoding, so that both programs send the same plain bytes."""
    more = f"Cookie: {cookies}\r\n" if cookies else ""
    return f"GET {path} HTTP/1.1\r\nHost: {host}\r\n{_COMMON}{more}Connection: close\r\n\r\n".encode()


def post(host: str, path: str, body: bytes, cookies: str) -> bytes:
    """A form that is sent."""
    head = (
        f"POST {path} HTTP/1.1\r\nHost: {host}\r\n{_COMMON}Referer: https://{host}{path}\r\n"
        f"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {len(body)}\r\n"
        f"Cookie: {cookies}\r\nConnection: close\r\n\r\n"
    )
    return head.encode() + body
