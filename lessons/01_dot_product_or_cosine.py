# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3 (ipykernel)
#     language: python
#     name: python3
# ---

# %% [markdown]
# # 01 · Dot product or cosine
#
# **The question.** A query and a key meet in one number, q·k. Is that number an angle?
#
# **What you need.** Lesson 00, or a working installation. A matrix product and a softmax.
#
# **Time.** 40 minutes.
#
# Afterwards you can say when q·k is an angle and when it is not, and show it on the queries and
# keys of a real model. You will also know two ways to attack what we say.

# %%
import numpy as np

from gedig_edu.course import check, claims, compare, hint, predict, quiz, solution
from gedig_edu.course.sentences import EXAMPLE
from gedig_edu.models import default_name, load

model = load(default_name())
model

# %% [markdown]
# ## Two lengths and an angle
#
# The dot product has three parts:
#
# $$q \cdot k = \lVert q \rVert \, \lVert k \rVert \, \cos\theta$$
#
# The angle θ says how well the directions fit. The two lengths say how loudly each side speaks.
# The cosine is what is left when both lengths are divided out.
#
# **Predict.** Below are one query and five keys. Key k1 points exactly along the query but is
# short. Key k2 is long and points elsewhere. Who gets the larger weight by q·k, and who by cosine?
#
# **Move.** First read off the two winners. Then choose k1 and change its length only. Then turn it
# without changing its length. Which column of weights follows which move?

# %%
from gedig_edu.views.widgets.qk_plane import QKPlane

plane = QKPlane()
plane

# %% [markdown]
# **Measure.** Hand in what you read off.

# %%
check("01.1", ...)
# hint("01.1")
# solution("01.1")

# %% [markdown]
# **Explain.** Follow the shadow of a key on the line of the query. Its length is ‖k‖ cos θ, and q·k
# is that shadow times ‖q‖. A long key can have a long shadow although it points elsewhere. Cosine
# asks for the shadow of the key cut down to length 1.
#
# For vectors of length 1 the two are the same number. The first claim of this lesson says so, and
# the badge tests it: the rule stands in the badge, was written before the measurement, and the
# verdict is computed from it.

# %%
claims.show("01.cosine")

# %%
quiz("01", 1)

# %% [markdown]
# ## How long are they in a real model?
#
# Nothing in a transformer asks a query to have length 1. It is a product of a learned matrix and a
# normalised vector, and the matrix may stretch as it likes.
#
# **Predict.** Commit yourself before you look.

# %%
predict("01.query_norm", ...)

# %% [markdown]
# **Measure.** We read the queries and keys of every head for one short sentence.

# %%
from gedig_edu.lab.geometry import read_vectors

print(EXAMPLE)
vectors = read_vectors(model, EXAMPLE)  # q and k: [layers, heads, L, d]
q_norm, k_norm = (np.linalg.norm(x, axis=-1) for x in vectors)
d = vectors.q.shape[-1]
compare("01.query_norm", q_norm[0].mean())

# %%
from gedig_edu.views import plots_geometry as plots

ax = plots.head_norms(q_norm, k_norm, d=d)
print(ax.get_label())

# %% [markdown]
# **Read it.** One dot is one head, averaged over the sentence. The scale is logarithmic: one step
# of the grid is a factor, not a sum. On the bundled model no dot lies on the line at 1. The nearest,
# a key length, is at 1.3.

# %%
check("01.2", ...)
# hint("01.2")
# solution("01.2")

# %%
claims.show("01.norms", model)

# %% [markdown]
# **Attack it.** The claim holds, and half of it is bookkeeping. Multiply every query of a head by 3
# and divide every key by 3. No score changes, so the model is the same, and yet each norm is
# another. Neither ‖q‖ nor ‖k‖ alone is a fact about what the head does. Two things are: the product
# ‖q‖‖k‖/√d of the mean lengths, which is the score of an average query and an average key that point
# the same way, and how much the key lengths *differ* inside one head.

# %%
reach = q_norm.mean(-1) * k_norm.mean(-1) / np.sqrt(d)  # [layers, heads]
spread = k_norm.std(-1) / k_norm.mean(-1)
print("score of an average query and an average key that point the same way:")
print(f"{reach.min():.1f} to {reach.max():.1f}, median {np.median(reach):.1f}")
print(f"key lengths within a head vary by {spread.min():.0%} to {spread.max():.0%}")

# %% [markdown]
# A score of 10 means odds of e¹⁰, twenty thousand to one. A cosine never exceeds 1, which means
# odds of e² at most between the best and the worst key. Keep that in mind for later.
#
# ## But there is a LayerNorm
#
# Each block normalises its input before it makes q and k. Does that not give unit vectors?
#
# **Predict.** Four vectors go in, with lengths from about 5 to about 5000. What is the length of
# each after LayerNorm, after RMSNorm, and after L2 normalisation? Which of the three turns a vector?

# %%
predict("01.normed", ...)

# %%
# NBVAL_CHECK_OUTPUT
from gedig_edu.theory.attention import cosine_scores
from gedig_edu.theory.gpt2 import layer_norm

x = np.random.default_rng(0).normal(3, 5, size=(4, 64)) * [[0.1], [1], [10], [100]]
rms = x / np.sqrt((x**2).mean(-1, keepdims=True))
unit = x / np.linalg.norm(x, axis=-1, keepdims=True)
normed = layer_norm(x, np.ones(64), np.zeros(64))
for name, y in (("before", x), ("LayerNorm", normed), ("RMSNorm", rms), ("L2 norm", unit)):
    length = np.linalg.norm(y, axis=-1).round(1)
    turned = np.degrees(np.arccos(np.diag(cosine_scores(x, y)))).round()
    print(f"{name:9} lengths {length.tolist()}, turned by {turned.tolist()} degrees")

# %%
compare("01.normed", np.linalg.norm(normed, axis=-1).mean())

# %% [markdown]
# LayerNorm takes the mean out, which turns the vector, and gives it length √d = 8. RMSNorm keeps
# the direction and gives it length √d. Only the L2 norm gives length 1.
#
# And this is the input of the projection, not its output. After it, nothing is fixed:

# %%
# NBVAL_CHECK_OUTPUT
W = np.random.default_rng(1).normal(size=(64, 64)) / 8
print("after LayerNorm ", np.linalg.norm(normed, axis=-1).round(2).tolist())
print("after projection", np.linalg.norm(normed @ W, axis=-1).round(2).tolist())

# %%
quiz("01", 2)

# %%
claims.show("01.layernorm")

# %% [markdown]
# **Explain.** The normalisation fixes the length of what a head reads. The head's own matrices then
# stretch some directions and shrink others, and that is how a head can learn which keys shall be
# loud. Divide the lengths out, and this freedom is gone.
#
# ## One key shouts
#
# **Predict.** One key grows tenfold and keeps its direction.

# %%
predict("01.growth", ...)

# %% [markdown]
# **Move.** This is one real row of attention: the last token of our sentence, in a head whose scores
# for it have both signs. Grow the key that has the most weight. Then choose a key with almost none,
# and grow that one. Then look for a key that *loses* by growing.

# %%
from gedig_edu.theory.attention import dot_scores
from gedig_edu.views.widgets.key_growth import KeyGrowth

tokens = model.encode(EXAMPLE).tokens
dot = dot_scores(*vectors)  # [layers, heads, L, L]
last = dot[:, :, -1]  # scores of the last token
mixed = np.abs((last > 0).mean(axis=-1) - 0.5) < 0.25  # [layers, heads]: both signs
layer, head = np.unravel_index(np.where(mixed, last.max(axis=-1), 0).argmax(), mixed.shape)
row = vectors.q[layer, head, -1], vectors.k[layer, head], tokens
KeyGrowth(*row)

# %% [markdown]
# **Measure.** The same, as numbers: every key of the row grown tenfold in turn.

# %%
before, after = [], []
for key in range(len(tokens)):
    grown = KeyGrowth(*row, chosen=key, growth=10.0).numbers
    before.append(grown["before"])
    after.append(grown["dot_weight"])
gained = sum(new > old for old, new in zip(before, after, strict=True))
print(f"{gained} of {len(tokens)} keys gained by growing tenfold, {len(tokens) - gained} lost")
compare("01.growth", after[int(np.argmax(before))])  # new weight of the key that had the most

# %% [markdown]
# **Explain.** Length multiplies the score, and a score has a sign. A key with q·k > 0 gains by
# growing, a key with q·k < 0 loses. Loudness is not attention: it makes a yes a louder yes and a no
# a louder no. Under cosine, and under the score of nGPT, nothing happens at all.
#
# Do not read too much into the sign, either. The softmax sees only differences of scores, so a head
# may put all its scores below zero at no cost, and some heads do. A negative cosine is no dislike.

# %% [markdown]
# The next exercise goes back to the plane of 01.1, with its query, its keys and d = 2.

# %%
check("01.3", ...)
# hint("01.3")
# solution("01.3")

# %%
quiz("01", 3)

# %% [markdown]
# **nGPT** (Loshchilov et al. 2024) builds a transformer on this. It keeps q and k at length 1, so
# each score is a cosine, up to a learned scale that we leave out, and multiplies it by √d. Why?
#
# ## A cosine needs a temperature of its own
#
# **Predict.** A query sees 1024 keys.

# %%
predict("01.one_of_1024", ...)

# %%
# NBVAL_CHECK_OUTPUT
from gedig_edu.theory.attention import attend

for count in (16, 128, 1024, 8192):
    best = np.where(np.arange(count) == 0, 1.0, -1.0)[None]  # the best case: 1 against -1
    plain, scaled = (attend(best * scale, np.ones((count, 1))).weights[0, 0] for scale in (1, 8))
    print(f"{count:5} keys: at most {plain:.3f} under cos θ, {scaled:.3f} under 8·cos θ (d = 64)")

# %%
cosines = np.where(np.arange(1024) == 0, 1.0, -1.0)[None]
compare("01.one_of_1024", 100 * attend(cosines, np.ones((1024, 1))).weights[0, 0])

# %% [markdown]
# A cosine lives between −1 and 1, so no two keys can differ by more than a factor of e² ≈ 7.4. Among
# many keys that is nothing. Something must stretch the scale: √d in nGPT, a learned temperature in
# other models, and in standard attention the lengths of q and k, which are a temperature for each
# query and a volume for each key.

# %%
check("01.4", ...)
# hint("01.4")
# solution("01.4")

# %%
claims.show("01.ceiling")

# %%
claims.show("01.ngpt")

# %% [markdown]
# ## Do the two rank alike?
#
# Scores differ, weights differ. Perhaps the *order* of the keys is the same. Within one row ‖q‖ is
# one number and cannot change an order. Only the lengths of the keys can.
#
# **Predict.** For how many of the real model's rows do both put the same key first, in percent?

# %%
predict("01.agreement", ...)

# %%
from gedig_edu.lab.geometry import agreement

cosine = cosine_scores(*vectors)
agree = agreement(dot, cosine, causal=model.causal)  # one number per head
cut = dot_scores(vectors.q, vectors.k / k_norm[..., None])  # keys cut to length 1
same = agreement(cut, cosine, causal=model.causal)
print(f"rank correlation {agree.spearman.mean():.2f}")
print(f"with keys of one length: same first key in {same.first.mean():.0%} of rows")
compare("01.agreement", 100 * agree.first.mean())

# %%
from gedig_edu.views.plots import overview

left, right = overview(agree.first, label="same first key, share")
print(left.get_label())

# %% [markdown]
# **Read it.** On the left, each head; on the right, the spread within each layer. The mean hides
# that some heads agree in every row and others in few. Whoever quotes one number for 'the model' has
# averaged over this.
#
# One token deserves a look of its own. Many models send attention that is not needed elsewhere to
# the first token, which is then called a sink. Does yours? And how long is the key of that token?

# %%
weights = attend(dot, vectors.k, causal=model.causal).weights
for at in range(0, model.layers, max(1, model.layers // 6)):
    first, rest = k_norm[at, :, 0].mean(), k_norm[at, :, 1:].mean()
    sink = weights[at, :, 2:, 0].mean()
    print(f"layer {at:2}: {sink:4.0%} of the weight; length {first:4.1f}, other keys {rest:4.1f}")
even = attend(np.zeros_like(dot), vectors.k, causal=model.causal).weights[..., 2:, 0].mean()
print(f"even attention would give the first token {even:.0%} of the weight")

# %% [markdown]
# Hold each layer against the last line, where all visible keys share alike. The bundled model has at
# most a weak sink.
#
# On SmolLM2 the sink collects more than half of all weight, and from layer 12 on its key is only
# about a quarter as long as the others. It wins by direction, in spite of its length. By cosine it
# would win even more often, and that is where most of SmolLM2's disagreements come from.
#
# The badge repeats the comparison of first places on five sentences.

# %%
claims.show("01.rankings", model)

# %% [markdown]
# **What this does not show.** Agreement in the first place is not agreement in weights. Here is how
# much weight would move if you replaced q·k/√d by nGPT's √d·cos θ, with everything else as it is. A
# model *trained* with cosines would have arranged its directions differently.

# %%
real, unit_norm = (
    attend(scores, vectors.k, causal=model.causal).weights for scores in (dot, np.sqrt(d) * cosine)
)
moved = np.abs(real - unit_norm).sum(-1).mean((-1, -2)) / 2  # [layers], share of a row's weight
print("share of the weight that moves, by layer:", moved.round(2))

# %% [markdown]
# ## Static kernels, and what bends
#
# One source text says that kernels are static maps while attention depends on its input. A kernel
# smoother averages values with weights K(x, y) from a fixed formula, such as the Gaussian
# exp(−‖x − y‖²/2σ²) or the polynomial (x·y + 1)ⁿ. Look at the Gaussian's exponent:
#
# $$\begin{aligned}
# -\tfrac12\lVert q-k\rVert^2 &= q \cdot k \\
#      &- \tfrac12\lVert q\rVert^2 - \tfrac12\lVert k\rVert^2
# \end{aligned}$$
#
# The query's term is the same along a row and falls out of the softmax. The key's term falls out
# too, if all keys have one length.
#
# **Predict.** With the real keys, and with the same keys cut to one length: how large is the
# difference between attention and the Gaussian smoother of width σ² = √d? We take the keys as values
# too, and report the largest difference in any entry of the output.

# %%
from gedig_edu.theory.attention import kernel_smoother, polynomial_kernel, rbf_kernel

q, k = (x[layer, head].astype(float) for x in vectors)  # [L, d]
for name, keys in (("real", k), ("one length", k / np.linalg.norm(k, axis=-1, keepdims=True))):
    attention = attend(dot_scores(q, keys), k).output
    gauss = kernel_smoother(rbf_kernel(q, keys, width=d**0.25), k)
    square = kernel_smoother(polynomial_kernel(q, keys, degree=2), k)
    print(
        f"{name:10} keys: Gaussian off by {np.abs(attention - gauss).max():.1e}, "
        f"polynomial by {np.abs(attention - square).max():.1e}"
    )

# %% [markdown]
# With keys of one length, attention *is* a Gaussian smoother, to rounding. The polynomial is another
# kernel: it rises with (q·k + 1)², not exponentially, and turns up again for q·k < −1. So 'attention
# is more than a kernel' is conditional.
#
# What does bend? The points themselves. Here is the key of one and the same word, at one and the
# same place, in two sentences:

# %%
texts = ("The money by the river bank", "The river by the money bank")  # the same tokens
for at in (0, model.layers // 2, model.layers - 1):
    one, other = (model.queries_keys(text, at).k[:, -1] for text in texts)  # [heads, d]
    angle = np.degrees(np.arccos(cosine_scores(one[:, None], other[:, None])))  # [heads, 1, 1]
    print(f"layer {at:2}: the keys of 'bank' stand {angle.mean():.0f}° apart, mean over heads")

# %% [markdown]
# In layer 0 the word does not know its neighbours yet, and its key is the same. Layers later it is
# not, although both sentences hold the same words. The formula is static; what it is applied to is
# computed from the text.

# %%
claims.show("01.kernels")

# %%
quiz("01", 4)

# %%
quiz("01", 5)

# %% [markdown]
# ## Build it
#
# Write the cosine yourself, and think of the vector that has no direction.

# %%
check("01.5", ...)
# hint("01.5")
# solution("01.5")

# %% [markdown]
# ## Argue against us
#
# - We measured one sentence with about twenty tokens. Put a page of your own text in `EXAMPLE`'s
#   place, run the lesson again, and see which numbers survive.
# - 'Norms are far from 1' depends on a scale that the model is free to choose, as you saw. Can you
#   find a statement about lengths that no rescaling can change, and test that instead?
# - We call the cosine *the angle*. In 64 dimensions nearly all random directions stand at right
#   angles, and a cosine of 0.5 is rare. Is 'angle' still a good picture, or a metaphor that we carry
#   over from the plane above?
# - The source text speaks of heads as skies and of tokens as constellations. That is a metaphor. It
#   names nothing that could be measured, and no badge stands beside it.
#
# ## In five lines
#
# 1. q·k is two lengths times a cosine. It is the cosine exactly when both lengths are 1.
# 2. In a standard transformer they are not, and neither LayerNorm nor RMSNorm makes them so.
# 3. Length turns the volume up: a yes gets louder, and so does a no. Cosine is deaf to it.
# 4. A cosine alone cannot be sharp. It needs a temperature of its own.
# 5. With keys of one length attention is a Gaussian kernel smoother. What bends is its input.
#
# **Read next.** Lesson 02 turns q and k by their positions, which changes angles and no length.
#
# **Sources.** Vaswani et al. 2017, *Attention Is All You Need*. Ba, Kiros and Hinton 2016, *Layer
# Normalization*. Zhang and Sennrich 2019, *Root Mean Square Layer Normalization*. Loshchilov et al.
# 2024, *nGPT* (arXiv 2410.01131). Henry et al. 2020, *Query-Key Normalization for Transformers*
# (arXiv 2010.04245). Tsai et al. 2019, *Transformer Dissection* (arXiv 1908.11775), on attention as a
# kernel. Xiao et al. 2023, *Efficient Streaming Language Models with Attention Sinks*
# (arXiv 2309.17453).
