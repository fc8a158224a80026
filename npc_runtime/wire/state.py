"""The service about what is true, what happens, and what time it is."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from npc_runtime.dialogue import journal
from npc_runtime.dialogue.director import Director
from npc_runtime.dialogue.policy.actions import Action
from npc_runtime.language.claim import reference
from npc_runtime.language.language import Language
from npc_runtime.memory.entry import Entry
from npc_runtime.memory.news import news
from npc_runtime.wire import messages as m
from npc_runtime.wire.answering import Answering, when_kept
from npc_runtime.wire.handling import handles
from npc_runtime.wire.pages import NAMED, fitting, page
from npc_runtime.wire.session import Session, Sessions
from npc_runtime.world.clock import moment
from npc_runtime.world.entity import bare
from npc_runtime.world.facts import Fact
from npc_runtime.world.perception import Event, Perceived
from npc_runtime.world.sentence import sentence
from npc_runtime.world.sightings import FateKind


class State:
    """Facts, events and the game clock."""

    def __init__(self, director: Director, sessions: Sessions) -> None:
        self._director = director
        self._sessions = sessions

    @handles("world.set", keeps=True)
    def set(self, session: Session, request: m.WorldSet) -> Answering:
        """Sets a fact, or takes it out. Raises NotFound, Invalid."""
        mind = self._director.mind(request.world)
        if request.value is None:
            mind.world.delete_fact(request.scope, request.name)
        else:
            mind.world.set_fact(request.scope, request.name, request.value, request.text)
        return when_kept(mind, mind.keep(), m.Done(re=request.id))

    @handles("world.get")
    def get(self, session: Session, request: m.WorldGet) -> m.WorldFacts:
        """The facts of a scope, or one of them. Raises NotFound, Invalid."""
        world = self._director.mind(request.world).world
        found = (
            [world.fact(request.scope, request.name)]
            if request.name
            else world.facts.of(world.scope(request.scope), request.after, request.limit + 1)
        )
        shown, following = page(found, request.after, request.limit, lambda fact: fact.name, _fact)
        return m.WorldFacts(re=request.id, world=world.id, facts=shown, next=following)

    @handles("world.event", keeps=True)
    def event(self, session: Session, request: m.WorldEvent) -> Answering:
        """Something happened: those who perceive it remember it. Raises NotFound, Invalid."""
        return self._happen(
            *(request.world, request.id, request.what),
            at=request.at,
            by=request.by,
            to=request.to,
            witnesses=request.witnesses,
            earshot=request.earshot,
            noise=request.noise,
            importance=request.importance,
            kind=request.kind,
        )

    @handles("action.result", keeps=True)
    def result(self, session: Session, request: m.ActionResult) -> Answering:
        """What became of a proposed action: who heard of it remembers that. Raises NotFound, Invalid."""
        mind = self._director.mind(request.world)
        reply, action = mind.speaking.pending.result(request.reply)
        what = request.what or mind.language.phrases.text(
            f"action.{'done' if request.done else 'not_done'}",
            who=reference(reply.npc),
            to=reference(reply.to),
            action=_in_words(action, reply.to, mind.names()),
            why=sentence(request.reason, "reason") if request.reason.strip() else "",
        )
        near = [one for one in (*reply.audience, reply.npc) if one in mind.world.entities]
        return self._happen(*(request.world, request.id, what), at=reply.at, by=reply.npc, to=reply.to, witnesses=near)

    def _happen(self, world: str, request: str, what: str, *, kind: FateKind | None = None, **about: Any) -> Answering:
        """Something happens now, `about` as `World.event` has it. Raises NotFound, Invalid."""
        mind = self._director.mind(world)
        happened, perceived = mind.world.event(what, kind=kind, wording=mind.wording, **about)
        wording = mind.wording
        whom = happened.to or happened.by or ""
        seen = [_entry(happened, one, wording.language, kind or "", whom) for one in perceived]
        writing = mind.keep([*seen, *journal.witnessed(happened, mind.world)])
        self._sessions.publish(
            m.EventHappened(
                world=mind.world.id,
                what=wording.text(happened.what),
                at=happened.at,
                by=happened.by or "",
                to=happened.to or "",
                witnesses=[one.owner for one in perceived[:NAMED]],
                others=max(0, len(perceived) - NAMED),
            )
        )
        infos = fitting(
            m.PerceivedInfo(npc=one.owner, how=one.how, text=wording.text(one.claim, one.owner))
            for one in perceived[:NAMED]
        )
        answer = m.WorldPerceived(
            re=request,
            world=mind.world.id,
            perceived=infos,
            others=len(perceived) - len(infos),
        )
        return when_kept(mind, writing, answer)

    @handles("world.advance", keeps=True)
    def advance(self, session: Session, request: m.WorldAdvance) -> Answering:
        """Sets the game clock forward. Raises Invalid, Conflict."""
        mind = self._director.mind(request.world)
        at = mind.world.advance(by=request.by, to=request.to)
        self._sessions.publish(m.EventTime(world=mind.world.id, at=at, moment=moment(at, mind.language)))
        answer = m.WorldTime(re=request.id, world=mind.world.id, at=at, moment=moment(at, mind.language))
        return when_kept(mind, mind.keep(), answer)


def _in_words(action: Action, to: str, names: Mapping[str, str]) -> str:
    """An action as people say it, without whom it is for: `give_item item:minecraft:bread` is "give item bread"."""
    things = (names.get(one) or bare(one).rpartition(":")[2].replace("_", " ") for one in action.args if one != to)
    return " ".join((action.name.replace("_", " "), *things))


def _fact(fact: Fact) -> m.FactInfo:
    return m.FactInfo(scope=fact.scope, name=fact.name, value=fact.value, text=fact.text)


def _entry(happened: Event, one: Perceived, language: Language, kind: str, whom: str) -> Entry:
    """What one witness keeps of an event; what was only heard tells nobody of what `kind` it was."""
    seen = one.how == "witnessed"
    doer, kind = (happened.by or "", kind) if seen else ("", "")
    return Entry(
        owner=one.owner,
        how="witnessed",
        claim=one.claim,
        at=happened.when,
        who=happened.by or "",
        toward=happened.to or "",
        origin=happened.by or "",
        importance=one.importance,
        confidence=one.confidence,
        news=news(one.claim, language, doer=doer, kind=kind, whom=whom if kind else ""),
    )
