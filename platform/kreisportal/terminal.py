"""Tables on the command line: as wide as the terminal for people, as wide as their content for other programs."""

from __future__ import annotations

from rich.console import Console
from rich.table import Table

_WITHOUT_LIMIT = 100_000


def print_table(table: Table) -> None:
    """Print a table to standard output; where that is no terminal, no line is broken, so that ``grep`` finds it."""
    console = Console()
    if not console.file.isatty():
        console.width = _WITHOUT_LIMIT
    console.print(table)
