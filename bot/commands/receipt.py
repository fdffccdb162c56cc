"""What a person is told who reacted to a paper: that it counts, what more they can say, and the way back."""

from bot.model import OFF_TOPIC, Button, Message, PaperId, Reaction
from bot.recommend import rating


def receipt(reaction: Reaction, paper: PaperId, title: str) -> Message:
    """After a reaction against a paper it offers *Not this topic*; that one says what becomes of the topic."""
    if not reaction.on:
        return Message(f"Taken back: {reaction.name} for “{title}”.")
    undo = Button("Undo", reaction.name, paper, on=False)
    if reaction.name == OFF_TOPIC:
        told = f"Noted: not the topic of “{title}”. Papers like it will be rarer here from the next pick on."
        return Message(told, buttons=(undo,))
    noted = f"{reaction.name} noted for “{title}”. The next pick will know."
    if rating(reaction) >= 0:
        return Message(noted, buttons=(undo,))
    return Message(
        f"{noted} Is it the whole topic that you do not want?",
        buttons=(Button("Not this topic", OFF_TOPIC, paper), undo),
    )
