"""Rendering steps as the portal does, and reading the HTML again."""

from __future__ import annotations

from functools import cache
from html.parser import HTMLParser
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template

from kreisportal.forms import StepView
from kreisportal.forms.fieldviews import NoteView
from kreisportal.i18n import gettext

ROOT = Path(__file__).parents[2]
TEMPLATES = [ROOT / "platform/kreisportal/forms/templates", ROOT / "themes/base/templates"]
_VOID = {"input", "br"}


@cache
def _environment() -> Environment:
    environment = Environment(loader=FileSystemLoader(TEMPLATES), autoescape=True, undefined=StrictUndefined)
    environment.globals["_"] = gettext
    return environment


@cache
def _template(body: str) -> Template:
    return _environment().from_string('{% import "forms/fields.html" as forms %}' + body)


def render(view: StepView) -> str:
    """A step with its error summary."""
    return _template("{{ forms.error_summary(view) }}{{ forms.step(view) }}").render(view=view)


def render_note(view: NoteView) -> str:
    """A note."""
    return _template("{{ forms.note(view) }}").render(view=view)


class Page(HTMLParser):
    """The elements of a page as (tag, attributes), in order; complains about elements that are not closed."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.text = ""
        self.feed(html)
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        names = [name for name, _ in attrs]
        assert len(names) == len(set(names)), f"{tag} has an attribute twice"
        self.elements.append((tag, dict(attrs)))
        if tag not in _VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text += data

    def every(self, *tags: str) -> list[dict[str, str | None]]:
        """The attributes of all elements of these kinds."""
        return [attributes for tag, attributes in self.elements if tag in tags]

    def by_id(self, key: str) -> dict[str, str | None]:
        """The attributes of the element with this id."""
        return next(attributes for _, attributes in self.elements if attributes.get("id") == key)


def check_accessible(page: Page) -> None:
    """What must hold on every page: unique ids, labels, references that lead somewhere, nothing inline."""
    ids = [attributes["id"] for _, attributes in page.elements if "id" in attributes]
    assert len(ids) == len(set(ids)), "an id stands twice"
    labelled = {attributes.get("for") for attributes in page.every("label")}
    assert labelled <= set(ids)
    for attributes in page.every("input", "select", "textarea"):
        if attributes.get("type") != "hidden":
            assert attributes["id"] in labelled, f"{attributes['id']} has no label"
            assert attributes["name"]
    for _, attributes in page.elements:
        for reference in (
            attributes.get("aria-describedby") or attributes.get("aria-labelledby") or ""
        ).split():
            assert reference in ids, f"{reference} does not exist"
        assert not [name for name in attributes if name == "style" or name.startswith("on")]
    for attributes in page.every("a"):
        href = attributes["href"] or ""
        assert not href.startswith("#") or href[1:] in ids, f"{href} leads nowhere"
    assert not page.every("script", "style")
    assert page.elements.count(("legend", {})) == 0
    assert len(page.every("legend")) == len(page.every("fieldset"))
