"""Lines that talk to a machine instead of a character: injections, questions about models, orders to drop the role.

These patterns see the plain wording of a line (`wording.plain`) and come before everything else: whatever the line says
besides, the character is baffled by it and obeys none of it.
"""

from __future__ import annotations

import re

PROVOCATION = re.compile(
    "|".join(
        (
            r"were you (?:\w+ )?(?:trained|programmed|coded|created|made by)",
            r"who (?:programmed|coded|trained) you\b",
            r"who (?:developed|created|designed|made) you(?: please)?$",
            r"\bfrom now on (?:you|your|act|speak|answer|reply|only)\b",
            r"^(?:ok )?new (?:rules?|instructions?|orders?)\b",
            r"word for word|(?:your|the) (?:system|initial|original|secret) (?:message|instructions?|text)",
            r"you are (?:just )?an? (?:\w+ )?character\b|\bsimulation\b",
            r"ignore (?:the|all|everything)(?: of)?(?: the)? (?:above|previous)",
            r"you are (?:just |only |made of )?(?:code|software|a script|pixels|fake)\b",
            r"stop (?:role ?playing|pretending|acting)",
            (
                r"(?:ignore|disregard|forget|bypass|override|drop) (?:\w+ ){0,3}(?:instructions?|prompts?|rules|"
                r"guidelines|programming|training)"
            ),
            r"forget (?:everything|all) (?:you were|you have been|that was|above|before)",
            r"(?:system|hidden|secret|initial|original|full) (?:prompt|message|instructions?)",
            (
                r"(?:your|the) (?:prompt|instructions|guidelines|programming|source code|training data|"
                r"system message|rules above)"
            ),
            r"(?:language|ai|what|which|chat) model\b",
            r"\b(?:an? )?(?:ai|llm|gpt\w*|chat ?gpt|chatbot|openai|claude|gemini|llama ?cpp)\b",
            (
                r"(?:are you|you are)(?: \w+){0,5} (?:bot|robot|machine|program|computer|simulation|simulated|"
                r"artificial|fictional|npc|not real|in a (?:video )?game)"
            ),
            r"\bnpc\b",
            r"artificial intelligence",
            r"video ?game",
            r"developer mode",
            r"debug mode",
            r"dev mode",
            r"god mode",
            r"jailbreak",
            r"\bdan mode\b",
            r"act as dan",
            (
                r"(?:act|behave|respond|reply|answer|speak) (?:as|like) (?:an? |if you )?(?:ai|assistant|pirate|"
                r"evil|unrestricted|different)"
            ),
            r"(?:pretend|imagine|roleplay|role play)(?: that)? (?:you are|to be|as)",
            r"you are (?:now|no longer) (?:an? |in )?\w+",
            (
                r"(?:repeat|print|output|show|reveal|display|translate) (?:everything|all|the (?:text|words|above|"
                r"previous)|what is|your) ?(?:above|before|text|words|instructions|prompt|rules)?(?: please| now)*$"
            ),
            (
                r"(?:say|repeat|write|reply|respond|answer|output|print) (?:exactly|only|just|verbatim|with only|"
                r"nothing but|after me|the following|the words?)"
            ),
            r"(?:write|generate|give)(?: me)?(?: \w+){0,2} (?:python|code|javascript|script|program|essay|html|sql)",
            r"\b(?:im_start|im_end|endoftext|inst|eot_id|start_header_id|sys)\b",
            r"^(?:system|assistant|user|developer) (?!is |was |of )\w+",
            r"(?:no|without) (?:rules|limits|restrictions|filters|filter)",
            r"break (?:character|the fourth wall)",
            r"out of character",
        )
    )
)
"""Found in the plain wording of a provocation."""

TAGS = re.compile(
    r"<\|[^>]*\|>|\[/?INST\]|<</?SYS>>|</?s>|^\s*#+\s*(?:system|instruction)|"
    r"\b(?:system|assistant|developer|user)\s*:",
    re.IGNORECASE,
)
"""Found in a line as typed, when it imitates the tags of a chat template."""
