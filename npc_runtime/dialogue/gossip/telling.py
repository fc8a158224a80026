"""What a character may and would tell somebody now: its news, best first."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice

from npc_runtime.dialogue.gossip.belief import Known, accused, belief, repeats
from npc_runtime.dialogue.gossip.distortion import distorted
from npc_runtime.dialogue.gossip.passing import DEPTH
from npc_runtime.dialogue.memories import RELATED, memory
from npc_runtime.dialogue.policy.relations import feeling
from npc_runtime.dialogue.state import Mind
from npc_runtime.language.wording import Wording
from npc_runtime.memory.entry import Entry, How
from npc_runtime.memory.news import BELIEVED, News, same
from npc_runtime.memory.recall import COVERAGE, Memory
from npc_runtime.persona.model import Persona

TRIFLE = 0.2  # importance below which nobody speaks of it
WEIGHTY = 0.6  # importance from which on even somebody cold has it told
HALF_LIFE = 3 * 86_400.0  # game seconds after which news has lost half of what it was worth as news
CLOSE = 1.25  # what it gains by being about somebody whom the listener has to do with
_TRIFLES = frozenset({"price", "need"})  # kinds of what is no news


async def tellable(
    mind: Mind, teller: str, listener: str, *, about: str = "", limit: int = 4, seed: int = 0
) -> list[Memory]:
    """What the teller may and would tell this listener now, best first; `about` keeps to a matter, in any words.

    The memories carry their entries, as the teller tells them: a detail of hearsay may have changed in its mouth, and
    `seed` decides which. Raises NotFound, StorageError.
    """
    wording = mind.wording
    known = [Known(stored.entry) for stored in await mind.memory.news(teller)]
    asked = known
    if wording.language.terms(about):
        found = await mind.memory.about(teller, about, mind.world.clock.now)
        asked = [Known(hit.stored.entry) for hit in found if hit.covered >= COVERAGE or hit.cosine >= RELATED]
    pair = Pair(
        teller=mind.persona(teller),
        listener=listener,
        feeling=feeling(mind.feelings.relation(mind.persona(teller), listener).now(mind.world.clock.now)),
        wording=wording,
        close=_close(mind, listener),
        given=tuple(_stated(fact, teller, wording) for fact in mind.conversation(teller).given_to(listener)),
    )
    worth = would_tell(pair, known, mind.world.clock.now)
    wanted = (one for one in worth if any(repeats(one.news, other.news, wording.language) for other in asked))
    return [_told(pair, one, seed) for one in islice(wanted, limit)]


@dataclass(frozen=True)
class Pair:
    """Who tells whom. `listener` and those `close` to it are ids; `given` is what it was told already."""

    teller: Persona
    listener: str
    feeling: str  # of the teller toward the listener
    wording: Wording
    close: frozenset[str] = frozenset()
    given: tuple[News, ...] = ()

    @property
    def id(self) -> str:
        """The teller's id."""
        return f"npc:{self.teller.id}"


def would_tell(pair: Pair, known: Sequence[Known], now: int) -> Iterator[Known]:
    """Which of the teller's memories it would tell, best first.

    Each matter comes once, as it is nearest to its source, with how sure the teller is of it, all things weighed.
    """
    if pair.feeling == "hostile":
        return
    language = pair.wording.language
    least = WEIGHTY if pair.feeling == "cold" else TRIFLE
    worth = [one for one in known if one.entry.importance >= least and _may(pair, one)]
    told = [one for one in known if one.entry.how == "told" and pair.listener in (one.entry.who, one.origin)]
    for one in sorted(worth, key=lambda one: -_worth(pair, one, now)):
        if any(repeats(one.news, other.news, language) for other in told):
            continue
        told.append(one)
        sure = belief(one, known, language)
        if sure >= BELIEVED:
            alike = (other for other in worth if repeats(one.news, other.news, language))
            nearest = min(alike, key=lambda other: (other.entry.depth, -other.entry.confidence))
            yield Known(replace(nearest.entry, confidence=sure))


def _worth(pair: Pair, one: Known, now: int) -> float:
    recency: float = 0.5 ** (max(0, now - one.entry.at) / HALF_LIFE)
    close = CLOSE if accused(one.news) in pair.close else 1.0
    return one.entry.importance * (0.5 + recency) * close


def _may(pair: Pair, one: Known) -> bool:
    """Whether a memory is news that this listener may hear from this teller."""
    entry, news, language = one.entry, one.news, pair.wording.language
    if entry.depth >= DEPTH or len(language.gist(news.claim).terms) < 2:
        return False
    if entry.kind in _TRIFLES:
        return False
    secrets = (pair.wording.own(secret.fact, pair.id) for secret in pair.teller.secrets)
    if any(same(secret, news.root, language) for secret in secrets):
        return False
    if any(repeats(given, news, language) for given in pair.given):
        return False
    if news.denies:
        return True  # whoever was accused tells everybody that it was not so
    did = news.doer or accused(news)
    return did != pair.id and (did != pair.listener or pair.teller.temper.frank > 0)


def _told(pair: Pair, one: Known, seed: int) -> Memory:
    """A memory as its owner tells it."""
    claim = one.news.claim
    if not one.news.denies:
        claim = distorted(
            *(claim, pair.wording.language, pair.teller.temper.faithful, one.entry.depth),
            *(seed, pair.id, one.news.root),
        )
    news = one.news if claim == one.news.claim else replace(one.news, claim=claim, first=one.news.root)
    return memory(replace(one.entry, claim=claim, news=replace(news, claim="")), pair.wording)


def _close(mind: Mind, listener: str) -> frozenset[str]:
    """Whom news has to be about to be of more worth to the listener."""
    if not listener.startswith("npc:"):
        return frozenset({listener})
    return frozenset({listener, *mind.feelings.known_to(mind.persona(listener))})


def _stated(fact: Memory, teller: str, wording: Wording) -> News:
    """The news in something that was stated to somebody."""
    how: How = "told" if fact.kind == "told" else "witnessed"
    return (fact.entry or Entry(teller, how, wording.own(fact.claim, teller), 0)).passed_on
