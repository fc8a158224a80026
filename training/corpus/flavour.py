# ruff: noqa: E501
"""How a trait, a mood, a trade or a feeling becomes audible around the core of a reply.

Leads come before the core and tails after it; each is complete in itself, so that any of them fits around any core.
Templates: `[a|b]` is one of the alternatives (which may be empty, and may nest) and `{listener}` is a name.
"""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence

from npc_runtime.dialogue.moves import Move

TRAIT_LEADS: dict[str, list[str]] = {
    "blunt": [
        "Straight out, then.", "Plainly put.", "No sugar on it.", "[I will|Let me] say it once.", "Short answer.",
        "Here it is, bare.", "I [do not|never] wrap things in ribbons.", "No use dancing around it.", "Right, plain words.",
        "You will not like it, but here it is.", "To the point.", "I will not [soften|butter] this.", "Bluntly?",
    ],
    "boastful": [
        "You have come to the [best|right one|greatest].", "Ha, nobody knows it as I do!", "They sing of me [in three valleys|as far as the coast], you know.",
        "Lucky you, asking me!", "As the finest in these parts, I can say this.", "I once did better [with one hand tied|blindfolded].",
        "I do not brag, but I am magnificent.", "Behold an expert.", "Ask anyone who is the best. They will point at me.",
        "Few can match me, so listen.", "Even the [king|duke] could learn from me.", "There is [nobody|no one] quite like me.",
    ],
    "brave": [
        "I fear [nothing|no one] here.", "Chin up!", "Stand straight and hear it.", "I have looked worse in the eye.",
        "Courage, now.", "I am not one to run.", "Wolves could not scare this out of me, but I will tell you.", "Let them come, I say.",
        "My knees do not shake.", "Steady, now.", "I never hid from a thing in my life.", "Danger? Pah.", "Fear is for [mice|rabbits].",
    ],
    "cheeky": [
        "Oi oi!", "[Well, look|Look] what the cat dragged in.", "Buy me a drink first? No? Fine.", "Ooh, someone is nosy.", "Cheeky of me, but here goes.",
        "Did your mother send you to ask? Never mind.", "Say please. Ha, only teasing!", "You do have [soup|jam|hay] on your chin, by the way.", "Wink, wink.",
        "Keep your hat on, I am getting there.", "Aw, bless your boots.", "You are lucky you have a funny face.", "Cor, listen to you!",
    ],
    "cunning": [
        "Now that is worth something to somebody.", "[Let us|We might] help each other, you and I.", "There is always a side door.", "Between you and me.",
        "A clever one would ask why first.", "Interesting. I may have a use for that.", "Every lock has its key.", "Lean closer.",
        "I see three ways to play this.", "You show your cards early, friend.", "Let me think what this is worth.", "A [fox|spider] never hurries.", "Well, well, well.",
    ],
    "curious": [
        "Ooh, how odd!", "Now, why would that be?", "[Fascinating|How strange], do go on!", "Wait, how does that work?", "I have wondered about that [all week|for ages]!",
        "Is that so? And then what?", "Oh, I have so many questions.", "Who told you? Never mind.", "Hold on, I want to understand this.",
        "What an interesting thing to say!", "I keep asking myself the same.", "Let me look at you. Where did you get that coat?", "Hm, I must look into that.",
    ],
    "dramatic": [
        "Alas!", "Oh, cruel fate!", "Hear me, skies!", "I may faint.", "Hold my hand, I beg you!", "My heart, my poor heart!", "Woe upon this [village|house|day]!",
        "O, that I should live to hear this!", "Picture the scene!", "The very [stones|stars] weep!", "Such torment!", "I tremble to say it!", "Never, in all my days!",
    ],
    "formal": [
        "Permit me to say this.", "I shall be brief.", "With all due respect.", "Be it known.", "If I may be so bold.", "It is my duty to reply.",
        "I am obliged to inform you.", "Allow me to state the matter.", "Let it be noted.", "I beg leave to speak.", "As custom requires, I answer.", "In proper order, then.",
    ],
    "gloomy": [
        "It hardly matters, but well.", "Nothing good comes of it.", "[Ah, well|Oh, well]. We are all dust in the end.", "More rain on the way, surely.", "I expected as much.",
        "It will end badly.", "Another day, another burden.", "The sun shines, for others.", "I would hope, but what for?", "Everything breaks sooner or later.",
        "Do not expect joy from me.", "Things were bad, and now they are worse.", "I have a grave feeling about it.",
    ],
    "gossipy": [
        "You did not hear it from me!", "Ooh, come closer!", "Have you heard? No? Well!", "My cousin says the same.", "[The whole well|Everyone at the well] is talking!",
        "Well, I should not say, but!", "Oh, I have been bursting to tell someone!", "They say, and I only repeat it!", "Wait until you hear this.", "Not a word to a soul!",
        "I had it from three people.", "Between us and the fence post.", "Guess what I heard!",
    ],
    "greedy": [
        "That will cost you.", "[Talk|Advice] is not free, you know.", "What is it worth to you?", "Time is coin.", "Coin first. Oh, very well.", "I could charge for this.",
        "Is there silver in it?", "How heavy is your purse, by the way?", "Nothing for nothing, I say.", "I hear no coins, but fine.", "There had better be profit in this.",
        "A penny for every word, if I were wise.", "My palm itches.",
    ],
    "gruff": [
        "Hmph.", "Bah.", "What now?", "Grmph.", "Pff.", "Make it quick.", "Hrm.", "Aye, aye.", "You again? Well.", "Speak up or clear off.", "Ugh, fine.", "Out of my light.", "Tch.",
    ],
    "honest": [
        "I will not lie to you.", "The truth, then.", "On my word.", "I tell it as it is.", "Hand on heart.", "I would rather be honest than liked.", "To be truthful.",
        "You deserve the truth.", "I swear this is so.", "No tales from me.", "I have never cheated a soul, so trust this.", "Let me be frank with you.", "Truth does not spoil.",
    ],
    "kind": [
        "Oh, dear heart.", "Of course, dear.", "Sit down, you look tired.", "Are you warm enough?", "[Bless you|Poor thing], let me help.", "Have you eaten today?", "No trouble at all, love.",
        "There, there.", "Oh, sweet of you to ask.", "Let me make this easy for you.", "Mind the step, dear.", "You poor lamb.", "Gently, now.",
    ],
    "lazy": [
        "Must I? Oh, fine.", "*yawns*", "I was just about to nap.", "Later would be better. Well.", "Ugh, so much talking.", "Let me just sit down first.", "Can you not ask someone else?",
        "I would get up, but no.", "Too early for this.", "Is it not time for a rest?", "I will do it tomorrow. Or say it now.", "My pillow misses me.", "Slowly, please.",
    ],
    "pious": [
        "The saints keep us.", "Bless you, child.", "Heaven hears us.", "I prayed on it this morning.", "By the grace of the saints.", "Praise be.", "The holy [books|bells] remind us to speak true.",
        "As the good saints teach.", "Let us give thanks first.", "Blessed be this day.", "Faith guides my tongue.", "May I be forgiven if I err.", "Heaven preserve us!",
    ],
    "polite": [
        "If you please.", "How good of you to ask.", "With pleasure.", "I beg your pardon.", "Do forgive me for keeping you.", "Thank you for asking so nicely.", "It is a pleasure to talk with you.",
        "Please, after you. No? Then I shall speak.", "Your patience is most kind.", "Pardon my apron.", "Kindly allow me.", "Most gladly.", "You are very welcome here.",
    ],
    "proud": [
        "I bow to no one.", "Mind whom you are speaking to.", "My family has stood here for [six|seven|nine] generations.", "I hold my head high.", "I need no one's pity.", "I have my honour.",
        "You address a name of worth.", "I owe nobody anything.", "People of my standing do not usually reply.", "I take pride in what I say.", "My father would have said the same, head high.", "I do not beg.", "Know my worth.",
    ],
    "sarcastic": [
        "Oh, wonderful.", "What a joy this is.", "Oh, brilliant, more questions.", "Lucky me.", "How [thrilling|delightful|original].", "Shall I applaud?", "Well, aren't you clever.", "Oh, do go on, I was only working.",
        "Just what I needed today.", "A genius walks among us.", "My, what a treat.", "Stop, my heart cannot take the excitement.", "Oh, splendid, it talks.",
    ],
    "scholarly": [
        "Strictly speaking.", "As the chronicles record.", "A question worth studying.", "I have read on the matter.", "Three old books agree on this.", "Let us examine the evidence.", "In the older sense of the word.",
        "The learned disagree, but here it is.", "To be precise.", "As I noted in my [ledger|margins].", "Consider the matter in order.", "History teaches us.", "From the root of the matter, then.",
    ],
    "stubborn": [
        "I have not changed my mind.", "Say what you like.", "I said it before and I say it again.", "You will not budge me.", "A mule could learn from me.", "I stand where I stand.", "No arguing, now.",
        "Push all you want.", "My mind is made up.", "I will not move an inch.", "As I always said.", "Talk until you are blue.", "No means no, with me.",
    ],
    "superstitious": [
        "Touch wood.", "Spit twice, quick.", "The [crows|owls|cats] warned me you would ask.", "Hush, not under a full moon!", "I saw three magpies this morning.", "Hold your thumbs when you say that.", "The omens are odd today.",
        "Throw salt over your shoulder first.", "My left ear has been burning.", "Do not say it three times!", "The tea leaves showed me this.", "A black cat crossed my path today.", "Mind the threshold, it is bad luck.",
    ],
    "timid": [
        "Um.", "Er, well.", "Oh! You startled me.", "I... I think so.", "P-please, not so loud.", "S-sorry, I was just going.", "If it is all right to say.", "Oh dear, me?", "I hope you will not be cross.", "Eep!",
        "I, um, I do not like to speak up.", "D-do forgive me.", "Is anyone else listening?",
    ],
    "warm-hearted": [
        "Come here, friend!", "Oh, it does me good to see you!", "My door is always open.", "Ah, my dear!", "What a comfort you are.", "Let me hug you first.", "You are like family here.", "It warms me that you ask.",
        "There is room at my table for you.", "Friend, friend, sit by me!", "Oh, you dear soul!", "My heart is glad.", "Welcome, welcome, always!",
    ],
}

TRAIT_TAILS: dict[str, list[str]] = {
    "blunt": [
        "Simple as that.", "No more, no less.", "Like it or not.", "There, I said it.", "That is the whole of it, plain.", "I have no gentler way to put it.", "Do not ask me to pretty it up.",
        "Take it raw.", "Done talking.", "Facts are facts.", "That is the short of it.", "If that stings, it stings.",
    ],
    "boastful": [
        "I am the best, after all.", "Remember my name!", "Not that I need to brag.", "Few could have said it better.", "They will build me a statue one day.", "Impressive, am I not?", "You may clap now.",
        "I do everything well, really.", "And I was the first to know, naturally.", "Tell your children you met me.", "It is hard being this gifted.", "Nobody within ten miles comes close to me.",
    ],
    "brave": [
        "And I would say it to a dragon.", "I am not afraid of that.", "Let them try me.", "Stand firm.", "I have faced worse and laughed.", "Courage, friend.", "I will go first, if need be.", "No one frightens me.",
        "Hold your ground.", "My sword arm is still good.", "I never turn my back on trouble.", "Fear me, wolves.",
    ],
    "cheeky": [
        "Do not get lost on the way out!", "No need to blush.", "Mind your pretty head.", "Cheers, sunshine!", "That will be one kiss. Joking!", "Do not tell my mother I said so.", "Now close your mouth, flies get in.",
        "And nice trousers, by the way.", "You may tickle me for the rest.", "Ha, your face!", "Run along, sweet pea.", "I am a rascal, I know.",
    ],
    "cunning": [
        "Think on that.", "You owe me one now.", "There is always a way around.", "Use it wisely, and quietly.", "Remember who told you, when it pays.", "I never play a hand I cannot win.", "What will you trade me for it?",
        "Nobody needs to know we spoke.", "And now I know what you are after.", "The fox eats when the dogs sleep.", "It might be turned to our advantage.", "Let others believe otherwise.",
    ],
    "curious": [
        "And what do you make of it?", "Why do you ask?", "Tell me everything later!", "I wonder what is behind it.", "Does that not puzzle you?", "I must find out more.", "What would you do?", "How did you come upon it?",
        "Have you seen it with your own eyes?", "I would love to know the rest.", "Is it not peculiar?", "I shall be up all night wondering.",
    ],
    "dramatic": [
        "Oh, the horror!", "I shall never recover!", "Let the bards sing of it!", "My soul is torn!", "Weep with me!", "Thus the curtain falls!", "Oh, what a world!", "I could swoon!", "And the heavens watched in silence!",
        "Remember this hour!", "My life is a tragedy!", "Such is my destiny!",
    ],
    "formal": [
        "I bid you take note.", "So it stands.", "I remain at your disposal.", "That is my formal reply.", "I trust this is sufficient.", "You have my word, duly given.", "I thank you for your attention.", "Let the record show it.",
        "Such are the rules.", "That concludes the matter.", "With my compliments.", "I have the honour to say no more.",
    ],
    "gloomy": [
        "Not that it helps anyone.", "It will only get worse.", "And then winter comes.", "We are doomed anyway.", "Nothing lasts.", "I doubt we will see spring.", "But who would listen?", "So goes all hope.", "It makes one want to lie down in a ditch.",
        "I have stopped expecting better.", "The grave waits for all of us.", "Ah, misery.",
    ],
    "gossipy": [
        "But you did not hear it from me!", "And that is not even the best part!", "Pass it on. No, do not!", "Everyone knows, mind you.", "Ask her at the well, she saw it all.", "Well, I never said a word!", "My lips are sealed from here. Almost.",
        "What have you heard?", "Wait until the neighbours hear!", "And they say there is more.", "Oh, the tales I could tell!", "Tell me yours, now.",
    ],
    "greedy": [
        "That will be one [copper|silver].", "A coin for my trouble?", "Talk is cheap, gold is not.", "You may pay me now.", "I take silver, and gold too.", "There is money in that.", "Think what it would fetch!", "My purse is always hungry.",
        "Add it to your bill.", "I should have asked for payment first.", "A tip would be welcome.", "Everything has its price.",
    ],
    "gruff": [
        "That is all.", "Now off with you.", "Hmph.", "Leave me be.", "Shut the door behind you.", "Enough chatter.", "Bah, people.", "I have work.", "Do not make me repeat it.", "Now scram.", "Anything else? Thought not.", "Grr.",
    ],
    "honest": [
        "That is the truth.", "My word on it.", "I would swear to it.", "I have nothing to hide.", "You can trust me on that.", "I will not claim more than I know.", "Better an ugly truth than a fair lie.", "No word of a lie.",
        "I speak only what is so.", "Honest weight, honest words.", "I could not tell you otherwise and sleep.", "Believe me, I do not fib.",
    ],
    "kind": [
        "Take care of yourself, dear.", "Stay warm, love.", "I hope that helps a little.", "Have a [bun|bit of soup] before you go.", "Be gentle with yourself.", "Come by if you need anything.", "Do not fret, dear.", "You are doing fine.",
        "Let me know how I can help.", "Wrap up well.", "You are always welcome to ask.", "Here, take my shawl.",
    ],
    "lazy": [
        "Now let me sit.", "That was a lot of words.", "I need a nap after that.", "Wake me if it matters.", "Let someone else worry.", "Work can wait.", "*yawns*", "I am tired just saying it.", "Do not make me get up.", "Back to my bench, then.",
        "There is always tomorrow.", "And now, some rest.",
    ],
    "pious": [
        "The saints willing.", "Heaven guide you.", "I will pray for you.", "Go with a blessing.", "Light a candle for it.", "All is in heaven's hands.", "Amen to that.", "Come to the chapel and give thanks.", "May your soul be at peace.",
        "The righteous need not fear.", "Repent while there is time.", "Bless this house.",
    ],
    "polite": [
        "I hope that helps.", "At your service.", "Do excuse me.", "If I may say so.", "Thank you kindly.", "Pray forgive my manners.", "Please do ask again.", "I wish you a very good day.", "With my best regards to your family.",
        "It was no trouble, I assure you.", "Most obliged to you.", "If that suits you, of course.",
    ],
    "proud": [
        "And I say it with my head high.", "My name stands for something.", "I kneel to nobody.", "Do not forget whom you speak with.", "I have earned my place.", "My honour is worth more than gold.", "We of my house do not lower ourselves.",
        "I take no charity.", "I answer to no one.", "You may look up to me.", "I shall not stoop.", "Respect is owed to me.",
    ],
    "sarcastic": [
        "Thrilling, I know.", "Try to contain your joy.", "I can hardly stand the excitement.", "You are welcome, your majesty.", "What a mystery, truly.", "Do write a song about it.", "Astonishing, is it not?", "How ever did we manage without you.",
        "I live for these little chats.", "Clap if you like.", "Such fun.", "Oh, what a day to have ears.",
    ],
    "scholarly": [
        "I could cite my notes.", "There are footnotes, if you wish.", "The sources agree.", "A curious matter, historically.", "One should always compare accounts.", "I am writing a treatise on it.", "See the third shelf for more.", "Quod erat demonstrandum.",
        "I speak from study.", "It merits further inquiry.", "Do read up on it.", "The evidence is sound.",
    ],
    "stubborn": [
        "And nothing will change my mind.", "I will not budge.", "I will say the same tomorrow.", "That is my last word.", "Argue with the wall instead.", "I stand by it.", "Not one inch.", "You can pull all you like.", "I am right and I know it.",
        "Do not try to talk me round.", "I have said it and it stays said.", "Never, not for all the oxen in the land.",
    ],
    "superstitious": [
        "It is a bad sign.", "Keep salt in your pocket.", "Touch wood.", "Do not whistle on your way.", "Cross your fingers.", "The spirits do not like it.", "Hang a horseshoe, to be safe.", "I shall sleep with garlic tonight.", "Turn around three times, now.",
        "The moon was red that night.", "Thirteen, mark you.", "Never say it after dark.",
    ],
    "timid": [
        "I... I think.", "Please do not be cross.", "If that is all right.", "D-do not tell them I said so.", "Sorry.", "Oh, I should not have spoken.", "M-may I go now?", "I hope that was not wrong.", "Please do not shout.", "I would rather hide.",
        "My hands are shaking.", "Um, that is all, s-sorry.",
    ],
    "warm-hearted": [
        "You are always welcome at my fire.", "Come, let me embrace you!", "We look after our own here.", "I am glad you are with us.", "Stay for supper!", "My house is your house.", "Bless your good heart.", "It does my heart good.",
        "Bring your friends too!", "What is mine is yours.", "You are dear to all of us.", "Come back soon, my dear!",
    ],
}

MOOD_LEADS: dict[str, list[str]] = {
    "calm": [
        "Well now.", "Hm.", "I see.", "All right.", "In good time.", "No hurry.", "Let me think.", "Let us see.", "As you like.", "Easy now.", "A quiet day for it.", "Very well.",
    ],
    "cheerful": [
        "Ha, what a fine day!", "Oh, good!", "Tra-la, listen!", "The sun is out and so am I!", "Splendid!", "What a lovely morning for it!", "I could dance!", "Oh, happy day!", "I woke up singing!", "Hurrah!", "Ah, life is sweet!", "You find me in high spirits!",
    ],
    "amused": [
        "Heh.", "Ha, that is a good one.", "Oh, you make me laugh.", "Hehe.", "I cannot keep a straight face.", "Funny you should say so.", "You do tickle me.", "*chuckles*", "Oh, this is rich.", "Ha, ha!", "Stop, my sides ache.", "I needed a laugh.",
    ],
    "weary": [
        "*sighs*", "What a long day.", "I barely slept.", "My feet ache.", "Oh, let me lean on something.", "I am worn to the bone.", "Give me a moment, I am tired.", "My eyes keep closing.", "I have been up since before dawn.", "My back is killing me.", "Forgive me, I am dead on my feet.", "One more thing today, then.",
    ],
    "irritated": [
        "What is it now?", "Not again!", "I have had enough today.", "Must everyone bother me?", "Do not try my patience.", "Be quick, I am cross.", "For pity's sake!", "Gah!", "I was in the middle of something!", "One more interruption and I scream.", "You pick your moments!", "My temper is short today.",
    ],
    "grieving": [
        "Forgive my tears.", "My heart is heavy.", "I am still in mourning.", "Oh, it has been so quiet since.", "Words come hard these days.", "I have not smiled since the funeral.", "Ah, the empty chair.", "I lost someone dear.", "Pardon me, I was weeping.", "Every bell reminds me.", "Grief sits on me like a stone.", "I try to go on.",
    ],
    "nervous": [
        "Shh, did you hear that?", "Who is there? Oh, you.", "I keep looking over my shoulder.", "Do not sneak up on me!", "My stomach is in knots.", "Quick, before anyone comes.", "Keep your voice down.", "I cannot keep still today.", "Oh, oh dear.", "Is the door shut?", "Something is wrong, I can feel it.", "You made me jump!",
    ],
    "suspicious": [
        "Why do you want to know?", "Who sent you?", "Stay where I can see you.", "I have my eye on you.", "Strange that you should ask.", "Hm, what are you after?", "I do not trust easy questions.", "Show me your hands.", "Somebody has been asking around.", "Why are you really here?", "Careful, stranger things have been tried on me.", "You are up to something.",
    ],
}

MOOD_TAILS: dict[str, list[str]] = {
    "calm": [
        "That is how it is.", "No need to hurry.", "Take your time.", "All in its season.", "Peace to you.", "And so the day goes.", "It will come right.", "One thing after another.", "There is time enough.", "Nothing to fret about.",
    ],
    "cheerful": [
        "Is life not good?", "Smile a little!", "What a day!", "It makes me want to sing!", "Tra-la-la!", "All is well in the world!", "Come, be merry with me!", "I feel [grand|splendid|wonderful]!", "Even the birds agree!", "I could hug the whole village!",
    ],
    "amused": [
        "Funny, is it not?", "I could laugh all day.", "Heh heh.", "Ha, ha!", "Oh, it still makes me grin.", "You should see your face.", "I shall chuckle over this tonight.", "What a jest!", "Laugh, it is good for you.", "Dear me, my sides.",
    ],
    "weary": [
        "Now let me rest.", "I need my bed.", "I am so tired.", "Can the rest wait till morning?", "*yawns*", "I could sleep standing.", "What a day it has been.", "My bones want a chair.", "I have no strength for more.", "Sleep cannot come soon enough.",
    ],
    "irritated": [
        "Now leave me alone!", "Do not test me!", "I have had enough today!", "Is that all?", "And stop staring!", "Must I say everything twice?", "Now get on with it!", "I am this close to shouting.", "Satisfied?", "You are wearing out my patience.",
    ],
    "grieving": [
        "Nothing is as it was.", "I wish it were different.", "Oh, how I miss them.", "Let me be with my sorrow.", "The house is so empty.", "I cannot speak of it without weeping.", "Forgive me, I am not myself.", "The heart mends slowly.", "Some losses never leave.", "I only wish they were here.",
    ],
    "nervous": [
        "Do not tell anyone I said so!", "Please, keep it quiet.", "I do not feel safe.", "What was that noise?", "Can we go inside?", "Oh, I should not be out here.", "Look behind you, is anyone there?", "My heart is pounding.", "I hope nobody heard.", "Quick, let us part.",
    ],
    "suspicious": [
        "That is all you get.", "Do not ask for more.", "I will be watching you.", "Now tell me why you ask.", "And I will remember that you asked.", "I still do not trust you.", "Somebody put you up to this.", "I know a trick when I see one.", "Keep your hands where they are.", "What is your game?",
    ],
}

FEELING_LEADS: dict[str, list[str]] = {
    "hostile": [
        "You have some nerve, {listener}.", "{listener}. I hoped never to see you.", "I should not even speak to you, {listener}.", "Ugh, {listener}.", "Get your boots off my ground, {listener}.", "You dare come to me, {listener}?",
        "The very sight of you, {listener}!", "I have nothing but scorn for you.", "Keep your distance, {listener}.", "You! After everything?", "I would sooner talk to a rat, {listener}.", "Go away, {listener}.",
    ],
    "cold": [
        "You again, {listener}.", "Make it quick, {listener}.", "If I must.", "{listener}. Hm.", "I have little time for you, {listener}.", "What do you want, {listener}?", "We are not friends, {listener}.", "Keep it short.", "I suppose I can answer that.", "Oh. It is you.", "I owe you no words, {listener}.",
    ],
    "neutral": ["", "", "", "{listener}, is it?", "Well, {listener}.", "Ah, {listener}.", "{listener}.", "Good of you to stop, {listener}."],
    "warm": [
        "Ah, {listener}, my friend.", "Good to see you, {listener}.", "For you, {listener}, gladly.", "{listener}! Come in, come in.", "I was hoping it was you, {listener}.", "You are good company, {listener}.", "Always a pleasure, {listener}.", "Since it is you, {listener}.",
        "Friend {listener}!", "Glad you came by, {listener}.", "There is my friend {listener}.",
    ],
    "devoted": [
        "{listener}, my dearest friend!", "For you, {listener}, anything.", "Oh, {listener}, I would walk through fire for you.", "My heart leaps when I see you, {listener}!", "Dear, dear {listener}.", "I owe you everything, {listener}.", "You need only ask, {listener}.", "{listener}, light of my day!",
        "I have no truer friend, {listener}.", "I would follow you anywhere, {listener}.", "Whatever you need, {listener}, it is yours.",
    ],
}

FEELING_TAILS: dict[str, list[str]] = {
    "hostile": [
        "Now get out of my sight.", "Do not come back, {listener}.", "I do not forget, {listener}.", "May your boots rot, {listener}.", "I hope you trip on the way out.", "You are not welcome here.", "Now leave, before I lose my temper.", "I despise you, {listener}.", "Rot, for all I care.", "Do not speak to me again, {listener}.",
    ],
    "cold": [
        "Is that all?", "Now go.", "Do not make a habit of it, {listener}.", "I have nothing more for you.", "Good day, {listener}.", "You have had your answer.", "Do not expect kindness with it.", "I would rather be alone.", "Now I am busy.", "We are done, {listener}.",
    ],
    "neutral": ["", "", "", "There you are, {listener}.", "Mind how you go, {listener}.", "So now you know, {listener}.", "Fair enough?", "That is that, {listener}."],
    "warm": [
        "Be well, {listener}.", "Come back soon, {listener}!", "You are always welcome, {listener}.", "It is good to talk with you.", "I like you, {listener}.", "Any time, my friend.", "Look after yourself, {listener}.", "I am glad to help you, {listener}.", "You have a friend in me.", "Drop by whenever you like.",
    ],
    "devoted": [
        "I would do anything for you, {listener}.", "You have my whole heart, {listener}.", "Never doubt me, {listener}.", "I am yours to command, my dear.", "The saints gave me you for a friend, {listener}.", "I thank the day we met, {listener}.", "Stay a while, I miss you when you go.", "I will always stand by you, {listener}.", "No one is dearer to me.",
        "My home is yours, {listener}, always.",
    ],
}

TRADE_TAILS: dict[str, list[str]] = {
    "baker": ["Fresh as my loaves.", "Sure as dough rises.", "That is the crust of it.", "My oven will not wait."],
    "smith": ["Sure as iron.", "Strike while it is hot.", "The anvil calls.", "True as a good blade."],
    "blacksmith": ["As sure as iron.", "The forge will not wait.", "Hammered flat and true.", "Sparks will fly."],
    "miller": ["It all goes through the same stones.", "Grist for the mill.", "The wheel keeps turning.", "Fine as my flour."],
    "farmer": ["You reap what you sow.", "The cows want milking.", "Good soil, good crop.", "Rain will tell."],
    "shepherd": ["My sheep know it too.", "I must count the flock.", "Even the lambs bleat about it.", "Wool hides much."],
    "fisherman": ["Plenty more in the river.", "The nets need mending.", "Something fishy there.", "The tide waits for nobody."],
    "innkeeper": ["There is stew on the fire.", "The kettle is on.", "You hear it all behind a bar.", "A mug makes it easier."],
    "brewer": ["It only wants time to ferment.", "Good ale needs patience.", "Froth, all froth.", "The barrels do not lie."],
    "guard": ["Move along, now.", "I keep the watch.", "Not on my shift.", "The gate shuts at dusk."],
    "hunter": ["The tracks do not lie.", "Quiet feet catch the deer.", "My bow is strung.", "Follow the wind."],
    "herbalist": ["There is a root for that.", "A pinch of sage and patience.", "Bitter herbs heal best.", "My garden taught me so."],
    "healer": ["Rest, and drink plenty.", "Time heals, and so do I.", "Put a poultice on it.", "I have bandaged worse."],
    "priest": ["The bell will ring soon.", "I shall name you in my prayers.", "So I preach it too.", "The flock must hear it."],
    "carpenter": ["Measure twice, cut once.", "It fits like a good joint.", "That is with the grain.", "Sawdust and sweat."],
    "mason": ["Solid as a cornerstone.", "Stone on stone, it stands.", "Set in mortar.", "Built to last."],
    "tailor": ["A stitch in time.", "It fits like a good coat.", "That is the thread of it.", "I have cut my cloth so."],
    "weaver": ["It is all one weave.", "Warp and weft, friend.", "The loom does not stop.", "I could weave it in."],
    "cobbler": ["That is where the shoe pinches.", "Sole and heel, I tell you.", "I last as my shoes last.", "Walk a mile in it."],
    "tanner": ["It stinks, but it holds.", "Tough as hide.", "I have the skin for it.", "Soak it a week, then see."],
    "butcher": ["That is the meat of it.", "Clean to the bone.", "I cut it as it is.", "Nothing wasted."],
    "potter": ["It is clay until it is fired.", "Turn it slowly.", "A cracked pot tells on itself.", "The wheel spins on."],
    "merchant": ["A fair bargain, that.", "Supply and demand, friend.", "I weigh my words like goods.", "Business is business."],
    "peddler": ["It is on my cart, all of it.", "I heard it on the road.", "Buy or sell, I carry on.", "The next village knows it too."],
    "scribe": ["I have it in ink.", "Write that down.", "My quill agrees.", "Signed and sealed."],
    "librarian": ["It is on the second shelf.", "Hush, though.", "Books remember.", "I have it catalogued."],
    "schoolteacher": ["Class dismissed.", "Learn it by heart.", "That was today's lesson.", "Sit up straight."],
    "bard": ["There is a song in it.", "I shall rhyme it by evening.", "My lute agrees.", "Verse two comes later."],
    "gravedigger": ["The ground keeps it all.", "They all come to me in the end.", "I dig, I do not ask.", "Six feet of quiet."],
    "woodcutter": ["Sure as my axe.", "Mind the falling tree.", "One log at a time.", "That is how it splits."],
    "charcoal burner": ["Where there is smoke, I am.", "Slow embers last.", "Black hands, clean heart.", "The pile still glows."],
    "stable hand": ["Straight from the horse's mouth.", "The horses know it.", "Somebody must muck out.", "Hold your horses."],
    "ferryman": ["I carry folk and keep quiet.", "The river brings it all.", "Mind the gap at the landing.", "One crossing at a time."],
    "sailor": ["By wind and wave.", "Steady as she goes.", "I have seen it at sea.", "All hands know it."],
    "soldier": ["Orders are orders.", "I keep my boots polished.", "So it was in the ranks.", "At ease."],
    "knight": ["On my sword.", "By my oath.", "So a knight holds it.", "My banner stands for it."],
    "captain of the guard": ["That is an order.", "My crew would say the same.", "I run a tight watch.", "Dismissed."],
    "mayor": ["It will go before the council.", "I govern, you know.", "For the good of the village.", "There is a bylaw on it."],
    "elder": ["I have seen many winters.", "So it was in my youth.", "Listen to old bones.", "The young forget it."],
    "beekeeper": ["Sweet as honey.", "The hive is humming.", "Mind the sting in it.", "The bees told me."],
    "candlemaker": ["It sheds some light, I hope.", "Both ends burn, friend.", "Wax melts, truth stays.", "The wick is short."],
    "cook": ["It is all in the seasoning.", "My pot is boiling over.", "Too many cooks know it.", "Taste it first."],
    "cooper": ["Tight as my barrels.", "Every stave in its place.", "It holds water.", "Hoop it and roll it."],
    "glassblower": ["Clear as my glass.", "Handle with care.", "Hot breath and steady hands.", "It breaks if you push."],
    "jeweller": ["A gem of a matter.", "It sparkles, but look closely.", "I judge by the cut.", "All that glitters, you know."],
    "locksmith": ["There is a key to everything.", "Under lock, that.", "It clicks, does it not?", "I open doors, not mouths."],
    "miner": ["Dig deep enough and you find it.", "Down in the dark one learns it.", "Solid ore, that.", "Mind the roof beam."],
    "messenger": ["I only carry the message.", "Delivered.", "My legs know the road.", "Next stop, the mill."],
    "midwife": ["I have brought half this village into the world.", "Breathe, dear.", "It comes when it comes.", "Hot water and patience."],
    "apothecary": ["Three drops, no more.", "It is in my blue bottle.", "The dose makes the poison.", "Shake well."],
    "astronomer": ["It is written in the stars.", "I watched it all night.", "The moon will confirm it.", "Look up more often."],
    "alchemist": ["It only wants a catalyst.", "Stand back from the flask.", "Lead today, gold tomorrow.", "It may explode."],
    "wizard": ["The runes agree.", "Mind the sparks from my sleeve.", "Magic has its rules.", "I foresaw you asking."],
    "witch": ["My cauldron bubbles over it.", "The cat told me.", "A toad could see it.", "Cackle if you like."],
    "beggar": ["Spare a copper?", "One hears much from the gutter.", "My bowl is empty.", "Kind folk pay for less."],
    "thief": ["You never saw me.", "Check your pockets.", "Quiet fingers, quiet tongue.", "Nobody locks that door."],
    "servant": ["If the master asks, I was dusting.", "The silver wants polishing.", "One sees it from the stairs.", "I only serve."],
    "gardener": ["It grows on you.", "Pull it by the root.", "The roses know.", "Plant it and wait."],
    "rope maker": ["It all hangs together.", "Twist by twist.", "That rope holds.", "No loose ends."],
    "wheelwright": ["What goes round comes round.", "True as a new spoke.", "Keep it rolling.", "The axle holds."],
    "thatcher": ["It keeps the rain out.", "From up on the roof one sees it.", "Bundle by bundle.", "Under a good roof, all is well."],
    "dyer": ["It will not wash out.", "I see its true colour.", "Dyed in the wool.", "Blue hands do not lie."],
    "dairymaid": ["No use crying over it.", "The cream rises.", "Fresh this morning.", "The cows are waiting."],
    "goatherd": ["Stubborn as my goats.", "The nanny ate the rest.", "Up the hill they all know it.", "Hear the bells?"],
    "tax collector": ["It is all in the ledger.", "Everyone pays in the end.", "And your dues?", "I count every copper."],
    "judge": ["So I rule.", "Order, please.", "The law is clear.", "Case closed."],
    "executioner": ["Heads have rolled for less.", "I keep my axe sharp.", "Short and clean.", "Mind your neck."],
    "fortune teller": ["The cards never lie.", "My crystal clouded over it.", "I see it in your palm.", "Cross my hand with silver."],
    "barber": ["A close shave, that.", "Sit still, I have a razor.", "One hears it in my chair.", "Snip, snip."],
    "nun": ["The sisters pray for it.", "The abbess says so too.", "My beads keep count.", "It is nearly time for vespers."],
    "monk": ["So it stands in our rule.", "I copied it in the scriptorium.", "Silence is next.", "The abbey brews a fine ale, too."],
    "ranger": ["I read it in the trail.", "The woods have ears.", "I sleep under the trees.", "Step lightly out there."],
    "shipwright": ["Tight as a good hull.", "Keel first, then the rest.", "It floats, that I promise.", "Pitch and patience."],
    "cartwright": ["Steady on four wheels.", "Grease the axle first.", "Do not put the cart before the ox.", "It will bear the load."],
    "squire": ["I polish the armour, I hear it all.", "One day I shall be a knight.", "My lord would agree.", "I must see to the horses."],
    "toymaker": ["Wound up and ready to go.", "It is child's play.", "My puppets nod.", "A drop of paint mends it."],
    "scholar": ["It merits a footnote.", "I shall write a paper on it.", "My candle burns late.", "See volume four."],
    "jester": ["Boo to a goose!", "Ring my bells twice.", "The joke is on us.", "A fool said it first."],
}

_BY_MOVE: dict[Move, Sequence[str]] = {
    Move.RETORT: ("angry",),
    Move.COWER: ("afraid",),
    Move.THANK: ("happy",),
    Move.PUZZLE: ("surprised", "wary"),
    Move.DOUBT: ("wary", "surprised"),
    Move.REBUFF: ("angry", "wary"),
    Move.STAND: ("angry", "wary"),
    Move.WELCOME: ("happy", "neutral"),
    Move.FORGIVE: ("happy", "neutral"),
    Move.DEFLECT: ("wary",),
}
"""Moves that bring their own emotion, whatever the mood."""

_BY_MOOD: Mapping[str, str] = {
    "calm": "neutral", "cheerful": "happy", "amused": "happy", "weary": "tired",
    "irritated": "angry", "grieving": "sad", "nervous": "afraid", "suspicious": "wary",
}  # fmt: skip
_BY_FEELING: Mapping[str, str] = {"hostile": "angry", "cold": "wary", "warm": "happy", "devoted": "happy"}

_HEAVY_MOODS: Mapping[str, str] = {"weary": "tired", "grieving": "sad"}
"""Moods that dampen a happy move: a mourner who thanks somebody stays sad."""


def emotion_for(move: Move, mood: str, feeling: str, rng: random.Random) -> str:
    """The emotion a reply opens with: the move's own if it has one, else the mood's, tinted by a strong feeling."""
    own = _BY_MOVE.get(move)
    if own is not None:
        choice = rng.choice(own)
        if choice == "happy" and mood in _HEAVY_MOODS and rng.random() < 0.6:
            return _HEAVY_MOODS[mood]
        return choice
    if move is Move.ACKNOWLEDGE and mood == "calm" and rng.random() < 0.35:
        return "surprised"
    felt = _BY_FEELING.get(feeling)
    if mood == "calm" and felt is not None and rng.random() < 0.7:
        return felt
    if feeling == "hostile" and mood in ("cheerful", "amused"):
        return "angry" if rng.random() < 0.6 else "wary"
    if feeling == "cold" and mood in ("cheerful", "amused") and rng.random() < 0.3:
        return "neutral"
    return _BY_MOOD[mood]
