"""An archive large enough for a latent space, of six topics that share their common words; and channels to read it."""

from datetime import date, timedelta
from functools import cache
from random import Random

from bot.model import Paper, PaperId, Recommendation
from bot.ports import Likes
from bot.recommend import Learner

DAY = date(2026, 3, 2)
PER_TOPIC = 90
OLD = 70
"""The papers of each topic that channels may have rated; the rest is new."""

TOPICS = {
    "robot": "robot arm grasping manipulation gripper demonstration locomotion joint torque tactile actuator kinematic "
    "dexterous pushing humanoid quadruped wheel payload collision reaching",
    "galaxy": "galaxy star telescope redshift spectra dwarf halo luminosity nebula cluster quasar photometry dust disk "
    "merger infrared supernova bulge spiral survey",
    "speech": "speech audio acoustic speaker voice transcription phoneme microphone pronunciation vocoder dialect "
    "pitch utterance waveform accent listener hearing diarization syllable whisper",
    "protein": "protein folding molecule binding residue enzyme ligand drug antibody peptide mutation docking helix "
    "crystal receptor solvent backbone assay inhibitor kinase",
    "climate": "climate rainfall ocean temperature precipitation drought monsoon carbon glacier atmosphere emission "
    "aerosol flood evaporation storm salinity humidity snow wind forecast",
    "market": "market portfolio price volatility asset trading stock bond investor hedge option liquidity dividend "
    "credit bank inflation currency auction tariff broker",
}
CATEGORIES = {"robot": "cs.RO", "speech": "cs.SD", "galaxy": "astro-ph.GA", "protein": "q-bio.BM"}
_COMMON = (
    "model data analysis system training learning network performance task evaluation framework test domain "
    "sample error estimation feature structure parameter measure algorithm dynamics response process signal theory "
    "space time scale source field rate order noise uncertainty inference generation benchmark design control"
).split()


def made(topic: str, number: int, day: date = DAY, **fields: object) -> Paper:
    """A paper of the topic; the same number makes the same words. Its first keyword is no word of its text."""
    random = Random(f"{topic} {number}")
    mine = TOPICS[topic].split()
    title = " ".join([*random.sample(mine, 3), *random.sample(_COMMON, 3)])
    body = [*random.choices(mine, k=14), *random.choices(_COMMON, k=22)]
    random.shuffle(body)
    values = {
        "abstract": " ".join(body),
        "categories": (CATEGORIES[topic],) if topic in CATEGORIES else (),
        "announced_on": day,
        **fields,
    }
    values = {
        "id": PaperId(f"arxiv:{list(TOPICS).index(topic) + 2601}.{number:05}"),
        "title": title,
        **values,
    }
    return Paper(**values)  # type: ignore[arg-type]


@cache
def archive() -> dict[str, list[Paper]]:
    """By topic; the first OLD of each are older than DAY by a week or more."""
    return {
        topic: [
            made(topic, i, DAY if i >= OLD else DAY - timedelta(days=7 + i % 3)) for i in range(PER_TOPIC)
        ]
        for topic in TOPICS
    }


def old(topic: str, count: int, start: int = 0) -> list[Paper]:
    return archive()[topic][:OLD][start : start + count]


def new(*topics: str) -> list[Paper]:
    """The candidates of these topics, or of all."""
    return [paper for topic in topics or TOPICS for paper in archive()[topic][OLD:]]


def everything() -> list[Paper]:
    return [paper for papers in archive().values() for paper in papers]


def topic_of(paper: Paper) -> str:
    """The one whose papers have such ids."""
    return list(TOPICS)[int(paper.id.removeprefix("arxiv:").split(".")[0]) - 2601]


def counted(picks: list[Recommendation]) -> dict[str, int]:
    """How many of each topic, those without any left out."""
    topics = [topic_of(pick.paper) for pick in picks]
    return {topic: topics.count(topic) for topic in TOPICS if topic in topics}


def liked(*topics: str, count: int = 4) -> tuple[tuple[Paper, float], ...]:
    """Ratings of 1: so many old papers of each."""
    return tuple((paper, 1.0) for topic in topics for paper in old(topic, count))


@cache
def studied() -> Learner:
    """One that has seen the whole archive, and no other channel."""
    return taught(())


def taught(libraries: tuple[Likes, ...]) -> Learner:
    learner = Learner()
    learner.study(everything(), libraries)
    return learner
