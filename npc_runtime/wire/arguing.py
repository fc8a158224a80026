"""The services about arguments: `argue.*`."""

from __future__ import annotations

from collections.abc import Coroutine
from typing import Any

from npc_runtime.dialogue.policy.actions import Action
from npc_runtime.dialogue.quarrel.argument import Argument, Limits
from npc_runtime.dialogue.quarrel.card import degree
from npc_runtime.dialogue.quarrel.intervention import Intervened
from npc_runtime.dialogue.quarrel.outcome import Outcome
from npc_runtime.dialogue.replies import Epoch
from npc_runtime.dialogue.stage.casting import Role
from npc_runtime.dialogue.stage.quarrel import Escalated, Mediated, Quarrel, Settled
from npc_runtime.errors import Conflict, Invalid
from npc_runtime.language.wording import Wording
from npc_runtime.memory.relations import NAMES
from npc_runtime.wire import messages as m
from npc_runtime.wire.answering import Answering, when_kept
from npc_runtime.wire.handling import handles
from npc_runtime.wire.pages import page
from npc_runtime.wire.scenes import PRIORITIES, Scenes
from npc_runtime.wire.session import Session
from npc_runtime.wire.talk import said
from npc_runtime.world.entity import bare, entity_id


class Arguing(Scenes):
    """Handlers for `argue.start`, `argue.resume`, `argue.intervene`, `argue.stop` and `argue.list`."""

    @handles("argue.start", streamed=True)
    def start(self, session: Session, request: m.ArgueStart) -> Coroutine[Any, Any, None]:
        """Has characters argue. Raises NotFound, Invalid, Conflict, StorageError; and Cancelled where it breaks off."""
        epoch = self._director.mind(request.world).speaking.epoch
        return self._start(session, request, _roles(request), epoch)

    async def _start(self, session: Session, request: m.ArgueStart, roles: list[Role], epoch: Epoch) -> None:
        quarrel = await self._stage.argue(
            request.world,
            roles,
            request.about,
            stakes=request.stakes,
            limits=Limits(**request.limits.model_dump()),
            heard_by=self._director.mind(request.world).world.hearers(request.heard_by),
            seed=request.seed,
            priority=PRIORITIES[request.priority],
            epoch=epoch,
        )
        await self._perform(session, request, quarrel)

    @handles("argue.resume", streamed=True)
    def resume(self, session: Session, request: m.ArgueResume) -> Coroutine[Any, Any, None]:
        """Takes up an argument that broke off. Raises NotFound, Conflict; and Cancelled where it breaks off again."""
        heard_by = self._director.mind(request.world).world.hearers(request.heard_by)
        priority = PRIORITIES[request.priority]
        quarrel = self._stage.resume(request.world, request.argument, heard_by=heard_by, priority=priority)
        return self._perform(session, request, quarrel)

    async def _perform(self, session: Session, request: m.ArgueStart | m.ArgueResume, quarrel: Quarrel) -> None:
        argument = quarrel.scene
        started = m.ArgueStarted(
            re=request.id,
            world=quarrel.mind.world.id,
            argument=argument.id,
            between=list(quarrel.between),
            about=argument.topic,
            turns=argument.turn,
        )
        await self._send(session, quarrel, started, request.stream)

    @handles("argue.intervene")
    async def intervene(self, session: Session, request: m.ArgueIntervene) -> m.Response:
        """Somebody speaks into an argument. Raises NotFound, Invalid, Conflict."""
        mind = self._director.mind(request.world)
        world, npc = mind.world, request.speaker.startswith("npc:")
        speaker = world.npc(request.speaker) if npc else world.player(request.speaker, request.name)
        place, near = self._stage.earshot(world.id, request.argument)
        if place is not None and speaker.at not in (None, place):
            raise Conflict(
                f"{speaker.id} is at {bare(speaker.at or '')} and the argument is at {bare(place)}",
                hint=f"move {speaker.id} to {bare(place)} with entity.move first",
            )
        heard, to, writing = await self._stage.intervene(
            world.id, request.argument, speaker.id, speaker.name, request.text
        )
        near = [other for other in near if other != speaker.id]
        self._sessions.publish(said(world.id, speaker.id, to, place, request.text, near))
        return await when_kept(mind, writing, _intervened(request.id, request.argument, heard))

    @handles("argue.stop")
    def stop(self, session: Session, request: m.ArgueStop) -> m.Done | Answering:
        """Ends an argument where it stands. Raises NotFound."""
        mind = self._director.mind(request.world)
        argument = mind.arguments.get(request.argument)
        ended = self._stage.stop(request.world, request.argument)
        if ended is None or argument is None:
            return m.Done(re=request.id)
        outcome, writing = ended
        self._publish(request.world, argument, outcome, mind.wording)
        return when_kept(mind, writing, m.Done(re=request.id))

    @handles("argue.list")
    def list(self, session: Session, request: m.ArgueList) -> m.ArgueListing:
        """The arguments of a world that are not settled."""
        mind = self._director.mind(request.world)

        def info(argument: Argument) -> m.ArgumentInfo:
            return m.ArgumentInfo(
                argument=argument.id,
                between=[party.id for party in argument.parties],
                about=argument.topic,
                at=argument.place,
                turns=argument.turn,
                heat=degree(argument.heat),
                going_on=argument.id in mind.speaking.scenes,
            )

        found = mind.arguments.values()
        shown, following = page(found, request.after, request.limit, lambda argument: argument.id, info)
        return m.ArgueListing(re=request.id, world=request.world, arguments=shown, next=following)

    def _special(self, request: str, quarrel: Quarrel, incident: Escalated | Mediated | Settled) -> m.Response:
        argument, world = quarrel.scene, quarrel.mind.world.id
        match incident:
            case Escalated(party=party, heat=heat):
                return m.ArgueEscalated(re=request, argument=argument.id, party=party, heat=heat)
            case Mediated(heard=heard):
                return _intervened(request, argument.id, heard)
        return m.ArgueSettled(
            re=request,
            world=world,
            argument=argument.id,
            between=list(quarrel.between),
            turns=argument.turn,
            unheard=quarrel.unheard,
            seconds=round(argument.seconds, 3),
            outcome=self._publish(world, argument, incident.outcome, quarrel.mind.wording),
        )

    def _publish(self, world: str, argument: Argument, outcome: Outcome, wording: Wording) -> m.OutcomeInfo:
        """Tells observers how it ended."""
        info = _outcome(outcome, wording)
        between = [party.id for party in argument.parties]
        self._sessions.publish(
            m.EventArgueSettled(world=world, argument=argument.id, at=argument.place, between=between, outcome=info)
        )
        return info


def _roles(request: m.ArgueStart) -> list[Role]:
    """The parties in order. Raises Invalid for details of somebody who is none."""
    npcs = [entity_id(npc, "npc") for npc in request.between]
    details = {entity_id(party.npc, "npc"): party for party in request.parties}
    for npc in details:
        if npc not in npcs:
            raise Invalid(f"`parties` names {npc}, who is not in `between`", hint=f"there are {', '.join(npcs)}")
    return [
        Role(npc, party.position, party.grievance, party.demand, tuple(party.evidence), _amends(party))
        if party
        else Role(npc)
        for npc, party in ((npc, details.get(npc)) for npc in npcs)
    ]


def _amends(party: m.ArgueParty) -> Action | None:
    return Action(party.amends.name, tuple(party.amends.args)) if party.amends else None


def _intervened(request: str, argument: str, heard: Intervened) -> m.ArgueIntervened:
    said = heard.said
    return m.ArgueIntervened(
        re=request,
        argument=argument,
        speaker=said.by,
        text=said.text,
        kind=said.kind,
        side=said.side,
        against=said.against,
        taken=[m.TakenInfo(npc=npc, taken=round(taken, 3)) for npc, taken in heard.taken.items()],
    )


def _proposed(action: Action | None) -> m.ProposedAction | None:
    return m.ProposedAction(name=action.name, args=list(action.args)) if action else None


def _outcome(outcome: Outcome, wording: Wording) -> m.OutcomeInfo:
    ending, agreed = outcome.ending, outcome.agreed
    return m.OutcomeInfo(
        kind=ending.kind,
        by=ending.by,
        to=ending.to,
        cause=ending.cause,
        agreed=m.AgreementInfo(**{**vars(agreed), "action": _proposed(agreed.action)}) if agreed else None,
        action=_proposed(outcome.action),
        text=wording.text(outcome.bystanders),
        changes=[
            m.ChangeInfo(
                npc=change.npc,
                toward=change.toward,
                **{name: round(getattr(change.by, name), 4) for name in NAMES},
                reason=wording.text(change.reason, change.npc),
            )
            for change in outcome.relations
        ],
    )
