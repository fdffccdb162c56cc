"""Papers for tests: short to write, real enough to rank."""

from datetime import date

from bot.identity import cleaned
from bot.model import Paper, PaperId

DAY = date(2026, 3, 2)  # a Monday


def paper(number: int, title: str = "", **fields: object) -> Paper:
    """`arxiv:2603.0000N`, announced on DAY unless said otherwise."""
    values = {"announced_on": DAY, "url": f"https://arxiv.org/abs/2603.{number:05}", **fields}
    return cleaned(Paper(PaperId(f"arxiv:2603.{number:05}"), title or f"Paper number {number}", **values))  # type: ignore[arg-type]


_TOPICS = {
    "robot": "robot arm grasping manipulation policy learned from demonstrations",
    "galaxy": "galaxy star formation telescope survey spectra of distant dwarf galaxies",
    "speech": "speech recognition audio acoustic speaker voice transcription",
    "protein": "protein folding molecular structure drug binding prediction",
}


def shelf(per_topic: int = 10, day: date = DAY, start: int = 1) -> list[Paper]:
    """`per_topic` papers of each of four topics; the topic is the first keyword."""
    out = []
    for i in range(per_topic):
        for j, (topic, text) in enumerate(_TOPICS.items()):
            words = text.split()
            own = " ".join(words[(i + k) % len(words)] for k in range(3))
            number = start + i * len(_TOPICS) + j
            out.append(
                paper(
                    number,
                    f"{topic} {own} study {number}",
                    abstract=f"We look at {text} number {number}.",
                    keywords=(topic,),
                    announced_on=day,
                )
            )
    return out


def topic_of(one: Paper) -> str:
    """Which of the four."""
    return one.keywords[0]
