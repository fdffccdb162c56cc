"""Pictures on Slack: uploaded once, shown when Slack is ready, told in words where we may not upload."""

import logging
from dataclasses import replace

import pytest

from bot.errors import PlatformError
from bot.model import DeliveryKey, Message, Picture
from tests.adapters.drawn import png
from tests.adapters.slack_faults import Fault, rate_limited
from tests.adapters.slack_notebook import Notebook, running
from tests.adapters.slack_rig import SlackRig

KEY = DeliveryKey("slack:T1/C1#2026-11-22#0")
CURVE = Picture(png(), "Hits & misses <per> week.")
REPORT = Message("How well the picks did.", heading="September", picture=CURVE)
GET, COMPLETE = "files.getUploadURLExternal", "files.completeUploadExternal"


async def test_the_file_goes_to_no_channel_and_the_message_names_it(rig: SlackRig) -> None:
    await rig.platform().post(rig.channel, REPORT, key=KEY)
    [(id, file)] = rig.server.files.known.items()
    assert (file.data, file.complete) == (CURVE.png, True)
    assert set(rig.server.calls_of(COMPLETE)[0]) == {"files"}, "no channel, no comment"
    [sent] = rig.server.calls_of("chat.postMessage")
    assert [block["type"] for block in sent["blocks"]] == ["header", "rich_text", "image"]
    assert sent["blocks"][2] == {
        "type": "image",
        "slack_file": {"id": id},
        "alt_text": CURVE.description,
    }
    assert sent["metadata"]["event_payload"] == {"key": KEY}
    assert "Hits &amp; misses &lt;per&gt; week." in sent["text"], "notifications tell it in words"


async def test_a_picture_that_is_not_ready_is_tried_again_by_whoever_posts_and_not_uploaded_again(
    rig: SlackRig,
) -> None:
    rig.server.files.late = 2
    slack = rig.platform()
    for _ in range(2):
        with pytest.raises(PlatformError, match="the picture is not ready") as refused:
            await slack.post(rig.channel, REPORT, key=KEY)
        assert refused.value.retry_after
        assert not (refused.value.permanent or refused.value.unsure)
    await slack.post(rig.channel, REPORT, key=KEY)
    assert [said.pictures for said in rig.said()] == [(CURVE.description,)]
    assert len(rig.server.calls_of(GET)) == 1


async def test_a_picture_that_never_gets_ready_is_told_in_words(rig: SlackRig) -> None:
    rig.server.files.late = 1000
    slack = rig.platform()
    for _ in range(4):
        with pytest.raises(PlatformError, match="not ready"):
            await slack.post(rig.channel, REPORT, key=KEY)
    await slack.post(rig.channel, REPORT, key=KEY)
    [said] = rig.said()
    assert said.text.splitlines()[1:] == [REPORT.text, f"Picture: {CURVE.description}"]
    assert said.pictures == ()


@pytest.mark.parametrize("late", [0, 2, 1000])
async def test_a_private_reply_waits_for_its_picture_but_not_for_ever(rig: SlackRig, late: int) -> None:
    rig.server.files.late = late
    inbox = Notebook()
    inbox.reply = REPORT
    async with running(rig, inbox):
        reply = await rig.command("report")
    assert reply.text.startswith(f"September\n{REPORT.text}")
    assert reply.pictures == ((CURVE.description,) if late < 1000 else ())
    assert (CURVE.description in reply.text) == (late == 1000)
    assert len(rig.server.privates) == 1
    assert rig.said() == []


async def test_without_the_scope_the_description_stands_there_and_one_warning_is_logged(
    caplog: pytest.LogCaptureFixture,
) -> None:
    rig = SlackRig(scopes={"chat:write", "commands"})
    slack = rig.platform()
    with caplog.at_level(logging.WARNING):
        for n in range(2):
            await slack.post(rig.channel, replace(REPORT, heading=f"{n}"), key=DeliveryKey(f"{KEY}{n}"))
    await slack.close()
    rig.close()
    assert [said.text.splitlines()[2] for said in rig.said()] == [f"Picture: {CURVE.description}"] * 2
    [warning] = [record.message for record in caplog.records if "picture" in record.message]
    assert "files:write" in warning
    assert CURVE.description not in caplog.text


@pytest.mark.parametrize("code", ["file_uploads_disabled", "file_upload_size_restricted"])
async def test_a_workspace_that_allows_no_uploads_gets_the_words(rig: SlackRig, code: str) -> None:
    rig.server.fail(GET, Fault(code))
    await rig.platform().post(rig.channel, REPORT, key=KEY)
    assert rig.said()[0].text.endswith(f"Picture: {CURVE.description}")


@pytest.mark.parametrize("step", [GET, "upload", COMPLETE])
@pytest.mark.parametrize(
    "fault", [Fault(status=503, body="later"), Fault("fatal_error"), Fault(status=400, body="no")]
)
async def test_an_upload_that_failed_is_a_refusal_of_which_we_are_sure(
    rig: SlackRig, step: str, fault: Fault
) -> None:
    if step == "upload" and fault.error:
        pytest.skip("the upload's own address answers with a status only")
    rig.server.fail(step, fault)
    slack = rig.platform()
    with pytest.raises(PlatformError) as failed:
        await slack.post(rig.channel, REPORT, key=KEY)
    assert not (failed.value.permanent or failed.value.unsure)
    assert "http" not in failed.value.reason
    assert rig.said() == []
    await slack.post(rig.channel, REPORT, key=KEY)
    assert [said.pictures for said in rig.said()] == [(CURVE.description,)]


async def test_too_many_uploads_say_when_to_try_again(rig: SlackRig) -> None:
    rig.server.fail(GET, rate_limited(7))
    with pytest.raises(PlatformError) as refused:
        await rig.platform().post(rig.channel, REPORT, key=KEY)
    assert refused.value.retry_after == 7


async def test_the_local_slack_refuses_a_file_that_it_does_not_know(rig: SlackRig) -> None:
    image = {"type": "image", "alt_text": "x", "slack_file": {"id": "F99999999"}}
    answer = rig.server.files.refusal([image])
    assert answer is not None
    assert answer["error"] == "invalid_blocks"
    assert rig.server.files.take("F99999999", b"x") == 400
    completed = rig.server.files.answer(COMPLETE, {"files": '[{"id": "F99999999"}]'}, "")
    assert completed["error"] == "file_not_found"
