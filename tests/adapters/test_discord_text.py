"""Hostile text comes out of the Discord renderer harmless, shortened, and still readable."""

import re
from urllib.parse import urlsplit

import discord
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from bot.adapters.discord.buttons import view_of
from bot.adapters.discord.custom_id import LIMIT, button_from_custom_id, custom_id
from bot.adapters.discord.render import to_discord
from bot.adapters.discord.text import emphasised, fit, pieces, prose, safe_address, size
from bot.identity import clean_text
from bot.model import Button, Card, Channel, Link, Message, PaperId, Picker, Standing
from tests.adapters.discord_limits import problems
from tests.adapters.discord_rig import as_read

HOSTILE = [
    "@everyone",
    "@here",
    "<@123456789012345678>",
    "<@&123456789012345678>",
    "<#123456789012345678>",
    "<t:1700000000:R>",
    "<a:party:123456789012345678>",
    "</papers:123456789012345678>",
    "<id:customize>",
    "](http://x)",
    "[click](http://evil.example/)",
    "# heading",
    "-# small",
    ">>> quote",
    "- item\n* item\n1. item",
    "**bold** __under__ ~~gone~~ ||spoiler|| `code` ```block```",
    r"$\mathcal{O}(n^2)$ and \* \[ \`",
    "\u202egnp.exe\u202c \u200f\u2066x\u2069",
    "https://example.org/a_b*c?(d)=@everyone",
    "<https://example.org>",
    "𝔘" * 300,
    "a" * 5000,
    "* " * 2500,
    "",
    "\u200b\u202e \n",
]
LIVE_MARKUP = re.compile(
    r"\\[^0-9A-Za-z\s]"  # escaped: harmless
    r"|\*\*(?:\\[^0-9A-Za-z\s]|(?!@(?:everyone|here))[^\\*_~|`\[\]<\s])+\*\*(?!\*)"  # a word in bold
    r"|<https?://[^\s<>()\\*|`\[\]@]+>"  # an address and nothing else
    r"|(?P<live>[\\*_~|`\[\]<]|@(?:everyone|here)|^(?:[#>+-]|\d+[.)]))",
    re.MULTILINE,
)

hostile = st.lists(
    st.one_of(st.sampled_from(HOSTILE), st.text(max_size=40), st.sampled_from("*_~|`[]()<>@#\\ \n-+1.")),
    max_size=8,
).map("".join)
links = st.lists(st.builds(Link, hostile, st.one_of(hostile, st.just("https://x.org/a)b"))), max_size=4)
cards = st.builds(
    Card,
    paper=hostile.map(lambda text: PaperId(text[:80])),
    title=hostile,
    url=st.one_of(hostile, st.just("https://arxiv.org/abs/2401.01234")),
    byline=hostile,
    summary=hostile,
    reason=hostile,
    links=links.map(tuple),
    number=st.none() | st.integers(1, 99),
    marks=st.lists(hostile | st.text(max_size=3), max_size=4).map(tuple),
    buttons=st.lists(st.builds(Button, hostile, command=hostile.map(lambda t: t[:90])), max_size=6).map(
        tuple
    ),
    posted=st.lists(
        st.builds(
            Standing,
            st.builds(Channel, st.just("discord"), hostile, hostile | st.just("123")),
            st.dates(),
            st.integers(),
        ),
        max_size=3,
    ).map(tuple),
)
buttons = st.builds(Button, hostile, st.sampled_from(["👍", "👎", ":party:"]), st.just(PaperId("arxiv:1")))
messages = st.builds(
    Message,
    text=hostile,
    heading=hostile,
    cards=st.lists(cards, max_size=14).map(tuple),
    buttons=st.lists(buttons, max_size=27).map(tuple),
    picker=st.none() | st.builds(Picker, hostile, hostile),
    verbatim=hostile,
)


def live_markup(text: str) -> list[str]:
    """Whatever Discord would take for markup in an escaped text."""
    return [match["live"] for match in LIVE_MARKUP.finditer(text) if match["live"]]


def body(message: Message) -> dict[str, object]:
    said = to_discord(message)
    return {
        "content": said.content,
        "embeds": [embed.to_dict() for embed in said.embeds],
        "components": view_of(said.keyboard).to_components(),
    }


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_is_escaped(text):
    assert live_markup("".join(pieces(prose(text)))) == []


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_has_no_link_where_none_is_wanted(text):
    escaped = "".join(pieces(prose(text), links=False))
    assert live_markup(escaped) == []
    assert "://" not in escaped


@given(hostile)
@settings(max_examples=200, deadline=None)
@example("\n# x")
def test_any_text_is_escaped_and_reads_as_before(text):
    escaped = "".join(pieces(prose(text)))
    assert live_markup(escaped) == []
    if "://" not in text:
        assert as_read(escaped) == prose(text)


@given(hostile, st.integers(0, 60))
@settings(max_examples=200, deadline=None)
def test_a_shortened_text_fits_and_is_never_cut_inside_an_escape(text, limit):
    short = fit(pieces(prose(text)), limit)
    assert size(short) <= limit
    assert live_markup(short) == []


def test_a_character_that_discords_clients_count_twice_is_counted_twice():
    assert size("a𝔘") == 3
    assert fit(pieces("𝔘" * 2000), 2000) == "𝔘" * 999 + "…"


@given(messages)
@settings(max_examples=60, deadline=None)
@example(Message())
@example(Message(cards=(Card(PaperId(""), ""),)))
@example(Message(cards=tuple(Card(PaperId(f"arxiv:{n}"), "a" * 5000, summary="b" * 9000) for n in range(40))))
def test_any_message_keeps_discords_limits(message):
    assert problems(body(message)) == []


@given(cards)
@settings(max_examples=60, deadline=None)
def test_the_only_masked_links_are_ours(card):
    [embed] = to_discord(Message(cards=(card,))).embeds
    text = embed.description or ""
    ours = re.compile(r"(?<!\\)\[(?:\\.|[^\]\\])+\]\(https?://[^\s()<>]+\)", re.DOTALL)
    assert len(ours.findall(text)) <= len(card.links)
    mentions = re.compile(r"(?<!\\)<#[0-9]+>")
    assert len(mentions.findall(text)) <= len(card.posted)
    assert live_markup(mentions.sub("", ours.sub("", text))) == []
    assert live_markup(embed.title or "") == []
    assert (embed.title or "").strip()


def bold(text: str, *marks: str) -> str:
    return "".join(emphasised(text, marks))


def test_marked_words_are_bold():
    assert bold("Sparse attention is sparse.", "sparse", "attention") == "Sparse **attention** is **sparse**."
    assert bold("low-rank adapters", "low-rank adapters") == "**low-rank** **adapters**"


def test_a_marked_word_is_escaped_inside_its_stars():
    assert bold("a_b *c* d", "a_b", "*c*") == "**a\\_b** **\\*c\\*** d"
    assert bold("`x` @everyone", "`x`", "everyone") == "**\\`x\\`** @\u200b**everyone**"


def test_an_address_is_not_broken_by_a_mark_in_it():
    for mark in ("attention", "x.org", "https://x.org/attention"):
        assert bold("see https://x.org/attention now", mark) == "see <https://x.org/attention> now"


def test_what_is_too_long_for_a_word_is_not_bold_but_is_shown():
    assert bold("x" * 81, "x" * 81) == "x" * 81


@given(hostile, st.lists(hostile | st.text(max_size=3), max_size=5), st.integers(0, 80))
@settings(max_examples=200, deadline=None)
@example("** a **", ["**", "a"], 9)
@example("a*", ["a*", "a"], 5)
@example("<@123456789012345678>", ["123456789012345678", "@"], 80)
def test_marks_never_break_a_text(text, marks, limit):
    escaped = "".join(emphasised(clean_text(text), marks))
    assert live_markup(escaped) == []
    if "://" not in text:
        assert as_read(escaped) == clean_text(text)
    short = fit(emphasised(clean_text(text), marks), limit)
    assert size(short) <= limit
    assert live_markup(short) == []


@pytest.mark.parametrize(
    "url",
    [
        "javascript:alert(1)",
        "data:text/html,x",
        "ftp://x.org",
        "//x.org",
        "https://",
        "https://user:pass@bank.example@x.org/",
        "https://bücher.example/",
        "http://[::1]/",
        "https://x.org/" + "a" * 3000,
        "",
    ],
)
def test_only_plain_web_addresses_become_links(url):
    assert safe_address(url) == ""
    [embed] = to_discord(Message(cards=(Card(PaperId("p"), "T", url, links=(Link("l", url),)),))).embeds
    assert (embed.url, embed.description) == (None, None)


@given(hostile.map(lambda text: f"https://x.org/{text}"))
@settings(deadline=None)
def test_an_address_cannot_end_its_link_early(url):
    address = safe_address(url)
    assert not re.search(r"[\s()<>\[\]\\\"]", address)
    assert address == "" or urlsplit(address).hostname == "x.org"


def test_an_address_in_a_text_shows_no_preview():
    said = to_discord(Message("See https://arxiv.org/abs/2401.01234, and (https://x.org/a_b).")).content
    assert said == "See <https://arxiv.org/abs/2401.01234>, and (<https://x.org/a_b>)."


@given(st.text("abc:/.", min_size=1, max_size=80), st.sampled_from(["👍", ":party:", "🔖"]), st.booleans())
def test_a_button_carries_reaction_and_paper_there_and_back(paper, reaction, on):
    button = Button("", reaction, PaperId(paper), on=on)
    text = custom_id(button, set())
    assert text is not None
    assert len(text) <= LIMIT
    assert button_from_custom_id(text) == button


def test_twins_in_one_message_get_different_ids_that_mean_the_same():
    button = Button("", "👍", PaperId("arxiv:2401.01234"))
    first = custom_id(button, set())
    second = custom_id(button, {str(first)})
    assert first == "pb:1:👍:arxiv:2401.01234"
    assert second != first
    assert button_from_custom_id(str(second)) == button


def test_an_overlong_id_gives_no_button():
    assert custom_id(Button("", "👍", PaperId("p" * 200)), set()) is None


def test_a_foreign_custom_id_is_not_ours():
    assert button_from_custom_id("tickets:open") is None


def test_footers_and_labels_are_plain_since_discord_reads_no_markdown_there():
    card = Card(PaperId("p"), "T", reason="like *attention*")
    [embed] = to_discord(Message(cards=(card,))).embeds
    assert isinstance(embed, discord.Embed)
    assert embed.footer.text == "Why: like *attention*"
