"""The floor: who of the parties speaks next, and to whom."""

from __future__ import annotations

from npc_runtime import dice
from npc_runtime.dialogue.quarrel.argument import Argument
from npc_runtime.dialogue.quarrel.party import Party

_ADDRESSED = 4.0
_NAMED_BY_MEDIATOR = 3.0
_HEAT = 0.3  # a degree
_SILENCE = 0.15  # a turn
_PRESSES_ON = 0.35  # when the one who was addressed stays silent, the last speaker goes on


def next_speaker(argument: Argument) -> str:
    """The id of the party whose turn it is: the addressed one may choose silence, and nobody speaks thrice running."""
    present = argument.present
    if not argument.spoken:
        first = max(present, key=lambda party: (party.position == "claims", argument.stances[party.id].heat))
        return first.id
    return dice.draw({party.id: _claim(argument, party) for party in present}, argument.seed, argument.turn, "floor")


def addressee(argument: Argument, speaker: str) -> str:
    """The id of the party that a speaker turns to: whoever spoke to it last, or the one it holds most against."""
    others = [party.id for party in argument.present if party.id != speaker]
    for said in reversed(argument.spoken[-len(argument.parties) :]):
        if said.speaker == speaker and said.toward in others:
            break
        if said.toward == speaker and said.speaker in others:
            return said.speaker
    party = argument.party(speaker)

    def against(other: str) -> float:
        opposed = (argument.party(other).position == "claims") != (party.position == "claims")
        return 2 * opposed - party.numbers(other).affinity + 0.2 * argument.stances[other].heat

    return max(others, key=against)


def _claim(argument: Argument, party: Party) -> float:
    last, mediation = argument.spoken[-1], argument.mediation
    stance, own = argument.stances[party.id], [said.speaker for said in argument.spoken]
    if last.speaker == party.id:
        twice = len(own) > 1 and own[-2] == party.id
        return 0.0 if twice else _PRESSES_ON * (1 + stance.heat / 3)
    silent = own[::-1].index(party.id) if party.id in own else len(own)
    claim = 0.2 + _HEAT * stance.heat + _SILENCE * silent
    if last.toward == party.id:
        claim += _ADDRESSED
    if mediation and party.id in (mediation.said.side, mediation.said.against):
        claim += _NAMED_BY_MEDIATOR
    reticence = 0.5 * party.numbers(last.speaker).fear - 0.3 * party.temper.bold
    return claim * max(0.3, min(1.3, 1 - reticence))
