"""The demo's reader, with each of the sample's areas as the one topic they like, however many mornings there are.

usage: python -m benchmarks.story

A reader reacts 👍 to picks of their area and 👎 to the rest, five picks a morning. Printed: the mean share of picks in
the area on the first morning and over all later ones, beside what a random pick would hit.
"""

import asyncio
import io
import json

from rich.console import Console as Screen

from bot.demo import play, sample_areas


async def _rates(area: str) -> list[float]:
    return await play(Screen(file=io.StringIO(), width=100), topic=area, mornings=13, size=5)


def measure() -> dict[str, object]:
    areas = sample_areas()
    names = sorted(set(areas.values()))
    first, later, chance = [], [], []
    for name in names:
        rates = asyncio.run(_rates(name))
        first.append(rates[0])
        later.append(sum(rates[1:]) / len(rates[1:]))
        chance.append(sum(area == name for area in areas.values()) / len(areas))
        print(f"{name:20} morning 1: {rates[0]:.2f}, later: {later[-1]:.2f}, random: {chance[-1]:.2f}")
    means = {"first": first, "later": later, "random": chance}
    return {"areas": len(names)} | {key: round(sum(rows) / len(rows), 3) for key, rows in means.items()}


if __name__ == "__main__":
    print(json.dumps(measure()))
