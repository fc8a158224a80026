"""What somebody answers the player, on the screen: word by word, with what they do, and where it is from."""

from __future__ import annotations

import asyncio
import contextlib

from demo import journal, texts
from demo.panes import Asked, Conversation, Spoken
from demo.village import Told, Village
from npc_runtime.client import Action, LoreAnswer, Piece
from npc_runtime.errors import RuntimeFault
from npc_runtime.wire.messages import ReplyNone


async def play(village: Village, talk: Conversation, npc: str, words: str) -> None:
    """Shows a line and its reply. A newer line cuts it off, as Escape does."""
    await talk.put(Asked(words))
    await talk.put(reply := Spoken(village.names[npc]))
    try:
        async with contextlib.aclosing(village.say(npc, words)) as pieces:
            async for piece in pieces:
                if isinstance(piece, ReplyNone):
                    await reply.remove()  # the quarrel that it was said into shows what comes of it
                else:
                    _show(village, reply, npc, piece)
    except RuntimeFault as error:
        reply.end(reply.text, remark=str(error))
    except asyncio.CancelledError:
        reply.end(reply.text, remark="the daemon went away")
        raise


async def lore(village: Village, talk: Conversation, question: str) -> None:
    """Shows a question over the lore, and what whoever may know it says. Raises RuntimeFault."""
    await talk.put(Asked(question))
    async with contextlib.aclosing(village.ask(question)) as pieces:
        async for piece in pieces:
            if isinstance(piece, LoreAnswer):
                answer, reply = piece, Spoken(village.called(piece.npc))
                if answer.npc:
                    await talk.put(reply)
            elif not isinstance(piece, ReplyNone):
                _show(village, reply, answer.npc, piece)
    await talk.aside(*journal.provenance(answer, village.called))


def _show(village: Village, reply: Spoken, npc: str, piece: Piece | Told) -> None:
    match piece:
        case Told():
            reply.end(piece.heard, unheard=piece.unheard, remark=texts.remark(piece.end))
        case Piece(emotion=str() as emotion):
            reply.begin(emotion)
        case Piece(action=Action(name=name, args=args)):
            reply.act(village.perform(npc, name, args))
        case Piece(text=text):
            reply.add(text)
