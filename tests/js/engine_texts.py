"""Texts that a tokenizer may get wrong, the same in each run: 360 drawn, and some written down."""

import random
import unicodedata

WORDS = r"""the mill stood still and nobody spoke of captain's orders they're don't we'll I'd
WE'RE O'Clock 's ' antidisestablishmentarianism Donaudampfschifffahrtsgesellschaft café naïve
Größe smörgåsbord Ελλάδα Привет мир שלום עולם مرحبا بالعالم नमस्ते สวัสดี 你好世界 こんにちは 안녕하세요
猫が好き 3.14159 1,000,000 2026-11-28 １２３ ⅷ ½ x² == != -> <|endoftext|> <|endoftext| |> a_b
https://a.example/b?c=d#e \xe7 \n C:\dir {x} [y] (z) “quoted” „unten“ …"""
EMOJI = [*"😀🎉❤🔬🦜🚀🫠", "❤️", "👩‍🔬", "👨‍👩‍👧‍👦", "👍🏽", "🇯🇵", "🇩🇪🇫🇷", "🏴󠁧󠁢󠁥󠁮󠁧󠁿", "1️⃣"]
SPACES = [" ", "  ", "   ", "\n", "\n\n", "\r\n", "\t", " \t ", *"\xa0\u2003\u3000\u2028\x85\x0b",
          *"\x0c\x1c\x1f\ufeff\u200b\u200d\u180e"]  # fmt: skip
MARKS = ["\u0301", "\u0308", "\u0327", "\u20dd", "\ufe0f", "\u0345", "\u0e34", "\u093f", "\u200d"]
CONTROLS = [*map(chr, range(32)), "\x7f", "\x80", "\x9f", "\xad", "\u202e", "\u2066", "\ue000",
            "\ufffd", "\ufffe", "\U000e0001", "\U0010ffff"]  # fmt: skip
PASSAGE = """When the old miller had gone, the mill stood still for a year. Nobody in the village
spoke of it, and the children who had played beside the water were told to stay at home. “It is only
a house,” said the captain, who had come back from the sea with one good eye and a box of letters,
“and a house does nothing to those who let it alone.” But at night, when the wind came down from the
hills, they could all hear the great wheel turn. In the spring a young woman took the road up to the
mill. She carried a lamp, a loaf of bread and a book in which her mother had written down, day after
day, what the weather was and what the flour cost. She opened the door, and the first thing that she
saw was a table laid for two. The bread on it was fresh. The lamp beside it was still warm, and on
the chair lay a coat that she knew. She sat down, as one does who has walked all day, and waited.
After an hour the old captain came in, took off his hat, and looked at her as if she had been there
every evening of the year. “You are late,” he said. “The wheel has been turning since noon.”"""
WRITTEN = [" ", "\n", "a", "'", "<|endoftext|>", "<|endoftext|><|endoftext|>", " " * 50, "\n" * 40,
           "a" * 200, "ab" * 100, "e\u0301" * 60, "猫" * 60, "👩‍🔬" * 9, "it'S I'M you'LL 'tis",
           "a  b   c    d", "end  ", " \n \n x", "x\u0085y", "x\ufeffy", "\x00",
           "👩\u200d" * 12 + "a", "\u200d" * 12, "e" + "\u0301" * 30, " " + "\u0301" * 12,
           "0" * 90]  # fmt: skip


def _drawn(draw, kind):
    return {
        "words": lambda: draw.choice(WORDS.split()) + draw.choice(SPACES[:8]),
        "emoji": lambda: draw.choice(EMOJI) + draw.choice(["", "", " "]),
        "marks": lambda: "".join([draw.choice("aeiouאب क日"), *draw.sample(MARKS, 2)]),
        "controls": lambda: draw.choice(CONTROLS) + draw.choice(["", "a", " "]),
        "spaces": lambda: draw.choice(SPACES) + draw.choice(["", "", "a", "7", "."]),
        "numbers": lambda: draw.choice(["7", "42", "1e-5", "٣", "Ⅻ", "²", " 0", ",", ".", "%"]),
        "latin": lambda: chr(draw.randint(33, 0x17F)),
        "signs": lambda: _assigned(draw),
    }[kind]()  # fmt: skip


def _assigned(draw):
    while True:
        sign = chr(draw.choice([draw.randint(0, 0x2FFF), draw.randint(0, 0x1FFFF)]))
        if unicodedata.category(sign) not in {"Cn", "Cs"}:
            return sign


KINDS = ("words", "emoji", "marks", "controls", "spaces", "numbers", "latin", "signs")


def texts():
    """Return all of them: 45 of each kind, with pieces of all kinds in every third."""
    draw = random.Random(16)
    found = []
    for count in range(45 * len(KINDS)):
        kind = KINDS[count % len(KINDS)]
        size = draw.randint(1, 22)
        mixed = count % 3 == 2
        found.append(
            "".join(_drawn(draw, draw.choice(KINDS) if mixed else kind) for _ in range(size))
        )
    return found + WRITTEN


def signs():
    """Return each sign of Unicode but for letters without case, alone and behind a letter."""
    found = [chr(code) for code in range(0x110000)]
    kept = [sign for sign in found if unicodedata.category(sign) not in {"Cn", "Cs", "Co", "Lo"}]
    return kept + [f"a{sign}" for sign in kept]
