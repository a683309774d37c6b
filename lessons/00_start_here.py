# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3 (ipykernel)
#     language: python
#     name: python3
# ---

# %% [markdown]
# # 00 · Start here
#
# **The question.** What happens between a sentence and the model's next word, and how will you know
# which of our sentences about it to believe?
#
# **Move.** Press **Shift + Enter** twice, then go along the sentence. When is the model sure?

# %% jupyter={"source_hidden": true}
# The first picture: press Shift + Enter, and in some seconds it stands below.
from gedig_edu.course.sentences import CAPTAIN as EXAMPLE
from gedig_edu.models import default_name, load
from gedig_edu.views.widgets.next_token import NextToken

bundled = load("gpt2-mini")
line = bundled.encode(EXAMPLE)
NextToken(line.ids, bundled.logits(EXAMPLE), decode=bundled.tokenizer.decode, position=3)

# %% [markdown]
# **What you need.** You have met a matrix product and a softmax. No other lesson, and no network.
#
# **Time.** 44 minutes for the core, 80 for all. What is optional is folded, and nothing later needs it.
#
# | section | minutes | |
# |---|---|---|
# | How a lesson works | 2 | core |
# | The machine you are on | 2 | core |
# | Your sentence, in pieces | 3 | core |
# | The whole machine on one page | 5 | core |
# | Step 1: a token becomes a vector | 3 | core |
# | Step 2: every token asks, every token answers | 2 | core |
# | Step 3: the mask and the softmax | 10 | core |
# | Two kinds of head, measured | 4 | optional |
# | Step 4: what arrives | 2 | core |
# | Step 5: everything is added | 3 | core |
# | Step 6: what comes next | 3 | core |
# | Has the model looked back? | 12 | optional |
# | Build a head | 4 | core |
# | Who wrote the word? | 8 | optional |
# | Cut one way | 8 | optional |
# | One number for a map | 2 | optional |
# | The ledger of claims | 3 | core |
# | Argue against us | 2 | optional |
# | Where you are, in five lines | 2 | core |
#
# **What rests on it.** Every lesson, on how a lesson works and on the ledger. Lessons 01 to 04 open the
# lines of steps 2 and 3.

# %% [markdown]
# ## How a lesson works
#
# Each step has the same rhythm: **predict, move, measure, explain.** First you commit to an
# answer; where it is a number, `predict(...)` keeps it. Then you move something and watch. Then a number
# settles it. Only then comes the why.
#
# Run a cell with **Shift + Enter**. If a picture does not move, run the cells above it first (**Run →
# Run All Above Selected Cell**). In an exercise, put your answer in place of the three dots and run the
# cell again: feedback comes with buttons for a *Hint* and the *Solution*. A cell shows its last check
# only. To pass a fold, click below it.
#
# The texts behind this course make bold statements. A ledger names the kind of each, and a cell measures
# the verdict on your machine.

# %% [markdown]
# ## The machine you are on

# %%
import numpy as np

from gedig_edu.course import check, claims, compare, predict, progress, quiz

model = load(default_name())
model

# %% [markdown]
# The bundled model, `gpt2-mini`, is a small GPT-2 that we trained on 22 books in the public domain. It
# writes like a distracted novelist. To run every lesson on another model, set `GEDIG_MODEL` before you
# start, for example `GEDIG_MODEL=gpt2 gedig-edu lab`. In a terminal, `gedig-edu doctor` says what is
# missing here.

# %% [markdown]
# ## Your sentence, in pieces
#
# A model does not read letters or words. It reads tokens, pieces that were frequent where its
# vocabulary was learned.
#
# **Predict.** Into how many tokens does the example sentence fall?

# %%
predict("00.tokens", ...)

# %% [markdown]
# The example is about a captain. Put your own sentence in the next cell and run all cells (**Run → Run
# All Cells**): the pictures and numbers follow it. Exercises and predictions stay with the captain, and
# so does what we say of *the example sentence*. One word that comes twice makes a sentence interesting.

# %%
text = EXAMPLE

# %%
from gedig_edu.course.sentences import describe, enough

describe(text, bundled)

# %%
sentence = enough(text, bundled, at_least=1, instead=EXAMPLE)
read = bundled.encode(sentence)
compare("00.tokens", len(line))

# %% [markdown]
# Frequent words are one token and carry their leading space with them (␣). Rare words and names break
# into pieces. Every picture of attention here is one of such pieces.

# %% [markdown]
# ## The whole machine on one page
#
# Here is the complete forward pass of GPT-2, in NumPy. Read it once; understanding comes later.
# `L` counts tokens, `D` channels, `H` heads, and `d = D / H` is what one head has to work with. `at(...)`
# hands on what it is given.

# %%
import inspect

from IPython.display import Code

from gedig_edu.theory import gpt2

Code(inspect.getsource(gpt2.run).split('"""')[-1], language="python")

# %% [markdown]
# Five lines carry the subject of this course.
#
# - `scores = q @ k.swapaxes(-1, -2) / q.shape[-1] ** 0.5`: every token asks, every token answers.
#   Is that an angle? (Lesson 01.)
# - `softmax(scores)`: scores become shares that sum to 1. A physicist has seen this line before.
#   (Lessons 03 and 04.)
# - `np.where(future, -np.inf, scores)`: nobody looks ahead.
# - `a @ v`: what a token takes away from the ones it looked at.
# - `x = x + ...`: nothing is replaced, everything is added.
#
# Now run it on your sentence, with the bundled weights.

# %%
weights = bundled.weights()
ids = np.array(read.ids)
ours = gpt2.forward(ids, weights, heads=bundled.heads)
print("logits", ours.logits.shape, "attention", ours.attention.shape)

# %% [markdown]
# **Predict**, for the record.

# %%
predict("00.agree", ...)

# %%
theirs = load("gpt2-mini", backend="torch").logits(sentence)
difference = np.abs(ours.logits - theirs).max()
assert difference < 1e-3
compare("00.agree", difference)

# %% [markdown]
# What remains is rounding: both compute in 32-bit floats, in a different order. You have read the
# machine, and it runs the bundled model here.

# %% [markdown]
# ## Step 1: a token becomes a vector
#
# Two tables are looked up: one has a row for each token of the vocabulary, the other for each position.
# The two rows are added, and that is `x`, one vector for each token.
#
# **Predict.** A word comes twice in the example sentence. Will its two vectors be the same?

# %%
from gedig_edu.theory.attention import cosine_scores

token, place = weights["wte.weight"][ids], weights["wpe.weight"][: len(ids)]
x = token + place  # [L, D]
second = max((i for i in range(1, len(ids)) if ids[i] in ids[:i]), default=len(ids) - 1)
first = list(ids).index(ids[second]) % max(second, 1)  # the first token where nothing comes twice
for name, table in (("token alone", token), ("token and place", x)):
    alike = cosine_scores(table[[first]], table[[second]])[0, 0]
    said = f"{read.tokens[first]!r} at {first} and {read.tokens[second]!r} at {second}"
    print(f"{name:>15}: cosine of {said}: {alike:.2f}")

# %% [markdown]
# A cosine of 1 says: the same direction. By the token alone the two occurrences of one word cannot be
# told apart. Their places make the difference, and at this point nothing else does. What the word *means*
# here is not in the vector yet. It has to come from the other tokens, and that is what attention is for.

# %% [markdown]
# ## Step 2: every token asks, every token answers
#
# Each `x` is first brought to one scale (`layer_norm`; lesson 04 opens it). Then three matrices make
# three vectors of it: a query q (what am I looking for), a key k (what can be found here), a value v
# (what do I hand over). The words in brackets are a picture; the mathematics is one product for every
# pair, q·k/√d.

# %%
w = {n.removeprefix("h.0."): tensor for n, tensor in weights.items() if n.startswith("h.0.")}
seen = gpt2.layer_norm(x, w["ln_1.weight"], w["ln_1.bias"])  # [L, D]
qkv = seen @ w["attn.c_attn.weight"] + w["attn.c_attn.bias"]  # [L, 3 D]
q, k, v = qkv.reshape(len(ids), 3, bundled.heads, -1).transpose(1, 2, 0, 3)  # each [H, L, d]
scores = q @ k.swapaxes(-1, -2) / q.shape[-1] ** 0.5  # [H, L, L]
print("q, k and v are each", q.shape, "and the scores", scores.shape)

# %% [markdown]
# ## Step 3: the mask and the softmax
#
# The picture below shows these scores for every head of the bundled model. Row: the token that looks.
# Column: the token that is looked at. Beside it, the row you chose, after each step.
#
# **Predict.** In step 1 of the picture a token has scores with the tokens that come *after* it as well.
# What will the mask do to the row, and what the softmax?
#
# **Move.** Take *step* from 1 to 3 and watch the row. Then leave it at 3 and go through the layers and
# heads. Look for three kinds: one that looks at the token before, one that looks at the first token
# whatever it is asked, and, in the example sentence, one in which the second *old* looks at the first
# *captain*.

# %%
from gedig_edu.lab.geometry import read_vectors
from gedig_edu.theory.attention import dot_scores
from gedig_edu.views.widgets.head_steps import HeadSteps

every_score = dot_scores(*read_vectors(bundled, sentence))  # [layers, heads, L, L]
HeadSteps(read.tokens, every_score, query=first)

# %% [markdown]
# **Measure.** Two lines of NumPy do what the picture did.

# %%
future = np.triu(np.ones(scores.shape[1:], dtype=bool), 1)  # [L, L], true above the diagonal
shares = gpt2.softmax(np.where(future, -np.inf, scores))  # [H, L, L]
print(f"rows sum to {shares.sum(-1).min():.6f} at least, {shares.sum(-1).max():.6f} at most")
print(f"difference from the whole pass: {np.abs(shares - ours.attention[0]).max():.1e}")

# %% [markdown]
# **Exercise 00.1 · compute it.** A head of GPT-2 reads four tokens. The token at position 2, counting
# from 0, has the scores 2, 1, 0 and 3 with the four keys. Which shares does it give them? Hand in four
# numbers.

# %%
check("00.1", ...)

# %%
quiz("00", 1)

# %%
quiz("00", 2)

# %% [markdown]
# **Exercise 00.2 · read it off.** In the bundled model, on the captain's sentence: which head gives the
# largest share, on average, to the token just before? Hand in the pair `(layer, head)`.

# %%
check("00.2", ...)

# %% [markdown] jp-MarkdownHeadingCollapsed=true
# ## Optional: Two kinds of head, measured

# %% [markdown]
# You have found heads by eye. Two numbers find them without. One is the mean share that goes to the token
# just before. The other is about the third kind: to continue what was said before, a head has to look at the
# token *after* the previous occurrence. We test both on random tokens said twice, where neither grammar nor
# meaning can help.

# %%
from gedig_edu.theory.heads import induction_score, previous_token_score

once = np.random.default_rng(0).integers(1, len(weights["wte.weight"]), size=24)
twice = gpt2.forward(np.tile(once, 2), weights, heads=bundled.heads).attention
induction = induction_score(twice, period=24)
for name, score in (("previous token", previous_token_score(twice)), ("induction", induction)):
    layer, head = np.unravel_index(score.argmax(), score.shape)
    print(f"{name:>14}: head {layer}.{head} with {score.max():.0%} of its attention")

# %% [markdown]
# **Explain.** The textbook account (Olsson et al. 2022) says that the first kind serves the other: it writes to
# each token what stood before it, and the later head looks for a token that carries the right note. The
# pair is called an induction circuit. Two high scores fit this account and do not prove it. We also helped:
# some of the training rows were repetitions, and the model card says how many.
#
# The lecture behind this course (its sixth, on the Transformer as a surveyor) sees each head as one layer of
# constellations, drawn over the same sky of tokens. It offers this as a picture and marks its comparison with
# topic models as a metaphor in so many words; we follow it. A metaphor names nothing that could be measured,
# so the ledger gives it no verdict.

# %%
claims.show("04.constellations")

# %% [markdown]
# ## Step 4: what arrives
#
# Every token takes the values of the tokens it looked at, mixed by its shares: `shares @ v`.
#
# **Predict.** Can what arrives be longer than the longest value?

# %%
arrives = shares @ v  # [H, L, d]
for name, vectors in (("values", v), ("what arrives", arrives)):
    lengths = np.linalg.norm(vectors, axis=-1)  # [H, L]
    print(f"{name:>12}: longest by head {lengths.max(-1).round(2)}, mean {lengths.mean():.2f}")

# %% [markdown]
# It cannot. Shares are not negative and sum to 1, so a mixture lies between the values, and where they point
# apart it is shorter than their mean length, weighted by the shares. A map shows where a head looks, not
# how much it brings back.

# %% [markdown]
# ## Step 5: everything is added
#
# What the heads bring is put side by side, goes through one more matrix, and is **added** to `x`.

# %%
mixed = arrives.swapaxes(0, 1).reshape(x.shape)  # [L, D], the heads side by side
brought = mixed @ w["attn.c_proj.weight"] + w["attn.c_proj.bias"]
after = x + brought
for name, vectors in (("before", x), ("brought", brought), ("after", after)):
    print(f"{name:>8}: mean length {np.linalg.norm(vectors, axis=-1).mean():.2f}")
kept = np.diag(cosine_scores(x, after)).mean()
print(f"cosine of before and after, mean over tokens: {kept:.2f}")

# %% [markdown]
# The old vector is still in the sum, but in the example sentence it is the smaller part: what was brought is
# longer and turns it. *Added* does not mean *little changed*.

# %%
quiz("00", 3)

# %% [markdown]
# A second addition follows, by two matrices and a bend (`gelu`) for each token alone. Then the next
# layer does the same. After the last one, each vector is normalised once more and multiplied with the
# row of every token in the table of step 1. Those products are the logits.

# %% [markdown]
# ## Step 6: what comes next
#
# The logits at position i are the model's opinion of token i + 1.

# %%
predict("00.captain", ...)

# %% [markdown]
# **Move.** In the first picture, compare the two places just before *captain*. For your own sentence, here is
# the same in numbers.

# %%
expected = gpt2.softmax(ours.logits)  # [L, vocabulary]
for i, piece in enumerate(read.tokens):
    best = bundled.tokenizer.decode([expected[i].argmax()])
    said = f"{read.tokens[i + 1]!r} {expected[i, ids[i + 1]]:.2%}" if i + 1 < len(ids) else "?"
    print(f"after {piece!r:>10} it expects {best!r:>8}, {expected[i].max():.0%}; what came: {said}")

# %%
places = [i for i, piece in enumerate(line.tokens) if piece == " captain"]
opinion = gpt2.softmax(bundled.logits(EXAMPLE))[:, line.ids[places[0]]]  # of the word, by position
chance = opinion[places[1] - 1]  # just before its second time
compare("00.captain", chance / opinion[places[0] - 1])

# %% [markdown]
# Both probabilities are small: many things can be old. But the second time the captain is many times
# likelier, although *the old* stands before it both times. Has the model looked back, or does *spoke of
# the old* ask for a captain anyway? The next section finds out.

# %% [markdown] jp-MarkdownHeadingCollapsed=true
# ## Optional: Has the model looked back?

# %% [markdown]
# This section is about the example sentence, and it takes `induction` from the optional section above.
#
# Put another word in the first place, and see.

# %%
other = bundled.encode(EXAMPLE.replace(" captain", " sailor", 1))
before = max(i for i, piece in enumerate(other.tokens) if piece == " captain") - 1
control = gpt2.forward(np.array(other.ids), weights, heads=bundled.heads).logits[before]
print(f"without the first captain: {gpt2.softmax(control)[line.ids[places[0]]]:.4f}", end=", ")
print(f"with it: {chance:.4f}")

# %% [markdown]
# Most of it is gone with the first occurrence, so the model has looked back. Was it the heads that you have
# seen? A head's part in the sum is a product with its rows of one matrix. Set these rows to zero, and it is
# silent.


# %%
def chance_without(heads):
    silent, d = dict(weights), q.shape[-1]
    for layer, head in heads:
        name = f"h.{layer}.attn.c_proj.weight"  # [D, D], d rows for each head
        silent[name] = silent[name].copy()
        silent[name][head * d : (head + 1) * d] = 0
    logits = gpt2.forward(np.array(line.ids), silent, heads=bundled.heads).logits
    return gpt2.softmax(logits)[places[1] - 1, line.ids[places[0]]]


# %% [markdown]
# **Predict.** Three of 36 heads fall silent, those with the highest induction score on random tokens.

# %%
predict("00.silent", ...)

# %%
ranked = [divmod(int(i), bundled.heads) for i in np.argsort(-induction.ravel())]
rng = np.random.default_rng(0)
draws = [rng.choice(np.arange(3, len(ranked)), 3, replace=False) for _ in range(20)]
others = [chance_without([ranked[i] for i in draw]) / chance for draw in draws]
print(f"three others, 20 draws: median {np.median(others):.2f} of the probability is left,")
print(f"from {min(others):.2f} to {max(others):.2f}")
compare("00.silent", chance_without(ranked[:3]) / chance)

# %% [markdown]
# **Explain.** Without these three, little is left; without three others, in most draws much more. So the
# heads that continue a repetition take part in finding the captain. That they do it alone is not shown: now
# and then another draw costs as much, for a silent head takes away all that it wrote, whatever it was for.
#
# **Silent, or as usual?** Zero is not neutral. What a head writes at every token alike is a constant on which
# later layers have learned to rely, and zero takes that away as well. So let the head say its *mean* over the
# sentence instead: then only what it says in particular here is gone.


# %%
def chance_by_mean(heads):
    logits = bundled.logits(EXAMPLE, ablate=dict.fromkeys(heads, "mean"))
    return gpt2.softmax(logits)[places[1] - 1, line.ids[places[0]]]


# %%
others = [chance_by_mean([ranked[i] for i in draw]) / chance for draw in draws]
print(f"the three say their mean: {chance_by_mean(ranked[:3]) / chance:.2f} is left")
print(
    f"the same 20 draws: median {np.median(others):.2f}, from {min(others):.2f} to {max(others):.2f}"
)

# %% [markdown]
# With zero our three stood inside the range of the draws. With the mean they stand well below it, and the draws
# hardly matter: the tool had made the noise. What it still does not say is whether the three *find* the word or
# only pass it on. (And a mean over the sentence lets a token hear a little of what comes after it. Wang et al.
# 2022 take the mean over other texts.)

# %% [markdown]
# **Exercise 00.3 · measure it.** With which probability does the bundled model expect ` captain` just
# before it comes, the first time and the second time, in the sentence about the captain? Hand in the
# pair `(first, second)`.

# %%
check("00.3", ...)

# %% [markdown]
# ## Build a head
#
# Now write the heart of the machine yourself.

# %% [markdown]
# **Exercise 00.4 · build it.** Write `head(q, k, v)`: what one head of GPT-2 brings to each token, from
# queries, keys and values of shape [L, d].

# %%
check("00.4", ...)

# %% [markdown] jp-MarkdownHeadingCollapsed=true
# ## Optional: Who wrote the word?

# %% [markdown]
# **The question.** The second captain is likelier than the first. Which parts of the model wrote the difference?
#
# In step 5 nothing was replaced, everything was added. So what leaves the last layer is a sum, its product with
# the row of a word is a sum as well, and each head and each feed-forward part (the two matrices and the bend)
# has a share of the logit. One thing stands in between: the last LayerNorm divides the whole sum by one length.
# Keep that length as it was, and the shares add up exactly. This is called *direct logit attribution* (the sum is
# that of Elhage et al. 2021). We count from the mean logit of all words, since a softmax does not see a shift
# that all of them share.
#
# **Predict.** Who wrote the rise: early layers or late ones? Heads, or feed-forward parts?

# %%
from gedig_edu.lab.attribution import logit_parts

word = line.ids[places[0]]
once, again = (logit_parts(bundled, EXAMPLE, word=word, at=place - 1) for place in places)
rise = again.heads - once.heads  # [layers, heads]
print(f"logit of captain over the mean logit: {once.total:.2f}, then {again.total:.2f}")
print(
    f"of the rise {rise.sum():.2f} by heads ({rise[-2:].sum():.2f} in the last two layers)", end=" "
)
fed = again.feed_forward.sum(), once.feed_forward.sum()
print(f"and {fed[0] - fed[1]:.2f} by feed-forward parts, which bring {fed[0]:.2f} in all")

# %%
from gedig_edu.views.plots import head_map

ax = head_map(rise, label="rise of the logit", centred=True)

# %% [markdown]
# **Read it.** Blue heads wrote more for the second captain than for the first, orange ones less. Nearly all of
# the rise stands in the last two layers, where the induction heads are. The feed-forward parts bring more of the
# logit, and bring it both times: they know that something old can be a captain, not that it was one.

# %% [markdown]
# **Exercise 00.5 · measure it.** Which single head wrote most of the rise, from the first *captain* of
# the example sentence to the second? Hand in the pair `(layer, head)`.

# %%
check("00.5", ...)

# %% [markdown]
# **What this does not show.** It counts what is written *straight* into the logit. The head of exercise 00.2, which
# looks at the token before, adds nothing here, and may be what the others could not do without. And a share is
# no effect: take a head out and others may write more. Who needs whom is the next question.

# %% [markdown] jp-MarkdownHeadingCollapsed=true
# ## Optional: Cut one way

# %% [markdown]
# **The question.** Do induction heads really live on what previous-token heads have noted?
#
# The account of Olsson et al. (2022) is exact. A previous-token head notes at each token what stood before it, and
# the induction head's *key* carries the note. So when the query says *old*, the token whose note reads *old* wins,
# and that is the one after it. Silencing a head cannot test this: its note is then gone for everybody. We have
# to cut one way, from these heads to those keys, and leave every other way open. That is *path patching* (Wang
# et al. 2022, Goldowsky-Dill et al. 2023).
#
# We take random words, said twice. The notes of the strongest previous-token heads are kept from the keys of all
# later heads; in another run, from their queries. Everything else reads the stream as it was.
#
# **Predict.** Which of the two runs hurts the induction heads? And is one previous-token head enough?

# %%
from gedig_edu.course.sentences import PROSE
from gedig_edu.lab.patching import attend_without_path, repeated_words
from gedig_edu.theory.heads import induction_score, previous_token_score

listed = repeated_words(bundled, PROSE)  # 24 words, said twice
whole = bundled.attend(listed).weights
notes = np.argsort(
    -previous_token_score(whole)[:-1], axis=None
)  # strongest first, not the last layer
writers = [divmod(int(i), bundled.heads) for i in notes]
readers = induction_score(whole, period=24) > 0.25  # [layers, heads]

# %%
print(f"{readers.sum()} induction heads give the right word", end=" ")
print(f"{induction_score(whole, period=24)[readers].mean():.0%} of their attention")
for count in (1, 3, 6, 12):
    for way in ("keys", "queries"):
        cut = attend_without_path(bundled, listed, writers[:count], through=way)
        left = induction_score(cut, period=24)[readers].mean()
        print(f"{count:2} kept from the {way:7}: {left:.0%}", end="   " if way == "keys" else "\n")

# %% [markdown]
# **Explain.** It is the keys, as the account says. Kept from the queries the same notes are hardly missed. But in
# the bundled model the note is not the work of one head: without the strongest most of the weight is still there,
# and it takes about six to bring it down to a third. A model of 135 million parameters, SmolLM2, has sharper
# previous-token heads, and there the account fits as written.
#
# The badge asks for it on thirty lists, of all heads that give the token before more than half of their
# attention, and holds them against as many other heads of the same layers. The second badge is that of SmolLM2.

# %%
claims.show("00.induction", bundled)

# %%
claims.show("00.induction", "smollm2")

# %% [markdown]
# **Read it.** On the bundled model the verdict turns on the mark of one half, which a single head passes (0.81; the
# next have 0.45 and 0.33). On eight lists the keys lose this much more than the queries, by the number of heads that
# are cut: one 26 % of the weight, two 35 %, three 46 %, four 52 %, six 57 %. Through the keys in all it is 24, 36, 46,
# 57 and 74 %. A mark that let four heads pass would bring the number to its line of a half, six above it. So the
# first badge says that one head is not enough. It does not say that the account is wrong.
#
# What a note may also do on the way through other heads is left open here, by design: only the straight way was
# cut.

# %% [markdown] jp-MarkdownHeadingCollapsed=true
# ## Optional: One number for a map

# %% [markdown]
# The gauge paper (K. Miyauchi) proposes one number for an attention map, the geDIG gauge: F = density −
# λ (entropy + γ · path gain). Here it is for every head of *your* model, the one of the first cell.

# %%
from gedig_edu import Gauge

maps = model.attend(enough(sentence, model, at_least=1, instead=EXAMPLE))
reading = Gauge.paper().read(maps.weights, causal=maps.causal)
low, high = reading.F.min(), reading.F.max()
print(f"{maps.model}: F from {low:.3f} to {high:.3f} in {reading.F.size} heads")

# %% [markdown]
# Does that number tell organised attention from noise? Lessons 05 to 07 ask, and give you the means to
# argue with us.

# %% [markdown]
# ## The ledger of claims
#
# The softmax line of step 3 is the first claim of a source text that you meet: attention has the form of the
# Boltzmann distribution of physics. Here is its badge. The rule was written before the measurement, and the
# verdict is computed from the number.

# %%
claims.show("03.boltzmann")

# %% [markdown]
# Every statement that the course tests stands in one ledger. It names the *kind*: a theorem is proved, a
# conditional one names the case in which it is true, a measured one is a number on your model, one *by
# construction* could not come out otherwise, and a metaphor is a picture, without verdict. The *verdict*:
# holds, holds if, does not hold, undecided (the numbers leave both open), contradictory (they point both
# ways), or untestable here.
#
# Below is the part of lesson 03; the filters show the rest. A dot is a number, its bar the interval, and the
# claim holds where all lie on the shaded side.

# %%
claims.ledger(lesson="03")

# %% [markdown]
# `claims.show("01.norms")` tests one. On another model a verdict may
# differ.

# %%
quiz("00", 4)

# %%
quiz("00", 5)

# %% [markdown] jp-MarkdownHeadingCollapsed=true
# ## Optional: Argue against us

# %% [markdown]
# - We said that the page of NumPy is the machine. It is the machine that *runs*. Where its weights come
#   from, 22 books and a training of two hours, is not on it. Which of your questions does the page not
#   answer?
# - *Asks*, *answers*, *looks back*: tokens do none of that. Read a section above again and put the
#   formula in place of each such word. Which sentence loses its meaning?
# - We showed one sentence, and chose it. Does the second occurrence win in a sentence of yours, and do the
#   same three heads matter there?

# %% [markdown]
# ## Where you are, in five lines
#
# 1. A sentence becomes tokens, tokens become vectors, and every layer adds to them.
# 2. Attention is a softmax over scores: each row is a set of shares that sums to 1.
# 3. The whole forward pass fits on one page and agrees with PyTorch to rounding.
# 4. Heads differ: some look one back, some look at the first token, some find what was said before.
# 5. A claim is worth what its test is worth, and the tests are yours to run.
#
# What you have done is kept in your own folder on this computer and nowhere else.

# %%
progress.show()

# %%
progress.next_step()

# %% [markdown]
# **Read next.** Lesson 01 asks whether q·k is an angle.
#
# **Sources.** Vaswani et al. 2017, *Attention Is All You Need*. Radford et al. 2019, *Language Models
# are Unsupervised Multitask Learners* (GPT-2). Elhage et al. 2021, *A Mathematical Framework for
# Transformer Circuits*, on the residual stream. Olsson et al. 2022, *In-context Learning and Induction
# Heads*. Wang et al. 2022, *Interpretability in the Wild* (arXiv 2211.00593) and Goldowsky-Dill et al. 2023,
# *Localizing Model Behavior with Path Patching* (arXiv 2304.05969), on heads replaced and ways cut. Jain and
# Wallace 2019, *Attention is not Explanation*.
