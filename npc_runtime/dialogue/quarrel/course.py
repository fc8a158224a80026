"""The course of an argument: who speaks next and to whom, with what move, and the argument after it."""

from __future__ import annotations

from dataclasses import dataclass, replace

from npc_runtime import dice
from npc_runtime.dialogue.policy.moves import Move
from npc_runtime.dialogue.quarrel.agreement import agreed
from npc_runtime.dialogue.quarrel.argument import MAX_HEAT, Argument, Leaving, Spoken
from npc_runtime.dialogue.quarrel.ending import Cause, Ending
from npc_runtime.dialogue.quarrel.mediation import urged
from npc_runtime.dialogue.quarrel.party import Party
from npc_runtime.dialogue.quarrel.weigh import choose, open_moves
from npc_runtime.errors import Conflict

_ADDRESSED = 4.0
_NAMED_BY_MEDIATOR = 3.0
_HEAT = 0.3  # a degree
_SILENCE = 0.15  # a turn
_PRESSES_ON = 0.35  # when the one who was addressed stays silent, the last speaker goes on

_RULING_LIMIT = 120  # characters
_ENDS = (".", "!", "?", "…")
_BLOWS_HEAT = 2.4
_WARMED = (Move.APPEAL, Move.BARGAIN, Move.RECONCILE)


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


@dataclass(frozen=True)
class _Effect:
    """What a move does to heat and resolve, of who makes it and of who hears it."""

    own_heat: float = 0.0
    own_resolve: float = 0.0
    heat: float = 0.0
    resolve: float = 0.0


_EFFECTS: dict[Move, _Effect] = {
    Move.ACCUSE: _Effect(0.08, -0.02, 0.2, -0.03),
    Move.DENY: _Effect(0.05, -0.02, 0.15, -0.03),
    Move.CITE: _Effect(-0.05, 0.03, 0.05, -0.36),
    Move.INSULT: _Effect(0.1, 0.03, 0.55, 0.04),
    Move.APPEAL: _Effect(-0.1, -0.03, -0.2, -0.12),
    Move.BARGAIN: _Effect(-0.15, -0.1, -0.2, -0.14),
    Move.CONCEDE: _Effect(-0.5, 0.0, -0.7, 0.0),
    Move.RECONCILE: _Effect(-0.35, -0.08, -0.4, -0.12),
    Move.WALK_AWAY: _Effect(0.1, 0.0, 0.2, 0.0),
}


def next_turn(argument: Argument) -> Spoken:
    """Who speaks next, to whom, and what the turn does. Raises Conflict for an argument that has ended."""
    if argument.ending:
        raise Conflict(f'argument "{argument.id}" has ended', hint="start a new one")
    speaker = next_speaker(argument)
    toward = addressee(argument, speaker)
    move = choose(argument, speaker, toward)
    fact = argument.uncited(speaker)[0] if move is Move.CITE else None
    return Spoken(speaker, toward, move, fact)


def after(argument: Argument, spoken: Spoken, *, seconds: float = 0.0, tokens: int = 0) -> Argument:
    """The argument once a turn was spoken, and what it cost.

    Raises Conflict for a turn that is not the next one: out of turn, or not open to the speaker.
    """
    if argument.ending:
        raise Conflict(f'argument "{argument.id}" has ended', hint="start a new one")
    turn = next_speaker(argument)
    if spoken.speaker != turn or spoken.toward != addressee(argument, turn):
        raise Conflict(f"{spoken.speaker} speaks out of turn", hint=f"it is the turn of {turn}")
    if spoken.move not in open_moves(argument, turn) or (spoken.fact is None) is (spoken.move is Move.CITE):
        raise Conflict(f'"{spoken.move.value}" is not open to {turn} now')
    argument = _felt(replace(argument, seconds=argument.seconds + seconds, tokens=argument.tokens + tokens), spoken)
    return _settled(argument, spoken)


def elapsed(argument: Argument, seconds: float) -> Argument:
    """The argument after time in which nobody took a turn; one that has ended stays as it is."""
    return argument if argument.ending else _bounded(replace(argument, seconds=argument.seconds + seconds))


def stopped(argument: Argument) -> Argument:
    """The argument cut short by the game; one that has ended stays as it is."""
    return argument if argument.ending else replace(argument, offer="", ending=Ending("stalemate", cause="stopped"))


def _felt(argument: Argument, spoken: Spoken) -> Argument:
    effect, speaker, hearer = _EFFECTS[spoken.move], argument.party(spoken.speaker), argument.party(spoken.toward)
    numbers = hearer.numbers(speaker.id)
    heat, resolve = effect.heat, effect.resolve
    if heat > 0:
        heat *= (1 + 0.5 * hearer.temper.hot) * (1 - 0.4 * numbers.affinity) * (1 - 0.5 * numbers.fear)
    elif spoken.move in _WARMED:
        heat *= 1 + 0.5 * numbers.affinity + 0.3 * numbers.trust
    if spoken.fact is not None:
        resolve *= speaker.evidence[spoken.fact].confidence * (1 + 0.4 * hearer.temper.just) * (1 + 0.3 * numbers.trust)
    elif spoken.move in _WARMED:
        resolve *= 1 + 0.6 * numbers.affinity + 0.3 * hearer.temper.gentle
    if resolve < 0:
        resolve *= 1 - 0.4 * hearer.temper.firm
    stances = {
        **argument.stances,
        speaker.id: argument.stances[speaker.id].moved(effect.own_heat, effect.own_resolve),
        hearer.id: argument.stances[hearer.id].moved(heat, resolve),
    }
    return replace(argument, stances=stances, spoken=(*argument.spoken, spoken))


def _settled(argument: Argument, spoken: Spoken) -> Argument:
    """With whoever left, the offer that is open now, and the ending if this was it."""
    speaker, toward, move = spoken.speaker, spoken.toward, spoken.move
    accepts = argument.offer == toward
    if accepts and (move in (Move.RECONCILE, Move.CONCEDE) or (move is Move.BARGAIN and _haggled(argument, speaker))):
        return _left(argument, speaker, toward, "agreed")
    if move is Move.CONCEDE:
        return _left(argument, speaker, toward, "conceded")
    if move is Move.WALK_AWAY:
        return _left(argument, speaker, toward, "walked away")
    if move in (Move.BARGAIN, Move.RECONCILE):
        argument = replace(argument, offer=speaker)
    elif accepts or move is Move.INSULT:
        argument = replace(argument, offer="")
    if _comes_to_blows(argument, argument.party(toward), speaker, move):
        return replace(argument, offer="", ending=Ending("blows", toward, speaker))
    return _bounded(argument)


def _haggled(argument: Argument, speaker: str) -> bool:
    """Whether the speaker has offered something before: two offers each way meet in the middle."""
    return argument.concessions(speaker) >= 2


def _left(argument: Argument, party: str, to: str, how: Leaving) -> Argument:
    stance = replace(argument.stances[party], left=how, to=to)
    argument = replace(argument, stances={**argument.stances, party: stance}, offer="")
    if argument.contested:
        return _bounded(argument)
    if how == "agreed":
        return replace(argument, ending=Ending("compromise", party, to, agreed(argument, party, to).text))
    return replace(argument, ending=Ending("concede" if how == "conceded" else "walk_away", party, to))


def _bounded(argument: Argument) -> Argument:
    if argument.spent < 1:
        return argument
    limits = argument.limits
    cause: Cause = "words"
    if argument.turn >= limits.turns:
        cause = "turns"
    elif argument.seconds + limits.turn_seconds >= limits.seconds:
        cause = "time"
    return replace(argument, offer="", ending=Ending("stalemate", cause=cause))


def _comes_to_blows(argument: Argument, hurt: Party, by: str, move: Move) -> bool:
    heat, numbers = argument.stances[hurt.id].heat, hurt.numbers(by)
    provoked = {Move.INSULT: 1.0, Move.ACCUSE: 0.35, Move.DENY: 0.25}.get(move, 0.0)
    if not provoked or heat <= _BLOWS_HEAT:
        return False
    chance = provoked * 0.3 * (heat - _BLOWS_HEAT) / (MAX_HEAT - _BLOWS_HEAT)
    chance *= max(0.0, 1 + 0.6 * hurt.temper.hot + 0.5 * hurt.temper.bold - 0.6 * hurt.temper.gentle)
    chance *= (1 - numbers.fear) * (1 - 0.7 * numbers.affinity) * (1 - 0.8 * urged(argument, hurt.id))
    return dice.throw(argument.seed, argument.turn, "blows") < chance
