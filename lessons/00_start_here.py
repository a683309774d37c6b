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
# **The question.** What happens between a sentence and an attention map, and how will you know
# which of our sentences about it to believe?
#
# **What you need.** You have met a matrix product and a softmax. Nothing else, and no network.
#
# **Time.** 30 minutes.
#
# Afterwards you can run every lesson, say which model and device are in use, follow a sentence
# through a whole GPT-2 with your own eyes, and find the ledger in which each claim of this course
# is put to its test.

# %% [markdown]
# ## How a lesson works
#
# Each step has the same rhythm: **predict, move, measure, explain.** First you commit yourself to
# an answer. Then you move something and watch. Then a number settles it. Only then comes the why.
#
# Run a cell with **Shift + Enter**. If a picture does not move, run the cells above it first
# (**Run → Run All Above Selected Cell**).
#
# The texts behind this course make bold statements. Some are theorems, some hold under conditions,
# some are measured effects, some are metaphors, and some do not hold. The ledger below names
# the kind of each claim. The verdict is not typed in: a cell measures it, on your machine.

# %% [markdown]
# ## The machine you are on

# %%
from gedig_edu import load
from gedig_edu.models import default_name

model = load(default_name())
model

# %% [markdown]
# That line names the model, its layers and heads, how many tokens it can read, and the device it
# runs on. A graphics card is used where there is one and never needed.
#
# The bundled model is a small GPT-2 that we trained on 22 public-domain books. It is real and it
# is small: it writes like a distracted novelist. To run every lesson on another model, set
# `GEDIG_MODEL` before you start, for example `GEDIG_MODEL=gpt2 gedig-edu lab`. In a terminal,
# `gedig-edu models` lists what is on this computer, and `gedig-edu doctor` says what is missing.

# %% [markdown]
# ## Your sentence, in pieces
#
# A model does not read letters or words. It reads tokens, pieces that were frequent where its
# vocabulary was learned.
#
# **Predict.** Into how many tokens does the sentence below fall: as many as it has words, fewer,
# or more? Then run the cell, change the sentence, and run it again.

# %%
sentence = "When the old captain had gone, nobody spoke of the old captain again."
encoded = model.encode(sentence)
print(len(sentence.split()), "words,", len(encoded), "tokens")
print(" | ".join(encoded.tokens))

# %% [markdown]
# Frequent words are one token and carry their leading space with them. Rare words and names break
# into pieces. Every picture of attention in this course is a picture of pieces like these.

# %% [markdown]
# ## The whole machine on one page
#
# Here is the complete forward pass of GPT-2, in NumPy. It is not a sketch: it is the function that
# we are about to run. Read it from top to bottom once. `L` counts tokens, `D` channels, `H` heads,
# and `d = D / H` is what one head has to work with.

# %%
import inspect

from IPython.display import Code

from gedig_edu.theory import gpt2

Code(inspect.getsource(gpt2.forward).split('"""')[-1], language="python")

# %% [markdown]
# Five lines carry the subject of this course.
#
# - `scores = q @ k.swapaxes(-1, -2) / q.shape[-1] ** 0.5`: every token asks, every token answers.
#   Is that an angle? (Lesson 01.)
# - `a = softmax(...)`: scores become shares that sum to 1. A physicist has seen this line before.
#   (Lessons 03 and 04.)
# - `np.where(future, -np.inf, scores)`: nobody looks ahead.
# - `mixed = (a @ v)`: what a token takes away from the ones it looked at.
# - `x = x + ...`: nothing is replaced, everything is added.
#
# Now run it on your sentence. The page always runs the bundled GPT-2, whatever model you chose,
# since it is that architecture and no other.

# %%
import numpy as np

bundled = load("gpt2-mini")
read = bundled.encode(sentence)
weights = {
    name: tensor.cpu().numpy() for name, tensor in bundled.network.transformer.state_dict().items()
}
ours = gpt2.forward(np.array(read.ids), weights, heads=bundled.heads)
print("logits", ours.logits.shape, "attention", ours.attention.shape)

# %% [markdown]
# **Predict.** PyTorch runs the same weights through thousands of lines of tuned code. How far apart
# will its numbers and ours be: a tenth, a thousandth, a millionth?

# %%
theirs = bundled.logits(sentence)
difference = np.abs(ours.logits - theirs).max()
print(f"largest difference in {theirs.size} logits: {difference:.1e}")
assert difference < 1e-4

# %% [markdown]
# What remains is rounding: both compute in 32-bit floats, in a different order. There is no other
# secret in the tuned code. What you have read is the machine.

# %% [markdown]
# ## What does it expect next?
#
# The logits at position i are the model's opinion of token i + 1. Move the slider along your
# sentence and watch the opinion change. At the last position nobody knows the answer yet.

# %%
from gedig_edu.views.widgets.readers import next_token_reader

next_token_reader(read.ids, ours.logits, decode=bundled.tokenizer.decode)

# %% [markdown]
# **Predict.** The sentence says *the old captain* twice. Where will the model be surer of *captain*: the
# first time or the second? Slide to both places and compare. The probability is small both times, so
# compare the two, not each with certainty.
#
# If the second time wins, the model has looked back and found the first. A head that does this is
# called an induction head. You can find it with the next picture.

# %% [markdown]
# ## Where does it look?
#
# One map per head: row = the token that asks, column = the token that is looked at, and each row
# sums to 1. Choose a layer and a head. Look for three kinds: one that looks at the token before,
# one that looks at the first token whatever it is asked, and one that finds the earlier *old captain*.

# %%
from gedig_edu.views.widgets.readers import head_reader

head_reader(model.attend(sentence))

# %% [markdown]
# A number for two of the three. Both scores are the mean share of attention that goes to one place:
# the token before, and, on random tokens said twice, the token after the previous occurrence.

# %%
from gedig_edu.theory.heads import induction_score, previous_token_score

rng = np.random.default_rng(0)
once = rng.integers(1, weights["wte.weight"].shape[0], size=24)
twice = gpt2.forward(np.tile(once, 2), weights, heads=bundled.heads).attention
for name, score in (
    ("previous token", previous_token_score(twice)),
    ("induction", induction_score(twice, period=24)),
):
    layer, head = np.unravel_index(score.argmax(), score.shape)
    print(f"{name:>14}: head {layer}.{head} with {score.max():.0%} of its attention")

# %% [markdown]
# Random tokens carry no grammar and no meaning, so a head that looks back correctly here does so
# by matching alone. We helped this small model to learn it: a documented share of its training
# rows were repetitions. Its model card says how large a share.

# %% [markdown]
# ## One number for a map
#
# The source texts propose one scalar for an attention map, the geDIG gauge: F = structural cost −
# λ (entropy + γ · path gain). Lower F is said to mean that the structure pays for itself. Here it is
# for every head.

# %%
from gedig_edu import Gauge

maps = model.attend(sentence)
reading = Gauge.paper().read(maps.weights, causal=maps.causal)
print(f"F from {reading.F.min():.3f} to {reading.F.max():.3f}, mean {reading.F.mean():.3f}")
print(f"mean entropy {reading.entropy.mean():.3f}, mean density {reading.density.mean():.3f}")

# %% [markdown]
# Does that number tell organised attention from noise? You will find out in lessons 05 to 07, and
# you will be given the means to argue with us.

# %% [markdown]
# ## The ledger of claims
#
# Every statement that the course tests stands in one table: what kind of statement it is, the
# number that was measured on your model, and the verdict. A verdict is always computed from a rule
# that was written down before measuring. *Not yet tested* means that the lesson is still ahead.

# %%
from gedig_edu.course import claims, progress

claims.table()

# %% [markdown]
# To test one claim, or all of them, run `claims.show("01.norms")` in a cell, or
# `gedig-edu claims --run` in a terminal.

# %% [markdown]
# ## Where you are
#
# What you have done is kept in your own folder on this computer and nowhere else.

# %%
progress.show()

# %%
progress.next_step()

# %% [markdown]
# ## In five lines
#
# 1. A sentence becomes tokens, tokens become vectors, and every layer adds to them.
# 2. Attention is a softmax over scores: each row is a set of shares that sums to 1.
# 3. The whole forward pass fits on one page and agrees with PyTorch to rounding.
# 4. Heads differ: some look one back, some look at the first token, some find what was said before.
# 5. A claim is worth what its test is worth, and the tests are yours to run.
#
# **Read next.** Lesson 01 asks whether q·k is an angle.
#
# **Sources.** Vaswani et al. 2017, *Attention Is All You Need*. Radford et al. 2019, *Language Models
# are Unsupervised Multitask Learners* (GPT-2). Olsson et al. 2022, *In-context Learning and Induction
# Heads*.
