"""What a character may and would tell somebody now: its news, best first."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import islice

from npc_runtime.dialogue.gossip.belief import Known, belief, read, repeats
from npc_runtime.dialogue.gossip.claims import SOMEBODY, accused, news_of, told_text
from npc_runtime.dialogue.gossip.distortion import distorted
from npc_runtime.dialogue.gossip.passing import DEPTH
from npc_runtime.dialogue.memories import RELATED, memory
from npc_runtime.dialogue.policy import knowledge
from npc_runtime.dialogue.policy.relations import feeling
from npc_runtime.dialogue.state import Mind
from npc_runtime.language.english.terms import terms
from npc_runtime.memory.entry import Entry, How
from npc_runtime.memory.news import BELIEVED, News, same
from npc_runtime.memory.recall import COVERAGE, Memory
from npc_runtime.persona.model import Persona
from npc_runtime.world.entity import bare

TRIFLE = 0.2  # importance below which nobody speaks of it
WEIGHTY = 0.6  # importance from which on even somebody cold has it told
HALF_LIFE = 3 * 86_400.0  # game seconds after which news has lost half of what it was worth as news
CLOSE = 1.25  # what it gains by being about somebody whom the listener has to do with
_TRIFLES = frozenset({"price", "work"})  # kinds of what is no news


async def tellable(
    mind: Mind, teller: str, listener: str, *, about: str = "", limit: int = 4, seed: int = 0
) -> list[Memory]:
    """What the teller may and would tell this listener now, best first; `about` keeps to a matter, in any words.

    The memories carry their entries, as the teller tells them: a detail of hearsay may have changed in its mouth, and
    `seed` decides which. Raises NotFound, StorageError.
    """
    names = mind.names()
    known = read((stored.entry for stored in await mind.memory.news(teller)), names)
    asked = known
    if terms(about):
        found = await mind.memory.about(teller, about, mind.world.clock.now)
        hits = (hit.stored.entry for hit in found if hit.covered >= COVERAGE or hit.cosine >= RELATED)
        asked = read(hits, names)
    pair = Pair(
        teller=mind.persona(teller),
        listener=listener,
        feeling=feeling(mind.feelings.relation(mind.persona(teller), listener).now(mind.world.clock.now)),
        close=_close(mind, listener),
        given=tuple(_stated(fact, teller, names) for fact in mind.conversation(teller).given_to(listener)),
    )
    worth = would_tell(pair, known, names, mind.world.clock.now)
    wanted = (one for one in worth if any(repeats(one.news, other.news) for other in asked))
    return [_told(pair, one, names, seed) for one in islice(wanted, limit)]


@dataclass(frozen=True)
class Pair:
    """Who tells whom. `listener` and those `close` to it are ids; `given` is what it was told already."""

    teller: Persona
    listener: str
    feeling: str  # of the teller toward the listener
    close: frozenset[str] = frozenset()
    given: tuple[News, ...] = ()

    @property
    def id(self) -> str:
        """The teller's id."""
        return f"npc:{self.teller.id}"


def would_tell(pair: Pair, known: Sequence[Known], names: Mapping[str, str], now: int) -> Iterator[Known]:
    """Which of the teller's memories it would tell, best first.

    Each matter comes once, as it is nearest to its source, with how sure the teller is of it, all things weighed.
    """
    if pair.feeling == "hostile":
        return
    least = WEIGHTY if pair.feeling == "cold" else TRIFLE
    worth = [one for one in known if one.entry.importance >= least and _may(pair, one, names)]
    told = [one for one in known if one.entry.how == "told" and pair.listener in (one.entry.who, one.origin)]
    for one in sorted(worth, key=lambda one: -_worth(pair, one, names, now)):
        if any(repeats(one.news, other.news) for other in told):
            continue
        told.append(one)
        sure = belief(one, known)
        if sure >= BELIEVED:
            alike = (other for other in worth if repeats(one.news, other.news))
            nearest = min(alike, key=lambda other: (other.entry.depth, -other.entry.confidence))
            yield replace(nearest, entry=replace(nearest.entry, confidence=sure))


def _worth(pair: Pair, one: Known, names: Mapping[str, str], now: int) -> float:
    recency: float = 0.5 ** (max(0, now - one.entry.at) / HALF_LIFE)
    close = CLOSE if accused(one.news, names) in pair.close else 1.0
    return one.entry.importance * (0.5 + recency) * close


def _may(pair: Pair, one: Known, names: Mapping[str, str]) -> bool:
    """Whether a memory is news that this listener may hear from this teller."""
    entry, news = one.entry, one.news
    if entry.depth >= DEPTH or len(terms(news.claim)) < 2:
        return False
    if knowledge.kind(entry.text) in _TRIFLES:
        return False
    if any(same(secret.fact, news.root) for secret in pair.teller.secrets):
        return False
    if any(repeats(given, news) for given in pair.given):
        return False
    if news.denies:
        return True  # whoever was accused tells everybody that it was not so
    did = news.doer or accused(news, names)
    return did != pair.id and (did != pair.listener or pair.teller.temper.frank > 0)


def _told(pair: Pair, one: Known, names: Mapping[str, str], seed: int) -> Memory:
    """A memory as its owner tells it."""
    claim = one.news.claim
    if not one.news.denies:
        claim = distorted(claim, pair.teller.temper.faithful, one.entry.depth, seed, pair.id, one.news.root)
    if claim == one.news.claim:
        return memory(replace(one.entry, news=one.news))
    news = replace(one.news, claim=claim, first=one.news.root)
    text = claim
    if one.entry.how == "told":
        text = told_text(
            news,
            speaker=names.get(one.entry.who, bare(one.entry.who)),
            whom="you" if one.entry.toward == pair.id else names.get(one.entry.toward, bare(one.entry.toward)),
            owner=pair.teller.name,
            origin=names.get(one.entry.origin, SOMEBODY) if one.entry.origin != one.entry.who else "",
        )
    return memory(replace(one.entry, text=text, news=news))


def _close(mind: Mind, listener: str) -> frozenset[str]:
    """Whom news has to be about to be of more worth to the listener."""
    if not listener.startswith("npc:"):
        return frozenset({listener})
    return frozenset({listener, *mind.feelings.known_to(mind.persona(listener))})


def _stated(fact: Memory, teller: str, names: Mapping[str, str]) -> News:
    """The news in something that was stated to somebody."""
    how: How = "told" if fact.kind == "told" else "witnessed"
    return news_of(fact.entry or Entry(teller, how, fact.text, 0), names)
