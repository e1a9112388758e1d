"""Which colour stands on which in the style sheet, and how much contrast they owe each other.

Names are those of :class:`~kreisportal.theming.palette.Scheme`. The style sheet uses no other pair; whoever
adds one there adds it here, and the tests then hold it for every brand colour.
"""

from __future__ import annotations

from dataclasses import dataclass

from kreisportal.theming.contrast import LARGE, TEXT


@dataclass(frozen=True, slots=True)
class Pair:
    """``foreground`` stands on or beside ``background``: contrast at least ``minimum``."""

    foreground: str
    background: str
    minimum: float


PAGE_SURFACES = ("background", "surface", "surface_strong", "surface_pressed")
"""The page, a tinted area, a hovered or chosen one, and one that is being pressed."""

FEEDBACK = ("danger", "info", "success", "warning")
"""Kinds of message. Each has an edge and symbol colour, and a surface ``<kind>_surface``."""

FEEDBACK_SURFACES = tuple(f"{kind}_surface" for kind in FEEDBACK)


def _all_pairs() -> tuple[Pair, ...]:
    pairs: list[Pair] = []
    for surface in PAGE_SURFACES:
        # Body text, headings, hints, links, the label of a secondary button.
        pairs += [Pair(name, surface, TEXT) for name in ("text", "muted", "action", "visited")]
        # Edges of buttons and fields, lines of tables, ring of the focus, bar of the progress.
        pairs += [Pair(name, surface, LARGE) for name in ("border", "input_border", "focus", "action")]
    for kind in FEEDBACK:
        # The sentence at a field is red text; a message's edge and symbol stand on page and own surface.
        pairs += [Pair(kind, surface, TEXT) for surface in PAGE_SURFACES[:3]]
        pairs += [Pair(kind, f"{kind}_surface", TEXT)]
    for surface in FEEDBACK_SURFACES:
        pairs += [Pair(name, surface, TEXT) for name in ("text", "action", "visited")]
        pairs += [Pair(name, surface, LARGE) for name in ("focus", "input_border")]
    # A primary button: at rest, under the pointer, while pressed; a button that deletes or withdraws.
    pairs += [Pair("on_action", name, TEXT) for name in ("action", "action_hover", "action_active", "danger")]
    # The ring around a focused button touches the gap, not the button; a chosen tab is told by its bar.
    pairs += [Pair(name, "background", LARGE) for name in ("action_hover", "action_active")]
    # The town's band at the top: name, menu, search button, hovered entries, and the focus ring on it.
    pairs += [Pair("on_band", name, TEXT) for name in ("band", "band_strong")]
    pairs += [Pair("on_inverted", "inverted", TEXT)]
    return tuple(dict.fromkeys(pairs))


PAIRS: tuple[Pair, ...] = _all_pairs()
