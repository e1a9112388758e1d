"""The search over the services of a region: in memory, without database and without Flask."""

from kreisportal.catalogue.search.documents import Hit, MatchKind, SearchDocument, Suggestion
from kreisportal.catalogue.search.index import SearchIndex

__all__ = ["Hit", "MatchKind", "SearchDocument", "SearchIndex", "Suggestion"]
