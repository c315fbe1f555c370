"""Build hook: templates and the sample configuration travel inside the wheel.

An editable install reads them from the checkout, so nothing is copied there.
"""

from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class ShippedFiles(BuildHookInterface):
    """Adds templates/ and config.toml below mailbot/shipped."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Called before a wheel is built; `version` is "editable" for development."""
        if version != "editable":
            build_data["force_include"]["templates"] = "mailbot/shipped/templates"
            build_data["force_include"]["config.toml"] = "mailbot/shipped/config.toml"
