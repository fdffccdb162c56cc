"""Settings: what is read from where, and how every mistake is told at once without telling a secret."""

import copy
import json
from dataclasses import asdict
from datetime import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.cli.settings_files import load_settings
from bot.errors import SettingsError
from bot.settings import Secret, Settings, describe, describe_secrets

TOKEN = "xoxe-1234-not-to-be-told"
SECRETS = tuple(describe_secrets())
VARIABLES = [f"PAPERBOY_{row.section}__{row.key}".upper() for row in describe()]


@pytest.fixture
def toml(tmp_path):
    """Writes a file of settings and says where it is."""

    def write(text, name="paperboy.toml"):
        path = tmp_path / name
        path.write_text(text, "utf-8")
        return path

    return write


def problems(files=(), environ=None):
    with pytest.raises(SettingsError) as caught:
        load_settings(files, environ or {})
    assert str(caught.value) == "\n".join(caught.value.problems)
    return list(caught.value.problems)


def problem(files=(), environ=None):
    (only,) = problems(files, environ)
    return only


# What is read


def test_without_files_and_variables_everything_has_its_default():
    settings = load_settings([], {})
    assert settings == Settings()
    assert (settings.digest.size, settings.digest.at, settings.digest.zone) == (5, time(9, 0), "UTC")
    assert settings.digest.weekdays == (0, 1, 2, 3, 4)
    assert settings.sources.arxiv_seconds_between_requests == 3.0
    assert (settings.slack.enabled, settings.discord.enabled) == (False, False)


def test_the_process_environment_is_not_looked_at(monkeypatch):
    monkeypatch.setenv("PAPERBOY_DIGEST__SIZE", "9")
    monkeypatch.setenv("DISCORD_TOKEN", TOKEN)
    assert load_settings([], {}) == Settings()


def test_a_later_file_overrides_an_earlier_one_and_a_variable_overrides_both(toml):
    first = toml(
        '[digest]\nsize = 3\ngrace_hours = 2\n[sources]\narxiv_categories = ["cs.CL", "cs.IR"]', "a.toml"
    )
    second = toml('[digest]\nsize = 4\nwindow_days = 9\n[sources]\narxiv_categories = ["hep-ex"]', "b.toml")
    settings = load_settings([first, second], {"PAPERBOY_DIGEST__WINDOW_DAYS": "2"})
    assert (settings.digest.size, settings.digest.grace_hours, settings.digest.window_days) == (4, 2, 2)
    assert settings.sources.arxiv_categories == ("hep-ex",)


GOOD = [
    ("store.url", '"sqlite:///x.db"', "sqlite:///x.db", "sqlite:///x.db"),
    ("digest.size", "25", "25", 25),
    ("digest.at", '"7:30"', " 07:30 ", time(7, 30)),
    ("digest.at", "18:05:00", "18:05", time(18, 5)),
    ("digest.weekdays", '["sun", "Mon", "mon"]', "sun, Mon,mon,", (0, 6)),
    ("digest.zone", '"Europe/Berlin"', "Europe/Berlin", "Europe/Berlin"),
    ("sources.arxiv", "false", "No", False),
    ("sources.huggingface", "true", "1", True),
    ("log.json", "true", "TRUE", True),
    ("log.json", "false", "0", False),
    ("log.json", "true", "yes", True),
    ("log.level", '"WARNING"', "Warning", "warning"),
    ("sources.arxiv_form", '"atom"', "atom", "atom"),
    ("sources.timeout_seconds", "2", "2", 2.0),
    ("sources.arxiv_seconds_between_requests", "0.5", "0.5", 0.5),
    ("sources.contact", '"ops@example.org"', "ops@example.org", "ops@example.org"),
    (
        "sources.arxiv_categories",
        '["cs.CL", "physics.ao-ph", "cond-mat.soft", "hep-ex", "cs.CL"]',
        "cs.CL,physics.ao-ph, cond-mat.soft ,hep-ex,cs.CL",
        ("cs.CL", "physics.ao-ph", "cond-mat.soft", "hep-ex"),
    ),
    (
        "sources.huggingface_url",
        '"http://127.0.0.1:8000/"',
        "http://127.0.0.1:8000/",
        "http://127.0.0.1:8000",
    ),
    ("slack.api_url", '"http://[::1]:8000/api"', "http://[::1]:8000/api", "http://[::1]:8000/api/"),
    (
        "sources.private_hosts",
        '["Feeds.Lab.internal", "127.0.0.1", "[FD00::0001]", "lab_1", "127.0.0.1"]',
        "feeds.lab.internal,127.0.0.1,fd00::1,lab_1",
        ("feeds.lab.internal", "127.0.0.1", "fd00::1", "lab_1"),
    ),
    ("sources.private_hosts", '["::1"]', "[::1]", ("::1",)),
    ("slack.mode", '"HTTP"', "http", "http"),
    ("slack.host", '"::"', "::", "::"),
    ("slack.port", "80", "80", 80),
    ("discord.gateway_url", '"ws://127.0.0.1:1/"', "ws://127.0.0.1:1/", "ws://127.0.0.1:1"),
]


@pytest.mark.parametrize(("name", "in_file", "in_variable", "expected"), GOOD)
def test_a_value_is_the_same_from_a_file_and_from_a_variable(toml, name, in_file, in_variable, expected):
    section, key = name.split(".")
    from_file = load_settings([toml(f"[{section}]\n{key} = {in_file}")], {})
    from_variable = load_settings([], {f"PAPERBOY_{section}__{key}".upper(): in_variable})
    for loaded in (from_file, from_variable):
        value = getattr(getattr(loaded, section), key)
        assert value == expected
        assert type(value) is type(expected)


def test_an_empty_address_of_the_gateway_is_the_vendors_own(toml):
    assert load_settings([toml('[discord]\ngateway_url = ""')], {}).discord.gateway_url == ""


def test_an_empty_variable_counts_as_not_set(toml):
    file = toml("[digest]\nsize = 7")
    settings = load_settings(
        [file], {"PAPERBOY_DIGEST__SIZE": " ", "PAPERBOY_STORE": "", "DISCORD_TOKEN": ""}
    )
    assert (settings.digest.size, settings.store.url, settings.discord.enabled) == (7, "", False)


def test_the_store_has_a_short_variable():
    assert load_settings([], {"PAPERBOY_STORE": "sqlite:///a.db"}).store.url == "sqlite:///a.db"
    both = {"PAPERBOY_STORE": "sqlite:///a.db", "PAPERBOY_STORE__URL": "sqlite:///a.db"}
    assert load_settings([], both).store.url == "sqlite:///a.db"
    assert "PAPERBOY_STORE and PAPERBOY_STORE__URL" in problem(
        [], both | {"PAPERBOY_STORE": "sqlite:///b.db"}
    )


def test_variables_of_the_command_line_of_kubernetes_and_of_others_are_left_alone():
    environ = {
        "PAPERBOY_CONFIG": "x.toml",
        "PAPERBOY_SERVICE_HOST": "10.0.0.1",
        "PAPERBOY_PORT_8080_TCP": "tcp://10.0.0.1:8080",
        "PATH": "/bin",
        "SLACK_TOKEN": "x",
    }
    assert load_settings([], environ) == Settings()


def test_a_file_may_begin_with_a_byte_order_mark(tmp_path):
    path = tmp_path / "notepad.toml"
    path.write_bytes(b"\xef\xbb\xbf[digest]\r\nsize = 8\r\n")
    assert load_settings([path], {}).digest.size == 8


# What is refused


def test_all_mistakes_are_told_at_once(toml):
    one = toml("[digest]\nsize = 99\n[slak]\nx = 1", "one.toml")
    two = toml("[digest]\nzone = 5\nhour = 1", "two.toml")
    environ = {"PAPERBOY_LOG__JSON": "maybe", "SLACK_APP_TOKEN": "xapp-1", "DISCORD_TOKEN": "a b"}
    told = problems([one, two, one.with_name("absent.toml")], environ)
    assert len(told) == 8
    expected = (
        "digest.size",
        "slak",
        "digest.zone",
        "digest.hour",
        "absent",
        "LOG__JSON",
        "DISCORD",
        "BOT_TOKEN",
    )
    for text, word in zip(told, expected, strict=True):
        assert word in text


NEAREST = [
    ("[digets]\nsize = 5", "unknown section [digets]; did you mean [digest]?"),
    ("[digest]\nsise = 5", "unknown key digest.sise; did you mean digest.size?"),
    ("[digest]\nSIZE = 5", "unknown key digest.SIZE; did you mean digest.size?"),
    ("[digest]\nlevel = 5", "unknown key digest.level; did you mean log.level?"),
    ("[discord]\napi_ulr = 5", "unknown key discord.api_ulr; did you mean discord.api_url?"),
    ("size = 5", "unknown key size; did you mean digest.size?"),
    ("[digest]\nqqqqqq = 5", "unknown key digest.qqqqqq"),
    ("[qqqqqq]", "unknown section [qqqqqq]"),
    ("digest = 5", "digest is a section: write [digest], and its keys below it"),
    ("[[log]]\njson = true", "log is a section: write [log], and its keys below it"),
]


@pytest.mark.parametrize(("text", "expected"), NEAREST)
def test_an_unknown_key_is_refused_with_the_nearest_known_one(toml, text, expected):
    path = toml(text)
    assert problem([path]) == f"{path}: {expected}"


NEAREST_VARIABLES = [
    ("PAPERBOY_DIGEST__SISE", "PAPERBOY_DIGEST__SIZE"),
    ("PAPERBOY_DIGEST_SIZE", "PAPERBOY_DIGEST__SIZE"),
    ("paperboy_digest__size", "PAPERBOY_DIGEST__SIZE"),
    ("PAPERBOY_STOER", "PAPERBOY_STORE"),
    ("PAPERBOY_CONFG", "PAPERBOY_CONFIG"),
    ("PAPERBOY_SLACK__BOT_TOKEN", "SLACK_BOT_TOKEN"),
    ("PAPERBOY_DISCORD_TOKEN", "DISCORD_TOKEN"),
]


@pytest.mark.parametrize(("variable", "nearest"), NEAREST_VARIABLES)
def test_an_unknown_variable_is_refused_with_the_nearest_known_one(variable, nearest):
    assert problem([], {variable: TOKEN}) == f"{variable}: unknown variable; did you mean {nearest}?"


BAD = [
    ("digest.size", "0", "a whole number from 1 to 25"),
    ("digest.size", "26", "a whole number from 1 to 25"),
    ("digest.size", "5.0", "a whole number from 1 to 25"),
    ("digest.size", "true", "a whole number from 1 to 25"),
    ("digest.size", '"5"', "a whole number from 1 to 25"),
    ("digest.size", "{ x = 5 }", "a whole number from 1 to 25"),
    ("digest.grace_hours", "24", "a whole number from 1 to 23"),
    ("digest.window_days", "31", "a whole number from 1 to 30"),
    ("digest.at", '"25:00"', "a time of day"),
    ("digest.at", '"9"', "a time of day"),
    ("digest.at", '"09:00+02:00"', "a time of day"),
    ("digest.at", "900", "a time of day"),
    ("digest.at", "09:00:30", "a time of day"),
    ("digest.weekdays", '"mon"', "a list of days"),
    ("digest.weekdays", "[]", "a list of days"),
    ("digest.weekdays", '["monday"]', "a list of days"),
    ("digest.weekdays", "[1]", "a list of days"),
    (
        "digest.zone",
        '"Europe/Berln"',
        "a time zone such as UTC or Europe/Berlin; did you mean Europe/Berlin?",
    ),
    ("digest.zone", '"../../etc/passwd"', "a time zone"),
    ("digest.zone", '"Europe"', "a time zone"),
    ("digest.zone", '""', "a time zone"),
    ("digest.zone", "[]", "a time zone"),
    ("sources.arxiv", "1", "true or false"),
    ("sources.arxiv", '"true"', "true or false"),
    ("sources.arxiv_categories", "[]", "a list of arXiv categories"),
    ("sources.arxiv_categories", '["cs.cl"]', "a list of arXiv categories"),
    ("sources.arxiv_categories", '["CS.CL"]', "a list of arXiv categories"),
    ("sources.arxiv_categories", '["cs.CL+cs.LG"]', "a list of arXiv categories"),
    ("sources.arxiv_form", '"html"', "rss or atom"),
    ("sources.arxiv_seconds_between_requests", "-0.1", "a number from 0 to 3600"),
    ("sources.timeout_seconds", "nan", "a number from 0.1 to 600"),
    ("sources.timeout_seconds", "inf", "a number from 0.1 to 600"),
    ("sources.timeout_seconds", "0", "a number from 0.1 to 600"),
    ("sources.max_megabytes", "0", "a whole number"),
    ("sources.every_minutes", "1441", "a whole number from 1 to 1440"),
    ("sources.contact", '"a\\nb"', "one line of plain ASCII text"),
    ("sources.contact", '"Zoë"', "one line of plain ASCII text"),
    ("sources.arxiv_feed_url", '""', "an address (http or https)"),
    ("sources.arxiv_feed_url", '"rss.arxiv.org"', "an address (http or https)"),
    ("sources.arxiv_api_url", '"https://"', "an address (http or https)"),
    ("sources.arxiv_api_url", '"http://a:b"', "an address (http or https)"),
    ("sources.arxiv_api_url", '"http://[a"', "an address (http or https)"),
    ("sources.huggingface_url", '"file:///etc/passwd"', "an address (http or https)"),
    *(
        (
            "sources.private_hosts",
            value,
            "a list of host names or IP addresses, each without http:// and port",
        )
        for value in (
            '["http://127.0.0.1:8777"]',
            '["127.0.0.1:8777"]',
            '["lab:80"]',
            '["[::1]:80"]',
            '["lab/feed"]',
            '["*.lab"]',
            '["lab."]',
            '["10.0.0.0/8"]',
            '["127.1"]',
            '["0x7f"]',
            '["[127.0.0.1]"]',
            '["fe80::1%eth0"]',
            '["büro.example"]',
            '[""]',
            "[5]",
            '"lab"',
        )
    ),
    ("slack.api_url", '"https://slack .com"', "an address (http or https)"),
    ("slack.mode", '"https"', "socket or http; did you mean http?"),
    ("slack.host", '"http://0.0.0.0"', "an IP address or the name of a machine"),
    ("slack.host", '""', "an IP address or the name of a machine"),
    ("slack.port", "0", "a whole number from 1 to 65535"),
    ("discord.api_url", "5", "an address (http or https)"),
    ("discord.gateway_url", '"http://x"', "an address (ws or wss) without a password, or empty"),
    ("log.level", '"warn"', "debug, info, warning or error; did you mean warning?"),
    ("log.level", "10", "debug, info, warning or error"),
    ("store.url", "5", "one line of text"),
    ("store.url", '"a\\u0000b"', "one line of text"),
]


@pytest.mark.parametrize(("name", "value", "expected"), BAD)
def test_a_value_that_does_not_fit_is_refused_with_file_and_key(toml, name, value, expected):
    section, key = name.split(".")
    path = toml(f"[{section}]\n{key} = {value}")
    told = problem([path])
    assert told.startswith(f"{path}: {name}: ")
    assert f" is not {expected}" in told


BAD_VARIABLES = [
    ("DIGEST__SIZE", "five", "'five' is not a whole number from 1 to 25"),
    (
        "DIGEST__WEEKDAYS",
        "mon-fri",
        "'mon-fri' is not a list of days out of mon, tue, wed, thu, fri, sat, sun (separated by commas)",
    ),
    (
        "DIGEST__WEEKDAYS",
        ",",
        "',' is not a list of days out of mon, tue, wed, thu, fri, sat, sun (separated by commas)",
    ),
    (
        "SOURCES__FEEDS",
        '["https://a.b/c"]',
        "'[\"https://a.b/c\"]' is not a list of addresses (http or https) without passwords (separated by commas)",
    ),
    (
        "SOURCES__PUBMED_SEARCHES",
        "[ 'sepsis[mesh]' ]",
        "\"[ 'sepsis[mesh]' ]\" is not a list of texts (separated by commas)",
    ),
    (
        "SOURCES__PRIVATE_HOSTS",
        "http://127.0.0.1:8777",
        "'http://127.0.0.1:8777' is not a list of host names or IP addresses, each without http:// and port "
        "(separated by commas)",
    ),
    ("LOG__JSON", "on", "'on' is not true or false"),
    ("SOURCES__TIMEOUT_SECONDS", "nan", "'nan' is not a number from 0.1 to 600"),
    ("DIGEST__AT", "noon", "'noon' is not a time of day such as 09:00"),
]


@pytest.mark.parametrize(("variable", "value", "expected"), BAD_VARIABLES)
def test_a_variable_that_does_not_fit_is_refused_with_its_name(variable, value, expected):
    assert problem([], {f"PAPERBOY_{variable}": value}) == f"PAPERBOY_{variable}: {expected}"


@settings(deadline=None)
@given(
    st.sampled_from(VARIABLES), st.text() | st.binary().map(lambda raw: raw.decode(errors="surrogateescape"))
)
def test_any_text_in_any_variable_is_taken_or_refused_by_its_name(variable, text):
    try:
        load_settings([], {variable: text})
    except SettingsError as error:
        (told,) = error.problems
        assert told.startswith(f"{variable}: ")
        told.encode()


def test_a_file_that_is_not_there_is_named(tmp_path):
    assert (
        problem([tmp_path / "absent.toml"])
        == f"{tmp_path}/absent.toml: cannot be read: No such file or directory"
    )
    assert problem([tmp_path]).startswith(f"{tmp_path}: cannot be read: ")


def test_a_file_that_is_not_toml_is_named_with_the_line(toml):
    told = problem([toml("[digest]\nsize = 5\nat = 09:00\n")])
    assert "paperboy.toml: not TOML: " in told
    assert "line 3" in told


def test_a_file_that_is_not_text_is_named(tmp_path):
    path = tmp_path / "picture.toml"
    path.write_bytes(b"\x89PNG\xff\xfe")
    assert problem([path]).startswith(f"{path}: not TOML: ")


# Secrets


@pytest.mark.parametrize("variable", SECRETS)
def test_a_secret_comes_from_a_variable_or_from_the_file_it_names(tmp_path, variable):
    path = tmp_path / "secret"
    path.write_text(f"{TOKEN}\n", "utf-8")
    slack = {"SLACK_BOT_TOKEN": "b", "SLACK_APP_TOKEN": "a"}
    slack.pop(variable, None)
    directly = load_settings([], slack | {variable: f" {TOKEN} "})
    by_file = load_settings([], slack | {f"{variable}_FILE": str(path)})
    assert directly == by_file
    secrets = {
        "SLACK_BOT_TOKEN": directly.slack.bot_token,
        "SLACK_APP_TOKEN": directly.slack.app_token,
        "SLACK_SIGNING_SECRET": directly.slack.signing_secret,
        "DISCORD_TOKEN": directly.discord.token,
        "SEMANTIC_SCHOLAR_API_KEY": directly.sources.semantic_scholar_key,
        "NCBI_API_KEY": directly.sources.pubmed_key,
        "OPENALEX_API_KEY": directly.sources.openalex_key,
    }
    assert secrets[variable].reveal() == TOKEN
    assert [name for name, secret in secrets.items() if secret.reveal() == TOKEN] == [variable]


def test_a_platform_is_on_where_its_tokens_are_set():
    slack = load_settings([], {"SLACK_BOT_TOKEN": "b", "SLACK_APP_TOKEN": "a"})
    assert (slack.slack.enabled, slack.discord.enabled) == (True, False)
    discord = load_settings([], {"DISCORD_TOKEN": "d"})
    assert (discord.slack.enabled, discord.discord.enabled) == (False, True)


@pytest.mark.parametrize(
    ("given_one", "missing"),
    [("SLACK_BOT_TOKEN", "SLACK_APP_TOKEN"), ("SLACK_APP_TOKEN", "SLACK_BOT_TOKEN")],
)
def test_one_of_the_two_tokens_of_slack_is_not_enough(given_one, missing):
    expected = f"{missing} is not set: Slack needs SLACK_BOT_TOKEN and SLACK_APP_TOKEN, or neither"
    assert problem([], {given_one: TOKEN, missing: ""}) == expected


HTTP = {"PAPERBOY_SLACK__MODE": "http"}


def test_slack_over_http_is_on_with_the_signing_secret_and_without_the_app_token(toml):
    tokens = {"SLACK_BOT_TOKEN": "b", "SLACK_SIGNING_SECRET": "s"}
    for slack in (
        load_settings([], HTTP | tokens).slack,
        load_settings([toml('[slack]\nmode = "http"')], tokens).slack,
    ):
        assert (slack.enabled, slack.mode, slack.host, slack.port) == (True, "http", "127.0.0.1", 3000)
    assert not load_settings([], HTTP).slack.enabled
    assert not load_settings([], HTTP | {"SLACK_APP_TOKEN": "a"}).slack.enabled


@pytest.mark.parametrize(
    ("given_one", "missing"),
    [("SLACK_BOT_TOKEN", "SLACK_SIGNING_SECRET"), ("SLACK_SIGNING_SECRET", "SLACK_BOT_TOKEN")],
)
def test_slack_over_http_names_the_secret_that_is_missing(given_one, missing):
    told = problem([], HTTP | {given_one: TOKEN, "SLACK_APP_TOKEN": TOKEN})
    needs = "Slack in mode http needs SLACK_BOT_TOKEN and SLACK_SIGNING_SECRET, or neither"
    assert told == f"{missing} is not set: {needs}"


IN_FILE = [
    ("[slack]\nbot_token = ", "slack.bot_token", "SLACK_BOT_TOKEN"),
    ("[slack]\nSLACK_BOT_TOKEN = ", "slack.SLACK_BOT_TOKEN", "SLACK_BOT_TOKEN"),
    ("[slack]\nsigning_secret = ", "slack.signing_secret", "SLACK_SIGNING_SECRET"),
    ("[slack]\napptoken = ", "slack.apptoken", "SLACK_APP_TOKEN"),
    ("[discord]\ntoken = ", "discord.token", "DISCORD_TOKEN"),
    ("[discord]\nbot_token = ", "discord.bot_token", "DISCORD_TOKEN"),
    ("DISCORD_TOKEN = ", "DISCORD_TOKEN", "DISCORD_TOKEN"),
]


@pytest.mark.parametrize(("text", "name", "variable"), IN_FILE)
def test_a_secret_in_a_file_is_refused_and_sent_to_its_variable(toml, text, name, variable):
    told = problem([toml(f'{text}"{TOKEN}"')])
    assert f"{name} looks like a secret" in told
    assert f"set {variable} or {variable}_FILE" in told
    assert TOKEN not in told


def test_no_error_repeats_what_may_be_a_secret(toml, tmp_path):
    discord = "MTIzNDU2Nzg5MDEyMzQ1Njc4.GabcdE.abcdefghijklmnopqrstuvwxyz0123456789ab"
    file = toml(f'[slack]\napi_url = "{TOKEN}"\n[log]\nlevel = "{discord}"\n[slak]\ntoken = "{TOKEN}"')
    environ = {
        "PAPERBOY_SOURCES__ARXIV_API_URL": "https://user:hunter2@example.org",
        "PAPERBOY_STORE": "postgresql://user:hunter2@db/x\ny",
        "PAPERBOY_DIGEST__SIZE": TOKEN,
        "SLACK_BOT_TOKEN": f"{TOKEN} {TOKEN}",
        "DISCORD_TOKEN_FILE": discord,
        "SLACK_APP_TOKEN": TOKEN,
        "SLACK_APP_TOKEN_FILE": str(tmp_path / TOKEN),
    }
    told = problems([file], environ)
    assert len(told) == 9
    assert not [text for text in told for secret in (TOKEN, discord, "hunter2") if secret in text]


def test_a_secret_shows_itself_to_reveal_only():
    environ = {"SLACK_BOT_TOKEN": TOKEN, "SLACK_APP_TOKEN": TOKEN, "DISCORD_TOKEN": TOKEN}
    settings = load_settings([], environ | {"PAPERBOY_STORE": "postgresql://u:hunter2@db/x"})
    secret = settings.discord.token
    shown = (repr(secret), str(secret), f"{secret}", f"{secret!r}", repr(settings), str(asdict(settings)))
    assert not [text for text in shown if TOKEN in text]
    assert "hunter2" not in repr(settings)
    with pytest.raises(TypeError):
        json.dumps(secret)
    assert secret.reveal() == TOKEN
    assert copy.deepcopy(secret) == secret != Secret("other")
    assert (bool(secret), bool(Secret())) == (True, False)


def test_the_traceback_of_a_bad_secret_tells_nothing_of_it(tmp_path):
    path = tmp_path / "secret"
    path.write_bytes(b"\xff\xfe" + TOKEN.encode())
    with pytest.raises(SettingsError) as caught:
        load_settings([], {"DISCORD_TOKEN_FILE": str(path)})
    assert caught.value.problems == ("DISCORD_TOKEN_FILE: the file it names is not text",)
    assert caught.value.__cause__ is None
    assert caught.value.__context__ is None


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (None, "DISCORD_TOKEN_FILE: the file it names cannot be read: No such file or directory"),
        ("one\ntwo", "DISCORD_TOKEN: has a space, a line break or a character that no token has"),
        ("tokén", "DISCORD_TOKEN: has a space, a line break or a character that no token has"),
    ],
)
def test_a_secrets_file_that_cannot_be_used_is_refused(tmp_path, content, expected):
    path = tmp_path / "secret"
    if content is not None:
        path.write_text(content, "utf-8")
    assert problem([], {"DISCORD_TOKEN_FILE": str(path)}) == expected


def test_a_secret_and_its_file_are_not_both_taken(tmp_path):
    (tmp_path / "secret").write_text(TOKEN, "utf-8")
    told = problem([], {"DISCORD_TOKEN": "x", "DISCORD_TOKEN_FILE": str(tmp_path / "secret")})
    assert told == "DISCORD_TOKEN and DISCORD_TOKEN_FILE are both set; keep one of them"


def test_an_empty_secrets_file_counts_as_not_set(tmp_path):
    (tmp_path / "secret").write_text("\n", "utf-8")
    assert not load_settings([], {"DISCORD_TOKEN_FILE": str(tmp_path / "secret")}).discord.enabled


@pytest.mark.parametrize(
    ("bot", "app", "named"),
    [("xapp-1-x", "xapp-1-x", "SLACK_BOT_TOKEN"), ("xoxb-1-x", "xoxb-1-x", "SLACK_APP_TOKEN")],
)
def test_a_token_in_the_wrong_variable_is_named_and_not_shown(bot, app, named):
    told = problem([], {"SLACK_BOT_TOKEN": bot, "SLACK_APP_TOKEN": app})
    assert told.startswith(f"{named} holds a token that begins with")
    assert bot not in told
