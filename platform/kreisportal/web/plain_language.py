"""How texts in plain language (Leichte Sprache) are set: each sentence on a line, negations stand out."""

from __future__ import annotations

import re

from markupsafe import Markup

from kreisportal.web.markdown import markdown_inline

_SENTENCE_END = re.compile(r"(?<=[.!?])\s+(?=\S)")
# What is in bold already, or part of an address, stays as it is.
_NEGATION = re.compile(
    r"(?<![\w*/.-])(nicht|nichts|nie|niemals|niemand|kein(?:e[mnrs]?)?)(?![\w*-])", re.IGNORECASE
)


def plain_text(text: str) -> Markup:
    """A text in plain language as safe HTML, without a paragraph around it."""
    lines = _SENTENCE_END.sub("\\\n", text.strip())
    return markdown_inline(_NEGATION.sub(r"**\1**", lines))
