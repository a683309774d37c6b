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
# **Move.** Drag a key. Who gets more weight: the long one, or the one that points the same way?

# %% jupyter={"source_hidden": true}
# The first picture: press Shift + Enter, and in some seconds it stands below.
from gedig_edu.views.widgets.qk_plane import QKPlane

plane = QKPlane()
plane

# %% [markdown]
# **What you need.** A matrix product, a softmax, the inverse of a matrix. Lesson 00 helps and is not required.
#
# **Time.** 45 minutes for the core, 80 for all. What is optional is folded, and nothing later needs it.
#
# | section | minutes | |
# |---|---|---|
# | Two lengths and an angle | 9 | core |
# | How long are they in a real model? | 8 | core |
# | The same head in another basis | 9 | core |
# | But there is a LayerNorm | 5 | core |
# | One key shouts | 8 | core |
# | A cosine needs a temperature of its own | 6 | optional |
# | One thermometer a head | 5 | optional |
# | Do the two rank alike? | 5 | core |
# | Static kernels, and what bends | 8 | optional |
# | Build it | 4 | optional |
# | The balanced basis | 9 | optional |
# | Argue against us | 3 | optional |
# | In five lines | 1 | core |
#
# **What rests on it.** Lesson 02 turns q and k by their positions. Lesson 04 needs the word *basis*.
#
# Afterwards you can say when q·k is an angle and when it is not, and which numbers about queries and
# keys are facts about a head. The claims are those of the sixth lecture, *The Transformer as a
# surveyor* (unsigned), where a badge does not say that they are ours.

# %% jupyter={"source_hidden": true}
# What this lesson imports, and the model that it reads.
import numpy as np

from gedig_edu.course import check, claims, compare, predict, quiz
from gedig_edu.course.sentences import EXAMPLE, describe, enough
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
# **Predict.** In the first picture k1 points along the query and is short, k2 long and elsewhere.
# Make k1 three times as long: what does each column of weights do? And if you turn it instead?
#
# **Move.** Read off the two winners. Then choose k1: length first, direction next.

# %% [markdown]
# **Exercise 01.1 · read it off.** The query is (2, 1). The keys, numbered from 0, are (2.2, 0.2), (0.9,
# 0.45), (3, -1), (-1, 2), (-1.5, -1). Which key wins under q·k, and which under cosine? Hand in the pair
# `(by_dot, by_cosine)`.

# %%
check("01.1", ...)

# %% [markdown]
# **Explain.** Follow the shadow of a key on the line of the query. Its length is ‖k‖ cos θ, and q·k
# is that shadow times ‖q‖. A long key can have a long shadow although it points elsewhere. Cosine
# asks for the shadow of the key cut down to length 1.
#
# For vectors of length 1 the two are the same number. The lecture says *only* then, a little too much:
# the *product* of the lengths may be 1, or the angle a right one. The badge tests the first sentence.

# %%
claims.show("01.cosine")

# %%
quiz("01", 1)

# %% [markdown]
# ## How long are they in a real model?
#
# Nothing in a transformer asks a query to have length 1. It is a product of a learned matrix, which may
# stretch as it likes, and a normalised vector.
#
# **Predict.**

# %%
predict("01.query_norm", ...)

# %% [markdown]
# **Measure.** We read every head's queries and keys for one example. Put your own sentence there and run
# all cells: pictures and numbers follow it, exercises do not.

# %%
text = EXAMPLE

# %%
describe(text, model)

# %%
from gedig_edu.lab.geometry import read_vectors

sentence = enough(text, model, at_least=1)
q, k = (x.astype(float) for x in read_vectors(model, sentence))  # [layers, heads, L, d]
q_norm, k_norm = (np.linalg.norm(x, axis=-1) for x in (q, k))
d = q.shape[-1]
compare("01.query_norm", q_norm[0].mean())

# %%
from gedig_edu.views import plots_geometry as plots

ax = plots.head_norms(q_norm.mean(axis=-1), k_norm.mean(axis=-1), d=d)

# %% [markdown]
# **Read it.** One dot is one head. With the example, no dot of the bundled model lies on the line at 1.

# %% [markdown]
# **Exercise 01.2 · measure it.** Read the queries of layer 0 with `model.queries_keys(EXAMPLE, 0).q`.
# For every head, give the L2 norm of its queries, averaged over the tokens.

# %%
check("01.2", ...)

# %% [markdown]
# **Attack it.** Multiply every query of a head by 3 and divide every key by 3. No score changes, so the
# model is the same, and yet each norm is another. So a norm that differs from 1 proves little: perhaps
# other units would make them all 1. But then every |q·k| would be a cosine, at most 1, and q·k is what no
# choice of units can change. The badge therefore judges the largest |q·k| of each head. (It does not
# exclude that all lengths are equal in some units: q·k would then be a cosine times one factor. A constant in
# each row is free as well. It does not save the angle: a row's q·k spread over more than 2 in every head.)

# %%
claims.show("01.norms", model)

# %% [markdown]
# ## The same head in another basis
#
# Take any invertible matrix A, and write
#
# $$q \to qA, \qquad k \to kA^{-\mathsf T}, \qquad qA\,(kA^{-\mathsf T})^{\mathsf T} = q\,k^{\mathsf T}$$
#
# The head's matrices become W_Q A and W_K A⁻ᵀ, its biases likewise, and the model computes what it computed before. With
# rotary positions A has to commute with the rotation; our A then uses one factor for each pair.
#
# **Predict.** Which of these move with A: the weights, the cosines, the lengths, the key that a query
# puts first by cosine, the entropy of a row?
#
# **Move.** Here A stretches a real head along the axes in which its keys lie: at +1 they reach equally far
# in all directions, below 0 they become more uneven. We show the head in which most rows change.

# %%
from gedig_edu.lab.geometry import same_first
from gedig_edu.theory.attention import attend, cosine_scores, dot_scores
from gedig_edu.theory.basis import change_basis, key_axes
from gedig_edu.views.widgets.head_basis import HeadBasis

ranked = enough(text, model, at_least=2)  # a single token ranks nothing
Q, K = (x.astype(float) for x in read_vectors(model, ranked))
axes = key_axes(K, paired=model.rotary)

# %%
written = [change_basis(Q, K, axes.basis(evenness)) for evenness in (-1, 0, 1)]
first = [same_first(dot_scores(*v), cosine_scores(*v), causal=model.causal) for v in written]
layer, head = np.unravel_index(np.ptp(first, axis=0).argmax(), first[0].shape)
tokens = model.encode(ranked).tokens
HeadBasis(Q[layer, head], K[layer, head], tokens, causal=model.causal, paired=model.rotary)

# %% [markdown]
# **Measure.** The same for every head at once.

# %%
weights = attend(dot_scores(Q, K), K, causal=model.causal).weights
for evenness, (q_new, k_new) in zip((-1, 0, 1), written, strict=True):
    now = attend(dot_scores(q_new, k_new), k_new, causal=model.causal).weights
    lengths = np.linalg.norm(k_new, axis=-1)  # [layers, heads, L]
    factor = (lengths.max(-1) / lengths.min(-1)).mean()
    condition = np.linalg.cond(axes.basis(evenness)).max()
    print(
        f"evenness {evenness:2}: condition number of A up to {condition:.0f}, weights move by "
        f"{np.abs(now - weights).max():.0e}, longest key {factor:.1f} times the shortest"
    )

# %% [markdown]
# **Explain.** Lengths and cosines depend on the basis in which the head happens to be written. Choose
# another and they say something else about the same model. With fewer tokens than dimensions and no
# rotary positions, +1 gives all keys of the sentence one length, so that both rank the keys alike in every
# row.
#
# Facts about a head are what follows from its scores: the weights, their entropy, the spread of the
# logits in a row, the singular values of W_Q W_Kᵀ. Scores themselves count up to a constant per row,
# which the softmax does not see. A statement about angles or lengths of a trained dot-product head is a
# statement about a basis. It may be a useful one, since training has found this basis and no other, but
# it has to say so.

# %%
claims.show("01.basis")

# %% [markdown]
# ## But there is a LayerNorm
#
# The vectors from which q and k are made have been normalised. Does that not give unit vectors?
#
# **Predict.** Four vectors go in, with lengths from about 5 to about 5000. What is the length of
# each after LayerNorm, after RMSNorm, and after L2 normalisation? Which of the three turns a vector?

# %%
predict("01.normed", ...)

# %% tags=["nbval-check-output"]
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
# LayerNorm and RMSNorm are not L2 normalisation, says the lecture. Yet without its gain RMSNorm *is*,
# times √d = 8. LayerNorm takes the mean out first, which turns the vector. What keeps q and k from unit
# length is what comes after: the learned gain, which stretches each dimension differently, and the
# projection.

# %% tags=["nbval-check-output"]
gain = np.geomspace(0.5, 2, 64)
W = np.random.default_rng(1).normal(size=(64, 64)) / 8
for name, y in (("RMSNorm", rms), ("and gain", rms * gain), ("and projection", rms * gain @ W)):
    print(f"{name:14}", np.linalg.norm(y, axis=-1).round(2).tolist())

# %%
quiz("01", 2)

# %%
claims.show("01.layernorm")

# %% [markdown]
# ## One key shouts
#
# Within a fixed basis a length does mean something. **Predict.** One key grows tenfold and keeps its direction.

# %%
predict("01.growth", ...)

# %% [markdown]
# **Move.** This is one real row of attention: the last token of the sentence, in a head whose scores for
# it have both signs, if there is one. Grow the key with the most weight, then one with almost none. Then
# look for a key that *loses* by growing.

# %%
from gedig_edu.views.widgets.key_growth import KeyGrowth

tokens = model.encode(sentence).tokens
dot = dot_scores(q, k)  # [layers, heads, L, L]
last = dot[:, :, -1]  # scores of the last token
mixed = np.abs((last > 0).mean(axis=-1) - 0.5) < 0.25  # [layers, heads]: both signs
layer, head = np.unravel_index(np.where(mixed, last.max(axis=-1), 0).argmax(), mixed.shape)
row = q[layer, head, -1], k[layer, head], tokens
KeyGrowth(*row)

# %% [markdown]
# **Measure.** Every key of the row grown tenfold in turn.

# %%
before, after = [], []
for key in range(len(tokens)):
    grown = KeyGrowth(*row, chosen=key, growth=10.0).numbers
    before.append(grown["before"])
    after.append(grown["dot_weight"])
change = np.subtract(after, before)
print(f"of {len(tokens)} keys {sum(change > 0)} gained by growing tenfold, {sum(change < 0)} lost")
compare("01.growth", after[int(np.argmax(before))])  # new weight of the key that had the most

# %% [markdown]
# **Explain.** Length multiplies the score, and a score has a sign. A key with q·k > 0 gains by
# growing, a key with q·k < 0 loses. Loudness is not attention: it makes a yes a louder yes and a no
# a louder no. Under a cosine nothing happens at all.
#
# But the softmax sees only differences of scores: a head may put them all below zero at no cost. A
# negative score is no dislike.

# %% [markdown]
# **Exercise 01.3 · compute it.** The query and keys of 01.1, d = 2. Key 1 grows tenfold, from (0.9,
# 0.45) to (9, 4.5). What weight does it get under softmax(q·k/√d), and what under softmax(cosine), at
# T = 1? Hand in the pair `(by_dot, by_cosine)`.

# %%
check("01.3", ...)

# %%
quiz("01", 3)

# %% [markdown]
# **nGPT** (Loshchilov et al. 2024) normalises q and k to length 1. Only turns of the basis are left
# then, and no turn changes an angle. The lecture says: all its vectors always have norm 1, by design.
# But a learned gain then rescales each dimension of q and k, and √d the score. With one gain for all
# dimensions the score is a cosine up to a factor; with many it is none.

# %%
claims.show("01.ngpt")

# %% [markdown] jp-MarkdownHeadingCollapsed=true
# ## Optional: A cosine needs a temperature of its own
#
# **Predict.** A query sees 1024 keys.

# %%
predict("01.one_of_1024", ...)

# %% tags=["nbval-check-output"]
for count in (16, 128, 1024, 8192):
    best = np.where(np.arange(count) == 0, 1.0, -1.0)[None]  # the best case: 1 against -1
    plain, scaled = (attend(best * scale, np.ones((count, 1))).weights[0, 0] for scale in (1, 8))
    print(f"{count:5} keys: at most {plain:.3f} under cos θ, {scaled:.3f} under 8·cos θ (d = 64)")

# %%
cosines = np.where(np.arange(1024) == 0, 1.0, -1.0)[None]
compare("01.one_of_1024", 100 * attend(cosines, np.ones((1024, 1))).weights[0, 0])

# %% [markdown]
# A cosine lives between −1 and 1, so no two keys can differ by more than a factor of e² ≈ 7.4. Among
# many keys that is nothing. (A key with a score of 10 outweighs one that scores 0 by e¹⁰, twenty
# thousand to one.) Something must stretch the scale: √d and the gain in nGPT, a learned temperature in
# other models, and in standard attention the size of q·k itself.

# %% [markdown]
# **Exercise 01.4 · predict it.** A query attends to 64 keys by softmax(cosine/T). What is the highest
# temperature T at which one key can get a weight of 0.9 at all? Three digits are enough.

# %%
check("01.4", ...)

# %%
claims.show("01.ceiling")

# %% [markdown] jp-MarkdownHeadingCollapsed=true
# ## Optional: One thermometer a head
#
# **The question.** Many models of today normalise q and k (*QK-norm*: Henry et al. 2020, and since then Qwen3 and
# Gemma 3). What does that do to the temperature of a row?
#
# A query of twice the length doubles every score of its row, in any basis. So in q·k each token brings a
# thermostat of its own: a long query looks sharply, a short one looks around. QK-norm takes the lengths away. What
# is left is a gain g, one learned number in Henry et al., one for each dimension in Qwen3, so the score is
# g²√d·cos θ, or a stretched cosine. (You have met that form in nGPT.)
#
# **Predict.** The query of the last token is made half, twice, four times as long. What does the temperature of
# its row do, with q·k and with QK-norm?
#
# **Measure.** T is fitted as in lesson 04: how well are the logarithms of the weights a straight line of the
# cosines, and what is its slope 1/T? R² = 1 says *exactly a line*.

# %%
from gedig_edu.theory.attention import ngpt_scores
from gedig_edu.theory.thermo import effective_temperature

own_q, own_k, d = Q[layer, head, -1:], K[layer, head], Q.shape[-1]
gains = {"one gain": np.full(d, 1.5), "many gains": np.geomspace(0.5, 2, d)}
angles = cosine_scores(own_q, own_k)  # [1, L], whatever the length of the query

# %%
for times in (0.5, 1, 2, 4):
    rows = {"q·k/√d": dot_scores(times * own_q, own_k)}
    rows |= {name: ngpt_scores(times * own_q, own_k, gain=gain) for name, gain in gains.items()}
    print(f"query times {times:3}:", end=" ")
    for name, row in rows.items():
        fit = effective_temperature(attend(row, own_k).weights, angles)
        print(f"{name} T = {fit.temperature:.3f}, R² = {fit.r2:.3f}", end="; ")
    print()

# %% [markdown]
# **Explain.** With q·k the temperature halves whenever the query doubles, and the line is not exact, since the keys
# have lengths too. With QK-norm the length does nothing. With one gain the row is exactly a
# line and T = 1/(g²√d), the same in every row of the head and in every text; so a thermometer that reads cosines,
# doubtful so far because a basis could be chosen, is exact. With a gain for each dimension it is not quite.
#
# **What this does not show.** We normalised the vectors of a head that was trained without it. What a model does
# with one thermometer, training decides: it can still make the cosines of a row alike or far apart, and so look
# sharply or around.

# %%
claims.show("01.qk_norm")

# %% [markdown]
# ## Do the two rank alike?
#
# The lecture keeps the angle as a guide: even without unit length, q·k is useful as a measure of
# *similar direction*. Perhaps the *order* of the keys is the same: within a row ‖q‖ cannot change it,
# only the keys' lengths can.
#
# **Predict.** For how many rows do both put the same key first, in the basis in which the model is stored, in percent?

# %%
predict("01.agreement", ...)

# %%
first = same_first(dot_scores(Q, K), cosine_scores(Q, K), causal=model.causal)  # of each head
print(f"ranked: {ranked}")
compare("01.agreement", 100 * first.mean())

# %%
from gedig_edu.views.plots import overview

left, right = overview(first, label="same first key, share")

# %% [markdown]
# **Read it.** On the left, each head; on the right, the spread within each layer. With the example, some heads
# of the bundled model agree in every row and others in few: a mean over 'the model' hides them. And all of it
# belongs to one basis. The badge repeats the comparison on thirty sentences, in the stored basis and in
# four others with the very same scores. It holds if the share exceeds 90 % in all of them.

# %%
claims.show("01.rankings", model)

# %% [markdown]
# **What this shows.** On the three models that we measured (the bundled one, MiniLM and SmolLM2) the stored
# basis agrees in 80 to 84 %. The four others lie between 63 and 86 %, each for all thirty sentences at once;
# for a single short one, you saw, 100 % can be had. So 'the most similar direction gets the most weight' is a
# good guess and no law, and the percentage is no property of the head.

# %% [markdown] jp-MarkdownHeadingCollapsed=true
# ## Optional: Static kernels, and what bends
#
# The lecture contrasts kernels, whose map is static, with attention, where the space itself *behaves as if*
# it were bent by the input. A kernel smoother averages values with weights K(x, y) from a fixed formula.
# Attention does exactly that, always: its formula is K(q, k) = exp(q·k/√d), as Tsai et al. (2019) point out.
# (As a function of two tokens it need not be symmetric, since q and k come from different matrices.)
# The kernels that the lecture names are others, the Gaussian exp(−‖x − y‖²/2σ²) and the polynomial
# (x·y + 1)ⁿ. Look at the Gaussian's exponent:
#
# $$\begin{aligned}
# -\tfrac12\lVert q-k\rVert^2 &= q \cdot k \\
#      &- \tfrac12\lVert q\rVert^2 - \tfrac12\lVert k\rVert^2
# \end{aligned}$$
#
# The query's term is the same along a row and falls out of the softmax. The key's term falls out
# too, if all keys have one length.
#
# **Predict.** With the real keys, and with the same keys cut to one length: how far is attention from each of
# the three smoothers? The Gaussian has width σ² = √d. We take the keys as values too, and report the
# largest difference in any entry of the output.

# %%
from gedig_edu.theory.attention import kernel_smoother, polynomial_kernel, rbf_kernel

one_q, one_k = Q[layer, head], K[layer, head]  # [L, d], one head
unit_k = one_k / np.linalg.norm(one_k, axis=-1, keepdims=True)

# %%
for name, keys in (("real", one_k), ("one length", unit_k)):
    kernels = np.exp(one_q @ keys.T / d**0.5), rbf_kernel(one_q, keys, width=d**0.25)
    kernels += (polynomial_kernel(one_q, keys, degree=2),)
    smooth = [kernel_smoother(kernel, one_k) for kernel in kernels]
    output = attend(dot_scores(one_q, keys), one_k).output
    exponential, gauss, square = (np.abs(output - one).max() for one in smooth)
    print(
        f"{name:10} keys: exp(q·k/√d) off by {exponential:.1e}, "
        f"Gaussian by {gauss:.1e}, polynomial by {square:.1e}"
    )

# %% [markdown]
# The first column is rounding: a fixed kernel, whatever the lengths. With keys of one length it is also the
# Gaussian. The polynomial is another kernel. So, with q, k and v given, attention does nothing that a fixed
# kernel smoother does not.
#
# What does bend? The points themselves. Here is the key of one and the same word, at one and the
# same place, in two sentences of the same tokens:

# %%
texts = ("The money by the river bank", "The river by the money bank")
for at in (0, model.layers // 2, model.layers - 1):
    one, other = (model.queries_keys(each, at).k[:, -1] for each in texts)  # [heads, d]
    angle = np.degrees(np.arccos(cosine_scores(one[:, None], other[:, None])))  # [heads, 1, 1]
    print(
        f"layer {at:2}: the keys of the last token stand {angle.mean():.0f}° apart, mean over heads"
    )

# %% [markdown]
# How many degrees is a matter of the basis; zero or not is none. In layer 0 of the bundled model the word does
# not know its neighbours yet, and its key is the same. Layers later it is not. The formula is static; what it is
# applied to is computed from the text. In this sense the lecture's picture is right.

# %%
claims.show("01.kernels")

# %%
quiz("01", 4)

# %%
quiz("01", 5)

# %% [markdown] jp-MarkdownHeadingCollapsed=true
# ## Optional: Build it
#
# Write the cosine yourself, and think of the vector that has no direction.

# %% [markdown]
# **Exercise 01.5 · build it.** Write `cosine(q, k)`: the cosine of every query in `q`, [Lq, d], with
# every key in `k`, [Lk, d]. A zero vector has no direction; let it score 0 against everything. Hand in
# the function.

# %%
check("01.5", ...)

# %% [markdown] jp-MarkdownHeadingCollapsed=true
# ## Optional: The balanced basis
#
# **The question.** Every basis gives the same model. Is one of them special?
#
# The loss does not notice A. To such a symmetry belongs something that training by small gradient steps cannot
# change, as in mechanics a conserved quantity belongs to a symmetry (Kunin et al. 2020 make that argument for
# networks; for two neighbouring linear layers it is Du et al. 2018). Here it is the matrix
#
# $$W_Q^{\mathsf T} W_Q - W_K^{\mathsf T} W_K$$
#
# with biases as one more row. Where it is 0 the head is *balanced*: queries and keys share the singular values of
# W_Q W_Kᵀ evenly. Exactly one basis does that, up to a turn, and a turn changes no cosine.
#
# **Predict.** We take the real gradient of the bundled model's loss on your sentence. By how much does it move
# this difference, compared with how much it moves the two parts? And Adam, whose first step goes by the sign of
# each entry of the gradient?

# %%
from gedig_edu.lab.projections import Projections, imbalance_step, projection_gradients, projections

bundled = load("gpt2-mini")
read_by = enough(text, bundled, at_least=2)  # one token predicts nothing
W, gradient = projections(bundled), projection_gradients(bundled, read_by)
signs = Projections(*map(np.sign, gradient))
for name, step in (("gradient", gradient), ("its signs", signs), ("weight decay", W)):
    moved = imbalance_step(W, step)  # [layers, heads], between 0 and 1
    print(
        f"{name:>12}: moves the difference by {moved.mean():.1e} of what it moves, mean over heads"
    )

# %% [markdown]
# **Explain.** Along the gradient both sides move alike, to rounding. The sign of the gradient knows nothing of the
# symmetry, and weight decay makes both sides shrink, their difference with them. The bundled model was trained with
# Muon for the matrices, W_Q and W_K among them, with decay on these, and with Adam for the biases. Muon knows nothing
# of the symmetry either: it makes all singular values of a layer's step nearly alike, W_Q, W_K and W_V side by side. A
# step from here in which they are exactly alike moves the difference by 0.69 of what it moves (example sentence). So
# the basis in which the model is stored is what initial noise, two optimisers and decay have made of it. Nothing kept
# the difference as it was.
#
# The balanced basis is one that we can *choose*, for any head, and it needs nothing but the head. In it the question
# *do both rank alike* has one answer instead of a range.

# %%
from gedig_edu.lab.projections import balanced_bases

even = change_basis(Q, K, balanced_bases(model))
same = same_first(dot_scores(Q, K), cosine_scores(*even), causal=model.causal)
print(
    f"same first key: {first.mean():.0%} of rows as stored, {same.mean():.0%} in the balanced basis"
)

# %%
claims.show("01.canonical")

# %% [markdown]
# The rule is the one that we used above: more than 90 % of rows. **What this shows** is that no convention saves the
# cosine: not in the basis on disk, not in the four others, not in the one that has the best reason to be chosen.
# It does not make the balanced basis *true*. It is a convention that anyone can repeat.

# %%
claims.show("01.conserved")

# %% [markdown]
# **Exercise 01.6 · compute it.** A head of width 2 has W_Q = diag(9, 1) and W_K = diag(1, 16). Which
# diagonal A = diag(a, b), with a and b above 0, makes W_Q A and W_K A⁻ᵀ balanced, so that (W_Q A)ᵀ W_Q A
# = (W_K A⁻ᵀ)ᵀ W_K A⁻ᵀ? Hand in `(a, b)`.

# %%
check("01.6", ...)

# %% [markdown] jp-MarkdownHeadingCollapsed=true
# ## Optional: Argue against us
#
# - We measured short sentences. Put a page of your own at `text`, and see which numbers survive.
# - Many models send attention that is not needed elsewhere to the first token, the sink (Xiao et al. 2023).
#   One hears that a sink wins by the direction of its key, or by its length. Which of the two survives a
#   change of basis?
# - Our other bases were stretched along the keys. Can you find an A in which the two rankings agree in more
#   than 90 % of rows on thirty sentences, with the same weights? If so, our verdict changes to *contradictory*.
# - In 64 dimensions nearly all random directions stand at right angles, and a cosine of 0.5 is rare. Is
#   'angle' still a good picture, or a metaphor that we carry over from the plane?
# - The lecture speaks of heads as layers of constellations, and itself calls its likeness to topic models a
#   metaphor. It names nothing that could be measured, and no badge stands beside it.

# %% [markdown]
# ## In five lines
#
# 1. q·k is two lengths times a cosine. It is the cosine when the product of the lengths is 1.
# 2. In a standard transformer it is not, in any basis: |q·k| goes far beyond 1.
# 3. Lengths and cosines belong to a basis. Weights, entropies and logit spreads belong to the head.
# 4. Length turns the volume up: a yes gets louder, and so does a no. Cosine is deaf to it.
# 5. Attention is a smoother with a fixed kernel. What bends is its input.
#
# **Read next.** Lesson 02 turns q and k by their positions, which changes angles and no length.
#
# **Sources.** *The Transformer as a surveyor* (Transformerという測量士 ～動的な接続～), lecture 6 of a
# series on statistics and geometry, unsigned, undated. Vaswani et al. 2017, *Attention Is All You Need*.
# Ba, Kiros and Hinton 2016, *Layer Normalization*. Zhang and Sennrich 2019, *Root Mean Square Layer
# Normalization*. Loshchilov et al. 2024, *nGPT* (arXiv 2410.01131). Henry et al. 2020, *Query-Key
# Normalization for Transformers* (arXiv 2010.04245). Kunin et al. 2020, *Neural Mechanics* (arXiv 2012.04728),
# and Du, Hu and Lee 2018, *Algorithmic Regularization* (arXiv 1806.00900), on what gradient flow keeps. Qwen team
# 2025, *Qwen3* (arXiv 2505.09388), and Gemma team 2025, *Gemma 3* (arXiv 2503.19786), for their QK-norm. Tsai et al. 2019, *Transformer Dissection*
# (arXiv 1908.11775), on attention as a kernel. Xiao et al. 2023, *Efficient Streaming Language Models
# with Attention Sinks* (arXiv 2309.17453).
