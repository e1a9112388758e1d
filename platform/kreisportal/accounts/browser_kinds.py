"""What kind of browser somebody uses, in plain words: enough to know one's own devices again, and no more."""

from __future__ import annotations

from kreisportal.i18n import gettext

# What a browser says of itself names those it came from as well: the more special comes first.
_BROWSERS = (
    ("Edg", "edge", "Edge"),
    ("OPR/", "opera", "Opera"),
    ("SamsungBrowser", "samsung", "Samsung Internet"),
    ("Firefox/", "firefox", "Firefox"),
    ("FxiOS", "firefox", "Firefox"),
    ("CriOS", "chrome", "Chrome"),
    ("Chromium", "chromium", "Chromium"),
    ("Chrome/", "chrome", "Chrome"),
    ("Safari/", "safari", "Safari"),
)
_SYSTEMS = (
    ("iPhone", "iphone", "iPhone"),
    ("iPad", "ipad", "iPad"),
    ("Android", "android", "Android"),
    ("Windows", "windows", "Windows"),
    ("Mac OS X", "mac", "Mac"),
    ("CrOS", "chromeos", "ChromeOS"),
    ("Linux", "linux", "Linux"),
)
_NAMES = {key: name for _, key, name in (*_BROWSERS, *_SYSTEMS)}


def browser_kind(user_agent: str) -> str:
    """Browser and system as two words of ours, e.g. ``firefox/windows``; empty where unknown."""

    def found(table: tuple[tuple[str, str, str], ...]) -> str:
        return next((key for mark, key, _ in table if mark in user_agent), "")

    return f"{found(_BROWSERS)}/{found(_SYSTEMS)}"


def browser_words(kind: str | None) -> str:
    """The same in words, in the current language."""
    browser, _, system = (kind or "").partition("/")
    browser, system = _NAMES.get(browser, ""), _NAMES.get(system, "")
    if browser and system:
        return gettext("%(browser)s auf %(system)s", browser=browser, system=system)
    return browser or system or gettext("Unbekannter Browser")
