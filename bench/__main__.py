"""How fast the program is in proportion to a bare Flask route, and whether thousands of towns cost more than two.

    python -m bench [--quick] [--out FILE] [--keep FOLDER]

It starts a PostgreSQL of its own with a region of each size, a gunicorn of the program for each, one of a bare Flask
application that answers with the same bytes, and measures them in turn. Nothing leaves 127.0.0.1.
"""

from __future__ import annotations

import argparse
import os
import shutil
import tempfile
from contextlib import ExitStack
from pathlib import Path

from rich.console import Console

from bench.machine import describe_machine
from bench.measuring import FULL, QUICK, Plan, measure
from bench.page import markdown, show


def main() -> None:
    """Read the arguments, measure, print, and write the report."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--quick", action="store_true", help="a rough look for developers: smaller, shorter")
    parser.add_argument("--out", type=Path, help="also write the report, as Markdown, to this file")
    parser.add_argument("--keep", type=Path, help="keep the regions in this folder for the next time")
    parser.add_argument("--workers", type=int, default=os.cpu_count() or 2, help="processes of each gunicorn")
    options = parser.parse_args()
    plan: Plan = QUICK if options.quick else FULL
    console = Console()
    with ExitStack() as stack:
        folder = options.keep
        if folder is None:
            folder = Path(tempfile.mkdtemp(prefix="kreisportal-bench-"))
            # As root the server runs as another user, who must get through to its own folder in it.
            folder.chmod(0o711)
            stack.callback(shutil.rmtree, folder, ignore_errors=True)
        with console.status("preparing") as status:
            results = measure(plan, folder, options.workers, lambda words: status.update(words))
    show(console, results)
    if options.out:
        options.out.parent.mkdir(parents=True, exist_ok=True)
        options.out.write_text(markdown(results, describe_machine()), encoding="utf-8")


if __name__ == "__main__":
    main()
