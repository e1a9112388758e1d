"""A palette as a style sheet: it sets KERN's custom properties and a few of our own."""

from __future__ import annotations

from kreisportal.theming.palette import Palette, Scheme

# Custom property → colour of the scheme. The style sheet derives KERN's other properties from these.
_TOWN = {
    "--kern-color-layout-background-default": "background",
    "--kern-color-layout-background-hued": "surface",
    "--kern-color-layout-text-default": "text",
    "--kern-color-layout-text-muted": "muted",
    "--kern-color-layout-border": "border",
    "--kern-color-decorative-border-default": "border_soft",
    "--kern-color-form-input-border": "input_border",
    "--kern-color-action-default": "action",
    "--kern-color-action-on-default": "on_action",
    "--kern-color-action-visited": "visited",
    "--kern-color-action-focus-default": "focus",
    "--kern-color-action-state-indicator-shade-hover": "action_hover",
    "--kern-color-action-state-indicator-shade-active": "action_active",
    "--kern-color-action-state-indicator-tint-hover-opacity": "surface_strong",
    "--kern-color-action-state-indicator-tint-active-opacity": "surface_pressed",
    "--kern-color-layout-background-inverted": "inverted",
    "--kern-color-layout-text-inverse": "on_inverted",
    "--kp-band": "band",
    "--kp-on-band": "on_band",
    "--kp-band-strong": "band_strong",
    "--kp-band-line": "band_line",
}
_EVERYWHERE = {
    "--kern-color-feedback-danger": "danger",
    "--kern-color-feedback-danger-background": "danger_surface",
    "--kern-color-feedback-info": "info",
    "--kern-color-feedback-info-background": "info_surface",
    "--kern-color-feedback-success": "success",
    "--kern-color-feedback-success-background": "success_surface",
    "--kern-color-feedback-warning": "warning",
    "--kern-color-feedback-warning-background": "warning_surface",
}


def theme_css(palette: Palette) -> str:
    """The style sheet of a town, at most 4 KB, to be linked after ``site.css``.

    Light is the rule; dark follows the reader's system, and ``data-kern-theme="light"`` or ``"dark"`` on an
    element overrides both. Messages' colours are the same in every town and stand in ``site.css``.
    """
    return _rules(palette, _TOWN)


def base_css(palette: Palette) -> str:
    """What ``site.css`` begins with: colours for a page whose town's theme does not arrive, and messages'."""
    return _rules(palette, {**_TOWN, **_EVERYWHERE})


def sample_css(palette: Palette, name: str) -> str:
    """The colours of a palette for elements of the class ``name`` only, which say themselves whether light or dark."""
    light, dark = _declarations(palette.light, _TOWN), _declarations(palette.dark, _TOWN)
    return f".{name}[data-kern-theme=light]{{{light}}}.{name}[data-kern-theme=dark]{{{dark}}}"


def _rules(palette: Palette, names: dict[str, str]) -> str:
    light, dark = _declarations(palette.light, names), _declarations(palette.dark, names)
    return (
        f":root,[data-kern-theme=light]{{{light}}}"
        f"@media (prefers-color-scheme:dark){{:root:not([data-kern-theme=light]){{{dark}}}}}"
        f"[data-kern-theme=dark]{{{dark}}}"
    )


def _declarations(scheme: Scheme, names: dict[str, str]) -> str:
    return ";".join(f"{name}:{getattr(scheme, field)}" for name, field in names.items())
