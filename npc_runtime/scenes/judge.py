"""Judging an expectation: what a play has come to, against what its scene expects."""

from __future__ import annotations

from dataclasses import dataclass

from npc_runtime.scenes.checks import (
    Check,
    Spoken,
    check,
    check_answers,
    check_argument,
    check_encounter,
    check_journal,
    check_knowledge,
    check_turns,
)
from npc_runtime.scenes.exchange import Exchange
from npc_runtime.scenes.outcome import Verdict
from npc_runtime.scenes.steps import Expect
from npc_runtime.wire import messages as m
from npc_runtime.world.entity import bare

SEARCHED = 50
"""Memories that are looked through for what a character should know, or should not."""
NOTES_READ = 100
"""Notes of a journal that are looked through; a scene is not long enough for more."""


@dataclass
class Played:
    """What the last line, argument and encounter of a play came to."""

    said: str = ""
    reply: m.ReplyEnd | None = None
    action: str = ""
    answers: str = ""  # who answers over the lore
    settled: m.ArgueSettled | None = None
    ended: m.EncounterEnded | None = None
    turns: int = 0  # of the last argument or encounter


async def judge(expect: Expect, played: Played, exchange: Exchange, line: int) -> list[Verdict]:
    """Every key of an `expect` on a `line` of its scene. Asks the daemon what must be known, without showing it."""
    verdicts = await _reply(expect, played, exchange, line) if expect.of_reply else []
    checks: list[Check] = []
    if expect.of_argument:
        assert played.settled is not None, "the schema lets such an `expect` only follow an `argue`"
        checks += check_argument(expect, played.settled.outcome.kind, played.settled.turns)
    elif expect.of_encounter:
        assert played.ended is not None, "the schema lets such an `expect` only follow an `encounter`"
        news = [one.text for one in played.ended.news]
        checks += check_encounter(expect, played.ended.reason, played.ended.turns, news)
    elif expect.of_turns:
        checks += check_turns(expect, played.turns)
    checks += await _knowledge(expect, exchange)
    if expect.answers:
        checks.append(check_answers(expect.answers, played.answers))
    return verdicts + [Verdict(line, check) for check in checks]


async def _reply(expect: Expect, played: Played, exchange: Exchange, line: int) -> list[Verdict]:
    reply = played.reply
    if reply is None:  # the line was said to all, and nobody had anything to say
        silent = Spoken("", "", "", "", answered_by="nobody")
        return [Verdict(line, done, said=played.said) for done in check(expect, silent)]
    why = await exchange.runtime.call(m.WhyReport, "why", world=exchange.world, reply=reply.reply)
    by = bare(reply.npc)
    spoken = Spoken(reply.text, reply.emotion, reply.source, reply.finish, played.action, why.move, by)
    behind: dict[str, object] = {"intent": why.intent, "move": why.move, "facts": why.facts, "notes": why.notes}
    return [
        Verdict(line, done) if done.passed else Verdict(line, done, said=played.said, reply=reply.text, why=behind)
        for done in check(expect, spoken)
    ]


async def _knowledge(expect: Expect, exchange: Exchange) -> list[Check]:
    done = []
    for key, wanted in (("knows", expect.knows), ("knows_not", expect.knows_not)):
        if wanted is not None:
            npc = exchange.called.get(wanted.npc, wanted.npc)
            query = {"world": exchange.world, "npc": npc, "about": wanted.about, "limit": SEARCHED}
            found = await exchange.runtime.call(m.MemoryFound, "memory.query", **query)
            texts = [memory.text for memory in found.memories if wanted.came(memory)]
            done.append(check_knowledge(key, wanted, texts))
    if expect.journal is not None:
        query = {"world": exchange.world, "player": expect.journal.player, "limit": NOTES_READ}
        listing = await exchange.runtime.call(m.JournalListing, "journal.list", **query)
        done.append(check_journal(expect.journal, [note.text for note in listing.notes]))
    return done
