"""Reading what a mediator says, on lines written by hand, and what it does to the parties."""

from __future__ import annotations

import pytest

from npc_runtime.dialogue.quarrel.agreement import agreed
from npc_runtime.dialogue.quarrel.argument import Argument, begin
from npc_runtime.dialogue.quarrel.intervention import INTERVENTIONS, Intervention, InterventionKind
from npc_runtime.dialogue.quarrel.mediation import mediated, standing, urged
from npc_runtime.dialogue.quarrel.party import Evidence, Party
from npc_runtime.dialogue.quarrel.reading import read
from npc_runtime.errors import Conflict
from npc_runtime.memory.relations import Numbers

# The line, what it is, and whom it speaks for (side), against (evidence), or binds (rule; "both" binds all).
Line = tuple[str, str, str]

# The reading was written with these in view.
TUNED: list[Line] = [
    ("Calm down, both of you.", "calm", ""),
    ("please stop fighting", "calm", ""),
    ("hey hey, take it easy you two", "calm", ""),
    ("Let us talk about this in peace.", "calm", ""),
    ("mira breathe, its only a hammer", "calm", ""),
    ("why dont you sit down and talk", "calm", ""),
    ("You are neighbours. You will need each other this winter.", "calm", ""),
    ("guys chill", "calm", ""),
    ("Enough! No more shouting.", "calm", ""),
    ("stop calling him a fool, mira, it helps nobody", "calm", ""),
    ("I think Mira is right.", "side", "mira"),
    ("tom is lying", "side", "mira"),
    ("i belive mira", "side", "mira"),
    ("Tom, that was wrong of you.", "side", "mira"),
    ("it's all your fault mira", "side", "tom"),
    ("Tom would never steal anything.", "side", "tom"),
    ("im with tom on this one", "side", "tom"),
    ("You started it, Mira.", "side", "tom"),
    ("mirra has a point tom", "side", "mira"),
    ("npc:tom is innocent", "side", "tom"),
    ("I saw Tom carry a hammer out of the smithy.", "evidence", "tom"),
    ("bren told me he saw tom leave with a sack", "evidence", "tom"),
    ("I found this glove beside the anvil, Tom. It is yours.", "evidence", "tom"),
    ("Mira, your charcoal stood in the rain, I was there.", "evidence", "mira"),
    ("there is straw on the hammer, and it was in tom's barn", "evidence", "tom"),
    ("Look what I found under the straw in Tom's barn: a hammer!", "evidence", "tom"),
    ("Tom, give it back and Mira will forgive you.", "rule", "tom"),
    ("tom must give the hammer back", "rule", "tom"),
    ("You both pay half.", "rule", "both"),
    ("mira should let it go this time", "rule", "mira"),
    ("just apologise tom", "rule", "tom"),
    ("I say you shake hands now.", "rule", "both"),
    ("Tom pays Mira ten pennies and that is the end of it.", "rule", "tom"),
    ("give mira her hammer back", "rule", "tom"),
    ("Stop it or I call the guard!", "threaten", ""),
    ("one more word and i will knock your heads together", "threaten", ""),
    ("Tom, give it back or I break your nose.", "threaten", ""),
    ("you two will regret this", "threaten", ""),
    ("just kiss already lol", "joke", ""),
    ("Let the goat decide.", "joke", ""),
    ("i bet a turnip on mira haha", "joke", ""),
    ("Settle it with a pie-eating contest!", "joke", ""),
    ("You are both idiots.", "insult", ""),
    ("fight! fight! fight!", "insult", ""),
    ("shut up mira", "insult", ""),
    ("nobody cares about your stupid hammer", "insult", ""),
    ("hit him mira", "insult", ""),
    ("What happened here?", "other", ""),
    ("who is right?", "other", ""),
    ("good evening", "other", ""),
    ("Peace, friends. Nobody has died.", "calm", ""),
    ("cool it, tom", "calm", ""),
    ("can we please all lower our voices", "calm", ""),
    ("come on, be nice to each other", "calm", ""),
    ("Tom, Mira, listen to one another for a moment.", "calm", ""),
    ("dont yell pls", "calm", ""),
    ("Sleep on it, and talk again tomorrow.", "calm", ""),
    ("theres no need to shout mira", "calm", ""),
    ("It is not worth losing a friend over a hammer.", "calm", ""),
    ("settle down you two", "calm", ""),
    ("Mira speaks the truth.", "side", "mira"),
    ("i trust tom more than mira", "side", "tom"),
    ("Shame on you, Tom!", "side", "mira"),
    ("Mira, you are wrong about this.", "side", "tom"),
    ("tom is a thief, everyone knows it", "side", "mira"),
    ("I agree with Mira.", "side", "mira"),
    ("tom did nothing wrong", "side", "tom"),
    ("I am on Tom's side.", "side", "tom"),
    ("toms right you know", "side", "tom"),
    ("Mira is to blame here, not Tom.", "side", "tom"),
    ("I watched Tom hide something in his barn last night.", "evidence", "tom"),
    ("Odile heard Tom boast about the hammer at the inn.", "evidence", "tom"),
    ("i have proof, tom's footprints are all over the smithy", "evidence", "tom"),
    ("Mira, the rain ruined his charcoal in your yard. I saw it myself.", "evidence", "mira"),
    ("look tom this is your glove, it was by the anvil", "evidence", "tom"),
    ("Tom sold a hammer in Carrow yesterday, I saw the buyer.", "evidence", "tom"),
    ("Tom has to return the hammer by sundown.", "rule", "tom"),
    ("My ruling is this: Tom works two days for Mira.", "rule", "tom"),
    ("split it evenly and go home", "rule", "both"),
    ("Mira, forgive him.", "rule", "mira"),
    ("both of you say sorry now", "rule", "both"),
    ("tom hand over the hammer", "rule", "tom"),
    ("Mira will pay Tom for the charcoal, and Tom brings the hammer.", "rule", ""),
    ("tom ought to buy her a new one", "rule", "tom"),
    ("If you do not stop I will throw you both in the pond.", "threaten", ""),
    ("i'll kill you tom", "threaten", ""),
    ("Quiet, before I lose my temper and somebody gets hurt.", "threaten", ""),
    ("last warning, or i get the guards", "threaten", ""),
    ("Shall I fetch popcorn?", "joke", ""),
    ("you sound like an old married couple lol", "joke", ""),
    ("I'll sell tickets for this, a penny a seat!", "joke", ""),
    ("why not arm wrestle for it hehe", "joke", ""),
    ("You two are pathetic.", "insult", ""),
    ("Tom you ugly old goat", "insult", ""),
    ("punch her tom!", "insult", ""),
    ("what a pair of babies", "insult", ""),
    ("i hope you both lose", "insult", ""),
    ("What is this about?", "other", ""),
    ("Have you seen my dog?", "other", ""),
    ("the weather is lovely today", "other", ""),
    ("Friends, friends! Let us not tear the village apart over this.", "calm", ""),
    ("ok everyone take 5", "calm", ""),
    ("Could we maybe not do this in front of the kids?", "calm", ""),
    ("tom pls dont get so worked up", "calm", ""),
    ("You have known each other for twenty years.", "calm", ""),
    ("Hush now. Anger is a poor counsellor.", "calm", ""),
    ("let it go you guys", "calm", ""),
    ("Mira, I understand that you are upset, but shouting will not help.", "calm", ""),
    ("no fighting in the tavern", "calm", ""),
    ("I stand with Mira.", "side", "mira"),
    ("obviously tom did it", "side", "mira"),
    ("Tom has done nothing to you, Mira.", "side", "tom"),
    ("mira's lying, i can tell", "side", "tom"),
    ("In my eyes Mira is the one who was wronged.", "side", "mira"),
    ("tom is a good man, he does not steal", "side", "tom"),
    ("Mira is telling the truth and you know it, Tom.", "side", "mira"),
    ("tbh i think tom's innocent", "side", "tom"),
    ("You are a thief, Tom, plain and simple.", "side", "mira"),
    ("leave tom alone, he has done nothing", "side", "tom"),
    ("The hammer lies in Tom's barn, go and look.", "evidence", "tom"),
    ("pim says he watched tom sneak out of the smithy at midnight", "evidence", "tom"),
    ("Here is the hammer. I dug it up behind Tom's cart.", "evidence", "tom"),
    ("i was at the smithy that night and tom was there too with a sack", "evidence", "tom"),
    ("Tom could not have done it, he was drinking with me at the inn all night.", "evidence", "mira"),
    ("Bren can swear that Tom walked off with a sack.", "evidence", "tom"),
    ("mira left the charcoal out in the rain, i watched it happen", "evidence", "mira"),
    ("Tom, return what you took.", "rule", "tom"),
    ("Mira, accept his apology.", "rule", "mira"),
    ("tom shall mend her fence for a week", "rule", "tom"),
    ("how about you both chip in for a new hammer", "rule", "both"),
    ("Tom, buy her a drink and call it even.", "rule", "tom"),
    ("say youre sorry tom", "rule", "tom"),
    ("Whoever lost it pays for it, and that is Tom.", "rule", "tom"),
    ("take it to the reeve and let her judge", "rule", "both"),
    ("Back off, Mira, or you will answer to me.", "threaten", "mira"),
    ("keep this up and youll both sleep in a cell", "threaten", ""),
    ("ill burn your barn down tom", "threaten", "tom"),
    ("Do not make me come over there.", "threaten", ""),
    ("plot twist: the hammer ran away by itself", "joke", ""),
    ("10 pennies on tom", "joke", ""),
    ("Oh no, not the hammer! Anything but the hammer! lol", "joke", ""),
    ("why dont you two just marry", "joke", ""),
    ("Tom, you are the dumbest carter alive.", "insult", ""),
    ("cry about it mira", "insult", ""),
    ("you both suck", "insult", ""),
    ("I would not trust either of you with a spoon, you rats.", "insult", ""),
    ("come on, throw a punch already!", "insult", ""),
    ("how far is it to carrow", "other", ""),
    ("Mira, do you sell nails?", "other", ""),
    ("hm", "other", ""),
    ("Easy there, Tom.", "calm", ""),
    ("mira please, this isnt like you", "calm", ""),
    ("Let us all sit by the fire and speak like sensible people.", "calm", ""),
    ("yo relax its just a tool", "calm", ""),
    ("I know you are both hurt. Let us slow down.", "calm", ""),
    ("You used to be such good friends.", "calm", ""),
    ("shh, people are sleeping", "calm", ""),
    ("Tom, lower your voice, please.", "calm", ""),
    ("cant we all just get along", "calm", ""),
    ("Mira has every right to be angry.", "side", "mira"),
    ("i dont believe you tom", "side", "mira"),
    ("Mira, you are being unfair to Tom.", "side", "tom"),
    ("tom stole it, period", "side", "mira"),
    ("Whatever Mira says, I know that Tom is honest.", "side", "tom"),
    ("mira 100% right here", "side", "mira"),
    ("You should be ashamed, Tom.", "side", "mira"),
    ("I take Tom's part in this.", "side", "tom"),
    ("its mira who is lying", "side", "tom"),
    ("I was by the smithy at dawn, and I met Tom with a sack on his back.", "evidence", "tom"),
    ("tom tried to sell me a hammer yesterday", "evidence", "tom"),
    ("The guard found Tom's glove next to the anvil.", "evidence", "tom"),
    ("wenna saw tom near the smithy after dark", "evidence", "tom"),
    ("Look, the mark on this hammer is Mira's, and it was in your cart, Tom.", "evidence", "tom"),
    ("i know where the hammer is, its under the straw in toms barn", "evidence", "tom"),
    ("Tom was with me all evening, Mira, we played dice.", "evidence", "mira"),
    ("Mira never covered the charcoal, I helped her carry it out into the rain.", "evidence", "mira"),
    ("Tom, bring the hammer back tonight, and Mira, pay for the charcoal.", "rule", "both"),
    ("tom gives it back, end of story", "rule", "tom"),
    ("Mira, drop the matter.", "rule", "mira"),
    ("you should both apologize", "rule", "both"),
    ("I decide: Tom pays half the price of the hammer.", "rule", "tom"),
    ("tom go get the hammer and hand it over", "rule", "tom"),
    ("Mira needs to forgive him.", "rule", "mira"),
    ("make him pay for it", "rule", "tom"),
    ("If I hear one more insult, you both spend the night in the stocks.", "threaten", ""),
    ("i will cut you tom", "threaten", "tom"),
    ("stop now or else", "threaten", ""),
    ("Watch your tongue, Tom, or you lose it.", "threaten", "tom"),
    ("im warning you both", "threaten", ""),
    ("Is it my turn to shout yet? lol", "joke", ""),
    ("winner gets a chicken!", "joke", ""),
    ("I have seen goats settle this faster.", "joke", ""),
    ("someone write this down, it would make a great play haha", "joke", ""),
    ("Mira you stupid cow", "insult", ""),
    ("lol losers", "insult", ""),
    ("You are a miserable little man, Tom.", "insult", ""),
    ("both of you are a waste of air", "insult", ""),
    ("smack him mira, do it", "insult", ""),
    ("Where can I find the inn?", "other", ""),
    ("tom do you have rope", "other", ""),
    ("Dear neighbours, lay down your anger.", "calm", ""),
    ("tom stop being so loud", "calm", ""),
    ("both of you need to cool off", "calm", ""),
    ("Mira, put the hammer down and breathe.", "calm", ""),
    ("lets all have a drink and talk it over", "calm", ""),
    ("Can you not see that you are hurting each other?", "calm", ""),
    ("this is getting out of hand, please stop", "calm", ""),
    ("Tempers are running high. Let us wait until morning.", "calm", ""),
    ("be kind, mira", "calm", ""),
    ("Mira is in the right.", "side", "mira"),
    ("tom, ur in the wrong here", "side", "mira"),
    ("I would take Tom's word over Mira's any day.", "side", "tom"),
    ("mira did nothing to deserve this", "side", "mira"),
    ("Clearly Tom is the thief.", "side", "mira"),
    ("ur lying mira", "side", "tom"),
    ("I find Tom guilty.", "side", "mira"),
    ("team mira", "side", "mira"),
    ("Tom only tells the truth.", "side", "tom"),
    ("mira you blame an innocent man", "side", "tom"),
    ("I saw a man with Tom's red scarf climb out of the smithy window.", "evidence", "tom"),
    ("the hammer is in toms cart, i just checked", "evidence", "tom"),
    ("Garrick told me that Tom paid his toll with a hammer.", "evidence", "tom"),
    ("This glove was next to the anvil. Is it not yours, Tom?", "evidence", "tom"),
    ("i followed tom last night and he went into the smithy", "evidence", "tom"),
    ("Tom was at the bridge with Garrick when the hammer vanished.", "evidence", "mira"),
    ("Odile swears she heard Tom laugh about it.", "evidence", "tom"),
    ("that charcoal was soaked because mira left it outside", "evidence", "mira"),
    ("Tom, you will return the hammer, and that is final.", "rule", "tom"),
    ("mira and tom, shake on it", "rule", "both"),
    ("Tom should work it off in the smithy.", "rule", "tom"),
    ("pay her tom", "rule", "tom"),
    ("I order you to share the cost.", "rule", "both"),
    ("Mira, you have to let this go.", "rule", "mira"),
    ("tom just give it back already", "rule", "tom"),
    ("Each of you pays three pennies, done.", "rule", "both"),
    ("Say that again, Tom, and I will break your teeth.", "threaten", "tom"),
    ("i swear ill end you both", "threaten", ""),
    ("Stop, or the guard will hear of this!", "threaten", ""),
    ("dont test me mira", "threaten", "mira"),
    ("You will both hang for this.", "threaten", ""),
    ("this is better than the theatre lol", "joke", ""),
    ("Ask the hammer, it was there!", "joke", ""),
    ("five pennies says mira wins", "joke", ""),
    ("hammer time!", "joke", ""),
    ("Mira, you sour old witch.", "insult", ""),
    ("tom ur a joke", "insult", ""),
    ("you are both as dumb as bricks", "insult", ""),
    ("kick his shins mira!", "insult", ""),
    ("whats going on", "other", ""),
    ("Do you know the way to Elmford?", "other", ""),
    ("Hold on, hold on, nobody needs to shout.", "calm", ""),
    ("Let's all take a step back here.", "calm", ""),
    ("deep breaths everyone", "calm", ""),
    ("Is a hammer really worth all this?", "calm", ""),
    ("think of your children, please", "calm", ""),
    ("you used to be such good friends", "calm", ""),
    ("hug it out guys", "calm", ""),
    ("one of you has to be the bigger person", "calm", ""),
    ("can we not do this in the street", "calm", ""),
    ("I am sure there has been a misunderstanding.", "calm", ""),
    ("Whoa, whoa, easy there.", "calm", ""),
    ("Life is too short for this.", "calm", ""),
    ("Ooh, this is better than the puppet show.", "joke", ""),
    ("should i bring snacks", "joke", ""),
    ("Ten coppers says Mira throws the first anvil.", "joke", ""),
    ("what did the hammer ever do to you", "joke", ""),
    ("You two should start a choir.", "joke", ""),
    ("and they say village life is boring", "joke", ""),
    ("Careful, Tom, she has a forge and knows how to use it. Ha!", "joke", ""),
    ("Honestly Mira you're being unfair", "side", "tom"),
    ("Everyone knows Tom can't be trusted.", "side", "mira"),
    ("Mira has always been honest with me.", "side", "mira"),
    ("tom did nothing wrong", "side", "tom"),
    ("my vote goes to mira", "side", "mira"),
    ("Come on Tom, we both know you did it.", "side", "mira"),
    ("Mira's story makes more sense to me.", "side", "mira"),
    ("I don't buy it, Tom.", "side", "mira"),
    ("There are wheel tracks from the smithy to Tom's barn.", "evidence", "tom"),
    ("My cousin sold Tom a sack that night.", "evidence", "tom"),
    ("tom was at the inn with me all night", "evidence", "mira"),
    ("I have the hammer right here, it was in the ditch.", "evidence", ""),
    ("The guard's book says Tom passed the gate at midnight.", "evidence", "tom"),
    ("Here is what we'll do: Tom works two days at the forge.", "rule", "tom"),
    ("Tom buys the next round and we forget it.", "rule", "tom"),
    ("Split the cost down the middle.", "rule", "both"),
    ("Tom, hand it over, now.", "rule", "tom"),
    ("mira, drop it.", "rule", "mira"),
    ("Then each of you says sorry to the other.", "rule", "both"),
    ("say you're sorry tom", "rule", "tom"),
    ("Keep this up and you both sleep in the cells.", "threaten", ""),
    ("Don't make me come over there.", "threaten", ""),
    ("I'd hate for something to happen to that cart of yours, Tom.", "threaten", ""),
    ("The reeve will hear of this.", "threaten", ""),
    ("Watch yourself, Tom.", "threaten", ""),
    ("What a couple of whiners.", "insult", ""),
    ("you sound like braying donkeys", "insult", ""),
    ("God, you're pathetic Tom", "insult", ""),
    ("You deserve each other.", "insult", ""),
    ("i've had turnips with more brains than you mira", "insult", ""),
    ("come on tom hit her back", "insult", ""),
    ("Which hammer are we talking about?", "other", ""),
    ("has anyone seen my cat", "other", ""),
    ("I'm just passing through.", "other", ""),
    ("It looks like rain.", "other", ""),
    ("Gently, gently, my friends.", "calm", ""),
    ("Nobody here is your enemy, Tom.", "calm", ""),
    ("put the knives down before someone gets hurt", "calm", ""),
    ("It is late, go home and rest, both of you.", "calm", ""),
    ("Could we speak about this like grown people?", "calm", ""),
    ("tom deserves a fair hearing", "side", "tom"),
    ("If you ask me, Mira is in the right.", "side", "mira"),
    ("tom is full of it", "side", "mira"),
    ("Mira, you have no proof at all.", "side", "tom"),
    ("I'd believe Tom over anyone.", "side", "tom"),
    ("The innkeeper noticed Tom carrying something heavy.", "evidence", "tom"),
    ("that night mira was with me at the mill", "evidence", "tom"),
    ("I say Tom pays for it and that's that.", "rule", "tom"),
    ("mira apologises, tom forgives, done", "rule", "both"),
    ("Leave it to the elder.", "rule", "both"),
    ("If I hear one more shout, someone loses a tooth.", "threaten", ""),
    ("stop or youll be sorry", "threaten", ""),
    ("You'll answer to the watch for this.", "threaten", ""),
    ("Get on with it and punch him already", "insult", ""),
    ("I have never met two bigger blockheads.", "insult", ""),
    ("is this a quarrel or a mating dance", "joke", ""),
    ("Somebody fetch a fiddle, we have a dance going.", "joke", ""),
    ("who ordered the drama", "joke", ""),
    ("Do you know the way to Carrow?", "other", ""),
    ("nice weather today", "other", ""),
]  # fmt: skip

# Written when the reading was finished; nothing was tuned to them.
HELD_BACK: list[Line] = [
    ("Gently now. Nobody here is your enemy.", "calm", ""),
    ("guys stop, youre scaring the children", "calm", ""),
    ("Tom, take a deep breath before you answer.", "calm", ""),
    ("can you two keep it down", "calm", ""),
    ("Hatred will not bring the hammer back.", "calm", ""),
    ("Remember that you are neighbours, Mira.", "calm", ""),
    ("lets talk this through like adults", "calm", ""),
    ("mira dont be so hard on him", "calm", ""),
    ("I believe every word that Mira says.", "side", "mira"),
    ("tom isnt the thief", "side", "tom"),
    ("Sorry Tom, but Mira has a point.", "side", "mira"),
    ("its obvious that mira is lying", "side", "tom"),
    ("Tom deserves better than this.", "side", "tom"),
    ("You were wrong to take it, Tom.", "side", "mira"),
    ("mira i'm on your side", "side", "mira"),
    ("Honestly, I side with Tom here.", "side", "tom"),
    ("this is all because of tom", "side", "mira"),
    ("My own eyes saw Tom slip into the smithy at dusk.", "evidence", "tom"),
    ("found a hammer with an M on it in toms cart", "evidence", "tom"),
    ("Pim heard Tom whisper about a hammer behind the barn.", "evidence", "tom"),
    ("there are cart tracks from the smithy to Tom's barn", "evidence", "tom"),
    ("Tom, your glove was found by the anvil.", "evidence", "tom"),
    ("mira told me herself that the charcoal got wet", "evidence", "mira"),
    ("The charcoal was dry when Tom brought it, Mira, I unloaded it with him.", "evidence", "mira"),
    ("Tom shall pay Mira five pennies a week.", "rule", "tom"),
    ("tom needs to say sorry", "rule", "tom"),
    ("Mira, you must let it rest.", "rule", "mira"),
    ("shake hands and be done with it", "rule", "both"),
    ("The two of you share the cost, and that is my judgement.", "rule", "both"),
    ("give her the hammer, tom", "rule", "tom"),
    ("you both need to apologize to each other", "rule", "both"),
    ("Go home, or I let the dogs loose.", "threaten", ""),
    ("ill knock you out mira", "threaten", "mira"),
    ("This ends now, or it ends badly for both of you.", "threaten", ""),
    ("You will be sorry, Tom.", "threaten", "tom"),
    ("mira vs tom, round two, ding ding", "joke", ""),
    ("Perhaps the hammer is tired of you both, haha.", "joke", ""),
    ("Marry her, Tom, and the hammer stays in the family!", "joke", ""),
    ("you two are the worst", "insult", ""),
    ("Oh be silent, Tom, you windbag.", "insult", ""),
    ("mira is a fat cow", "insult", ""),
    ("fight him coward", "insult", ""),
    ("morons, both of you", "insult", ""),
    ("which way is the smithy", "other", ""),
    ("Good day to you both.", "other", ""),
]  # fmt: skip


def quarrel() -> Argument:
    mira = Party(
        "npc:mira",
        "Mira",
        "claims",
        evidence=(
            Evidence("Bren saw Tom leave the smithy with a sack."),
            Evidence("Tom's glove lay beside the anvil.", 0.7),
        ),
    )
    tom = Party("npc:tom", "Tom", "disputes", evidence=(Evidence("Your charcoal stood in the rain at the smithy."),))
    return begin("a1", "the stolen hammer", [mira, tom])


def mistakes(lines: list[Line]) -> list[str]:
    found = []
    for text, kind, whom in lines:
        said = read(quarrel(), "player:alex", "Alex", text)
        meant = said.side if kind == "side" else said.against
        if said.kind != kind:
            found.append(f"{text!r}: {kind}, read as {said.kind}")
        elif whom and meant != ("" if whom == "both" else f"npc:{whom}"):
            found.append(f"{text!r}: {kind} {whom}, read as {said.kind} side={said.side} against={said.against}")
    return found


def test_the_lines_that_were_in_view_are_read_right() -> None:
    wrong = mistakes(TUNED)
    assert len(wrong) <= 0.03 * len(TUNED), "\n".join(wrong)


def test_most_lines_that_nobody_foresaw_are_read_right() -> None:
    wrong = mistakes(HELD_BACK)
    right = 1 - len(wrong) / len(HELD_BACK)
    print(f"{right:.1%} of {len(HELD_BACK)} held-back lines are read right, kind and party")
    assert right >= 0.7, "\n".join(wrong)


def test_the_lines_cover_every_kind() -> None:
    for lines in (TUNED, HELD_BACK):
        assert {kind for _, kind, _ in lines} == set(INTERVENTIONS)


@pytest.mark.parametrize(
    "text", ["NPC:MIRA IS RIGHT", "mirra is right", "mria is right", "miras right", "I believe Mira Blackwood."]
)
def test_parties_are_known_by_id_by_name_and_with_slips(text: str) -> None:
    tom = quarrel().parties[1]
    argument = begin("a1", "the mill", [Party("npc:mira", "Mira Blackwood", "claims"), tom])
    said = read(argument, "player:alex", "Alex", text)
    assert (said.kind, said.side, said.against) == ("side", "npc:mira", "npc:tom")


@pytest.mark.parametrize("text", ["", " ", "?!", "<0> <1>", "ok " * 400, "Мира права", "\n\x00calm\u2028down"])
def test_any_text_is_read_as_something(text: str) -> None:
    said = read(quarrel(), "player:alex", "Alex", text)
    assert said.kind in ("calm", "other")
    assert len(said.text) <= 401
    assert "\n" not in said.text


def test_a_name_that_two_parties_share_stands_for_neither() -> None:
    parties = [Party("npc:smith", "Tom", "claims"), Party("npc:carter", "Tom", "disputes")]
    said = read(begin("a1", "the mill", parties), "player:alex", "Alex", "I think Tom is right.")
    assert said.side == ""
    assert read(begin("a1", "the mill", parties), "player:alex", "Alex", "carter is right").side == "npc:carter"


def test_evidence_that_a_party_has_too_is_recognized() -> None:
    argument = quarrel()
    known = read(argument, "player:alex", "Alex", "Bren saw him leave with that sack too!")
    new = read(argument, "player:alex", "Alex", "I saw Tom bury a box in the orchard.")
    assert (known.kind, known.side, known.against, known.known) == ("evidence", "npc:mira", "npc:tom", True)
    assert (new.kind, new.against, new.known) == ("evidence", "npc:tom", False)


LIKED, FEARED, DISLIKED = Numbers(0.4, 0.6, 0.0, 0.5), Numbers(-0.2, 0.0, 0.9, 0.2), Numbers(-0.7, -0.7, 0.0, -0.6)


def said(kind: InterventionKind, argument: Argument, toward: Numbers, side: str = "", against: str = "") -> Argument:
    line = Intervention("player:alex", "Alex", "...", kind, side, against)
    return mediated(argument, line, {party.id: toward for party in argument.parties})


def hot(heat: float) -> Argument:
    argument = quarrel()
    for id, stance in argument.stances.items():
        argument = argument.moved(id, heat - stance.heat)
    return argument


@pytest.mark.parametrize(
    ("kind", "toward", "heat", "cools"),
    [
        ("calm", LIKED, 2.0, True),
        ("calm", DISLIKED, 2.0, False),
        ("threaten", FEARED, 2.0, True),
        ("threaten", Numbers(), 2.0, False),
        ("joke", Numbers(), 0.6, True),
        ("joke", Numbers(), 2.5, False),
        ("insult", LIKED, 1.0, False),
        ("rule", LIKED, 1.5, True),
        ("rule", DISLIKED, 1.5, False),
    ],
)
def test_how_a_word_is_taken(kind: InterventionKind, toward: Numbers, heat: float, cools: bool) -> None:
    before = hot(heat)
    after = said(kind, before, toward, against="npc:tom" if kind == "rule" else "")
    was, now = before.stances["npc:tom"], after.stances["npc:tom"]
    assert (now.heat < was.heat) is cools
    assert (urged(after, "npc:tom") > 0) is cools


def test_siding_wears_down_whoever_thinks_much_of_the_mediator() -> None:
    def resolve(toward: Numbers) -> float:
        return said("side", hot(1), toward, "npc:mira", "npc:tom").stances["npc:tom"].resolve

    assert resolve(LIKED) < resolve(Numbers()) < resolve(DISLIKED)
    assert said("side", hot(1), LIKED, "npc:mira", "npc:tom").stances["npc:mira"].heat < 1


def test_words_wear_out_and_idle_ones_change_nothing() -> None:
    once = said("calm", hot(2.5), LIKED)
    again = said("calm", once.moved("npc:tom", 2.5 - once.stances["npc:tom"].heat), LIKED)
    first, second = (heard.taken["npc:tom"] for heard in again.interventions)
    assert 0 < second < first
    assert said("other", hot(1), LIKED).stances == hot(1).stances


def test_standing_grows_with_every_good_opinion() -> None:
    assert standing(DISLIKED) < 0 < standing(Numbers()) < standing(LIKED) <= 1
    assert standing(Numbers(fear=0.5)) > standing(Numbers())


def test_only_somebody_else_mediates() -> None:
    argument = quarrel()
    with pytest.raises(Conflict, match="npc:mira is a party"):
        mediated(argument, Intervention("npc:mira", "Mira", "calm down", "calm"), {})


@pytest.mark.parametrize("text", ["Tom, give it back", "Tom, give it back."])
def test_a_ruling_that_settles_it_is_quoted_as_a_sentence(text: str) -> None:
    trusted = Numbers(0.8, 0.8)
    line = read(quarrel(), "player:alex", "Alex", text)
    argument = mediated(quarrel(), line, {"npc:mira": trusted, "npc:tom": trusted})
    assert agreed(argument, "npc:mira", "npc:tom").text == 'They do as Alex said: "Tom, give it back."'
