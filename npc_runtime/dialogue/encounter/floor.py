"""The floor: who speaks next, and what it would do with the turn; or that nobody has anything to say."""

from __future__ import annotations

from npc_runtime import dice
from npc_runtime.dialogue.encounter.encounter import Encounter, Spoken
from npc_runtime.dialogue.encounter.member import Member
from npc_runtime.dialogue.encounter.news import News, same
from npc_runtime.dialogue.policy.moves import Move

_ADDRESSED = 5.0
_CONCERNED = 2.0
_HAS_NEWS = 1.0
_WANTED = 3.0  # it has something to tell of what the encounter is about
_OPENS = 1.0
_GOES_ON = 0.5  # whoever spoke last
_SILENCE = 0.3
_ENEMY = 1.5  # what an enemy's silence weighs more
_NOBODY = ""


GREET_AGAIN = 2 * 3600  # game seconds after which people greet each other anew
SMALL_TALK = 2  # turns of it in one encounter
TELLS_COLDLY = 0.5  # how often somebody tells news to whom it is cold toward
CURT = 0.6  # how often an enemy's greeting is answered at all
ASKS = 0.25  # how often news is asked about; the nosy do so thrice as often
DISTRUST = -0.2  # trust below which news is doubted
_GREETINGS = frozenset({Move.GREET, Move.INTRODUCE, Move.REBUFF})


def next_turn(encounter: Encounter) -> Spoken | None:
    """The turn that is taken now; None where all stay silent. The same encounter gives the same turn."""
    turns = {member.id: turn for member in encounter.members if (turn := act(encounter, member)) is not None}
    claims = {id: _claim(encounter, encounter.member(id), turn) for id, turn in turns.items()}
    claims = {id: claim for id, claim in claims.items() if claim > 0}
    if not claims:
        return None
    claims[_NOBODY] = _silence(encounter)
    chosen = dice.draw(claims, encounter.seed, encounter.turn, encounter.pauses, "floor")
    return turns.get(chosen)


def _claim(encounter: Encounter, member: Member, turn: Spoken) -> float:
    """How strongly a member wants the floor; nobody speaks thrice running."""
    last = encounter.last
    claim = (_OPENS if last is None else 0.3) + _HAS_NEWS * (turn.act == "tell")
    if turn.news is not None and turn.news.wanted:
        claim += _WANTED
    if last is not None:
        if last.speaker == member.id:
            twice = len(encounter.spoken) > 1 and encounter.spoken[-2].speaker == member.id
            waited_for = last.act in ("greet", "ask", "tell") and encounter.silences == 0
            return 0.0 if twice or waited_for else _GOES_ON * claim * member.talkative
        if last.toward == member.id:
            claim += _ADDRESSED
        elif last.news is not None and member.id in last.news.concerns:
            claim += _CONCERNED
    return claim * member.talkative


def _silence(encounter: Encounter) -> float:
    """How strongly all would rather say nothing: the one who should answer decides."""
    last = encounter.last
    if last is None:
        first, second = encounter.members[0], encounter.members[1]
        enemies = "hostile" in (first.feels(second.id), second.feels(first.id))
        return _SILENCE / max(member.talkative for member in encounter.members) + _ENEMY * enemies
    if last.toward not in {member.id for member in encounter.members}:
        return _SILENCE
    answering = encounter.member(last.toward)
    return _SILENCE / answering.talkative + _ENEMY * (answering.feels(last.speaker) == "hostile")


def act(encounter: Encounter, speaker: Member) -> Spoken | None:
    """The turn that a member would take now, or nothing: it has no more to say."""
    toward = addressee(encounter, speaker)
    other = encounter.member(toward)
    if _closing(encounter):
        return None if "part" in encounter.acts(speaker.id) else Spoken(speaker.id, toward, "part", Move.PART)
    greeting = _greeting(encounter, speaker, other)
    if greeting is not None:
        return Spoken(speaker.id, toward, "greet", greeting)
    if speaker.feels(toward) == "hostile":
        return _ended_by_enemy(encounter, speaker, other)
    return (
        _reaction(encounter, speaker)
        or _answer(encounter, speaker)
        or _tale(encounter, speaker, other)
        or _small_talk(encounter, speaker, other)
        or _leave(encounter, speaker, toward)
    )


def addressee(encounter: Encounter, speaker: Member) -> str:
    """Whom a member turns to: whoever spoke to it last, or spoke last, or one it has not greeted yet, or likes best."""
    others = _others(encounter, speaker)
    last = encounter.last
    if last is not None:
        wanted = last.toward if last.speaker == speaker.id else last.speaker
        if wanted in others:
            return wanted

    def liking(other: str) -> tuple[bool, bool, float, float]:
        met = speaker.met.get(other, GREET_AGAIN) < GREET_AGAIN
        wanted = any(news.wanted for news in speaker.news.get(other, ()))
        chance = dice.throw(encounter.seed, encounter.turn, encounter.pauses, speaker.id, other, "addressee")
        return wanted, not met, round(speaker.numbers(other).affinity, 1), chance

    return max(others, key=liking)


def _others(encounter: Encounter, speaker: Member) -> list[str]:
    """Those whom a member may turn to: whoever went away is not among them."""
    return [id for id in encounter.ids if id != speaker.id]


def _closing(encounter: Encounter) -> bool:
    """Somebody took leave, or there is room left for no more than that."""
    partings = 2 if encounter.limits.turns > 4 else 1
    return bool(encounter.parted) or (encounter.turn > 1 and encounter.limits.turns - encounter.turn <= partings)


def _greeting(encounter: Encounter, speaker: Member, other: Member) -> Move | None:
    """The greeting that is due, or none: they talked a moment ago, greeted already, or it is too late for one."""
    if "greet" in encounter.acts(speaker.id):
        return None
    greeted = [spoken for spoken in encounter.spoken if spoken.move in _GREETINGS]
    if encounter.spoken and len(greeted) < len(encounter.spoken):
        return None
    since = speaker.met.get(other.id)
    if since is not None and since < GREET_AGAIN:
        return None
    if speaker.feels(other.id) == "hostile":
        curt = dice.throw(encounter.seed, speaker.id, other.id, "curt") < CURT
        return Move.REBUFF if greeted and curt else None
    return Move.INTRODUCE if other.id in speaker.strangers else Move.GREET


def _ended_by_enemy(encounter: Encounter, speaker: Member, other: Member) -> Spoken | None:
    """Whoever is hostile tells nothing and asks nothing; it may say that it does not believe a word."""
    last = encounter.last
    if last and last.act == "tell" and last.toward == speaker.id and _once(encounter, speaker, "doubts", 0.4):
        return Spoken(speaker.id, other.id, "react", Move.DOUBT, last.news)
    return None


def _reaction(encounter: Encounter, speaker: Member) -> Spoken | None:
    """News is taken in by whoever it was told to, and by those whom it concerns."""
    last = encounter.last
    if last is None or last.act != "tell" or last.news is None or last.speaker not in _others(encounter, speaker):
        return None
    if last.toward != speaker.id and speaker.id not in last.news.concerns:
        return None
    teller, news = last.speaker, last.news
    if speaker.has_heard(news):
        move = Move.AGREE
    elif speaker.numbers(teller).trust < DISTRUST and _once(encounter, speaker, "doubts", 0.8):
        move = Move.DOUBT
    elif _once(encounter, speaker, "asks", ASKS * (3 if speaker.is_nosy() else 1)):
        return Spoken(speaker.id, teller, "ask", Move.ASK_BACK, news)
    else:
        move = Move.ACKNOWLEDGE
    return Spoken(speaker.id, teller, "react", move, news)


def _answer(encounter: Encounter, speaker: Member) -> Spoken | None:
    """Whoever is asked about its news says more of it, or that this is all it knows."""
    last = encounter.last
    if last is None or last.act != "ask" or last.toward != speaker.id or last.news is None:
        return None
    if last.speaker not in _others(encounter, speaker):
        return None
    more = [news for news in _untold(encounter, speaker, last.speaker) if news.concerns & last.news.concerns]
    return _told(speaker.id, last.speaker, more[0]) if more else Spoken(speaker.id, last.speaker, "react", Move.ADMIT)


def _tale(encounter: Encounter, speaker: Member, other: Member) -> Spoken | None:
    untold = _untold(encounter, speaker, other.id)
    if not untold or (speaker.feels(other.id) == "cold" and not _once(encounter, speaker, "tells", TELLS_COLDLY)):
        return None
    last = next((spoken.news for spoken in reversed(encounter.spoken) if spoken.news), None)

    def weight(news: News) -> tuple[bool, bool]:
        return not news.wanted, not (last and news.concerns & last.concerns)

    return _told(speaker.id, other.id, min(untold, key=weight))


def _untold(encounter: Encounter, speaker: Member, other: str) -> list[News]:
    """What may be told to somebody and was not told here, by anybody."""
    said = [spoken.news for spoken in encounter.spoken if spoken.news]
    return [
        news
        for news in speaker.news.get(other, ())
        if other not in news.concerns and not any(same(news.text, before.text, news.language) for before in said)
    ]


def _told(speaker: str, toward: str, news: News) -> Spoken:
    return Spoken(speaker, toward, "tell", Move.GOSSIP if news.hearsay else Move.ANSWER, news)


def _small_talk(encounter: Encounter, speaker: Member, other: Member) -> Spoken | None:
    """Once each: how one feels, the weather, or what one wants."""
    taken = [spoken for spoken in encounter.spoken if spoken.act == "chat"]
    if len(taken) >= SMALL_TALK or "chat" in encounter.acts(speaker.id) or speaker.feels(other.id) == "cold":
        return None
    chance = dice.throw(encounter.seed, encounter.turn, speaker.id, "small talk")
    if speaker.own and chance < 0.4:
        wish = speaker.own[int(chance / 0.4 * len(speaker.own))]
        if not any(spoken.news and same(spoken.news.text, wish.text, wish.language) for spoken in encounter.spoken):
            return Spoken(speaker.id, other.id, "chat", Move.ANSWER, wish)
    return Spoken(speaker.id, other.id, "chat", Move.FEEL if chance > 0.8 else Move.CHAT)


def _leave(encounter: Encounter, speaker: Member, toward: str) -> Spoken | None:
    return Spoken(speaker.id, toward, "part", Move.PART) if encounter.spoken else None


def _once(encounter: Encounter, speaker: Member, what: str, chance: float) -> bool:
    """A throw that falls the same way each time it is asked about one turn."""
    return dice.throw(encounter.seed, encounter.turn, speaker.id, what) < chance
