"""Reads the settings from TOML files and the environment, and says everything that is wrong with them at once."""

import re
import tomllib
from collections.abc import Callable, Iterator, Mapping, Sequence
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from bot import kinds
from bot.errors import SettingsError
from bot.settings import FIELDS, KEYS, SECRETS, SECTIONS, Secret, Settings

_SWAPPED = {
    "SLACK_BOT_TOKEN": ("xapp-", "SLACK_APP_TOKEN"),
    "SLACK_APP_TOKEN": ("xoxb-", "SLACK_BOT_TOKEN"),
}
_VARIABLES = {"PAPERBOY_STORE": "store.url"} | {
    f"PAPERBOY_{name.upper().replace('.', '__')}": name for name in KEYS
}
# PAPERBOY_CONFIG belongs to the command line. Kubernetes sets the others in every pod beside a service
# named "paperboy"; they are nobody's mistake.
_NOT_OURS = re.compile(r"PAPERBOY_(CONFIG|(SERVICE_HOST|SERVICE_PORT|PORT)(_.*)?)")


def load_settings(files: Sequence[Path], environ: Mapping[str, str]) -> Settings:
    """The defaults, overridden by each file in turn, then by the environment.

    An environment variable that is empty counts as not set. Raises SettingsError with every problem at once.
    """
    draft = _Draft()
    for path in files:
        draft.add_file(path)
    draft.add_environment(environ)
    draft.add_secrets(environ)
    if draft.problems:
        raise SettingsError(draft.problems)
    return draft.settings()


class _Draft:
    """What has been read so far, by `section.key`, and everything wrong with it."""

    def __init__(self) -> None:
        self.values: dict[str, Any] = {}
        self.problems: list[str] = []

    def add_file(self, path: Path) -> None:
        try:
            document = tomllib.loads(path.read_text("utf-8-sig"))
        except OSError as error:
            self.problems.append(f"{path}: cannot be read: {error.strerror}")
        except ValueError as error:
            self.problems.append(f"{path}: not TOML: {error}")
        else:
            for name, value in _entries(document):
                if name in KEYS:
                    self._put(name, value, f"{path}: {name}")
                else:
                    self.problems.append(f"{path}: {_unknown_key(name, value)}")

    def add_environment(self, environ: Mapping[str, str]) -> None:
        given = {name: text.strip() for name, text in environ.items() if name.upper().startswith("PAPERBOY_")}
        for variable in sorted(given):
            name = _VARIABLES.get(variable, "")
            if name and given[variable]:
                self._put(name, given[variable], variable, KEYS[name].metadata["kind"].parse)
            elif not name and not _NOT_OURS.fullmatch(variable):
                self.problems.append(_unknown_variable(variable))
        if len({given.get(name) for name in ("PAPERBOY_STORE", "PAPERBOY_STORE__URL")} - {None, ""}) > 1:
            self.problems.append(
                "PAPERBOY_STORE and PAPERBOY_STORE__URL name two databases; keep one of them"
            )

    def add_secrets(self, environ: Mapping[str, str]) -> None:
        for variable, name in SECRETS.items():
            try:
                self.values[name] = _load_secret(variable, environ)
            except ValueError as error:
                self.problems.append(str(error))
        mode = self.values.get("slack.mode", "socket")
        pair = ("SLACK_BOT_TOKEN", "SLACK_SIGNING_SECRET" if mode == "http" else "SLACK_APP_TOKEN")
        missing = [variable for variable in pair if self.values.get(SECRETS[variable]) == Secret()]
        for variable, (prefix, other) in _SWAPPED.items():
            if self.values.get(SECRETS[variable], Secret()).reveal().startswith(prefix):
                self.problems.append(
                    f"{variable} holds a token that begins with {prefix}: it belongs in {other}"
                )
        if len(missing) == 1:
            needs = f"Slack{' in mode http' * (mode == 'http')} needs {' and '.join(pair)}, or neither"
            self.problems.append(f"{missing[0]} is not set: {needs}")

    def _put(self, name: str, value: Any, where: str, parse: Callable[[str], Any] | None = None) -> None:
        kind: kinds.Kind = KEYS[name].metadata["kind"]
        try:
            self.values[name] = kind.read(parse(value) if parse else value)
        except (KeyError, TypeError, ValueError):
            near = kind.near(value) if kind.near else _nearest({k: k for k in kind.known()}, str(value))
            hint = _did_you_mean(near)
            apart = " (separated by commas)" if parse is kinds.listed else ""
            self.problems.append(f"{where}: {_shown(value)} is not {kind.text}{apart}{hint}")

    def settings(self) -> Settings:
        sections: dict[str, dict[str, Any]] = {section: {} for section in SECTIONS}
        for name, value in self.values.items():
            section, _, key = name.partition(".")
            sections[section][key] = value
        return Settings(**{section: SECTIONS[section](**values) for section, values in sections.items()})


def _entries(document: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    """`section.key` and its value; what is not in a known section comes under its bare name."""
    for section, table in document.items():
        if section in SECTIONS and isinstance(table, dict):
            yield from ((f"{section}.{key}", value) for key, value in table.items())
        else:
            yield section, table


def _load_secret(variable: str, environ: Mapping[str, str]) -> Secret:
    """The secret, or that of the file that `…_FILE` names. Raises ValueError, which tells nothing of it."""
    text, file = (environ.get(name, "").strip() for name in (variable, f"{variable}_FILE"))
    if text and file:
        raise ValueError(f"{variable} and {variable}_FILE are both set; keep one of them")
    if file:
        text = _file_text(f"{variable}_FILE", file)
    if re.search(r"[^!-~]", text):
        raise ValueError(f"{variable}: has a space, a line break or a character that no token has")
    return Secret(text)


def _file_text(variable: str, file: str) -> str:
    # The path is not repeated either: somebody will have put the secret itself there.
    try:
        return Path(file).read_text("utf-8-sig").strip()
    except OSError as error:
        raise ValueError(f"{variable}: the file it names cannot be read: {error.strerror}") from None
    except ValueError:
        raise ValueError(f"{variable}: the file it names is not text") from None


def _shown(value: Any) -> str:
    """The value for an error text, unless it could be a token or an address with a password."""
    text = repr(value)
    if re.search(r"[\w.-]{24,}|xox|xapp-|:.*@", text) or len(text) > 80:
        return "the value (not repeated here)"
    return text


def _did_you_mean(near: str) -> str:
    return f"; did you mean {near}?" if near else ""


def _nearest(known: Mapping[str, str], name: str) -> str:
    """`known` maps what is compared to what is said; empty where nothing is near."""
    folded = {text.casefold(): said for text, said in known.items()}
    return next((folded[near] for near in get_close_matches(name.casefold(), folded, n=1)), "")


def _unknown_variable(variable: str) -> str:
    names = {name.removeprefix("PAPERBOY_"): name for name in (*_VARIABLES, "PAPERBOY_CONFIG", *SECRETS)}
    near = _nearest(names, variable[len("PAPERBOY_") :])
    return f"{variable}: unknown variable{_did_you_mean(near)}"


def _unknown_key(name: str, value: Any) -> str:
    if name in SECTIONS:
        return f"{name} is a section: write [{name}], and its keys below it"
    section, _, key = name.rpartition(".")
    if not section and isinstance(value, dict):
        near = _nearest({known: f"[{known}]" for known in SECTIONS}, key)
        return f"unknown section [{key}]{_did_you_mean(near)}"
    everywhere = {known.rpartition(".")[2]: known for known in FIELDS} | SECRETS
    own = {known.rpartition(".")[2]: known for known in FIELDS if known.startswith(f"{section}.")}
    near = _nearest(own, key) or _nearest(everywhere, key)
    for variable in (secret for secret, known in SECRETS.items() if known == near):
        return (
            f"{name} looks like a secret, and those come from the environment only: "
            f"take it out of this file and set {variable} or {variable}_FILE"
        )
    return f"unknown key {name}{_did_you_mean(near)}"
