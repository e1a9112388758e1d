"""What a wheel holds beside the package: everything of `kernel.paths.shipped`, and ``wsgi.py``. For hatchling."""

from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

_SHIPPED = ("build/static", "catalogue", "deploy", "migrations", "tenants", "themes/base/templates")
# They find what tests need.
_NOT_FOR_OPERATORS = {
    "deploy/find-browser",
    "deploy/find-caddy",
    "deploy/find-postgres",
    "deploy/find-xmlsec1",
}


class ShippedFiles(BuildHookInterface[Any]):
    """Lays the data folders into ``kreisportal/shipped``; an editable install reads them from the checkout."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Name the files. Raises FileNotFoundError while style sheet and scripts are not built."""
        if version == "editable":
            return
        root = Path(self.root)
        if not (root / "build" / "static" / "manifest.json").is_file():
            raise FileNotFoundError("build/static is missing: run `make assets` before building a wheel")
        included = {str(root / "wsgi.py"): "wsgi.py"}
        for folder in _SHIPPED:
            for file in sorted((root / folder).rglob("*")):
                name = file.relative_to(root).as_posix()
                if file.is_file() and "__pycache__" not in file.parts and name not in _NOT_FOR_OPERATORS:
                    included[str(file)] = f"kreisportal/shipped/{name}"
        build_data["force_include"].update(included)
