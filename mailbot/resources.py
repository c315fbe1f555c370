"""Where templates and the sample config.toml lie: in the wheel, or beside the packages."""

from pathlib import Path

_HERE = Path(__file__).resolve().parent


def shipped(name: str) -> Path:
    """A file or folder that travels with the program ("templates", "config.toml")."""
    packaged = _HERE / "shipped" / name
    return packaged if packaged.exists() else _HERE.parent / name
