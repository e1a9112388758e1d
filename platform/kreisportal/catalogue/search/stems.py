"""Word stems, after verb forms have been led back to their infinitive: Snowball's English, own German endings."""

from __future__ import annotations

import re
from functools import lru_cache
from threading import Lock

import Stemmer

from kreisportal.catalogue.search.lexicon import lexicon

SEPARABLE = (
    *("zusammen", "zuruck", "wieder", "weiter", "uber", "unter", "nach", "fest", "frei", "her", "hin", "los"),
    *("mit", "vor", "weg", "bei", "auf", "aus", "ein", "ab", "an", "um", "zu"),
)
_INSEPARABLE = ("ver", "be", "ent", "er", "zer")
_PREFIXES = (*SEPARABLE, *_INSEPARABLE)
_PARTICIPLE = re.compile(rf"^({'|'.join(SEPARABLE)})ge(\w{{3,}}?)e?t(?:e[nrsm]?)?$")
# What a German verb may begin with, so that "Umzugswagen" is not taken for one.
_ONSET = "(?:sch[lmnrw]?|str?|sp[lr]?|[bcdfgkp][lr]|tr|kn|pf|zw|[bcdfghjklmnprstvwz])?[aeiou]"
_WITH_ZU = re.compile(rf"^({'|'.join(SEPARABLE)})zu({_ONSET}\w*e?[lr]?n)$")
_INSEPARABLE_PARTICIPLE = re.compile(rf"^((?:{'|'.join(_INSEPARABLE)})\w{{3,}}?)e?t(?:e[nrsm]?)?$")
# Inflection and derivation, each taken off once, and inflection again below derivation ("gewerb-lich-en").
_INFLECTION = re.compile(r"(?<=\w{3})(?:e(?:rn|[mnrs])?|(?<=[bdfghklmnrt])s|(?<=[lr])n)$")
_DERIVATION = re.compile(r"(?<=\w{4})(?:ung|isch|lich|heit|keit)$")
_ADJECTIVE_ENDING = re.compile(r"(?<=en|\wt)e[nrsm]?$")

_english = Stemmer.Stemmer("english")
# A Snowball stemmer keeps its state on itself, so two threads must not use it at once.
_lock = Lock()


def word_language(path: str) -> str:
    """The language whose words a text in the language ``path`` is made of: "de" for "de-simple"."""
    return path.partition("-")[0]


@lru_cache(maxsize=32_768)
def stem(language: str, word: str) -> str:
    """The stem of a folded word in "de" or "en"; in other languages the word itself."""
    if len(word) < 3 or not word.isascii() or any(letter.isdecimal() for letter in word):
        return word
    if language == "de":
        return _german_stem(infinitive(word))
    if language == "en":
        with _lock:
            return str(_english.stemWord(word))
    return word


def _german_stem(word: str) -> str:
    """The stem of a folded German word; "Zeugnis" and "Zeugnisse" are the same."""
    stemmed = _INFLECTION.sub("", word)
    if stemmed.endswith("niss"):
        return stemmed[:-1]
    derived = _DERIVATION.sub("", stemmed)
    return _INFLECTION.sub("", derived) if derived != stemmed else stemmed


def infinitive(word: str) -> str:
    """A German verb form's infinitive ("umgezogen", "Umzug", "umzuziehen" → "umziehen"), else ``word``."""
    forms = lexicon("de").verb_forms
    bare = _ADJECTIVE_ENDING.sub("", word)
    for form in (word, bare):
        if form in forms:
            return forms[form]
        for prefix in _PREFIXES:
            if not form.startswith(prefix):
                continue
            rest = form[len(prefix) :]
            found = forms.get(rest) or forms.get(f"-{rest}")
            if found:
                return prefix + found
    if match := _PARTICIPLE.match(word):
        return f"{match[1]}{match[2]}en"
    if match := _WITH_ZU.match(word):
        return match[1] + match[2]
    return word


def other_forms(language: str, word: str) -> tuple[str, ...]:
    """Guesses at other forms of a word as it is typed: "verkauft" and verkaufen, "zahlt" and zahlen.

    Nouns look the same ("Bericht"), so these are used beside the word, never instead of it.
    """
    if language != "de" or len(word) < 5:
        return ()
    if match := _INSEPARABLE_PARTICIPLE.match(word):
        return (match[1] + "en",)
    if word.endswith("t"):
        return (word.removesuffix("t").removesuffix("e") + "en",)
    if word.endswith("en"):
        return (word[:-2] + "t",)
    if word.endswith("e"):
        return (word + "n", word[:-1] + "t")
    return ()
