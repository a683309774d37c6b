"""The fixed texts of this course, written for it, and what a model sees of a text of one's own."""

from __future__ import annotations

import unicodedata
from collections import Counter
from itertools import compress
from typing import TYPE_CHECKING

from gedig_edu.course.cards import Card
from gedig_edu.errors import GedigError
from gedig_edu.words import word
from gedig_edu.words.numbers import named

if TYPE_CHECKING:
    from gedig_edu.models.model import AttentionModel
    from gedig_edu.models.tokens import Encoded

PROSE = (
    "The ferry left before sunrise, and only the baker noticed that it was nearly empty.",
    "Every winter the lake freezes from the edges, so the middle stays dark the longest.",
    "She kept the map folded in her coat, although the coast had moved since it was drawn.",
    "When the power failed, the nurses counted drops by the light of a telephone.",
    "A good bridge bends a little, and a bad one pretends that it does not.",
    "The committee agreed on the colour of the door but not on who should open it.",
    "After three days of rain the river carried fence posts, apples and a blue chair.",
    "He explained the rule twice, then broke it in front of everybody who had listened.",
    "Our neighbour grows beans along the railway because the soil there is free.",
    "The violin was older than the country whose anthem it was asked to play.",
    "Nobody had wound the clock for years, yet it was right whenever the train arrived.",
    "The children drew the mountain as a triangle, and the geologist did the same.",
    "If the bread is cut while it is warm, the loaf collapses and the guests are pleased.",
    "Two engineers measured the tower from opposite sides and disagreed by a hand.",
    "The letter had been opened, read and closed again with better glue.",
    "In the market a man sold keys without locks, and people bought them for luck.",
    "The dog waited at the corner where the old shop used to be.",
    "Most of the library burned, but the catalogue survived and made the loss exact.",
    "They planted the orchard for the shade and were surprised by the pears.",
    "The pilot spoke slowly, as if the storm outside were a matter of grammar.",
    "My grandmother could tell the hour by the sound of the street.",
    "The experiment worked only on Tuesdays, when the lift next door was being serviced.",
    "A thin line of smoke stood above the valley and did not move all morning.",
    "The actor forgot his sentence, invented another, and the play was better for it.",
    "Because the path was closed, the walkers discovered a field full of larks.",
    "The tailor asked for one more week, which was exactly how late the wedding was.",
    "Salt keeps the road clear and slowly eats the cars that use it.",
    "The village sold its bell to buy a pump, then met every noon out of habit.",
    "She sorted the photographs by weather and found her brother in every storm.",
    "The boat was named after a horse that had been named after a boat.",
    "What the guide called a castle was a wall with a very good view.",
    "The accountant found the missing coin inside the machine that counted coins.",
    "Rain on the tin roof made the meeting short and the minutes long.",
    "He learned the language from recipes, so his quarrels always began with flour.",
    "The glacier gave back a ski, a watch and the front page of a newspaper.",
    "At the border the officer stamped the wrong page and wished them a happy year.",
    "The garden wall leans toward the sea, and the roses lean the other way.",
    "Students who sat near the window wrote shorter answers and better ones.",
    "The radio played a song about a city that none of them had left.",
    "Before the dam was built, the fishermen could hear the rapids from the church.",
    "A mistake in the first measurement was carried politely through all the others.",
    "The cat slept on the printer because the news was warm.",
    "It took the carpenter an hour to hang the door and a week to forgive the wall.",
    "The museum keeps one room empty so that visitors can say what is missing.",
    "Snow closed the pass in October, and the bus driver opened a small school.",
    "The cook salted the soup twice, once by hand and once by rumour.",
    "They crossed the desert at night, steering by a radio mast and the smell of rain.",
    "The judge asked for silence and received, for the first time that day, a cough.",
    "An honest table of errors is worth more than a beautiful curve.",
    "When the last lamp was lit, the street looked shorter than it was.",
)

PASSAGES = (
    "The mill stood where two streams met, and for a hundred years its wheel was turned by "
    "whichever ran higher. "
    "The miller kept a notebook of the two levels. "
    "His grandson found that it was mostly about the birds on the banks.",
    "We reached the hut after dark and lit the stove with the last dry branch. "
    "Nobody spoke for a while. "
    "Then the youngest of us said that the map must be wrong, and the oldest said that maps "
    "are never wrong, only late.",
    "A loaf needs flour, water, salt and time, and of these the baker can hurry none. "
    "She once tried to save an hour by warming the oven early. "
    "The bread rose quickly, fell quickly, and was sold to a man who kept ducks.",
    "In the old harbour the cranes are painted every spring, although no ship has come for "
    "eleven years. "
    "The painters say that the colour keeps the rust away. "
    "The town says that the colour keeps the hope away from rusting.",
    "My aunt repaired watches at a table by the window and would not work under a lamp. "
    "Lamplight, she said, makes every spring look sound. "
    "When the days grew short she told her customers that time would have to wait.",
    "The two surveyors walked the border from opposite ends and agreed to meet at the stone "
    "bridge. "
    "One arrived on Tuesday and one on Thursday. "
    "Each wrote in the report that the other had been measuring a different country.",
    "Before the concert the pianist asked that the heating be turned off, because the strings "
    "could hear it. "
    "The hall grew cold. "
    "By the second half the listeners were clapping mainly to keep warm, and he bowed for a "
    "long time.",
    "The school garden belonged to no class in particular, so every class watered it. "
    "The tomatoes drowned in June. "
    "After that the head teacher drew up a list, and in July the tomatoes died of thirst, "
    "exactly as planned.",
    "When the river was low one could see the roofs of the drowned village, and people rowed "
    "out to look for their houses. "
    "They brought back tiles and door handles. "
    "Nobody ever brought back the clock, though many had heard it.",
    "He had written the same letter four times and sent none of them. "
    "On the fifth day he copied out the second, changed one word and walked to the post "
    "office. "
    "It was closed, which he took for an answer, and went home singing.",
    "The island has one road, one bus and one traffic light, which was a gift. "
    "Visitors photograph the light. "
    "The driver stops there whether it is red or green, since it is the only place where "
    "passengers have time to pay.",
    "Ice forms first along the shore, where the water is shallow and the reeds are still. "
    "By morning it will carry a cat, by evening a child. "
    "The men who cut it for the cellars test it with an iron bar and never with advice.",
    "Our first telescope was a tube of cardboard with a lens from a pair of reading glasses. "
    "It turned the moon upside down and gave it a coloured edge. "
    "We drew what we saw, and the drawings are still better than the memory.",
    "The tailor cut the coat for a man who stood straight, and the man who came to fetch it "
    "stooped. "
    "It could be altered, he said, but one of them would have to give way. "
    "They agreed to meet again after the winter was over.",
    "For the census every house was to be counted once, and every person where he slept. "
    "The lighthouse keeper slept by day. "
    "The clerk who rowed across to ask him wrote down two beds, one lamp and nobody at home "
    "that night.",
    "There were three doctors in the valley and they did not agree about the water. "
    "One blamed the pipes and one the springs. "
    "The third drank a glass of it before the whole council and afterwards moved, quietly, to "
    "the coast.",
    "The library lends seeds as well as books, and asks that some be returned in autumn. "
    "Most people forget. "
    "But one shelf of beans has been lent and returned for thirty years, and by now it fits "
    "the village like an old shoe.",
    "She learned to weld at sixty, because the gate was broken and the smith had retired. "
    "The first seam was ugly and held. "
    "The second was beautiful and did not. "
    "Since then her work has been ugly on purpose, and much in demand.",
    "The train stopped between two stations and stood in the snow for an hour. "
    "A child counted the poles. "
    "A soldier shared his bread. "
    "When the engine moved again, everybody fell silent, as though someone had come into the "
    "room.",
    "To tune the great bell they turned it upside down and shaved the metal from its lip. "
    "Too little could be mended, too much could not. "
    "The founder worked by ear and with wool in both his ears, which he would not explain.",
    "On market days the square is full by six and empty by noon. "
    "The cheese goes first, then the eggs, then the gossip. "
    "What is left at the end is swept up by a man who knows, from the sweepings, what the week "
    "will be like.",
    "The old map shows a forest where the airport is, and a pond below the second runway. "
    "In wet years the pond comes back. "
    "The engineers pump it out in March, and in April the herons stand along the wire and look "
    "at the lights.",
    "It was agreed that the winner would be whoever came closest without touching the line. "
    "They threw stones until the light was gone. "
    "In the morning there was a heap of stones beyond the line and a single one, mine, on it.",
    "The orchestra had lost its cellist to the war and its hall to the flood, so it rehearsed "
    "in the station. "
    "Trains came through twice in the slow movement. "
    "The conductor wrote them into the score and kept them there for good.",
    "If you follow the dry wall uphill you come to a gate that opens on nothing. "
    "There was a farm once. "
    "The wall still keeps the sheep from the place where the kitchen was, and the sheep still "
    "try to get in when it rains.",
    "The glass was poured flat and left to cool for two days, and nobody was allowed to walk "
    "past it. "
    "On the third day they lifted it out. "
    "There was one bubble in the middle, as small as a seed, and everyone claimed it for his "
    "own.",
    "His father had taught him to read the wind from the smoke of the brickworks. "
    "Then the brickworks closed. "
    "He bought a flag, but a flag says only where the wind goes, and the smoke had told him "
    "what it was thinking about.",
    "We grew used to the noise of the pump and woke when it stopped. "
    "The cellar was already full. "
    "Jars of plums floated past the stairs in the light of the torch, turning slowly, each "
    "with its label outwards, in alphabetical order.",
    "The judge of the flower show had no sense of smell and was valued for his fairness. "
    "He measured stems, counted petals and wrote down colours. "
    "Only once did he hesitate, before a white rose, and he gave it no prize at all.",
    "A path that is walked every day needs no sign, and one with a sign is walked by "
    "strangers. "
    "So the village took the signs away. "
    "The strangers still come, but they have to ask, and by the time they have the answer they "
    "stay.",
)

HEADINGS = (
    "The Harbour in Winter",
    "Early Life and Schooling",
    "Results of the Second Survey",
    "Bridges and Ferries",
    "A Short History of Salt",
    "Reception",
    "Notes on Method",
    "The Northern Railway",
    "Later Years",
    "Weather and Harvest",
    "List of Instruments",
    "What Remains Unknown",
    "The Flood and Its Causes",
    "Music in the Valley",
    "Voyage to the Islands",
    "Further Reading",
    "Trade before the Canal",
    "The School on the Hill",
    "Legacy",
    "Tools and Materials",
    "Birds of the Estuary",
    "An Unfinished Letter",
    "Population",
    "The Second Expedition",
    "Roofs and Windows",
    "Questions of Measure",
    "Climate",
    "The Town Council",
    "Origins of the Name",
    "Appendix on Dates",
)

EXAMPLE = PROSE[4]
CAPTAIN = "When the old captain had gone, nobody spoke of the old captain again."
FAMILIAR = ("The cat sat on the mat.", "To be, or not to be, that is the question.")
MOST_SHOWN = 48  # tokens; a longer text shows its beginning
SHOWN = " \n\r\t\u200d"  # signs without ink that have a label, or hold an emoji together


def describe(text: str, model: AttentionModel) -> Card:
    """Say how many tokens a model sees of a text, which, and what is unusual about them.

    Parameters
    ----------
    text : str
        Any text, the empty one included.
    model : AttentionModel
        The model that shall read it.

    Returns
    -------
    Card
        The tokens, and a sentence for each of these: a single token, signs that fall into bytes,
        signs that the model does not know, signs that cannot be seen. Where the model cannot read
        the text: what was given, what is expected, and what to do.

    Raises
    ------
    GedigError
        If `text` is no text.

    Examples
    --------
    >>> from gedig_edu.models import load
    >>> describe("The", load("gpt2-mini"))
    • gpt2-mini sees one token
      The
      It can look at nothing but itself: ...
    """
    from gedig_edu.views.labels import token_labels

    fits = fitting(text, model)
    if fits < len(text):
        return _too_long(text, fits, model)
    try:
        read = model.encode(text)
    except GedigError as trouble:
        unread = word("course.sentence.unread", model=model.name)
        return Card("wrong", unread, (str(trouble), word("course.sentence.no_token")))
    shown = " | ".join(token_labels(read.tokens[:MOST_SHOWN]))
    if len(read) > MOST_SHOWN:
        shown = word("course.sentence.more", shown=shown, count=len(read) - MOST_SHOWN)
    key = "one" if len(read) == 1 else "tokens"
    heading = word(f"course.sentence.{key}", model=model.name, count=len(read))
    return Card("note", heading, (shown, *_explained(text, read, model)))


def fitting(text: str, model: AttentionModel) -> int:
    """Return how many characters of a text fit into a model's context, from its beginning.

    Raises
    ------
    GedigError
        If `text` is no text.

    Examples
    --------
    >>> from gedig_edu.models import load
    >>> fitting("No more. " * 1000, load("gpt2-mini"))
    767
    """
    from gedig_edu.models.tokens import check_text

    check_text(text)
    encoding = model.tokenizer.encode(text)
    if len(encoding) <= model.context:
        return len(text)
    room = model.context - sum(encoding.special_tokens_mask)
    pairs = zip(encoding.offsets, encoding.special_tokens_mask, strict=True)
    cut = [start for (start, _), special in pairs if not special][room]
    while len(model.tokenizer.encode(text[:cut])) > model.context:
        cut -= 1
    return cut


def enough(text: str, *models: AttentionModel, at_least: int = 4, instead: str = EXAMPLE) -> str:
    """Return a text if each of these models can read it and sees enough tokens, else the example.

    What is too long or too short, the empty text too, has been described by `describe`; a lesson
    goes on with its example then, `instead`. Marks that a model adds do not count.

    Raises
    ------
    GedigError
        If `text` is no text.

    Examples
    --------
    >>> from gedig_edu.models import load
    >>> enough("The boat came home", load("gpt2-mini"))
    'The boat came home'
    >>> enough("", load("gpt2-mini")) == EXAMPLE
    True
    """
    for model in models:
        if fitting(text, model) < len(text):
            return instead
        special = model.tokenizer.encode(text).special_tokens_mask
        if len(special) - sum(special) < at_least:
            return instead
    return text


def _too_long(text: str, fits: int, model: AttentionModel) -> Card:
    read = text[:fits]
    said = word(
        "course.sentence.too_long_do",
        words=len(read.split()),
        end=named(" ".join(read.split()[-3:])),
        fits=fits,
    )
    count, most = len(model.tokenizer.encode(text)), model.context
    heading = word("course.sentence.too_long", model=model.name, count=count, most=most)
    return Card("wrong", heading, (said,))


def _explained(text: str, read: Encoded, model: AttentionModel) -> list[str]:
    """Return a sentence for each thing that is unusual about the tokens of a text."""
    said = []
    if len(read) - read.special.sum() == 1:
        added = " ".join(compress(read.tokens, read.special))
        said.append(word(f"course.sentence.{'alone' if added else 'single'}", added=added))
    broken = _in_pieces(read)
    if broken:
        place, pieces = next(iter(broken.items()))
        size = len(text[place].encode())
        sign = named(text[place])
        said.append(word("course.sentence.bytes", sign=sign, bytes=size, tokens=pieces))
        if len(broken) > 1:
            said.append(word("course.sentence.bytes_more", count=len(broken)))
    unknown = read.tokens.count(getattr(model.tokenizer.model, "unk_token", None) or "")
    if unknown:
        said.append(word("course.sentence.unknown", unknown=model.tokenizer.model.unk_token))
    hidden = next((sign for sign in text if not sign.isprintable() and sign not in SHOWN), None)
    if hidden:
        name = unicodedata.name(hidden, f"U+{ord(hidden):04X}").lower()
        said.append(word("course.sentence.hidden", name=name))
    return said


def _in_pieces(read: Encoded) -> dict[int, int]:
    """Return the places of the characters that several tokens share, and how many do."""
    tokens = [place for start, end in read.offsets for place in range(start, end)]
    return {place: count for place, count in sorted(Counter(tokens).items()) if count > 1}
