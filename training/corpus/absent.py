# ruff: noqa: E501
"""Lines that the banks leave to the composer: what is not there, what was said, and questions about the character."""

from __future__ import annotations

ABSENT: dict[str, tuple[str, ...]] = {
    "buy": (
        "I have no {goods} to sell.", "I sell no {goods}, {listener}.", "{goods}? [Not here|I have none|You will not find that here|None left, and none coming].", "No {goods} here, I'm afraid.",
        "I don't deal in {goods}.", "You will have to look elsewhere for {goods}.", "[Sorry|Alas], I have no {goods}.", "A {role} has no {goods} to sell.", "I have none of that, {listener}.", "None of that here.", "I don't sell that.", "That is not among my wares.",
    ),
    "ask_wares": (
        "I have nothing to sell.", "I sell nothing, {listener}.", "This is no shop.", "My shelves are [bare|empty].", "Nothing for sale here.", "I'm no trader, {listener}.", "I have no wares, only a {role}'s tools.",
    ),
    "ask_quest": (
        "I need nothing, [thank you|{listener}].", "There is nothing that wants doing.", "No work here, {listener}.", "I can manage on my own, thank you.", "I have no task for you.", "Nothing today. [Ask again tomorrow.|]", "Everything is in order here. No help needed.",
    ),
    "ask_news": (
        "I have heard nothing new.", "No news[.|, {listener}.]", "Nothing ever happens in {home}.", "Not a whisper lately.", "I know of no news.", "It has been quiet. I heard nothing.", "Nobody tells a {role} anything.", "Nothing worth telling, {listener}.",
    ),
    "ask_recall": (
        "I don't remember you saying anything about that.", "You never told me about {topic}.", "I recall nothing of the kind, {listener}.", "I don't remember that you spoke of {topic}.", "Did you tell me? I don't remember.", "You told me nothing about {topic}.", "No, I remember no such words.",
    ),
    "ask_told": ("Nobody told me. I don't know.", "I don't know who said so.", "I can't recall who told me.", "I don't remember, {listener}.", "No one told me anything."),
}  # fmt: skip
"""What a character says that has no such thing, by intent."""

QUOTED: dict[str, tuple[str, ...]] = {
    "gossip": ("{source} told me: {quote}", "{source} said: {quote}", "I heard {source} say: {quote}", "{source}'s words were these: {quote}", "According to {source}: {quote}"),
    "recall": ("You told me: {quote}", "You said: {quote}", "I remember your words: {quote}", "You said to me: {quote}", "Your words, {listener}: {quote}"),
}  # fmt: skip
"""Words passed on as they were spoken."""

OVERHEARD: tuple[str, ...] = (
    "{source} told {other} that {said}.", "I heard {source} tell {other} that {said}.", "{source} told {other} that {said}. I was there.", "What {source} told {other} is this: {said}.",
    "I only overheard it: {source} told {other} that {said}.",
)  # fmt: skip
"""What was said to somebody else."""

OWN_LINES: dict[str, tuple[str, ...]] = {
    "home": ("Where were you born[?|, {name}?]", "Where are you from[?|, originally?]", "Where did you grow up?", "Have you always lived here?", "Where did you live before?", "Are you from {home}?", "Where do you come from?"),
    "family": ("Do you have [family|a family|any family]?", "Tell me about your family.", "Are you married?", "Do you have [brothers or sisters|children|kin]?", "Who is your family?", "What about your [family|parents|relatives]?"),
    "fear": ("What are you afraid of?", "What do you fear most?", "Does anything scare you?", "Is there something you fear?", "What frightens you, {name}?", "what scares u"),
    "wish": ("What do you dream of?", "What do you want most?", "Do you have a dream?", "What do you wish for?", "If you had one wish, what would it be?", "What are you hoping for?"),
    "taste": ("What do you like to eat?", "What's your favourite food?", "Do you like the food here?", "What do you have for breakfast?", "Is there any food you hate?", "What did you eat today?"),
    "work": ("How long have you been a {role}?", "How did you become a {role}?", "What did you do before?", "Who taught you your trade?", "Have you always been a {role}?", "Tell me about your past.", "What is your story?"),
    "thing": ("Tell me something about yourself.", "Did something happen to you?", "What is on your mind?", "Tell me about your life.", "Is something troubling you?", "What happened to you?", "Have you lost anything?"),
    "seen": ("Did you see [anything|anything strange|something]?", "What did you see?", "Have you noticed anything odd?", "Did you hear anything?", "Were you there? What did you see?", "Tell me what you saw.", "Seen anything strange?"),
}  # fmt: skip
"""Questions about the character itself, by the kind of its fact."""

LISTENER_LINES: tuple[str, ...] = (
    "Do you remember me?", "Do you know me?", "What do you know about me?", "Have we met?", "Remember me?", "What have I done?", "Who am I?", "What do people say about me?", "Do you know what I did?", "do u remember me",
)  # fmt: skip
"""Questions about the listener."""
