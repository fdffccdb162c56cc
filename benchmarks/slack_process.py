"""The local Slack in a process of its own, so that it does not share the measured process's interpreter."""

import multiprocessing
from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing.connection import Connection
from typing import Any

from tests.adapters.slack_server import Place, SlackServer

_processes = multiprocessing.get_context("spawn")


def _serve(pipe: Connection, places: list[str], pace: float) -> None:
    server = SlackServer()
    server.places |= {place: Place(place) for place in places}
    server.paces.every["chat.postMessage"] = pace
    server.start()
    pipe.send(server.api_url)
    pipe.recv()
    pipe.send([(m["channel"], m["ts"], m["metadata"]["event_payload"]["key"]) for m in server.messages])
    pipe.recv()
    server.close()


class RemoteSlack:
    """`api_url`, and after the run what stands there."""

    def __init__(self, pipe: Connection) -> None:
        self._pipe = pipe
        self.api_url: str = pipe.recv()

    def messages(self) -> list[tuple[str, str, str]]:
        """Channel, timestamp and key of each message, in order of arrival. May be asked once."""
        self._pipe.send("messages")
        found: list[tuple[str, str, str]] = self._pipe.recv()
        return found


@contextmanager
def remote_slack(places: list[str], pace: float) -> Iterator[RemoteSlack]:
    """A Slack that lets each channel have one message every `pace` seconds."""
    ours, theirs = _processes.Pipe()
    process: Any = _processes.Process(target=_serve, args=(theirs, places, pace), daemon=True)
    process.start()
    try:
        yield RemoteSlack(ours)
    finally:
        ours.send("stop")
        process.join(10)
        process.kill()
