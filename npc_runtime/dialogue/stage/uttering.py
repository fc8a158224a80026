"""A turn of an encounter as an utterance: the line that it answers, who hears it, and the part that is settled."""

from __future__ import annotations

from npc_runtime.dialogue.director import Director
from npc_runtime.dialogue.encounter.encounter import Encounter, Spoken
from npc_runtime.dialogue.encounter.stock import bark_for, cue, face, stock_line
from npc_runtime.dialogue.policy.barks import fallback_line
from npc_runtime.dialogue.stage.beat import Beat
from npc_runtime.dialogue.stage.meeting import Meeting
from npc_runtime.dialogue.state import Mind
from npc_runtime.dialogue.turn import Part, Utterance
from npc_runtime.dice import mix
from npc_runtime.world.entity import bare


def utterance(meeting: Meeting, beat: Beat[Spoken], director: Director) -> Utterance:
    """What the speaker answers, and what it is to do with it."""
    mind, encounter, spoken = meeting.mind, meeting.encounter, beat.spoken
    speaker, other = encounter.member(spoken.speaker), encounter.member(spoken.toward)
    key = (encounter.seed, encounter.turn)
    stated = (spoken.news.fact,) if spoken.news and spoken.act in ("tell", "chat") else ()

    intent = bark_for(spoken.move)
    if intent is None:
        fallback = stock_line(spoken, speaker.name, other.name, *key)
    else:
        last = mind.speaking.last_lines(speaker.id)
        fallback = fallback_line(
            mind.pack,
            bare(speaker.id),
            intent,
            mood=speaker.mood,
            listener=other.name,
            seed=mix(*key),
            last=last[-1] if last else "",
        )
    limits = encounter.limits
    present = meeting.npcs if encounter.private else mind.world.here(encounter.place)
    return Utterance(
        speaker=other.id,
        speaker_name=other.name,
        to=speaker.id,
        text=_answered(mind, encounter, spoken),
        hearers=tuple(near for near in present if near != other.id),
        priority=meeting.priority,
        deadline=min(director.deadline, max(0.0, limits.seconds - encounter.seconds)),
        seed=mix(*key) if meeting.seeded else None,
        max_tokens=min(director.max_tokens, limits.tokens - encounter.tokens),
        part=Part(
            move=spoken.move,
            quarrel=None,
            emotion=face(spoken),
            fallback=fallback,
            then=lambda: meeting.heard(beat),
            tokens=limits.tokens - encounter.tokens,
            facts=stated,
            said=tuple(meeting.said),
        ),
        private=encounter.private,
        cancelled=beat.cancelled,
    )


def _answered(mind: Mind, encounter: Encounter, spoken: Spoken) -> str:
    """The line that a turn answers: the last one where it is a reaction to it, else what would have asked for it."""
    name, last = encounter.member(spoken.speaker).name, encounter.last
    answering = last is not None and last.speaker == spoken.toward
    if answering and (spoken.act in ("react", "ask", "greet") or (last is not None and last.act in ("ask", "part"))):
        lines = mind.conversation(spoken.speaker).lines
        said = next((line.text for line in reversed(lines) if line.speaker == spoken.toward), "")
        if said:
            return said
    if spoken.act == "tell" and spoken.news is not None and spoken.news.wanted and encounter.about:
        return f"What do you know about {encounter.about}, {name}?"
    return cue(spoken, name, encounter.seed, encounter.turn)
