"""What may stand before or after every command of `paperboy`, and the settings that follow from it."""

import os
import re
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import click
from platformdirs import user_data_path

from bot.cli.settings_files import load_settings
from bot.errors import SettingsError
from bot.settings import Settings

DEFAULT_CONFIG = Path("config/paperboy.toml")
_LONE_CONFIG = Path("paperboy.toml")


@dataclass
class Options:
    """What may stand before or after the command; settings are read when a command needs them."""

    config: tuple[Path, ...] = ()
    store: str = ""
    debug: bool = False

    def settings(self) -> Settings:
        """Files, then environment, then --store. Raises SettingsError with every problem at once."""
        files = self.config or ((DEFAULT_CONFIG,) if DEFAULT_CONFIG.exists() else ())
        if not files and _LONE_CONFIG.exists():
            click.echo(
                f"{_LONE_CONFIG} in this directory is not read: move it to {DEFAULT_CONFIG}, "
                f"or name it with --config {_LONE_CONFIG}",
                err=True,
            )
        settings = load_settings(files, os.environ)
        if self.store:
            settings = replace(settings, store=replace(settings.store, url=self.store))
        if not settings.store.url:
            settings = replace(settings, store=replace(settings.store, url=default_store()))
        # Only what is a plain path is repeated: anything else may hold a password.
        if re.fullmatch(r"[\w./~ -]+", url := settings.store.url):
            raise SettingsError([f"{url} is not a database's address; did you mean sqlite:///{url}?"])
        return settings


def default_store() -> str:
    """The SQLite file in the user's data directory, said on first use."""
    path = user_data_path("paperboy") / "paperboy.db"
    if not path.exists():
        click.echo(f"Using a new database: {path} (choose another with --store or PAPERBOY_STORE)", err=True)
        path.parent.mkdir(parents=True, exist_ok=True)
    return f"sqlite:///{path}"


def _choose(context: click.Context, option: click.Parameter, value: Any) -> None:
    """Note an option of every command; what stands after the command wins."""
    if value and isinstance(context.obj, Options):
        setattr(context.obj, str(option.name), value)


def everywhere() -> list[click.Parameter]:
    """The options that may stand before or after the command."""
    path = click.Path(path_type=Path)
    url = "Database, such as sqlite:///papers.db."
    say: dict[str, Any] = {"callback": _choose, "expose_value": False}
    return [
        click.Option(["--config"], type=path, multiple=True, help="Settings file; may be repeated.", **say),
        click.Option(["--store"], metavar="URL", help=url, **say),
        click.Option(["--debug"], is_flag=True, help="Show tracebacks and debug lines.", **say),
    ]


class Commands(click.Group):
    """Gives every command the options of the group, so that they may stand behind its name too."""

    def add_command(self, cmd: click.Command, name: str | None = None) -> None:
        """Add it with the options of the group."""
        cmd.params += everywhere()
        super().add_command(cmd, name)

    def make_context(self, *args: Any, **more: Any) -> click.Context:
        """Begin with the files that PAPERBOY_CONFIG names."""
        named = os.environ.get("PAPERBOY_CONFIG", "").split(os.pathsep)
        return super().make_context(*args, obj=Options(tuple(map(Path, filter(None, named)))), **more)
