"""A form with a field of each type in each of its shapes, and answers to all of them."""

from __future__ import annotations

from typing import Any

from tests.forms.making import choices, form_data, question, step, texts

_NOTES = [
    {"text": texts("Nur zur Probe"), "title": texts("Hinweis")},
    {
        "kind": "warning",
        "text": texts("Vorsicht"),
        "links": [
            {"label": texts("Nachlesen"), "url": "https://www.beispiel.example/", "text": texts("Mehr")}
        ],
    },
]
_HELP: dict[str, Any] = {"help": texts("So ist es gemeint"), "why": texts("Darum fragen wir")}

PROBE = form_data(
    step(
        "words",
        question("text", "text", **_HELP, limits={"max_length": 40, "width": 10, "inputmode": "numeric"}),
        question("optional", "text", required=False),
        question("lines", "textarea", **_HELP),
        question("person", "name"),
        question("post", "email"),
        question("call", "phone"),
        question("account", "iban"),
        notes=_NOTES,
        **_HELP,
    ),
    step("one", question("single", "text", **_HELP)),
    step(
        "amounts",
        question("count", "number", **_HELP, limits={"min": 1, "max": 9, "unit": "cm"}),
        question("size", "number", limits={"decimals": 2}),
        question("price", "money", **_HELP),
        question("day", "date", **_HELP),
        question("born", "date", required=False, limits={"unknown_parts": True}),
    ),
    step(
        "choices",
        question("single_choice", "choice", choices=choices("red", "green"), **_HELP),
        question("listed", "choice", choices=choices("north", "south"), limits={"list": True}, **_HELP),
        question("several", "multiple", choices=choices("cat", "dog", "bird"), **_HELP),
        question("agreed", "yes_no", **_HELP),
        question("declared", "declaration", **_HELP),
        question("land", "country"),
        question("nationality", "country", required=False, limits={"nationality": True}),
    ),
    step(
        "places", question("home", "address", **_HELP), question("abroad", "address", limits={"abroad": True})
    ),
    step(
        "files",
        question("papers", "file", **_HELP, limits={"max": 3, "accept": ["pdf", "jpeg"]}),
        question("photo", "file", required=False),
    ),
    step(
        "groups",
        question(
            "children",
            "group",
            **_HELP,
            item=texts("Kind"),
            limits={"min": 1, "max": 4},
            fields=[
                question("called", "name"),
                question("birth", "date"),
                question("sex", "choice", choices=choices("f", "m")),
            ],
        ),
    ),
)
STEPS = tuple(each["key"] for each in PROBE["steps"])

ANSWERS: dict[str, Any] = {
    "text": "Eins",
    "lines": "Eins\nZwei",
    "person": "Änne Łucja",
    "post": "anne@beispiel.example",
    "call": "+4944418980",
    "account": "DE89370400440532013000",
    "single": "Eins",
    "count": 2,
    "size": "1.50",
    "price": 1250,
    "day": "2026-11-10",
    "born": "1960-00-00",
    "single_choice": "red",
    "listed": "south",
    "several": ["cat", "bird"],
    "agreed": True,
    "declared": True,
    "land": "DE",
    "home": {"street": "Große Straße", "house_number": "12a", "postcode": "49377", "city": "Vechta"},
    "abroad": {"street": "Rue", "house_number": "1", "postcode": "75001", "city": "Paris", "country": "FR"},
    "children": [
        {"called": "Ida", "birth": "2020-05-01", "sex": "f"},
        {"called": "Ole", "birth": "2022-05-01", "sex": "m"},
    ],
}
