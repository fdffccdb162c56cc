"""What tests of Slack share that hold in both of its modes; tests of one mode, or of Discord, have their own rig."""

from collections.abc import Iterator

import pytest

from tests.adapters.slack_http_rig import SlackHttpRig
from tests.adapters.slack_rig import SlackRig


@pytest.fixture(params=[SlackRig, SlackHttpRig], ids=["socket", "http"])
def rig(request: pytest.FixtureRequest) -> Iterator[SlackRig]:
    rig: SlackRig = request.param()
    yield rig
    rig.close()
