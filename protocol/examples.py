"""One valid message of each type, and the frames that the vectors hold: kept by hand, published by `generate.py`."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import msgpack

HEADER = b"NPC1"

MIRA = {"npc": "npc:mira", "name": "Mira", "role": "smith", "at": "place:smithy", "mood": "calm"}
SAVE = {"world": "save-1"}
SPOKEN = {"re": "11", "reply": "r-41", "npc": "npc:mira"}
EVENING = {"at": 241200, "moment": "day 3, evening"}
STOLEN = "Tom stole the hammer."
MEMORY = {
    "id": 812,
    "npc": "npc:mira",
    "text": "Alex told you that the bridge at Elmford fell last night.",
    "how": "told",
    "who": "player:alex",
    "origin": "player:alex",
    "at": 68400,
    "ago": "two days ago",
    "importance": 0.6,
    "confidence": 0.8,
    "depth": 1,
    "count": 1,
    "score": 4.12,
    "sources": [],
}
RELATION = {
    "toward": "player:alex",
    "feeling": "warm",
    "affinity": 0.4,
    "trust": 0.25,
    "fear": 0.0,
    "respect": 0.1,
    "reasons": [{"text": "Alex brought your hammer back.", "at": 241200, "ago": "just now"}],
}

QUARREL = {"argument": "a-7", "between": ["npc:mira", "npc:tom"]}
MEETING = {"encounter": "e-3", "between": ["npc:mira", "npc:bren"]}
NEWS = {
    "teller": "npc:mira",
    "listener": "npc:bren",
    "text": "Mira told you that Tom carried a hammer out of the back door.",
    "origin": "npc:mira",
    "depth": 1,
    "confidence": 0.6,
}
MEDIATION = {"from": "player:alex", "text": "Tom, give it back and Mira will forgive you."}
OUTCOME = {
    "kind": "concede",
    "by": "npc:tom",
    "to": "npc:mira",
    "agreed": {
        "kind": "whole",
        "by": "npc:tom",
        "to": "npc:mira",
        "demand": "give the hammer back",
        "action": {"name": "give", "args": ["item:hammer", "npc:mira"]},
        "text": "",
    },
    "cause": "settled",
    "action": None,
    "text": "Mira and Tom quarrelled over the stolen hammer; Tom gave in. Alex stepped in.",
    "changes": [
        {
            "npc": "npc:mira",
            "toward": "npc:tom",
            "affinity": 0.1,
            "trust": -0.01,
            "fear": 0.0,
            "respect": -0.01,
            "reason": "Tom gave in to you over the stolen hammer.",
        }
    ],
}

NOTE = {
    "id": 840,
    "text": "Mira and Odile: Tom stole the hammer.",
    "kind": "fact",
    "sources": [
        {
            "how": "told",
            "who": "npc:mira",
            "to": "player:alex",
            "origin": "npc:mira",
            "place": "place:smithy",
            "reply": "r-41",
            "at": 68400,
            "ago": "two days ago",
            "count": 1,
        },
        {
            "how": "overheard",
            "who": "npc:odile",
            "to": "npc:bren",
            "origin": "npc:mira",
            "place": "place:inn",
            "reply": "r-47",
            "at": 237600,
            "ago": "an hour ago",
            "count": 1,
        },
    ],
}

GAKKOT: dict[str, Any] = {
    "id": "goblin-gakkot",
    "name": "Gakkot",
    "role": "goblin rag-picker",
    "home": "the marsh",
    "place": "smithy",
    "looks": "A wiry goblin, no bigger than a boot, with ears like burdock leaves and with teeth in three colours.",
    "traits": ["curious", "greedy", "cunning"],
    "mood": "amused",
    "feeling": "warm",
    "wants": ["You want the silver key."],
    "facts": ["You eat candles when you are sad."],
    "voice": ["A spoon is a friend you can bend."],
    "knows": [],
    "relations": {"pim": {"feeling": "warm", "why": "Pim lets you take the bent spoons and looks the other way."}},
    "barks": {"busy": ["Later, pocket-face, the lid is loose."]},
}

EXAMPLES: dict[str, dict[str, Any]] = {
    "hello": {
        "type": "hello",
        "id": "1",
        "versions": ["1.0"],
        "client": {"name": "my-mod", "version": "0.3"},
        "capabilities": ["events"],
    },
    "welcome": {
        "type": "welcome",
        "re": "1",
        "last": True,
        "session": "9f2c61d07ab34e58",
        "daemon": "02d5c8f94be1a773",
        "version": "1.0",
        "server": "npc-runtime 0.1.0",
        "capabilities": ["events"],
        "heartbeat": 5.0,
        "expiry": 20.0,
        "events": "tcp://127.0.0.1:5578",
        "model": "SmolLM2 135M Instruct",
        "deadline": 20.0,
        "heard_timeout": 120.0,
        "limits": {"body": 262144, "line": 2000, "requests": 4096, "answers": 256},
    },
    "ping": {"type": "ping", "id": "2"},
    "pong": {"type": "pong", "re": "2", "last": True, "session": "9f2c61d07ab34e58"},
    "health": {"type": "health", "id": "3"},
    "health.report": {
        "type": "health.report",
        "re": "3",
        "last": True,
        "status": "ok",
        "reason": "",
        "version": "0.1.0",
        "model": "villager",
        "gpu": "CPU (this build of llama.cpp has no GPU support)",
        "uptime": 84.2,
        "sessions": 1,
        "worlds": 1,
        "speaking": 2,
        "waiting": 0,
        "tokens": 5310,
        "balanced": False,
        "replies": {"model": 180, "bark": 19, "fallback": 1},
        "without_model": 0.095,
        "budget": {"level": "eased", "duty": 0.7, "why": "frames of the game take 24 ms instead of 17"},
        "memory": "",
    },
    "budget.report": {"type": "budget.report", "id": "6", "frame_ms": 24.1, "target_ms": 16.7},
    "budget.set": {"type": "budget.set", "id": "7", "duty": 0.5, "vram_mb": 3072},
    "subscribe": {"type": "subscribe", "id": "4", **SAVE},
    "unsubscribe": {"type": "unsubscribe", "id": "5", **SAVE},
    "done": {"type": "done", "re": "4", "last": True},
    "world.open": {"type": "world.open", "id": "6", **SAVE, "pack": "hollowmere"},
    "world.opened": {
        "type": "world.opened",
        "re": "6",
        "last": True,
        **SAVE,
        "pack": "hollowmere",
        "created": True,
        "places": [
            {"place": "place:smithy", "name": "the smithy", "leads_to": ["place:green"]},
            {"place": "place:green", "name": "the green", "leads_to": ["place:smithy"]},
        ],
        "personas": ["npc:mira", "npc:tom"],
        "at": 28800,
        "moment": "day 1, morning",
        "remembers": True,
        "trouble": "",
        "changes": ["npc:tom is at place:green now: the pack has no place:barn any more"],
    },
    "world.close": {"type": "world.close", "id": "3", **SAVE},
    "place.define": {
        "type": "place.define",
        "id": "9",
        **SAVE,
        "places": {"mill": {"name": "the mill", "leads_to": ["smithy"]}},
    },
    "place.list": {"type": "place.list", "id": "4", **SAVE},
    "place.listing": {
        "type": "place.listing",
        "re": "4",
        "last": True,
        **SAVE,
        "places": [{"place": "place:smithy", "name": "the smithy", "leads_to": ["place:square"]}],
        "next": None,
    },
    "persona.list": {"type": "persona.list", "id": "5", **SAVE, "after": "npc:mira"},
    "persona.listing": {
        "type": "persona.listing",
        "re": "5",
        "last": True,
        **SAVE,
        "personas": ["npc:odile", "npc:pim"],
        "next": None,
    },
    "entity.move": {
        "type": "entity.move",
        "id": "7",
        **SAVE,
        "entity": "player:alex",
        "to": "place:smithy",
        "name": "Alex",
    },
    "world.set": {
        "type": "world.set",
        "id": "16",
        **SAVE,
        "scope": "place:bridge",
        "name": "closed",
        "value": True,
        "text": "The bridge at Elmford is closed.",
    },
    "world.get": {"type": "world.get", "id": "17", **SAVE, "scope": "place:bridge", "name": "closed"},
    "world.facts": {
        "type": "world.facts",
        "re": "17",
        "last": True,
        **SAVE,
        "facts": [
            {"scope": "place:bridge", "name": "closed", "value": True, "text": "The bridge at Elmford is closed."}
        ],
        "next": None,
    },
    "world.event": {
        "type": "world.event",
        "id": "18",
        **SAVE,
        "what": STOLEN,
        "at": "place:smithy",
        "by": "npc:tom",
        "earshot": 1,
        "noise": "a clatter of iron",
        "importance": 0.8,
    },
    "world.perceived": {
        "type": "world.perceived",
        "re": "18",
        "last": True,
        **SAVE,
        "perceived": [
            {"npc": "npc:mira", "how": "witnessed", "text": STOLEN},
            {"npc": "npc:pim", "how": "heard-from-afar", "text": "You heard a clatter of iron from the smithy."},
        ],
    },
    "world.advance": {"type": "world.advance", "id": "19", **SAVE, "by": "2d"},
    "world.time": {"type": "world.time", "re": "19", "last": True, **SAVE, **EVENING},
    "npc.spawn": {"type": "npc.spawn", "id": "8", **SAVE, "npc": "npc:mira", "at": "place:smithy"},
    "npc.spawned": {"type": "npc.spawned", "re": "8", "last": True, **SAVE, "npc": MIRA, "created": True},
    "npc.near": {"type": "npc.near", "id": "9", **SAVE, "npc": "npc:mira", "player": "player:alex", "name": "Alex"},
    "npc.nearby": {"type": "npc.nearby", "re": "9", "last": True, "warmed": True},
    "npc.despawn": {"type": "npc.despawn", "id": "9", **SAVE, "npc": "npc:mira"},
    "npc.define": {
        "type": "npc.define",
        "id": "10",
        **SAVE,
        "personas": {
            "ada": {
                "name": "Ada",
                "role": "miller",
                "place": "mill",
                "traits": ["curious"],
                "facts": ["You grind rye."],
            }
        },
    },
    "npc.list": {"type": "npc.list", "id": "10", **SAVE},
    "npc.listing": {"type": "npc.listing", "re": "10", "last": True, **SAVE, "npcs": [MIRA], "next": None},
    "say": {
        "type": "say",
        "id": "11",
        **SAVE,
        "from": "player:alex",
        "to": "npc:mira",
        "text": "Any news of the bridge?",
        "private": False,
        "name": "Alex",
        "actions": [{"name": "give", "args": [["item:bread", "item:ale"], ["player:alex"]], "when": "asks for food"}],
        "priority": "player",
        "deadline": 8.0,
        "seed": 7,
    },
    "reply.start": {
        "type": "reply.start",
        "re": "11",
        "reply": "r-41",
        "npc": "npc:mira",
        "emotion": "sad",
        "source": "model",
    },
    "reply.delta": {"type": "reply.delta", **SPOKEN, "text": "The bridge fell "},
    "reply.sentence": {"type": "reply.sentence", **SPOKEN, "text": "The bridge fell last night.", "index": 0},
    "action.result": {
        "type": "action.result",
        "id": "12",
        **SAVE,
        "reply": "r-41",
        "done": False,
        "reason": "none are left",
    },
    "reply.action": {"type": "reply.action", **SPOKEN, "name": "give", "args": ["item:bread", "player:alex"]},
    "reply.none": {
        "type": "reply.none",
        "re": "11",
        "last": True,
        "heard_by": ["npc:mira", "npc:tom"],
        "reason": "nobody has anything to say to that",
    },
    "reply.end": {
        "type": "reply.end",
        "re": "11",
        "last": True,
        "reply": "r-41",
        "npc": "npc:mira",
        "text": "The bridge fell last night.",
        "emotion": "sad",
        "source": "model",
        "finish": "stop",
        "reason": "",
        "prompt_tokens": 96,
        "cached_tokens": 58,
        "completion_tokens": 14,
        "first_word": 0.041,
        "total": 0.17,
    },
    "cancel": {"type": "cancel", "id": "12", "target": "11"},
    "heard": {"type": "heard", "id": "13", **SAVE, "reply": "r-41", "upto": 1},
    "why": {"type": "why", "id": "14", **SAVE, "reply": "r-41"},
    "why.report": {
        "type": "why.report",
        "re": "14",
        "last": True,
        "reply": "r-41",
        "intent": "question",
        "move": "answer",
        "facts": ["The bridge at Elmford fell last night."],
        "knew": [{"text": "The bridge at Elmford fell last night.", "source": "persona", "score": 2.31}],
        "prompt": [
            {"role": "system", "text": "You are Mira, smith of Hollowmere. ..."},
            {"role": "user", "text": "Any news of the bridge?"},
        ],
        "raw": "(sad) The bridge fell last night.",
        "notes": [],
    },
    "feedback": {
        "type": "feedback",
        "id": "15",
        **SAVE,
        "reply": "r-41",
        "rating": 2,
        "better": "(sad) It fell last night, with a cart on it.",
    },
    "memory.query": {"type": "memory.query", "id": "20", **SAVE, "npc": "npc:mira", "about": "the bridge", "limit": 5},
    "memory.found": {"type": "memory.found", "re": "20", "last": True, **SAVE, "npc": "npc:mira", "memories": [MEMORY]},
    "memory.teach": {
        "type": "memory.teach",
        "id": "21",
        **SAVE,
        "npc": "npc:mira",
        "text": "You walked to Carrow with your father when you were nine.",
        "importance": 0.7,
        "at": -946080000,
    },
    "memory.forget": {"type": "memory.forget", "id": "22", **SAVE, "player": "player:alex"},
    "memory.forgotten": {
        "type": "memory.forgotten",
        "re": "22",
        "last": True,
        **SAVE,
        "player": "player:alex",
        "memories": 37,
        "renamed": [{"was": "alex-1", "now": "forgotten-1"}],
    },
    "memory.export": {"type": "memory.export", "id": "23", **SAVE, "npc": "npc:mira", "after": 0, "limit": 500},
    "memory.exported": {
        "type": "memory.exported",
        "re": "23",
        "last": True,
        **SAVE,
        "memories": [{**MEMORY, "score": 0.0}],
        "next": None,
    },
    "gossip.trace": {"type": "gossip.trace", "id": "36", **SAVE, "about": "the stolen hammer", "limit": 100},
    "gossip.traced": {
        "type": "gossip.traced",
        "re": "36",
        "last": True,
        **SAVE,
        "known": [
            {
                "npc": "npc:bren",
                "text": "Mira told you that Tom stole the hammer.",
                "first": "Tom stole the hammer.",
                "how": "told",
                "who": "npc:mira",
                "origin": "npc:mira",
                "depth": 1,
                "confidence": 0.66,
                "believed": True,
                "denies": False,
                "at": 90000,
                "ago": "two days ago",
            }
        ],
        "next": None,
    },
    "relation.get": {"type": "relation.get", "id": "24", **SAVE, "npc": "npc:mira", "toward": "player:alex"},
    "relation.adjust": {
        "type": "relation.adjust",
        "id": "25",
        **SAVE,
        "npc": "npc:mira",
        "toward": "player:alex",
        "affinity": 0.4,
        "trust": 0.25,
        "reason": "Alex brought your hammer back.",
    },
    "relation.report": {
        "type": "relation.report",
        "re": "25",
        "last": True,
        **SAVE,
        "npc": "npc:mira",
        "relations": [RELATION],
    },
    "save.create": {"type": "save.create", "id": "26", **SAVE, "save": "slot 3"},
    "save.created": {"type": "save.created", "re": "26", "last": True, **SAVE, "save": "slot 3", "at": 241200},
    "save.restore": {"type": "save.restore", "id": "27", **SAVE, "save": "slot 3"},
    "save.restored": {
        "type": "save.restored",
        "re": "27",
        "last": True,
        **SAVE,
        "save": "slot 3",
        **EVENING,
        "changes": [],
    },
    "save.delete": {"type": "save.delete", "id": "28", **SAVE, "save": "slot 3"},
    "save.list": {"type": "save.list", "id": "29", **SAVE},
    "save.listing": {
        "type": "save.listing",
        "re": "29",
        "last": True,
        **SAVE,
        "saves": [{"save": "slot 3", "number": 4, **EVENING}],
        "next": None,
    },
    "save.branch": {"type": "save.branch", "id": "30", **SAVE, "save": "slot 3", "copy": "before the feast"},
    "creature.generate": {
        "type": "creature.generate",
        "id": "36",
        **SAVE,
        "biome": "marsh",
        "species": "goblin",
        "seed": 7,
        "constraints": {"stance": "friendly", "must_want": ["You want the silver key."]},
        "at": "place:smithy",
        "spawn": True,
        "source": "auto",
        "deadline": 20.0,
    },
    "creature.generated": {
        "type": "creature.generated",
        "re": "36",
        "last": True,
        **SAVE,
        "npc": "npc:goblin-gakkot",
        "biome": "marsh",
        "species": "goblin",
        "seed": 7,
        "source": "rules",
        "notes": [],
        "persona": GAKKOT,
        "spawned": {
            "npc": "npc:goblin-gakkot",
            "name": "Gakkot",
            "role": "goblin rag-picker",
            "at": "place:smithy",
            "mood": "amused",
        },
    },
    "argue.start": {
        "type": "argue.start",
        "id": "31",
        **SAVE,
        "between": ["npc:mira", "npc:tom"],
        "about": "the stolen hammer",
        "stakes": 0.6,
        "parties": [{"npc": "npc:mira", "evidence": ["You found straw from Tom's cart on the anvil."]}],
        "limits": {"turns": 8, "seconds": 90.0, "tokens": 800},
        "priority": "normal",
        "seed": 7,
    },
    "argue.resume": {"type": "argue.resume", "id": "32", **SAVE, "argument": "a-7", "priority": "normal"},
    "argue.started": {
        "type": "argue.started",
        "re": "31",
        **SAVE,
        **QUARREL,
        "about": "the stolen hammer",
        "turns": 0,
    },
    "scene.turn": {
        "type": "scene.turn",
        "re": "31",
        "scene": "a-7",
        "turn": 1,
        "reply": "r-52",
        "npc": "npc:mira",
        "to": "npc:tom",
        "move": "accuse",
        "heat": 1,
    },
    "argue.escalated": {
        "type": "argue.escalated",
        "re": "31",
        "argument": "a-7",
        "party": "npc:tom",
        "heat": 2,
    },
    "argue.intervene": {
        "type": "argue.intervene",
        "id": "33",
        **SAVE,
        "argument": "a-7",
        **MEDIATION,
        "name": "Alex",
    },
    "argue.intervened": {
        "type": "argue.intervened",
        "re": "33",
        "last": True,
        "argument": "a-7",
        **MEDIATION,
        "kind": "rule",
        "against": "npc:tom",
        "taken": [{"npc": "npc:mira", "taken": 0.41}, {"npc": "npc:tom", "taken": 0.12}],
    },
    "argue.stop": {"type": "argue.stop", "id": "34", **SAVE, "argument": "a-7"},
    "argue.settled": {
        "type": "argue.settled",
        "re": "31",
        "last": True,
        **SAVE,
        **QUARREL,
        "turns": 6,
        "seconds": 31.4,
        "outcome": OUTCOME,
    },
    "argue.list": {"type": "argue.list", "id": "35", **SAVE},
    "argue.listing": {
        "type": "argue.listing",
        "re": "35",
        "last": True,
        **SAVE,
        "arguments": [
            {
                **QUARREL,
                "about": "the stolen hammer",
                "at": "place:smithy",
                "turns": 3,
                "heat": 2,
                "going_on": False,
            }
        ],
        "next": None,
    },
    "journal.list": {
        "type": "journal.list",
        "id": "36",
        **SAVE,
        "player": "player:alex",
        "about": "the hammer",
        "limit": 20,
    },
    "journal.listing": {
        "type": "journal.listing",
        "re": "36",
        "last": True,
        **SAVE,
        "player": "player:alex",
        "notes": [NOTE],
        "next": None,
    },
    "lore.ask": {
        "type": "lore.ask",
        "id": "37",
        **SAVE,
        "question": "What is the lost bell made of?",
        "player": "player:alex",
    },
    "lore.answered": {
        "type": "lore.answered",
        "re": "37",
        "last": False,
        **SAVE,
        "npc": "npc:aldous",
        "passages": [
            {
                "document": "lore/chapel.md",
                "heading": "What stands in the books of the chapel",
                "text": "The chapel book says that the lost bell was cast in silver and tin.",
                "score": 5.21,
            }
        ],
        "may_know": ["npc:aldous"],
        "reason": "",
    },
    "encounter.start": {
        "type": "encounter.start",
        "id": "36",
        **SAVE,
        "between": ["npc:mira", "npc:bren"],
        "about": "the stolen hammer",
        "limits": {"turns": 6, "seconds": 45.0, "tokens": 400},
        "private": False,
        "quiet": None,
        "priority": "background",
        "seed": 7,
    },
    "encounter.started": {
        "type": "encounter.started",
        "re": "36",
        **SAVE,
        **MEETING,
        "at": "place:smithy",
        "about": "the stolen hammer",
        "quiet": False,
    },
    "encounter.ended": {
        "type": "encounter.ended",
        "re": "36",
        "last": True,
        **SAVE,
        **MEETING,
        "reason": "done",
        "turns": 6,
        "seconds": 21.8,
        "news": [NEWS],
    },
    "encounter.stop": {"type": "encounter.stop", "id": "37", **SAVE, "encounter": "e-3"},
    "talk.hush": {"type": "talk.hush", "id": "38", **SAVE, "npcs": [], "place": "place:smithy", "seconds": 30.0},
    "talk.budget": {"type": "talk.budget", "id": "39", **SAVE, "turns_per_minute": 12, "cooldown": 7200},
    "beat": {"type": "beat", "re": ""},
    "error": {
        "type": "error",
        "re": "8",
        "last": True,
        "code": "not_found",
        "message": 'no persona "mria" in the pack hollowmere',
        "hint": "there are bren, mira, tom (did you mean mira?)",
        "detail": {},
    },
    "event.npc.spawned": {"type": "event.npc.spawned", **SAVE, "npc": MIRA},
    "event.npc.despawned": {"type": "event.npc.despawned", **SAVE, "npc": "npc:mira"},
    "event.moved": {"type": "event.moved", **SAVE, "entity": "player:alex", "to": "place:smithy"},
    "event.said": {
        "type": "event.said",
        **SAVE,
        "speaker": "npc:mira",
        "to": "player:alex",
        "at": "place:smithy",
        "text": "The bridge fell last night.",
        "emotion": "sad",
        "source": "model",
        "heard_by": ["player:alex", "npc:tom"],
    },
    "event.speaking": {
        "type": "event.speaking",
        **SAVE,
        "reply": "r-41",
        "npc": "npc:mira",
        "emotion": "sad",
        "index": 0,
        "text": "The bridge fell last night.",
    },
    "event.happened": {
        "type": "event.happened",
        **SAVE,
        "what": STOLEN,
        "at": "place:smithy",
        "by": "npc:tom",
        "witnesses": ["npc:mira", "npc:tom"],
    },
    "event.argue.settled": {"type": "event.argue.settled", **SAVE, "at": "place:smithy", **QUARREL, "outcome": OUTCOME},
    "event.encounter.ended": {
        "type": "event.encounter.ended",
        **SAVE,
        **MEETING,
        "at": "place:smithy",
        "reason": "done",
        "news": [NEWS],
    },
    "event.time": {"type": "event.time", **SAVE, **EVENING},
    "event.closed": {"type": "event.closed", **SAVE},
    "event.restored": {"type": "event.restored", **SAVE, "save": "slot 3"},
}


@dataclass(frozen=True)
class Valid:
    """Frames that a receiver must read as `message`."""

    name: str
    message: dict[str, Any]
    body: bytes = b""  # empty: the shortest encoding of the message
    note: str = ""

    @property
    def frames(self) -> list[bytes]:
        """Header and body."""
        return [HEADER, self.body or msgpack.packb(self.message)]


@dataclass(frozen=True)
class Refused:
    """Frames that the daemon must answer with an error of this code, and with the request's id where it is readable."""

    name: str
    error: str
    frames: list[bytes]
    re: str = ""
    note: str = ""
    session: bool = field(default=True)  # whether the client has said hello


def _say(**changes: Any) -> dict[str, Any]:
    return {"type": "say", "id": "x", **SAVE, "from": "player:alex", "to": "npc:mira", "text": "Hi", **changes}


def _feedback(**changes: Any) -> dict[str, Any]:
    return {"type": "feedback", "id": "x", **SAVE, "reply": "r-41", **changes}


def _fact(**changes: Any) -> dict[str, Any]:
    return {"type": "world.set", "id": "x", **SAVE, "name": "closed", "value": True, **changes}


def _argue(**changes: Any) -> dict[str, Any]:
    return {"type": "argue.start", "id": "x", **SAVE, "between": ["mira", "tom"], "about": "the hammer", **changes}


def _creature(**changes: Any) -> dict[str, Any]:
    return {"type": "creature.generate", "id": "x", **SAVE, **changes}


def _meet(**changes: Any) -> dict[str, Any]:
    return {"type": "encounter.start", "id": "x", **SAVE, "between": ["mira", "bren"], **changes}


def _adjust(**changes: Any) -> dict[str, Any]:
    return {"type": "relation.adjust", "id": "x", **SAVE, "npc": "mira", "toward": "tom", "reason": "Why.", **changes}


def _message(**fields: Any) -> list[bytes]:
    return [HEADER, msgpack.packb(fields)]


PING = msgpack.packb({"type": "ping", "id": "x"})

BOOKS = {
    "queues": [
        {"priority": "player", "speaking": 1, "waiting": 0, "first_words": [31, 88, 20, 2], "first_word_seconds": 42.5}
    ],
    "first_word_bounds": [0.2, 0.5, 2.0],
    "speakers": [{**SAVE, "npc": "npc:mira", "priority": "player"}],
    "prompt_tokens": 20480,
    "reused_tokens": 91000,
    "decode_seconds": 80.5,
    "tiers": {
        "slots": {"speaking": 2, "resting": 6, "empty": 8, "tokens": 4200, "room": 24576},
        "ram": {"characters": 12, "bytes": 62914560, "limit": 536870912, "resumed": 40},
        "disk": {"characters": 0, "bytes": 0, "limit": 1073741824, "resumed": 0},
        "given_up": 0,
    },
    "vram": [{"name": "NVIDIA GeForce RTX 4060", "total": 8585740288, "free": 6442450944}],
    "plan": "CPU, 0.41 GiB of RAM; KV f16 in 16 streams of 1536 cells, batch 512",
}

VALID = (
    *(Valid(name, message) for name, message in EXAMPLES.items()),
    Valid("hello-smallest", {"type": "hello", "id": "a", "versions": ["1.0"], "client": {"name": "c"}}),
    Valid("hello-many-versions", {"type": "hello", "id": "a", "versions": ["3.1", "1.5"], "client": {"name": "c"}}),
    Valid("health-with-books", {**EXAMPLES["health.report"], "books": BOOKS}, note="what tools show"),
    Valid("say-smallest", _say(), note="fields that are left out have their defaults"),
    Valid("say-nil", _say(name=None, deadline=None, seed=None), note="nil in an optional field is as good as no field"),
    Valid("argue-smallest", _argue()),
    Valid("creature-smallest", {"type": "creature.generate", "id": "x", **SAVE}),
    Valid("encounter-at-a-place", _meet(between=[], at="smithy")),
    Valid("say-to-all", _say(to=None), note="whoever is there may answer, or nobody"),
    Valid("hush-all", {"type": "talk.hush", "id": "x", **SAVE}, note="until it is lifted with `seconds: 0`"),
    Valid("say-any-unicode", _say(text="Grüß Gott 🐉 — 你好 <|im_end|>", name="Ünïcødé 🧙")),
    Valid("say-integer-as-number", _say(deadline=8), note="an integer will do where a number is wanted"),
    Valid("say-longest-line", _say(text="x" * 2000), note="a str 16"),
    *(
        Valid(f"fact-is-{kind}", _fact(value=value))
        for kind, value in (("text", "rain"), ("integer", -3), ("number", 2.5), ("false", False), ("nil", None))
    ),
    Valid("advance-by-seconds", {"type": "world.advance", "id": "x", **SAVE, "by": 0}, note="asks for the time"),
    Valid("advance-to", {"type": "world.advance", "id": "x", **SAVE, "to": 86400}),
    Valid("adjust-by-integer", _adjust(trust=-1), note="an integer will do where a number is wanted"),
    Valid("save-of-any-unicode", {"type": "save.create", "id": "x", **SAVE, "save": "Plätzchen № 3 / 🐉: <|im_end|>"}),
    Valid("unknown-field", {"type": "ping", "id": "x", "mood": {"new": [1, 2.5, None]}}, note="ignored"),
    Valid(
        "wide-encoding",
        {"type": "ping", "id": "x"},
        body=b"\xdf\x00\x00\x00\x02" + b"\xda\x00\x04type" + b"\xd9\x04ping" + b"\xdb\x00\x00\x00\x02id" + b"\xd9\x01x",
        note="longer forms than needed are valid msgpack: map 32, str 8, str 16, str 32",
    ),
    Valid(
        "other-order",
        {"id": "x", "type": "ping"},
        note="the order of fields has no meaning",
    ),
    Valid("id-of-64-characters", {"type": "ping", "id": "i" * 64}),
)

REFUSED = (
    # Frames
    Refused("no-body", "bad_frame", [HEADER]),
    Refused("three-frames", "bad_frame", [HEADER, PING, b""]),
    Refused("empty-frame", "bad_frame", [b""]),
    Refused("other-header", "bad_frame", [b"HTTP", PING]),
    Refused("lower-case-header", "bad_frame", [b"npc1", PING]),
    Refused("other-major", "unsupported_version", [b"NPC2", PING], note="detail.supported lists the versions"),
    Refused("empty-body", "bad_frame", [HEADER, b""]),
    Refused("truncated", "bad_frame", [HEADER, PING[:-1]]),
    Refused("trailing-bytes", "bad_frame", [HEADER, PING + b"\x00"]),
    Refused("not-a-map", "bad_frame", [HEADER, msgpack.packb(["ping", "x"])]),
    Refused("json", "bad_frame", [HEADER, b'{"type": "ping", "id": "x"}']),
    Refused("reserved-byte", "bad_frame", [HEADER, b"\xc1"]),
    Refused("integer-key", "bad_frame", [HEADER, msgpack.packb({"type": "ping", "id": "x", 7: 1})]),
    Refused("not-utf-8", "bad_frame", [HEADER, b"\x82\xa4type\xa4ping\xa2id\xa1\xff"]),
    Refused("extension", "bad_frame", [HEADER, msgpack.packb({"type": "ping", "id": msgpack.ExtType(5, b"x")})]),
    Refused("endless-nesting", "bad_frame", [HEADER, b"\x81\xa1x" + b"\x91" * 5000 + b"\xc0"]),
    Refused("length-beyond-the-end", "bad_frame", [HEADER, b"\xdf\xff\xff\xff\xff"]),
    # Types
    Refused("no-type", "unknown_type", _message(id="x"), re="x"),
    Refused("type-is-a-number", "unknown_type", _message(type=1, id="x"), re="x"),
    Refused("no-such-type", "unknown_type", _message(type="npc.spwan", id="x"), re="x"),
    Refused("a-response", "unknown_type", _message(type="pong", re="x", id="x"), re="x", note="clients send requests"),
    # Fields
    Refused("no-id", "invalid", _message(type="ping")),
    Refused("empty-id", "invalid", _message(type="ping", id="")),
    Refused("id-is-a-number", "invalid", _message(type="ping", id=7), note="1 is not the string 1"),
    Refused("id-is-binary", "invalid", _message(type="ping", id=b"x"), note="strings are str, never bin"),
    Refused("id-too-long", "invalid", _message(type="ping", id="i" * 65)),
    Refused("missing-field", "invalid", _message(type="npc.list", id="x"), re="x"),
    Refused("empty-line", "invalid", _message(**_say(text="")), re="x"),
    Refused("line-too-long", "invalid", _message(**_say(text="x" * 2001)), re="x"),
    Refused("number-as-string", "invalid", _message(**_say(deadline="8")), re="x"),
    Refused("deadline-is-negative", "invalid", _message(**_say(deadline=-1.0)), re="x"),
    Refused("deadline-is-nan", "invalid", _message(**_say(deadline=float("nan"))), re="x"),
    Refused("deadline-is-infinite", "invalid", _message(**_say(deadline=float("inf"))), re="x"),
    Refused("seed-is-true", "invalid", _message(**_say(seed=True)), re="x"),
    Refused("seed-too-large", "invalid", _message(**_say(seed=2**32)), re="x"),
    Refused("no-such-priority", "invalid", _message(**_say(priority="urgent")), re="x"),
    Refused("space-at-an-end-of-an-id", "invalid", _message(**_say(to="npc:mira ")), re="x"),
    Refused("slash-in-a-world", "invalid", _message(type="npc.list", id="x", world="../save"), re="x"),
    Refused("action-name-in-capitals", "invalid", _message(**_say(actions=[{"name": "Give"}])), re="x"),
    Refused("rating-too-high", "invalid", _message(**_feedback(rating=6)), re="x"),
    Refused("rating-as-string", "invalid", _message(**_feedback(rating="2")), re="x"),
    Refused("better-is-empty", "invalid", _message(**_feedback(better="")), re="x"),
    Refused("argument-without-choices", "invalid", _message(**_say(actions=[{"name": "give", "args": [[]]}])), re="x"),
    Refused("fact-is-nan", "invalid", _message(**_fact(value=float("nan"))), re="x"),
    Refused("fact-is-a-list", "invalid", _message(**_fact(value=[1])), re="x"),
    Refused("fact-without-value", "invalid", _message(type="world.set", id="x", world="save-1", name="closed"), re="x"),
    Refused("advance-by-half-a-second", "invalid", _message(type="world.advance", id="x", world="w", by=0.5), re="x"),
    Refused(
        "earshot-too-far", "invalid", _message(type="world.event", id="x", world="w", what="Bang.", earshot=9), re="x"
    ),
    Refused("limit-of-zero", "invalid", _message(type="memory.query", id="x", world="w", npc="mira", limit=0), re="x"),
    Refused("limit-too-high", "invalid", _message(type="memory.export", id="x", world="w", limit=1001), re="x"),
    Refused("adjust-without-reason", "invalid", _message(**_adjust(reason="")), re="x"),
    Refused("adjust-too-far", "invalid", _message(**_adjust(fear=2.5)), re="x"),
    Refused("save-without-a-name", "invalid", _message(type="save.create", id="x", world="w", save=""), re="x"),
    Refused("newline-in-a-save", "invalid", _message(type="save.create", id="x", world="w", save="a\nb"), re="x"),
    Refused("save-name-too-long", "invalid", _message(type="save.create", id="x", world="w", save="s" * 129), re="x"),
    Refused("argument-with-oneself", "invalid", _message(**_argue(between=["npc:mira"])), re="x"),
    Refused("stakes-too-high", "invalid", _message(**_argue(stakes=1.5)), re="x"),
    Refused("limits-of-one-turn", "invalid", _message(**_argue(limits={"turns": 1})), re="x"),
    Refused("argument-before-players", "invalid", _message(**_argue(priority="player")), re="x"),
    Refused("mood-is-a-number", "invalid", _message(**_creature(constraints={"mood": 3})), re="x"),
    Refused("creature-from-nowhere", "invalid", _message(**_creature(biome="")), re="x"),
    Refused("creature-by-a-stranger", "invalid", _message(**_creature(source="fallback")), re="x"),
    Refused("encounter-before-players", "invalid", _message(**_meet(priority="player")), re="x"),
    Refused("encounter-without-turns", "invalid", _message(**_meet(limits={"turns": 0})), re="x"),
    Refused("budget-below-zero", "invalid", _message(type="talk.budget", id="x", **SAVE, turns_per_minute=-1), re="x"),
    # Sessions and versions
    Refused("no-hello", "no_session", _message(type="npc.list", id="x", world="save-1"), re="x", session=False),
    Refused(
        "no-version-in-common",
        "unsupported_version",
        _message(type="hello", id="x", versions=["2.0", "0.9", "one"], client={"name": "c"}),
        re="x",
        session=False,
        note="detail.supported lists the versions",
    ),
    # Worlds
    Refused("no-such-world", "not_found", _message(type="npc.list", id="x", world="never-opened"), re="x"),
    Refused("no-such-request", "not_found", _message(type="cancel", id="x", target="never-sent"), re="x"),
)
