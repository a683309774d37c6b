# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3 (ipykernel)
#     language: python
#     name: python3
# ---

# %% [markdown]
# # 02 · Rotary positions
#
# **The question.** How can a score know how far apart two tokens are, and nothing about where?
#
# **What you need.** Lesson 01: a score is two lengths and an angle.
#
# **Time.** 45 minutes.
#
# Afterwards you can verify that rotary scores see only m − n, say where rounding ends that, predict
# what the base does, and tell a symmetry from a zero mode.

# %%
import numpy as np

from gedig_edu.course import check, claims, compare, hint, predict, quiz, solution
from gedig_edu.course.sentences import EXAMPLE, PROSE
from gedig_edu.models import default_name, load
from gedig_edu.theory.rope import frequencies, relative_scores, rotate

model = load(default_name())
model

# %% [markdown]
# ## Hands of a clock
#
# A plain score q·k does not know where q and k stand. Rotary positions (Su et al. 2021) tell it by
# turning. The d entries of a vector are taken in pairs, each pair is a point in a plane, and at
# position m the pair i turns by the angle m·θᵢ, with
#
# $$\theta_i = \text{base}^{-2i/d}, \qquad i = 0, \dots, d/2 - 1$$
#
# The picture below has d = 8, so four pairs: four clocks with one hand for q and one for k.
#
# **Predict.** Move the query alone: the score changes. Move both by the same number of places: which
# hands turn, and what does the score do?
#
# **Move.** Change m, then n. Then leave both and move the shift of both. Then change the base and see
# which clocks take notice.

# %%
from gedig_edu.views.widgets.rotating_pair import RotatingPair

pair = RotatingPair()
pair

# %% [markdown]
# **Measure.** The same in numbers, from the theory module and not from the picture.

# %%
# NBVAL_CHECK_OUTPUT
rng = np.random.default_rng(0)
q, k = rng.normal(size=(2, 64))  # d = 64, so 32 pairs
for m, n in ((12, 5), (12, 6), (1012, 1005), (1_000_007, 1_000_000)):
    score = rotate(q, m) @ rotate(k, n)
    print(f"m = {m:7}, n = {n:7}, m - n = {m - n}: score {score:.9f}")

# %% [markdown]
# **Explain.** Turning two vectors by the same angle leaves their dot product alone. So of the two turns
# only the difference counts, (m − n)θ.
#
# The same as a formula: write the pair as one complex number. Turning is multiplication by exp(√−1·mθ), and
# the score of a pair is the real part of q times the conjugate of k:
#
# $$\mathrm{Re}\; q\, e^{\mathrm{i} m\theta} \; \overline{k\, e^{\mathrm{i} n\theta}}
#   = \mathrm{Re}\; q \bar k \; e^{\mathrm{i}(m-n)\theta}$$
#
# The common part of the two turns cancels. What remains is a cosine wave of m − n for each pair, and
# the score is the sum of d/2 such waves. Turning keeps every length, so all of this is about angles.

# %%
claims.show("02.relative")

# %%
quiz("02", 1)

# %%
check("02.1", ...)
# hint("02.1")
# solution("02.1")

# %% [markdown]
# ## A position is not one angle
#
# One source text says that a position is an angle. One angle would come round after 2π/θ tokens. With
# θ = 1, positions 0 and 44 would coincide to a fiftieth of a radian.

# %%
# NBVAL_CHECK_OUTPUT
turn = 2 * np.pi / frequencies(64)  # tokens for one full turn
for i in (0, 1, 8, 16, 24, 31):
    print(f"pair {i:2}: a full turn takes {turn[i]:9.1f} tokens")

# %%
check("02.2", ...)
# hint("02.2")
# solution("02.2")

# %%
quiz("02", 2)

# %%
claims.show("02.angles")

# %% [markdown]
# ## The whole score matrix
#
# **Predict.** Give sixteen tokens the same query and the same key. Without rotation the matrix of
# scores is one flat colour. What pattern will rotation draw? Then let the tokens differ: will the
# pattern survive? And what will a shift of all positions do to the matrix?
#
# **Move.** First *how much of the rotation*, from 0 to 1. Then the shift. Then *how much the tokens
# differ*.

# %%
from gedig_edu.views.widgets.score_matrix import ScoreMatrix

matrix = ScoreMatrix()
matrix

# %% [markdown]
# **Measure.** A matrix whose diagonals are constant is called a Toeplitz matrix. So we ask by how
# much two entries of one diagonal differ.

# %%
# NBVAL_CHECK_OUTPUT
for rotation, difference, shift in ((0, 0, 0), (1, 0, 0), (1, 0, 1000), (1, 1, 0), (1, 1, 1000)):
    read = ScoreMatrix(rotation=rotation, difference=difference, shift=shift).numbers
    print(
        f"rotation {rotation}, tokens differ {difference}, shift {shift:4}: on one diagonal "
        f"{read['spread']:.3f}, in a row {read['row_spread']:.3f}, moved {read['moved']:.3f}"
    )

# %% [markdown]
# **Explain.** With equal tokens only the distance is left, and it is constant along a diagonal. With
# different tokens the matrix is no longer Toeplitz. This is worth a second look: 'scores depend on
# m − n only' means *for a given q and k*. It does not mean that attention in a real text depends on
# distance only. But the last column is zero in every line: a shift of the whole text changes nothing,
# whatever the tokens are.

# %%
quiz("02", 3)

# %% [markdown]
# **Predict**, for the record.

# %%
predict("02.shift", ...)

# %%
queries, keys = rng.normal(size=(2, 31, 64))  # 31 different tokens
places = np.arange(31)
scores = rotate(queries, places) @ rotate(keys, places).T
moved = rotate(queries, places + 1000) @ rotate(keys, places + 1000).T
compare("02.shift", 100 * np.abs(moved - scores).max() / np.abs(scores).max())

# %% [markdown]
# Now write it yourself. It is six lines.

# %%
check("02.3", ...)
# hint("02.3")
# solution("02.3")

# %% [markdown]
# ## Where rounding ends the law
#
# The law is exact on paper. On a machine the angle m·θ is rounded, and the rounding grows with m. The
# fast pairs suffer first: at position 10⁶ the angle of pair 0 is 10⁶ radians, and a number type with
# seven digits keeps one digit behind the point.

# %%
predict("02.last_position", ...)

# %% [markdown]
# **Measure.** We move 64 random pairs of vectors along the text, always 7 tokens apart, and record by
# how much their scores change: the root mean square over the 64 pairs, at each of 120 positions. The
# dotted line marks a change of a thousandth of ‖q‖‖k‖.

# %%
from gedig_edu.lab.geometry import law_error

positions = np.unique(np.geomspace(1, 1e7, 120).astype(int))
types = {
    "float64": ("float64", "float64"),
    "float32": ("float32", "float32"),
    "angles float32, vectors bfloat16": ("float32", "bfloat16"),
    "bfloat16": ("bfloat16", "bfloat16"),
}
found = {name: law_error(positions, angles=a, vectors=v) for name, (a, v) in types.items()}
compare("02.last_position", found["float32"].first_above(1e-3))

# %%
from gedig_edu.views import plots_geometry as plots

ax = plots.law_errors(positions, {name: read.error for name, read in found.items()}, level=1e-3)
print(ax.get_label())

# %% [markdown]
# **Read it.** Float64 would last for any text ever written. Float32 loses the law slowly, in
# proportion to the position, and keeps it to a thousandth at nearly all positions until about a
# million. The worst positions fail slightly earlier. The badge below asks for those: it takes the
# largest error over a thousand positions up to 10⁶ and so finds a little more than 10⁻³. Bfloat16
# loses it within a few dozen tokens: its numbers have eight significant bits, and beyond 256 it cannot even tell
# neighbouring positions apart. Beyond a thousand the error stays level because nothing is left to lose.
#
# The line in between is what libraries do. They compute angles, cosines and sines in float32 and round
# only then. What remains is the rounding of the vectors. That does not grow with position, so the line
# is flat up to about 10⁵; beyond that the float32 angles take over.
#
# **Why it matters.** A model with angles in bfloat16 would score the same two words, seven tokens apart,
# one way at the start of a document and another way at its end. Nothing would crash. The model would
# only get worse as texts get longer, and you would look for the reason in the data.

# %%
check("02.4", ...)
# hint("02.4")
# solution("02.4")

# %%
claims.show("02.precision")

# %% [markdown]
# ## Base and decay
#
# It is often said that rotary scores decay with distance, so that near words count more. Start with
# the best case for it: q = k.

# %%
predict("02.far_score", ...)

# %%
x, y = rng.normal(size=(2, 200, 64))
distances = np.arange(4001)
norm = np.linalg.norm(x, axis=-1), np.linalg.norm(y, axis=-1)
aligned = (relative_scores(x, x, distances) / (norm[0] ** 2)[:, None]).mean(axis=0)
random = relative_scores(x, y, distances) / (norm[0] * norm[1])[:, None]  # [200, distances]
compare("02.far_score", aligned[900:1101].mean())

# %%
near = np.full(51, 1 / 51)  # a running mean over 51 distances
curves = {"q = k": aligned, "q = −k": -aligned, "one random pair": random[0]}
smooth = {name: np.convolve(curve, near, "valid") for name, curve in curves.items()}
ax = plots.decay(distances[25:-25], smooth)
rms = np.sqrt((random**2).mean(axis=0))
print(f"200 random pairs: root mean square {rms[0]:.3f} at 0, {rms[900:1101].mean():.3f} near 1000")

# %% [markdown]
# The badge further down divides differently. `compare` took the mean score near distance 1000 over ‖q‖²,
# which is the score at distance 0. The badge takes a root mean square over the distances 900 to 1100 for
# each pair, which counts the swings too, and divides it by the same over the distances 0 to 10, where
# the score has begun to fall. So its number is larger.
#
# **Explain.** With q = k all d/2 waves start at their crest, and they drift out of step, the fast ones
# first. So the sum falls. With q = −k they all start in the trough, and the score *rises* with distance.
# With random vectors they start out of step already, and nothing is lost on the way. The decay belongs
# to aligned vectors. It is a property of what training makes of q and k, not of the rotation alone.
#
# **Predict.** A larger base slows the slow pairs down. Will the score at distance 1000 be higher or lower?

# %%
predict("02.large_base", ...)

# %%
# NBVAL_CHECK_OUTPUT
ones = np.ones(64)
for base in (100, 10_000, 500_000):
    at_1000 = relative_scores(ones, ones, np.arange(900, 1101), base=base).mean() / 64
    turn = 2 * np.pi / frequencies(64, base=base)
    print(
        f"base {base:7}: score near distance 1000 {at_1000:5.2f}, slowest turn {turn[-1]:12,.0f} "
        f"tokens, {np.sum(turn < 1000)} of 32 pairs turn within 1000"
    )

# %%
far = relative_scores(ones, ones, np.arange(900, 1101), base=500_000) / 64
compare("02.large_base", far.mean())

# %% [markdown]
# A large base leaves more pairs standing nearly still. They hold the score up over long distances, and
# they know little about position: they work like a head without any. That is the price of a long context.

# %%
check("02.5", ...)
# hint("02.5")
# solution("02.5")

# %%
quiz("02", 4)

# %%
claims.show("02.decay")

# %% [markdown]
# ## A real rotary model
#
# If your model has rotary positions we use it, otherwise SmolLM2, if it is on this computer. Nothing
# is downloaded here.

# %%
from gedig_edu.lab.geometry import by_distance, find_rotary

rotary = find_rotary(model, "smollm2")
if rotary is None:
    print("No rotary model here. In a terminal: gedig-edu models fetch smollm2  (93 MB, once).")
else:
    base = rotary.network.config.rope_parameters["rope_theta"]
    print(rotary.name, "has base", base)

# %% [markdown]
# **Predict.** Before rotation, does the mean score depend on the distance between two tokens? After it?

# %%
if rotary is None:
    print("Nothing to draw without a rotary model.")
else:
    text = " ".join(PROSE[:6])
    raw = rotary.queries_keys(text, layer=min(9, rotary.layers - 1))  # q, k: [heads, L, d]
    plain = by_distance(raw.q @ raw.k.swapaxes(-1, -2) * raw.scale)
    turned = by_distance(raw.q_rotated @ raw.k_rotated.swapaxes(-1, -2) * raw.scale)
    last = len(plain) - 10  # the largest distances have too few pairs of tokens
    curves = {"before": plain[:last], "after": turned[:last]}
    ax = plots.decay(np.arange(last), curves, score="mean score q·k/√d")

# %% [markdown]
# **Read it.** With SmolLM2 present: the curve before rotation is nearly flat, as its queries and keys
# carry content and no distance. After rotation near tokens keep their score and far ones lose several units, which in a
# softmax is a factor of ten or more. So here the decay is real: training has aligned q and k so that
# rotation has something to take away.
#
# Are lengths kept, and does a shift of the text change nothing, with the model's own numbers?

# %%
if rotary is None:
    print("Nothing to measure without a rotary model.")
else:
    lengths = [np.linalg.norm(x, axis=-1) for x in (raw.q, raw.q_rotated)]
    print(f"largest change of a length: {np.abs(lengths[1] / lengths[0] - 1).max():.1e}")

# %%
if rotary is None:
    print("Nothing to shift without a rotary model.")
else:
    places = np.arange(raw.q.shape[1])
    q0, k0 = (rotate(x.astype(float), places, base=base) for x in (raw.q, raw.k))
    q1, k1 = (rotate(x.astype(float), places + 5000, base=base) for x in (raw.q, raw.k))
    change = np.abs(q1 @ k1.swapaxes(-1, -2) - q0 @ k0.swapaxes(-1, -2)).max()
    print(f"our rotation against the model's: {np.abs(q0 - raw.q_rotated).max():.1e}")
    print(f"largest change of a score by a shift of 5000: {change:.1e}")

# %% [markdown]
# ## Learned positions, for contrast
#
# GPT-2 does it another way. It adds a learned vector for each position to each token, before layer 0.
# Nothing in that says that only differences count.
#
# **Predict.** We give the bundled GPT-2 the same sentence, but tell it that the sentence starts at
# position 1, 10, or 100. What share of its attention moves?

# %%
predict("02.learned", ...)

# %%
from gedig_edu.theory import gpt2

bundled = load("gpt2-mini")
ids = np.array(bundled.encode(EXAMPLE).ids)
state = bundled.network.transformer.state_dict()
weights = {name: tensor.cpu().numpy() for name, tensor in state.items()}
start = gpt2.forward(ids, weights, heads=bundled.heads).attention  # [layers, heads, L, L]

# %%
table = weights["wpe.weight"]  # one vector for each position
for shift in (1, 10, 100):
    shifted = weights | {"wpe.weight": table[shift:]}
    there = gpt2.forward(ids, shifted, heads=bundled.heads).attention
    share = np.abs(there - start).sum(axis=-1).mean() / 2
    print(f"shift {shift:3}: {share:.1%} of the attention weight moves")
compare("02.learned", 100 * share)

# %% [markdown]
# A rotary model would show 0.0 % three times. GPT-2 is indifferent to a shift only as far as its
# training asked for it. A law is cheaper than a habit, and it holds where no training
# text has been. Whether the model works there is another matter: distances longer than any in training
# are new to it, law or no law.
#
# ## A symmetry, and a word that is too large for it
#
# One source text calls rotary positions the *zero mode* of a *broken rotation symmetry*. Take it in
# parts. First the symmetry, which is there and is larger than a shift: turn every pair of all queries
# and keys by an angle of its own, any angle.

# %%
angle = np.exp(1j * rng.uniform(0, 2 * np.pi, size=32))  # one for each pair
pairs = [z[:, :32] + 1j * z[:, 32:] for z in (queries, keys)]
spun = [np.concatenate([(z * angle).real, (z * angle).imag], axis=-1) for z in pairs]
there = rotate(spun[0], np.arange(31)) @ rotate(spun[1], np.arange(31)).T
print(f"largest change of a score: {np.abs(there - scores).max():.1e}")

# %%
claims.show("02.global_shift")

# %% [markdown]
# So the scores have a symmetry with d/2 free angles, and the shift is one line through it. Is it a
# zero mode?
#
# *An aside for readers with physics; nothing later needs it.* In physics that word needs three things: an energy, a ground state that is less symmetric
# than the energy, and a motion from one ground state to another that costs nothing. The text names
# neither an energy nor a ground state. Where the origin of positions lies cannot be observed from any
# score, so the shift moves nothing at all: a physicist would rather call it a choice of coordinates.
#
# *Still the aside.* There is a version that could be tested. Turn a head's matrices W_q and W_k by common angles, pair
# by pair, as we just did to its vectors: the loss of the whole model stays the same. These are flat
# directions of the loss, and the trained weights have picked one point on them. Whoever says 'zero
# mode' could mean that. It would then be a statement about training, not about positions.

# %%
claims.show("02.zero_mode")

# %% [markdown]
# **And absolute position?** A symmetry of the scores is not blindness of the model. A causal mask
# breaks it: the first token sees one key, the second sees two. Let all scores be equal, and let the
# first token carry a mark in its value. What can the others read from that?

# %%
# NBVAL_CHECK_OUTPUT
from gedig_edu.theory.attention import attend

mark = np.zeros((9, 1))
mark[0] = 1.0
read = attend(np.zeros((9, 9)), mark, causal=True).output[:, 0]
print("1 / what each token reads:", (1 / read).round(6).tolist())

# %% [markdown]
# Each token reads its own absolute position, without any code for positions at all.

# %%
quiz("02", 5)

# %% [markdown]
# ## Argue against us
#
# - Our error curve uses random vectors 7 tokens apart. Real queries and keys put more weight on some
#   pairs than on others. Would a model that uses its slow pairs only ever notice the rounding? Try
#   other offsets and a larger base in `law_error`.
# - With SmolLM2 present: the falling curve of the real model is one layer and one text of about a hundred tokens. Try the
#   others. In which layers is it flat?
# - We said that the decay belongs to aligned vectors. With SmolLM2 present: trained vectors *are*
#   aligned, as you saw.
#   Is 'conditional' then a fair verdict, or are we hiding behind random numbers that no model has?
# - The clocks are a picture. What turns is a pair of numbers, and nothing goes round in the machine.
#
# ## In five lines
#
# 1. A position turns each of the d/2 pairs of q and k by an angle of its own, and changes no length.
# 2. For given q and k the score sees only m − n; a shift of the whole text changes nothing.
# 3. Rounding ends this: angles in bfloat16 within dozens of tokens, in float32 near a million.
# 4. Decay with distance holds for aligned vectors, and a larger base slows it down.
# 5. This is a symmetry of the scores. It is not blindness to position, and 'zero mode' is a metaphor.
#
# **Read next.** Lesson 03 reads the softmax that follows as a distribution of heat.
#
# **Sources.** Su et al. 2021, *RoFormer: Enhanced Transformer with Rotary Position Embedding* (arXiv
# 2104.09864). Chen et al. 2023, *Extending Context Window of Large Language Models via Positional
# Interpolation* (arXiv 2306.15595), on positions that are no whole numbers. Barbero et al. 2024, *Round
# and Round We Go! What makes Rotary Positional Encodings useful?* (arXiv 2410.06205), against the story
# of decay. Haviv et al. 2022, *Transformer Language Models without Positional Encodings Still Learn
# Positional Information* (arXiv 2203.16634). Ben Allal et al. 2025, *SmolLM2* (arXiv 2502.02737).
