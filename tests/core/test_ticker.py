"""The alarm clock really rings."""

import asyncio

from bot.ticker import Ticker


async def test_whatever_can_be_awaited_is_rung_again_and_again() -> None:
    rung = asyncio.Semaphore(0)

    async def job(name: str) -> None:
        rung.release()

    ticker = Ticker()
    ticker.every(0.01, lambda: job("a lambda that returns a coroutine"), "job")
    ticker.start()
    try:
        async with asyncio.timeout(10):
            for _ in range(3):
                await rung.acquire()
    finally:
        ticker.stop()


async def test_a_job_that_is_still_at_it_is_not_rung_twice() -> None:
    running, most = 0, 0
    rung = asyncio.Semaphore(0)

    async def slow() -> None:
        nonlocal running, most
        running += 1
        most = max(most, running)
        await asyncio.sleep(0.05)
        running -= 1
        rung.release()

    ticker = Ticker()
    ticker.every(0.01, slow, "slow")
    ticker.start()
    try:
        async with asyncio.timeout(10):
            for _ in range(3):
                await rung.acquire()
    finally:
        ticker.stop()
    assert most == 1
