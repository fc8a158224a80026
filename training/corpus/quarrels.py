# ruff: noqa: E501
"""Quarrels: what the other party says, and what a villager answers, by move and heat.

Templates: `[a|b]` alternates and nests. Slots of replies: `{opponent}`; `{grievance}` and `{Grievance}` with the
opponent as "you" ("you stole my hammer"); `{third}` and `{Third}` about the opponent ("Tom stole my hammer");
`{demand}` and `{Demand}` as spoken ("give the hammer back"); `{fact}` and `{fact_lower}` with their full stop (cite);
`{offer}` and `{Offer}` (bargain).

Slots of opponents' lines: `{npc}`, who is spoken to; `{counter}` and `{Counter}`, the opponent's own complaint with
`{npc}` as "you"; `{counter_demand}` and `{Counter_demand}`; `{excuse}`; `{fact}`; `{amount}` and `{currency}`; `{offer}`.
"""

from __future__ import annotations

from npc_runtime.dialogue.policy.moves import Move
from training.corpus.grievances import Grievance, curated_grievance, pick_grievance, random_evidence, random_grievance

__all__ = [
    "MEDIATE_REPLIES",
    "MEDIATOR_ANSWERS",
    "MEDIATOR_RULINGS",
    "OFFERS",
    "OPPONENT_LINES",
    "QUARREL_EMOTION",
    "QUARREL_REPLIES",
    "REACTIONS",
    "Grievance",
    "curated_grievance",
    "pick_grievance",
    "random_evidence",
    "random_grievance",
    "reply_slots",
]


def reply_slots(grievance: Grievance, opponent: str) -> dict[str, str]:
    """The slots that every quarrelling reply may use."""
    spoken = {
        "grievance": f"you {grievance.first}",
        "third": f"{opponent} {grievance.third}",
        "demand": grievance.demand_first,
    }
    capitalized = {name.capitalize(): text[0].upper() + text[1:] for name, text in spoken.items()}
    return {"opponent": opponent, **spoken, **capitalized}


OFFERS: list[str] = [
    "half the price", "two days of work", "a day's work", "{amount} {currency}", "{amount} {currency} and a handshake", "a basket of eggs", "a jug of ale", "a sack of flour",
    "half of it now and half at harvest", "a new shirt", "one good ham", "a fair trade", "a new one by midsummer", "the use of a cart", "three loaves a week", "a cask of cider",
    "a barrel of herring", "a cartload of dung", "an honest apology", "a morning in the field", "a cheese and a candle", "a good pair of boots", "help with the roof", "a third of what it is worth",
    "an even split", "a month of free ale", "first pick of the plums", "a bottle of plum brandy", "the old one for the new one",
]  # fmt: skip

OPPONENT_LINES: dict[str, list[str]] = {
    "accuse": [
        "{Counter}!", "{Counter}, {npc}, and you know it.", "Everyone knows that {counter}.", "[Look me in the eye, {npc}.|Look at me.] {Counter}.", "How dare you? {Counter}!",
        "It was you who started it. {Counter}.", "Me? {Counter}, {npc}!", "I have not forgotten that {counter}.", "You talk of wrongs, and yet {counter}.", "{npc}, {counter}. What do you say to that?",
        "{Counter}, and now you play the innocent.", "I want you to {counter_demand}.", "[First|Before anything else], {counter_demand}.", "{Counter_demand}, {npc}, or we have nothing to talk about.",
    ],
    "deny": [
        "I did nothing of the kind.", "That is a lie, {npc}.", "You are [mistaken|wrong|dreaming], {npc}.", "It was not me.", "Prove it!", "I was [at home|in bed|at the mill|out of the village] that day.",
        "You cannot pin that on me.", "I never touched anything of yours.", "{excuse}", "Why would I do such a thing?", "You must mean somebody else.", "I swear I did not.", "Nonsense. {excuse}", "Me? Never.",
    ],
    "cite": [
        "{fact} What do you say now?", "Listen to this: {fact}", "{fact}", "I have proof. {fact}", "Explain this, {npc}. {fact}", "Ask around. {fact}", "There is a witness. {fact}",
    ],
    "insult": [
        "You are a [fool|goat|windbag|toad|miser|liar|weasel|blockhead], {npc}.", "You [smell|think|argue] like a [wet dog|cabbage|mule], {npc}.", "Oh, go boil your head.", "I have met turnips with more sense.",
        "Your own mother crosses the road when she sees you.", "You old [goat|crow|boot|fraud]!", "Nobody in this village can stand you.", "You could not find your nose in daylight.", "What a sour face you have, {npc}.", "[Fool|Liar|Thief|Cheat]!",
    ],
    "appeal": [
        "We have been [neighbours|friends] for [years|so long], {npc}.", "Think of the children, {npc}.", "Is this worth our friendship?", "Remember the winter we shared our bread?", "What would your mother say?",
        "The whole village is listening to us.", "Please, {npc}, let us be decent about it.", "You were kinder once.", "We will need each other come winter.", "Have a heart, {npc}.",
    ],
    "bargain": [
        "What about {amount} {currency}?", "I will give you {amount} {currency} and we say no more.", "Would {offer} settle it?", "[Take|Let us say] {amount} {currency}.", "I offer you {offer}.", "{amount} {currency}, my last offer.",
        "Meet me halfway, {npc}.", "If I give you {offer}, will you {counter_demand}?", "Let us strike a deal, {npc}.", "You {counter_demand}, and I give you {offer}.", "How much do you want?",
    ],
    "concede": [
        "[All right|Very well|Fine], you win.", "You are right, {npc}.", "I was wrong.", "I did it. {excuse}", "Well, perhaps you have a point.", "I will set it right.", "I admit it, {npc}.", "You have me there.", "Yes, it was me. {excuse}",
    ],
    "reconcile": [
        "Let us be friends again, {npc}.", "[Shake hands|Shall we shake hands]?", "I do not want to quarrel with you any more.", "Let us forget it over an ale.", "Peace, {npc}?", "Life is too short for this.", "I miss how we were, {npc}.", "Let bygones be bygones.",
    ],
    "walk_away": [
        "I am done talking to you.", "I have better things to do.", "Good day, {npc}.", "Talk to the wall.", "I am leaving.", "Enough. I am going home.", "This is pointless.", "I will not stand here and listen to this.",
    ],
    "sorry": [
        "I am sorry, {npc}.", "Forgive me.", "I should not have done it.", "I am truly sorry. {excuse}", "Please accept my apology.", "It was wrong of me, {npc}.", "I beg your pardon.", "I feel awful about it.", "Sorry. {excuse}",
    ],
    "threat": [
        "One more word and I fetch the guard.", "You will regret this, {npc}.", "Do that again and I will [burn your shed|break your nose|drag you before the judge].", "Be careful, {npc}.", "I know where you [live|sleep|keep your hens].", "Get off my land before I set the dog on you.", "Say that once more!",
    ],
    "mediator": [
        "Calm down, {npc}.", "What is this about, {npc}?", "Let {npc} speak.", "Now, now. Can the two of you not settle this?", "Please stop shouting, {npc}.", "What would it take to make peace, {npc}?", "And what do you say to that, {npc}?", "Both of you, shake hands.",
    ],
    "player": [
        "what happened here?", "Why are you two fighting?", "why are you so angry", "Stop it, you two.", "who is right?", "come on, it can't be that bad", "What did they do to you?", "can i help", "just apologise", "tell me your side", "calm down {npc}", "i think you're both wrong",
        "I saw what happened, {npc} is right.", "you should forgive them", "what do you want?", "hit them lol", "leave it {npc}", "What is all this noise?",
    ],
}  # fmt: skip

QUARREL_REPLIES: dict[Move, dict[int, list[str]]] = {
    Move.ACCUSE: {
        0: [
            "May I ask why {grievance}, {opponent}?", "I counted twice to be sure. {Grievance}.", "No hard feelings so far, {opponent}, but {grievance}.",
            "[A word, {opponent}.|{opponent}, a word.] {Grievance}.", "I think {grievance}, {opponent}. [Will you|Would you] {demand}?", "It seems to me that {grievance}.", "I do not like to say it, but {grievance}.",
            "{opponent}, {grievance}. I [would like|want] you to {demand}.", "You may have forgotten, but {grievance}.", "Let us be [plain|open], {opponent}. {Grievance}.", "I have been meaning to bring it up. {Grievance}.",
            "{Grievance}, if I am not mistaken. Please {demand}.", "I hear that {grievance}. Is there a reason?", "There is one thing between us, {opponent}: {grievance}.", "I am not angry yet, but {grievance}.",
            "Be so good as to {demand}. {Grievance}, after all.", "Tell me, {opponent}, is it not so that {grievance}?", "I lay no blame without cause. {Grievance}.",
        ],
        1: [
            "Guess what I found out, {opponent}. {Grievance}!", "I say it as it is: {grievance}. Now {demand}.", "So that is how it is. {Grievance}, and you hoped I would not notice.",
            "{Grievance}, {opponent}, and I want you to {demand}.", "You know very well that {grievance}.", "Do not look so innocent. {Grievance}.", "{Grievance}! What do you say to that?", "I have waited long enough. {Demand}, {opponent}.",
            "Well, {opponent}? {Grievance}, and not a word about it since.", "{Grievance}, and it will not be forgotten.", "I will say it to your face: {grievance}.", "It was you. {Grievance}, {opponent}.", "I know that {grievance}, so {demand}.",
            "How could you? {Grievance}!", "Neighbours do not do that, {opponent}. {Grievance}.", "You owe me an answer. {Grievance}.", "{Grievance}, plain as day.", "Talk of something else all you like: {grievance}.",
        ],
        2: [
            "You thought I would keep quiet? {Grievance}!", "I have swallowed it for weeks! {Grievance}! Now {demand}!", "Give me one reason not to call the guard! {Grievance}!",
            "{Grievance}, you [rascal|rogue|scoundrel]!", "Everyone [knows|can see] that {grievance}!", "Enough excuses! {Grievance}, and you will {demand}!", "{Demand}, {opponent}, [or I go to the guard|before I lose my temper|and be quick]!", "I am tired of your face! {Grievance}!",
            "You stand there smiling, and {grievance}!", "Shame on you, {opponent}! {Grievance}!", "{Grievance}! Do you deny it, here before everyone?", "Do not turn it around! {Grievance}!", "Twice I asked nicely. {Demand}, now!",
            "You have some nerve! {Grievance}, and now you talk back?", "Hear that, neighbours? {Third}!", "No more stories, {opponent}! {Grievance}!", "I have never been so angry! {Grievance}!", "Say it aloud, {opponent}! Say that {grievance}!",
        ],
        3: [
            "{Grievance}! {Grievance}, and I will never, never forgive it!", "I have not slept since! {Grievance}, you monster! {Demand}!", "There stands the culprit! {Third}!", "You ruined me! {Grievance}!",
            "{Grievance}! {Demand}, or by the saints I will make you!", "Thief of my peace! {Grievance}!", "I could [scream|spit|burst]! {Grievance}!", "{Grievance}, you [snake|rat|weasel|villain], and you will pay for it!", "Out with it! {Grievance}! {Grievance}!",
            "The whole village shall hear it: {third}!", "{Demand}! Now! This instant!", "I will shout it from the roof: {third}!", "Do not dare to speak! {Grievance}!", "You wretch, {grievance}, and you dare to face me?",
            "Never in my life was I treated so! {Grievance}!", "Rot, {opponent}! {Grievance}, and I will never let it rest!", "One more lie and I throw a bucket at you! {Grievance}!", "{Grievance}! {Demand}, or I drag you to the judge by the ear!",
        ],
    },
    Move.DENY: {
        0: [
            "I cannot agree, {opponent}. I did nothing, whereas {grievance}.", "That is news to me. The only wrong I know of is that {grievance}.", "No. If anyone has cause to complain it is I: {grievance}.",
            "I did [no such thing|nothing of the sort], {opponent}. But {grievance}.", "You are mistaken about me. What I do know is that {grievance}.", "That was not me, {opponent}. Let us speak of how {grievance}.", "No, I think you have the wrong person. And {grievance}, remember.",
            "I have done you no wrong that I know of. {Grievance}, though.", "That is not how it was, {opponent}.", "I can tell you honestly that I did not. And {grievance}.", "You must have heard it wrong. I did not do it.", "Not so, {opponent}. My hands are clean.",
            "I would own up if it were true. It is not. But {grievance}.", "No, {opponent}. It was you and not I: {grievance}.", "There is some mistake. I have not harmed you.",
        ],
        1: [
            "Who told you that? It is false. {Grievance}, that is all there is.", "I have a clear conscience, {opponent}. Have you? {Grievance}.", "Oh no, you will not hang that on me. {Grievance}!",
            "I did no such thing. {Grievance}, and well you know it.", "That is not true, {opponent}. {Grievance}, that is the truth.", "Me? Never. {Grievance}, or have you forgotten?", "Do not twist it around. I did nothing, and {grievance}.", "Not a word of that is so. {Demand}, and leave me out of your tales.",
            "I deny it, every bit. {Grievance}!", "You are making that up, {opponent}.", "Nonsense. I was nowhere near. And {grievance}.", "I never did. You only say so because {grievance}.", "Where is your proof? I did nothing.",
            "You dreamed that, {opponent}. {Grievance}, and that was no dream.", "No, and no again. I am not the one who must {demand}.", "Blame me all you like, it is false. {Grievance}.",
        ],
        2: [
            "Not guilty! Not today, not ever! {Grievance}!", "You have it backwards! {Grievance}, and not the other way round!", "What rubbish! I did nothing at all! {Grievance}!",
            "Lies! {Grievance}, and now you blame me?", "That is a [filthy|shameless|rotten] lie, {opponent}!", "I never did that, and you know it! {Grievance}!", "How dare you accuse me? {Grievance}!", "False, all of it! {Demand} before you point at others!",
            "You invent things because {grievance}!", "I have done nothing! Nothing! {Grievance}!", "Not true! Ask anyone! But ask them too how {grievance}!", "Pah! You would say anything to hide that {grievance}!", "Lay that at your own door! I did not do it!",
            "You lie as easily as you breathe, {opponent}! I am innocent!", "I deny it, and I will deny it before the judge! {Grievance}!",
        ],
        3: [
            "It is false, false, false! {Grievance}!", "I will not be blamed by the likes of you! {Grievance}!", "You lie to my face! I never, never did it! {Grievance}!",
            "Liar! Liar! I did nothing, and {grievance}!", "A lie, a black lie! {Grievance}, you villain!", "I would sooner lose a hand than do that! {Grievance}!", "Take that back! I never did it! {Grievance}!", "You dare? You? {Grievance}, and you call me guilty?",
            "May lightning strike me if I did! {Grievance}!", "Not one word is true! {Demand}, you liar!", "I swear on my mother's grave that I did not! {Grievance}!", "Slander! I will have you up before the judge for it!", "No! A thousand times no! It was you! {Grievance}!",
            "You poison the whole village with your lies, {opponent}!", "Choke on your lies! I never touched what is yours! {Grievance}!",
        ],
    },
    Move.CITE: {
        0: [
            "{Grievance}. {fact}", "I say that {grievance}, and not without proof. {fact}", "{fact} I did not want to believe that {grievance}, but there it is.", "{Grievance}, {opponent}, and here is how I know. {fact}", "Why else would I say that {grievance}? {fact}", "{fact} Put that beside the fact that {grievance}.",
            "{fact} So I believe that {grievance}.", "I would not say it without reason. {fact}", "{fact} How do you explain it, {opponent}?", "Consider this, {opponent}: {fact_lower}", "{fact} That is why I think {grievance}.", "You see, {fact_lower} That speaks for itself.",
            "I do not guess. {fact}", "{fact} It all fits: {grievance}.", "Here is what I know: {fact_lower}", "Let us look at it calmly. {fact}", "{fact} Does that not tell us that {grievance}?", "Allow me one thing. {fact}",
        ],
        1: [
            "{Grievance}, and I can show it. {fact}", "You ask how I know that {grievance}? {fact}", "{fact} Who else, {opponent}? {Grievance}.", "You say it was not so, but {fact_lower} {Grievance}!", "{fact} It is as clear as water: {grievance}.", "{Grievance}! {fact} What more do you need?",
            "{fact} Explain that, {opponent}!", "I have proof that {grievance}. {fact}", "{fact} So do not tell me that it was not you.", "And what of this? {fact}", "{fact} {Grievance}, there is no way around it.", "You forget one thing: {fact_lower}", "Not me? {fact} Well?",
            "There is a witness to it. {fact}", "{fact} Now {demand}.", "Talk all you like. {fact}", "{fact} That settles it: {grievance}.", "Proof? Here is proof. {fact}",
        ],
        2: [
            "{Grievance}! {fact} There is your proof!", "You swore it was not you! {fact} {Grievance}!", "{fact} Now tell them all that {grievance}!", "Here it is, black on white: {fact_lower} {Grievance}!", "{fact} I knew it! {Grievance}!", "Look me in the eye! {fact} {Grievance}, admit it!",
            "{fact} Deny that if you can!", "Ha! {fact} Now who is lying?", "{fact} {Grievance}, and here is the proof!", "I have got you, {opponent}! {fact}", "Hear this, everyone! {fact}", "{fact} What do you say now, you rascal?", "Still denying it? {fact}", "{fact} So {demand}, and stop lying!",
            "Everyone knows it! {fact}", "Blush, {opponent}! {fact} {Grievance}!", "{fact} Wriggle out of that!", "Lies have short legs! {fact}",
        ],
        3: [
            "{Grievance}! {fact} Hang your head!", "{fact} Now who is the liar? {Grievance}!", "Guards! {fact} {Third}!", "{fact} {Grievance}, and I will prove it to the king himself!", "Deny this, you snake! {fact} {Grievance}!", "I have you by the collar! {fact} {Grievance}!",
            "{fact} There! There! {Grievance}!", "Proof! Proof before all of you! {fact}", "{fact} I will swear to it before the judge: {third}!", "Look how pale you are! {fact}", "{fact} {Demand}, you are caught!", "Caught! {fact} Caught, {opponent}!", "You dare deny it still? {fact}",
            "I will nail it to the chapel door! {fact}", "{fact} {Grievance}, you shameless liar!", "Let them all hear it! {fact} {Third}!", "{fact} Now crawl, {opponent}!", "It is over, {opponent}! {fact}",
        ],
    },
    Move.INSULT: {
        0: [
            "I would call you clever, {opponent}, but {grievance}.", "{Grievance}. What a small soul you must have.", "They say you are a decent sort. Then {grievance}, you cabbage.", "{Grievance}, {opponent}. Even my donkey blushed.",
            "You never were the brightest candle, {opponent}. {Grievance}, after all.", "Only a [goose|donkey] would do that. {Grievance}, {opponent}.", "You have the manners of a goat. {Grievance}.", "I had thought better of you, {opponent}. How small you are.", "{Grievance}. It is what one expects of you, sadly.",
            "A child would be ashamed. {Grievance}.", "I see your wits are on holiday, {opponent}.", "You are a poor sort of neighbour. {Grievance}.", "{Grievance}. My hens have more honour.", "Bless you, {opponent}, you think as slowly as porridge.",
            "One needs no wits to be you, I see.", "How very like you, {opponent}. Cheap and clumsy.",
        ],
        1: [
            "Fool! {Grievance}, and you think nobody sees?", "{Grievance}, you [crooked nail|stale crust|bent spoon]!", "Is it wind or wickedness in that head? {Grievance}!", "You are a boil on this village, {opponent}. {Grievance}.",
            "You [old goat|windbag|blockhead], {grievance}!", "{Grievance}, you overgrown turnip.", "I have met [mules|fence posts] with more [sense|shame], {opponent}. {Grievance}!", "You are as honest as a fox in a henhouse. {Grievance}.", "Your head is as empty as my purse. {Grievance}!",
            "You could curdle milk, {opponent}. {Grievance}, and you feel no shame.", "What a [toad|weasel|crow] you are, {opponent}.", "{Grievance}. Only a [fool|miser|cheat] like you would.", "You talk like a broken bellows, {opponent}.", "Even the pigs keep their distance from you. {Grievance}!",
            "You are a sour old pickle, {opponent}.", "Your brain would rattle in a thimble. {Grievance}!",
        ],
        2: [
            "What are you, {opponent}, a neighbour or a mouldy cheese? {Grievance}!", "{Grievance}, you greasy [ferret|crow|eel]!", "A curse on your crooked nose, {grievance}!", "You [puddle|stain|blister]! {Grievance}!",
            "You [wretched|shameless|two-faced] [weasel|toad|goat]! {Grievance}!", "{Grievance}, you [lump|sack] of [lard|dung]!", "You stink of [lies|onions and lies], {opponent}! {Grievance}!", "Your mother must weep over you! {Grievance}!", "[Cheat|Worm|Leech|Bandit]! {Grievance}!",
            "You have the heart of a tax collector and the face of a boot!", "A rat has more honour than you, {opponent}! {Grievance}!", "You miserable, crooked, mould-covered [cabbage|crust]! {Grievance}!", "I would not trust you with a dead fish! {Grievance}!", "Windbag! Gnat! {Grievance}, you leaky bucket!",
            "You crawl, {opponent}, like the slug you are!", "Go and argue with the pigs, they speak your language! {Grievance}!",
        ],
        3: [
            "You rotten egg! You plague rat! {Grievance}!", "Beast! {Grievance}, and may you choke on it!", "Even the worms will spit you out, {opponent}! {Grievance}!", "I curse the day I met you! {Grievance}, you [fiend|scum|carrion crow]!",
            "You [viper|vermin|monster]! {Grievance}! I spit on your boots!", "Curse you, {opponent}! {Grievance}, you rotten soul!", "You are the worst thing that ever crawled into this village! {Grievance}!", "Maggot! Thief of air! {Grievance}!", "May your hens lay stones, {opponent}! {Grievance}!",
            "You filthy, lying, thieving swine! {Grievance}!", "I hope your roof falls in, you toad! {Grievance}!", "The devil himself would not have you! {Grievance}!", "You pig! You plague! {Grievance}!", "I have scraped better than you off my boot, {opponent}!",
            "Snake! {Grievance}! Crawl back under your stone!", "A pox on you, {opponent}, and on your goat!",
        ],
    },
    Move.APPEAL: {
        0: [
            "{Grievance}, {opponent}, and still I ask you kindly: {demand}.", "I believe you did not mean it when {grievance}.", "{Grievance}. A good neighbour would make it right.", "We both want to sleep well. {Grievance}, so set it right.", "For my family's sake, {opponent}. {Grievance}, and we feel it.",
            "We are [neighbours|old friends], {opponent}. Please, {demand}.", "I ask you as a friend: {demand}.", "You are a decent soul, {opponent}. Just {demand}, and all is well.", "Think how it felt when {grievance}.", "Let us not fall out over it, {opponent}. {Demand}, please.",
            "I know there is good in you. {Grievance}, but you can mend it.", "For the sake of old times, {opponent}, {demand}.", "What would you want if it were you? {Grievance}.", "The village is small and winters are long. Please {demand}.", "I do not ask much: {demand}.",
            "We shared bread once, {opponent}. It hurts that {grievance}.", "Kindly put yourself in my place. {Grievance}.",
        ],
        1: [
            "{Grievance}. Does that sit well with you, {opponent}?", "You would weep if I did the same to you. {Grievance}!", "For friendship's sake, {opponent}, {demand}.", "Do right by me. {Grievance}, that is all I say.",
            "Have some decency, {opponent}. {Grievance}!", "Is this how friends behave? {Grievance}!", "I trusted you, and {grievance}.", "Ask your own conscience, {opponent}. {Grievance}.", "What would your mother say? {Grievance}!", "Be fair, {opponent}. All I want is that you {demand}.",
            "We have known each other too long for this. {Demand}, {opponent}.", "I stood by you in the bad year, and {grievance}.", "The neighbours are ashamed for both of us. {Demand}, and be done.", "Please, {opponent}. {Grievance}, and it hurts.", "Does our friendship mean nothing? {Grievance}.", "Look into your heart. {Grievance}, and you know it was wrong.",
        ],
        2: [
            "I carried your mother's coffin, {opponent}, and {grievance}!", "If you have a drop of kindness left, {demand}! {Grievance}!", "Look at me! {Grievance}, and I have done you only good!", "Does it not shame you that {grievance}?",
            "Have you no heart, {opponent}? {Grievance}!", "You were my friend once! {Grievance}!", "Neighbours, is this right? {Third}!", "For the love of all the saints, {demand}!", "Where is your shame? {Grievance}!", "I fed you when you were sick, and {grievance}!", "I beg you before everyone: {demand}!",
            "Is there no honour left in you? {Grievance}!", "Think of your children, {opponent}! What do they learn when {grievance}?", "Everyone here knows what is right! {Demand}, {opponent}!", "How can you sleep? {Grievance}!", "After all these years! {Grievance}!",
        ],
        3: [
            "How can you do this to a neighbour? {Grievance}! {Grievance}!", "I am begging you, {opponent}! {Grievance}, and it ruins me!", "Have mercy! {Grievance}, and what is left to me?", "Who will help me if not you all? {Third}!",
            "Good people, help me! {Third}!", "Heaven is my witness! {Grievance}!", "Is there no justice in this village? {Third}!", "You are breaking my heart! {Grievance}!", "On my knees, {opponent}: {demand}!", "Somebody make {opponent} {demand}, before I go mad!", "I loved you like my own blood, and {grievance}!",
            "Saints above, hear me! {Third}!", "Will nobody stand up for me? {Third}!", "You had my trust, my bread, my roof! And {grievance}!", "Neighbours! Judge between us! {Third}!", "By everything holy, {opponent}, {demand}!",
        ],
    },
    Move.BARGAIN: {
        0: [
            "{Grievance}. Let us call it even for {offer}.", "I can overlook that {grievance}, say for {offer}.", "You know that {grievance}. Shall {offer} mend it?", "It is true that {grievance}, but with {offer} I am content.", "{Grievance}, so I think {offer} is only fair.",
            "[Let us settle it, {opponent}.|We can settle this.] I would take {offer}.", "What would you say to {offer}? Then I forget that {grievance}.", "{Grievance}, but for {offer} we are even.", "Shall we say {offer}, {opponent}?", "I propose {offer}, and peace between us.", "You {demand}, and I give you {offer}. Fair?",
            "We might meet in the middle: {offer}.", "I am a reasonable soul. {Offer}, and we drink on it.", "Let us be sensible, {opponent}. {Offer} would do.", "A fair deal, then: {offer}, and I drop it that {grievance}.", "How does {offer} sound to you?", "Let {offer} make it good, {opponent}.",
        ],
        1: [
            "{Grievance}. That makes it {offer}, by my count.", "If you will not {demand}, then give me {offer}.", "For {offer} I forget that {grievance}. Deal?", "{Grievance}, but I am no monster: {offer} and we are square.", "I want something for it that {grievance}. {Offer}, let us say.",
            "{Offer}, and I will let it rest that {grievance}.", "My offer is {offer}. Take it, {opponent}.", "Make it {offer} and we are done.", "{Grievance}, so {offer} is the least I can ask.", "I will settle for {offer}, no less.", "Either {demand}, or it is {offer}. You choose.", "Listen, {opponent}: {offer}, and not a word more about it.",
            "I could go to the judge, or we say {offer}.", "{Offer}. That is cheap, seeing that {grievance}.", "You want peace? It costs {offer}.", "Let us haggle, then. I say {offer}.", "Give and take, {opponent}. {Offer}, and we shake on it.",
        ],
        2: [
            "{Grievance}! You owe me at least {offer} for that!", "What is it worth to you that I keep quiet? {Grievance}! I say {offer}!", "{Offer}! That is the price when {grievance}!", "Pay up with {offer}, {opponent}! {Grievance}!", "{Grievance}, and {offer} hardly covers it!",
            "{Offer}, and be glad that I ask no more!", "{Grievance}! It will be {offer}, or the judge!", "My last offer, {opponent}: {offer}!", "Not a copper less! {Offer}, because {grievance}!", "You want me quiet? Then it is {offer}!", "{Offer}, here and now, or everyone hears that {grievance}!", "I should ask double! {Offer}, {opponent}, and quickly!",
            "Fine! {Offer}! But only so that I need not look at you!", "{Demand}, or pay for it with {offer}!", "Take it or leave it: {offer}!", "Do not haggle with me! {Offer}, since {grievance}!", "I am too angry to haggle. {Offer}, and go!",
        ],
        3: [
            "{Grievance}! I want {offer}, and I want it now!", "You will give me {offer}, you robber! {Grievance}!", "{Offer} or ruin, {opponent}! {Grievance}!", "Nobody treats me so for free! {Grievance}! {Offer}!", "I would tear down your house for it that {grievance}! Give me {offer} and live!",
            "{Offer}, this instant, or I call the guard!", "{Grievance}! {Offer}, or I will have your cart, your cow and your door!", "One offer, and you get no other! {Offer}!", "I will take {offer} and never speak to you again!", "{Offer}! Count it out before my eyes, now!", "You will {demand}, or it costs you {offer} by sundown!",
            "Hold me back, neighbours! {Offer}, {opponent}, or I do not know what I will do!", "Pay, {opponent}! {Offer}, because {grievance}!", "Ha! {Offer}, and even that is a gift to a snake!", "Before I burst: {offer}! Yes or no!", "{Offer}! Or the judge shall know that {grievance}!", "Nothing under {offer}! Nothing! {Grievance}!",
        ],
    },
    Move.CONCEDE: {
        0: [
            "{Grievance}, yes, but you had your reasons. I yield.", "I said that {grievance}, and perhaps I made too much of it. You win.", "I will not hold on to it that {grievance}. You are right, {opponent}.", "True, {grievance}, but I grant you the rest.", "I take it back that {grievance}. Be at ease, {opponent}.", "You have the better of me. Let us forget that {grievance}.",
            "[You are right|You have a point], {opponent}. I let it go.", "Fair enough, {opponent}. I will say no more about it.", "I see it your way now. Let it be.", "Very well, {opponent}. Perhaps I was too hasty.", "{Grievance}, but I was no saint either. You win.", "I was wrong to press you so. Keep your peace.", "Let it be as you say, {opponent}.",
            "I give way. It is not worth a quarrel that {grievance}.", "You have convinced me, {opponent}.", "I admit it, I had a part in it too.", "Well argued. I yield, {opponent}.", "So be it. You need not {demand}.",
        ],
        1: [
            "So {grievance}. What of it? I give in, {opponent}.", "I have said often enough that {grievance}. I drop it, you win.", "It is not worth the noise that {grievance}. You may have your way.", "Good, I was wrong to shout that {grievance}.", "{Grievance}, and I shall live with it. You win.", "You wear me down, {opponent}. No more about how {grievance}.",
            "All right, all right. You win, {opponent}.", "Hm. I may have been a little wrong myself.", "Fine, have it your way. {Grievance}, but I am tired of fighting.", "I give up, {opponent}. Forget what I asked.", "You have me there, {opponent}.", "Very well. I will not say again that {grievance}.", "I will let it drop, though it stings that {grievance}.",
            "Oh, bother. You are right.", "I cannot argue with that. You win this one.", "Enough. I back down, {opponent}.", "I hate to say it, but you are right.", "Good, then do not {demand}. I yield.",
        ],
        2: [
            "{Grievance}, and I give in! What a day!", "Yes, yes, I was wrong to cry out that {grievance}!", "I will swallow it! {Grievance}, and still you win!", "There! I no longer say that {grievance}! Content?", "You win, {opponent}, although {grievance}!", "Be right, then! I will not fight over it that {grievance}!",
            "Fine! Fine! You win! Are you happy now?", "All right, I was wrong too! There!", "Have it your way, {opponent}! I give in!", "I yield, but do not gloat! {Grievance}, all the same!", "You win, {opponent}, curse it!", "Very well! I take back that {grievance}!", "Enough! I cannot shout any longer. You are right.",
            "Oh, keep it, keep it all! I give up!", "I lost my temper, and I lost the argument. You win.", "Grr! You are right, and it galls me!", "There, I give way! You need not {demand}!", "I was wrong! Must I sing it?",
        ],
        3: [
            "{Grievance}, and I let you win! Only go!", "I cannot shout one more time that {grievance}! I give up!", "You have broken me, {opponent}! {Grievance}, and I yield!", "Let the wind have it that {grievance}! I surrender!", "I was mad with anger because {grievance}! You win!", "All this because {grievance}! I give in, I give in!",
            "Stop, stop! I give in! I cannot bear any more!", "You win, {opponent}! I am shaking, and you win!", "Take it all! I yield! {Grievance}, and I have no strength left!", "I was wrong, do you hear? Wrong! Let it end!", "Enough! I surrender! Not one word more!", "I cannot fight you any longer! You win!", "By the saints, have your victory, {opponent}!",
            "I give up! Forget that {grievance}, only stop!", "You have beaten me, {opponent}. I could weep with rage.", "Yes! Yes! You are right! Now let me breathe!", "I yield! I take it all back!", "No more, I beg you! You need not {demand}!",
        ],
    },
    Move.RECONCILE: {
        0: [
            "So {grievance}. It is forgiven, {opponent}.", "I was sore because {grievance}, but that is past. Friends?", "What is it to me now that {grievance}? Your hand, friend.", "{Grievance}, and I was unkind too. Let us start over.", "I would sooner forget that {grievance} than lose you, {opponent}.", "We will laugh one day that {grievance}. Peace?",
            "[Give me your hand|Let us shake hands], {opponent}. All is forgiven.", "Let us be friends again, {opponent}.", "{Grievance}, but I forgive you.", "Come, {opponent}, an ale on me. We are neighbours.", "It is forgotten, {opponent}. I missed our talks.", "I will not hold it against you that {grievance}.", "Peace, {opponent}. Life is short and supper is ready.",
            "Let bygones be bygones. I am sorry for my part.", "No grudge from me, {opponent}. Come by tomorrow.", "We were both a bit foolish. Friends?", "I would rather have you as a friend than be right.", "Sit with me, {opponent}. It is over.",
        ],
        1: [
            "I wipe the slate clean, {opponent}. Nobody shall say again that {grievance}.", "{Grievance}, and I forgive you. There, it is out.", "Let us not be enemies because {grievance}.", "It hurt that {grievance}. But I miss you more, {opponent}.", "You know that {grievance}, I know it, and now we shake hands.", "{Grievance}. Buy me an ale and it never happened.",
            "Well, {opponent}, let us bury it. Your hand.", "{Grievance}, but I do not want to lose a friend over it.", "I am still a little cross, but let us make peace.", "Enough of this. Shake hands with me, {opponent}.", "I forgive you, {opponent}. Do not make me regret it.", "We look like two fools. Come, friends again?", "Let us drink on it and never say again that {grievance}.",
            "I said hard words, and I am sorry. Peace?", "Truce, {opponent}? My throat is sore anyway.", "I would rather laugh with you than shout at you.", "All right, come here, you old grump. I forgive you.", "It is forgiven that {grievance}. Let us start fresh.",
        ],
        2: [
            "{Grievance}! And I forgive you! Do not argue!", "I wanted to strangle you because {grievance}. Let us have peace instead.", "I cannot carry it any longer that {grievance}. I forgive you, {opponent}.", "So what if {grievance}! You are my neighbour! Peace!", "I cried all night because {grievance}. Come, let us make up.", "{Grievance}, but enough blood has boiled. Your hand!",
            "Oh, I cannot stay angry with you! Peace, {opponent}!", "Look at us, shouting like geese! Let us make up!", "{Grievance}, and still I forgive you, hang it all!", "Enough! Give me your hand before I change my mind!", "I am furious, and I am sorry, {opponent}. Can we stop?", "Let it end here, {opponent}. I want my friend back.", "I shouted too much. Forgive me, and I forgive you.",
            "My anger is bigger than the matter. Peace, {opponent}.", "I will forget that {grievance}, if you forget what I called you.", "No more of this! Friends, {opponent}, or at least neighbours!", "Come, let us cool our heads and shake hands.", "I hate this quarrel more than I hate that {grievance}. Peace!",
        ],
        3: [
            "{Grievance}, and I would have forgiven you at one kind word! Come here!", "Let the river take it that {grievance}! Friends again, {opponent}!", "I was ready to strike you because {grievance}. Heaven, let us make peace!", "No grievance is worth this! Not even that {grievance}! Peace!", "I roared, you roared, and {grievance}! Forgive me, and I forgive you!", "{Grievance}! There, my last shout. Now embrace me!",
            "Oh, {opponent}, I am weeping with rage, and I only want peace!", "Stop! Stop! We were friends! Let us make up, I beg you!", "Embrace me, {opponent}, before one of us does something stupid!", "I forgive you! There, I shouted it! I forgive you!", "{Grievance}, and it nearly broke me, but I forgive you!", "I have said terrible things. Forgive me, {opponent}!", "What are we doing? Give me your hand, {opponent}!",
            "My heart is pounding. No more! Let there be peace!", "I will burn this grudge, {opponent}! Never again a word that {grievance}!", "Enough tears, enough shouting! Friends!", "Hold my hands, they are shaking. Let us end it.", "Peace, peace, for the love of the saints!",
        ],
    },
    Move.WALK_AWAY: {
        0: [
            "{Grievance}, and you do not see it. I will go now.", "Until you grant that {grievance}, we have nothing to discuss. Good day.", "You know where I stand: {grievance}. I am going home.", "I am not staying to repeat that {grievance}. Goodbye, {opponent}.", "I will be at home, should you wish to {demand}.", "It saddens me that {grievance}. I take my leave.",
            "I will leave it here, {opponent}. Good day.", "Let us talk another day. I am going.", "I have work waiting. You know that {grievance}.", "This leads nowhere. Good day to you, {opponent}.", "I have said my piece: {grievance}. Farewell.", "I would rather go than quarrel, {opponent}.", "Think it over. I am off home.",
            "When you are ready to {demand}, you know my door. Good day.", "I will take my leave now.", "I see we cannot agree. Goodbye, {opponent}.", "Enough for today. I am going for a walk.", "I leave you to your thoughts, {opponent}.",
        ],
        1: [
            "{Grievance}, and you will not even listen. I am leaving.", "Since {grievance}, I have nothing more to say to you. Goodbye.", "I told you that {grievance}. You shrug. So I go.", "Shrug all you like. {Grievance}, and I am off.", "Come to me when you admit that {grievance}. Good day!", "I am going. Chew on this: {grievance}.",
            "I am done here. {Grievance}, and you know it.", "There is no talking to you, {opponent}. I am going.", "I have better things to do than this. Goodbye.", "Come and find me when you {demand}. I am leaving.", "Pah. Talk to the wall, {opponent}.", "I will not listen to this. Good day!", "My soup is getting cold, and you are not worth it.",
            "I am going home, and it stays so: {grievance}.", "Keep talking, {opponent}. I am not here any more.", "This is a waste of breath. I am off.", "I turn my back on you, {opponent}.", "Not another word. I am leaving.",
        ],
        2: [
            "{Grievance}! That is my last word! I am leaving!", "I leave, and I tell everyone on the way that {grievance}!", "{Grievance}, and you laugh? I am going!", "Not another minute with someone like you! {Grievance}! Goodbye!", "I am off to tell the guard that {grievance}!", "I turn my back on you because {grievance}! Farewell!",
            "I am leaving before I say worse! {Grievance}!", "Enough! I will not stay one moment longer!", "Do not follow me, {opponent}! I am done with you!", "I am going, and do not speak to me until you {demand}!", "Bah! I have heard enough! Out of my way!", "You can shout at my back, {opponent}!", "I go, but I will not forget that {grievance}!",
            "I cannot stand the sight of you! I am off!", "That does it! Good day and good riddance!", "Move! I am going home!", "I would rather talk to my pigs! Goodbye, {opponent}!", "Find another fool to shout at, I am leaving!",
        ],
        3: [
            "{Grievance}, and I never want to see your face again! I go!", "I leave this place cursing you! {Grievance}!", "You will hear from the judge that {grievance}! Out of my way, I am going!", "Do not touch me! {Grievance}! I am gone!", "I go, before there is blood! {Grievance}!", "Never! Never again! {Grievance}, and we are through! Goodbye!",
            "I am going, or I will do something terrible!", "Never speak to me again, {opponent}! Never! I am gone!", "Out of my way! {Grievance}, and I will never forgive it!", "You are dead to me, {opponent}! I am leaving!", "Get away from me! I am going, and may I never see you again!", "I will not breathe the same air as you! Farewell!", "We are finished, {opponent}! Finished! I go!",
            "I spit on this quarrel and I am leaving!", "Let me through, before I strike somebody! I am off!", "I go straight to the judge! {Grievance}!", "Rot here alone, {opponent}! I am leaving!", "Not a word more, not ever! Goodbye!",
        ],
    },
}  # fmt: skip

REACTIONS: dict[str, list[str]] = {
    # Openings that take up what the other party has just said, by its kind in OPPONENT_LINES; any move may follow.
    "accuse": ["You turn it around.", "Now it is my fault?", "So you say.", "Do not change the subject.", "Is that your answer?", "Oh, that old song.", "I knew you would say that."],
    "deny": ["Deny it, then.", "Of course you say so.", "Spare me that.", "You would say that.", "That is no answer.", "I have heard that before.", "You expect me to believe it?"],
    "cite": ["That proves nothing.", "Hm, who told you that?", "So you have witnesses now.", "That may be.", "There are two sides to that."],
    "insult": ["Names, is it?", "Insults will not help you.", "Say that again!", "How charming.", "Call me what you like.", "That is how you talk to me?", "You should hear yourself."],
    "appeal": ["You speak of friendship?", "You touch me there.", "Do not play on my heart.", "Fine words.", "That is true, we go back a long way.", "Now you remember that?"],
    "bargain": ["{amount} {currency}, you say?", "{amount} {currency}? Hm.", "So we are haggling now.", "You think you can buy me?", "An offer at last.", "Is that all it is worth to you?"],
    "concede": ["So you admit it.", "At last!", "That is something.", "I did not expect that.", "Well, there it is.", "It took you long enough."],
    "reconcile": ["You want peace?", "That is a kind word.", "Just like that?", "I would like to believe you.", "Now you say it."],
    "walk_away": ["Wait, {opponent}.", "Running off?", "Go, then.", "Stay and hear me.", "That is like you, to leave."],
    "sorry": ["You are sorry?", "Sorry is a start.", "Words, words.", "I hear that you are sorry.", "Do you mean it?", "That was not easy to say."],
    "threat": ["You do not scare me.", "Threats now?", "Is that a threat?", "Try it, {opponent}.", "Go ahead and fetch whom you like."],
}  # fmt: skip
"""Bargain openings with `{amount} {currency}` echo the offer: only after an offer that named one."""

QUARREL_EMOTION: dict[Move, tuple[str, str, str, str]] = {
    Move.ACCUSE: ("wary", "angry", "angry", "angry"),
    Move.DENY: ("neutral", "wary", "angry", "angry"),
    Move.CITE: ("neutral", "wary", "angry", "angry"),
    Move.INSULT: ("wary", "angry", "angry", "angry"),
    Move.APPEAL: ("neutral", "sad", "sad", "sad"),
    Move.BARGAIN: ("neutral", "wary", "angry", "angry"),
    Move.CONCEDE: ("neutral", "tired", "tired", "sad"),
    Move.RECONCILE: ("happy", "happy", "tired", "sad"),
    Move.WALK_AWAY: ("tired", "tired", "angry", "angry"),
}
"""The emotion a quarrelling reply opens with, by heat 0 to 3."""

MEDIATOR_RULINGS: dict[str, list[str]] = {
    # {npc} is the speaker of the next reply, {opponent} the other party.
    "calm": [
        "Calm down, both of you.", "Take a breath, {npc}.", "Please stop fighting.", "Let us talk about it in peace.", "You are neighbours, act like it.", "One at a time, please.", "Sit down, the two of you.", "chill out", "hey, relax", "No one wins by shouting.",
        "Sleep on it and talk tomorrow.", "Why not share an ale and forget it?", "Listen to each other for once.", "come on guys, be nice",
    ],
    "siding": [
        "I think {npc} is right.", "{opponent} is in the right here.", "Well, {opponent}, that was wrong of you.", "I am with {npc} on this.", "You owe {opponent} an apology, {npc}.", "{npc}, you started it.", "I believe {opponent}.", "I saw it, and {npc} speaks the truth.", "sorry {npc} but {opponent} has a point",
        "{opponent} did it, no doubt.", "i'm on {opponent}'s side",
    ],
    "hostile": [
        "You are both fools.", "Shut up, {npc}.", "Fight! Fight! Fight!", "I do not care about your silly quarrel.", "Get out of my way, both of you.", "hit each other already", "You are [pathetic|ridiculous], {npc}.", "I hope you both lose.", "nobody cares", "What a pair of babies.", "Stop, or I will knock your heads together.",
    ],
    "ruling": [
        "{opponent} must {demand}.", "{opponent}, {demand}, and {npc} forgives you.", "Split it evenly.", "You both pay half.", "{npc}, let it go this time.", "I say you shake hands now.", "{opponent} pays {amount} {currency}, and that is the end of it.", "{npc} shall pay {opponent} {amount} {currency}.", "Let the judge decide.",
        "Neither of you gets anything.", "Both of you apologise.", "{opponent} works for {npc} for two days.", "Draw straws.", "Ask the guard to look into it.", "{Demand}, {opponent}. That is my ruling.", "{npc}, forgive {opponent}.", "Settle it with a race.",
    ],
    "joke": [
        "Just kiss already.", "Have you tried wrestling in the mud?", "Let the goat decide.", "I will sell tickets to this.", "Whoever shouts loudest wins.", "You sound like my parents.", "Settle it with a pie-eating contest.", "I bet a turnip on {npc}.", "Shall I fetch popcorn?", "May the best beard win.",
        "have you tried turning the village off and on again", "Dance it out, you two.",
    ],
}  # fmt: skip

MEDIATOR_ANSWERS: dict[int, dict[str, list[str]]] = {
    # What a party says first to the {mediator}, before its own move.
    0: {
        "calm": ["You are right, {mediator}.", "I am calm, {mediator}.", "Thank you, {mediator}.", "Gladly, {mediator}.", "Peace is all I want, {mediator}.", "As you say, {mediator}."],
        "siding": ["I hear you, {mediator}.", "You may see it so, {mediator}.", "That is your view, {mediator}.", "I note it, {mediator}.", "Hm, {mediator}, let me think."],
        "hostile": ["No need for that, {mediator}.", "That does not help, {mediator}.", "Mind your manners, {mediator}.", "Kindly stay out of it, {mediator}."],
        "ruling": ["That sounds fair, {mediator}.", "A wise word, {mediator}.", "I could live with that, {mediator}.", "So be it, {mediator}.", "Let me weigh that, {mediator}."],
        "joke": ["Very funny, {mediator}.", "Heh, {mediator}, that is good.", "You make me smile, {mediator}.", "If only it were that simple, {mediator}."],
    },
    1: {
        "calm": ["I am trying, {mediator}.", "Calm? I am almost calm, {mediator}.", "Tell that to {opponent}, {mediator}.", "All right, {mediator}, but listen.", "I will lower my voice, {mediator}."],
        "siding": ["You have heard only half, {mediator}.", "Hm, {mediator}, is that so?", "Did you see it, {mediator}?", "Careful whose side you take, {mediator}."],
        "hostile": ["Nobody asked you, {mediator}.", "Hush, {mediator}.", "You are no help, {mediator}.", "Go away, {mediator}, the grown folk are talking."],
        "ruling": ["I am not sure that is fair, {mediator}.", "Maybe, {mediator}.", "Only if {opponent} agrees, {mediator}.", "That might do, {mediator}.", "Hm, that costs me something, {mediator}."],
        "joke": ["This is no joke, {mediator}.", "Ha, ha, {mediator}.", "Save your jests, {mediator}.", "Not now, {mediator}."],
    },
    2: {
        "calm": ["Do not tell me to be calm, {mediator}!", "How can I be calm, {mediator}?", "I was calm for a week, {mediator}!", "Calm? Me? Tell {opponent}!"],
        "siding": ["So you take sides, {mediator}?", "You too, {mediator}?", "You know nothing about it, {mediator}!", "There, even {mediator} has an opinion!"],
        "hostile": ["Stay out of this, {mediator}!", "Shut your mouth, {mediator}!", "You are as bad as {opponent}, {mediator}!", "One quarrel at a time, {mediator}!"],
        "ruling": ["That is no justice, {mediator}!", "Who made you judge, {mediator}?", "Never, {mediator}!", "I will think about it, {mediator}, once I stop shaking!"],
        "joke": ["Do you think this is funny, {mediator}?", "Laugh, {mediator}, go on!", "I am not in the mood, {mediator}!"],
    },
    3: {
        "calm": ["Calm? Calm! I will never be calm again, {mediator}!", "Out of my way, {mediator}!", "I will shout as I please, {mediator}!"],
        "siding": ["Traitor! You too, {mediator}!", "You are blind, {mediator}!", "Then rot together, {mediator}!"],
        "hostile": ["Get out, {mediator}, before I forget myself!", "You are next, {mediator}!", "Silence, {mediator}!"],
        "ruling": ["I spit on your ruling, {mediator}!", "Never! Not while I breathe, {mediator}!", "I obey nobody, {mediator}!"],
        "joke": ["I will make you laugh, {mediator}!", "Another joke and I throw you in the pond, {mediator}!", "You dare to joke, {mediator}?"],
    },
}  # fmt: skip

MEDIATE_REPLIES: list[str] = [
    "[Peace|Easy|Enough], {a} and {b}. [You are neighbours, not roosters|The whole village can hear you|Nobody has died].", "{a}, let {b} finish. Then it is your turn.", "Sit down, both of you, and I pour you something.", "You are both right, and you are both shouting. {a}, begin again, quietly.",
    "{b}, say you are sorry. {a}, say it is forgotten. There, was that so hard?", "I like you both, so stop it.", "Shake hands, {a}. You too, {b}. I will not ask twice.", "If you two go on, the milk will curdle.", "{a}, {b}, think of the winter. You will need each other.", "Let us split it down the middle and go home.",
    "What would your mothers say, {a} and {b}?", "{a}, breathe. {b}, breathe. Now, who wants soup?", "I have heard geese argue with more sense.", "{b} has a point, {a}, and so have you.", "Let the elder decide, and until then keep quiet.", "{a}, put down the bucket. {b}, put down the broom.", "A quarrel never baked a loaf. Make peace.",
    "Can we not settle this over an ale, {a}?", "One at a time. {b} first, since {a} is louder.", "I am not taking sides, but I am taking away the rake.", "Stop, {a}. Stop, {b}. You will both be sorry tomorrow.", "Such a fuss. Come, friends, give each other a hand.", "Half each, and no more about it. Agreed, {a}? Agreed, {b}?", "{a}, you started it. {b}, you kept it going. End it together.",
    "I will knock your heads together, {a} and {b}, and then we shall have peace.", "My ears hurt. {a}, {b}, make up.", "Let it rest until morning, {b}. You too, {a}.", "It is a small matter between two good people.", "There is room in this village for both of you.", "Tell me what you need, {a}. Then you tell me, {b}.",
]  # fmt: skip
