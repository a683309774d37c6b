# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3 (ipykernel)
#     language: python
#     name: python3
# ---

# %% [markdown]
# # 04 · Heads and temperatures
#
# **The question.** The note *Transformer as Micro-geDIG* (InsightSpike project, 2024) says that each head
# observes at a temperature of its own, and that cold heads capture fine structure. What is the
# temperature of a head, and does a cold head look nearer?
#
# **Move.** Drag T: three readers of one score matrix see more keys, or fewer.

# %% jupyter={"source_hidden": true}
# The first picture: press Shift + Enter, and in some seconds it stands below.
from gedig_edu.views.widgets.one_score_many_temperatures import OneScoreManyTemperatures

OneScoreManyTemperatures()

# %% [markdown]
# **What you need.** Lesson 01 (cosine scores, and the basis of a head) and lesson 03 (temperature and
# entropy).
#
# **Time.** 43 minutes for the core, 108 for all. What is optional is folded, and nothing in the core needs it.
#
# | section | minutes | |
# |---|---|---|
# | The machine and your sentence | 2 | core |
# | One score matrix, three readers | 7 | core |
# | First, a tautology | 4 | core |
# | A thermometer that no basis moves | 5 | core |
# | T against cosines, a choice of basis | 8 | core |
# | Two heads by themselves | 7 | optional |
# | Do colder heads look nearer? | 8 | core |
# | What else could make the cloud? | 6 | optional |
# | The whole model heated | 7 | optional |
# | What LayerNorm fixes, and what it does not | 8 | core |
# | What the residual path keeps | 6 | optional |
# | What is written to the stream | 7 | optional |
# | Following attention down | 7 | optional |
# | How cold can a row be? | 6 | optional |
# | A metaphor | 1 | optional |
# | Build it | 8 | optional |
# | Is T = 1 the best? | 8 | optional |
# | Argue against us | 2 | optional |
# | In five lines | 1 | core |
#
# **What rests on it.** Lesson 06, where sinks return, and whatever is said later about *kinds* of heads:
# it has to name what it measured them by.

# %% [markdown]
# ## The machine and your sentence

# %% jupyter={"source_hidden": true}
# What this lesson imports, and the model that it reads.
import numpy as np

from gedig_edu.course import check, claims, compare, predict, quiz
from gedig_edu.course.sentences import EXAMPLE, PROSE, describe, enough
from gedig_edu.models import default_name, load

model = load(default_name())
model

# %% [markdown]
# Put your own sentence in the next cell and run all cells. Pictures and
# numbers follow it; exercises and predictions do not. A temperature needs rows with several keys, so
# below six tokens the cells take the example, and say so.

# %%
text = EXAMPLE

# %%
describe(text, model)

# %%
sentence = enough(text, model, at_least=6)
print("What follows speaks of:", sentence)

# %% [markdown]
# ## One score matrix, three readers
#
# A head turns scores into weights by softmax(score/T). In the first picture one matrix of scores has three
# readers: a cold one, one in the middle, a hot one. The hotter, the more keys it sees.
#
# **Predict.** The slider *prefers far −, near +* makes the scores rise or fall with distance. With it at one
# end, which reader looks the farthest back? And with it at the other end?
#
# **Move.** Set it to one end and to the other, and move T at each.

# %% [markdown]
# **Exercise 04.1 · read it off.** Press Reset above. Set what the scores prefer to −1 (far), and read
# how far the cold reader looks, at T/r. Then set it to +1 (near), and read it again. Hand in the pair
# `(far, near)`, in tokens.

# %%
check("04.1", ...)

# %% [markdown]
# **Explain.** Temperature decides how many keys are seen: exp(S) never falls when T rises, because
# dS/dT = C/T (lesson 03). Which keys those are stands in the scores. A cold reader is decided, for near keys
# only where the scores prefer near keys. So 'cold heads are local' is no theorem, but a statement about
# trained scores, to be measured.

# %%
quiz("04", 1)

# %% [markdown]
# ## First, a tautology
#
# We know a head's weights, softmax(q·k/√d), and its scores q·k. A straight line through log-weights
# against scores has the slope 1/T; each row's intercept takes up its log Z.
#
# **Predict.** We fit this line for every head of the model.

# %%
predict("04.own", ...)

# %%
from gedig_edu.lab.temperatures import read_thermometers

heads = read_thermometers(model, sentence)  # each reading is [layers, heads]
d = model.queries_keys(sentence, 0).q.shape[-1]
print(f"T against a head's own q·k: {heads.own.min():.4f} to {heads.own.max():.4f}")
print(f"√d = {np.sqrt(d):.4f}")
compare("04.own", heads.own.max() / heads.own.min())

# %% [markdown]
# **Explain.** We have read back the √d that the formula puts in, exact up to rounding. It says nothing
# about any head: an untrained model gives the same number. Whoever reports the temperature of a head
# must say *against which scores*.

# %%
quiz("04", 2)

# %% [markdown]
# ## A thermometer that no basis moves
#
# To compare heads we need a number that belongs to the head. Lesson 01 showed which do: scores (up to a
# constant in each row), weights and their entropy. The lengths of q and k, and the angles between them,
# are a choice of basis.
#
# So we take the spread of the logits q·k/√d, their standard deviation within rows. Its inverse, 1/std,
# behaves as a temperature should: halve all scores of a head, and it doubles. As a rule, the more a
# row's logits spread, the fewer keys it sees, and the colder we call the head.
#
# **Predict.** The note says that heads observe at different temperatures. How different?

# %%
predict("04.temperatures", ...)

# %%
claims.show("04.temperatures", model)

# %% [markdown]
# **Explain.** They do differ, and the note is right so far. ('More than twice' is our number; the note
# has none.) On the bundled model the warmest tenth stands at 14 times the coldest tenth. On MiniLM and
# SmolLM2 it is 2.6 and 2.4 times. Why several heads help is another question.

# %% [markdown]
# ## T against cosines, a choice of basis
#
# The note says: the more similar, the lower the energy. Take similarity as the cosine, as the lecture of
# lesson 01 does, and all heads seem to share one scale, from −1 to 1:
#
# $$\log w_{ij} = \frac{\cos\theta_{ij}}{T} + c_i$$
#
# Points may lie off this line, because weights also know the lengths of queries and keys. R² says which
# share of the variance within rows the line explains. Where it is low, T says little.
#
# How is this T related to 1/std of the logits?

# %% [markdown]
# **Exercise 04.2 · compute it.** A head's logits have a standard deviation of 2.5 around the mean of
# their row. The cosines of the same queries and keys have one of 0.2, and they explain the log-weights
# with R² = 0.64. What is the head's temperature against cosines?

# %%
check("04.2", ...)

# %%
from gedig_edu.lab.geometry import read_vectors
from gedig_edu.lab.temperatures import spread_within_rows
from gedig_edu.theory.attention import cosine_scores

weights, (q, k) = model.attend(sentence).weights, read_vectors(model, sentence)
cosine = cosine_scores(q, k)  # [layers, heads, L, L]
between = spread_within_rows(cosine, causal=model.causal) / np.sqrt(heads.r2)
fits = np.isfinite(heads.cosine)  # no positive T fits the others
error = np.abs(heads.inverse_spread * between / heads.cosine - 1)[fits].max()
print(f"T against cosines = 1/std(logits) · std(cos)/√R², to {error:.0e} in {fits.sum()} heads")

# %% [markdown]
# The two agree but for the factor std(cos)/√R². One says how decided a head is, the other how decided it is
# *for each unit of cosine*. And a unit of cosine depends on the basis.
#
# **Predict.** We make the keys of every head more uneven, or more even, as with the slider of lesson 01,
# and undo it in the queries. What becomes of the weights, and of the two temperatures?

# %%
from gedig_edu.lab.temperatures import cosine_temperature
from gedig_edu.theory.attention import attend, dot_scores
from gedig_edu.theory.basis import change_basis, key_axes

axes = key_axes(k, paired=model.rotary)  # along which the keys of each head lie

# %%
for evenness in (-0.5, 0, 0.5):
    moved, keys = change_basis(q, k, axes.basis(evenness))
    again = dot_scores(moved, keys)
    change = np.abs(attend(again, keys, causal=model.causal).weights - weights).max()
    middle = np.median(1 / spread_within_rows(again, causal=model.causal))
    T = np.median(cosine_temperature(weights, moved, keys, causal=model.causal).temperature)
    print(f"{evenness:+4}: weights {change:.0e} away, medians 1/std {middle:.3f}, T of cos {T:.3f}")

# %% [markdown]
# **Explain.** The model is the same in all three lines. Its weights stand still but for rounding, and so
# does 1/std. T against cosines moves, and not by one factor for all heads. So it can order heads
# differently in another basis. We show it, with its R², as a reading of the note's words, and judge
# nothing by it.

# %% [markdown] jp-MarkdownHeadingCollapsed=true
# ## Optional: Two heads by themselves

# %% [markdown]
# First the heads with the lowest and the highest T against cosines, in the basis that training happened to
# leave.

# %%
from gedig_edu.lab.temperatures import fitted_head
from gedig_edu.views import plots_temperature as plots

ends = [np.unravel_index(f(heads.cosine), heads.cosine.shape) for f in (np.argmin, np.argmax)]
pairs = {f"head {at}.{head}": (weights[at, head], cosine[at, head]) for at, head in ends}
drawn = {name: fitted_head(*pair, causal=model.causal) for name, pair in pairs.items()}
ax = plots.thermometers(drawn)

# %% [markdown]
# **Read it.** The steeper the line, the lower T. Look at the horizontal axes as well. On the bundled model,
# within rows, the cosines of one head span a tenth, and those of the other more than one. Part of what T calls
# cold is that the cosines of that head hardly differ, which another basis would change.
#
# Now every head, by both thermometers, and R².

# %%
ax = plots.head_temperatures(heads.cosine, heads.inverse_spread, heads.r2)

# %% [markdown]
# **Exercise 04.3 · measure it.** For every head of layer 1, give its temperature against cosine scores
# on `EXAMPLE`: one number per head. `model.attend(EXAMPLE).weights` are the weights, `read_vectors`
# gives queries and keys as the scores see them, `effective_temperature` from `gedig_edu.theory.thermo`
# fits.

# %%
check("04.3", ...)

# %%
quiz("04", 3)

# %% [markdown]
# ## Do colder heads look nearer?
#
# The note says 'fine structure, high resolution'. It does not say 'near': that is our reading of it, and the
# one that can be measured. The mean distance of a head is Σ w·|i − j|, averaged over its rows, in tokens.
#
# The rule comes first, though it was changed after a first look at numbers. We correlate 1/std of the logits
# with that distance, over heads and by ranks: 1 if both put the heads in the same order, −1 if in opposite
# orders. Thirty sentences; the interval draws sentences anew, and heads within each layer. We do so twice: with
# all attention, and without what goes to the *sink*, the first token or a special one such as [CLS] (lesson
# 01). Lying far from most tokens, a sink makes a head look far that looks at nothing. The claim holds if both
# intervals lie above 0.

# %%
predict("04.cold_is_local", ...)

# %%
claims.show("04.cold_is_local", model)

# %%
from gedig_edu.lab.temperatures import rank_correlation
from gedig_edu.views import plots_temperature as plots

readings = {"1/std of the logits": heads.inverse_spread, "T against cos θ": heads.cosine}
found = {name: rank_correlation(T, heads.distance) for name, T in readings.items()}
ax = plots.distance_against(readings, heads.distance, correlations=found)

# %% [markdown]
# **Read it.** One dot is one head on our sentence; layer 0 is pale, the last layer is dark. And on other
# models? This was found on three.

# %%
for name in ("gpt2-mini", "minilm", "smollm2"):
    (found,) = claims.recall(["04.cold_is_local"], name)
    print(f"{name}: {found.verdict}", *found.numbers()[:3], sep="\n    ")

# %% [markdown]
# **Explain.** The bundled model agrees with the note: +0.65 with all attention, +0.70 beyond the sink. MiniLM
# agrees beyond the sink only (+0.58; with all attention +0.12, and the interval contains 0). On SmolLM2 colder heads look
# *farther*, −0.46, and beyond the sink there is no relation either way (−0.02).
#
# The third number says why. On MiniLM and SmolLM2 cold heads send more to the sink (−0.5 on both), and
# the sink is far. What they are decided for is not structure at all.
#
# By cosines SmolLM2 has +0.24, its interval above 0, and in other bases anything from +0.08 to +0.39.

# %%
quiz("04", 4)

# %% [markdown] jp-MarkdownHeadingCollapsed=true
# ## Optional: What else could make the cloud?

# %% [markdown]
# Two things could produce such a cloud without any trained locality. A hot head looks everywhere, so its
# distance is fixed; and layers may differ in both.

# %%
from gedig_edu.lab.temperatures import mean_distance
from gedig_edu.theory.baselines import row_shuffled

rng, T = np.random.default_rng(0), heads.inverse_spread
shuffled = [mean_distance(row_shuffled(weights, rng, causal=model.causal)) for _ in range(10)]
scattered = np.mean([rank_correlation(T, distance) for distance in shuffled])
inside = rank_correlation(T, heads.distance, within_layers=True)
print(f"each row shuffled {scattered:+.2f}, within layers only {inside:+.2f}")

# %% [markdown]
# Shuffling the weights of each row keeps how decided a head is and destroys where it looks. On the bundled
# model what is left (the mean of ten shuffles) is near zero, so the sharpness of the weights alone does not
# make the correlation. It survives within layers too.
#
# The exceptions are worth meeting. Here is the real head that looks farthest among the colder half.
# **Predict**, then **move**: does it look nearer when you cool it further?

# %%
cold = heads.inverse_spread <= np.median(heads.inverse_spread)
layer, head = np.unravel_index(np.where(cold, heads.distance, 0).argmax(), cold.shape)
print(f"head {layer}.{head}")
scores = dot_scores(q, k)[layer, head]
OneScoreManyTemperatures(scores, model.encode(sentence).tokens, causal=model.causal)

# %% [markdown]
# In the example sentence, the bundled model's head looks farther the colder it is read: its scores prefer far keys.

# %% [markdown] jp-MarkdownHeadingCollapsed=true
# ## Optional: The whole model heated

# %% [markdown]
# A score matrix does not mind at which T it is read. A trained model does. We set every head of every
# layer to softmax(q·k/(√d·T)), measure the next-token loss on three passages of ours, and let the model write.
# An encoder has no next-token loss; the bundled decoder then takes its place.

# %%
predict("04.heating", ...)

# %% [markdown]
# **Move.** Everything is measured at thirteen temperatures first. Then drag the point from T = 1 to both
# ends. How fast does the loss rise, and on which side faster? Read what the model writes on the way.

# %%
from gedig_edu.lab.temperatures import heat
from gedig_edu.views.widgets.heated_model import HeatedModel

decoder = model if model.causal else load("gpt2-mini")
passages = [" ".join(PROSE[at : at + 4]) for at in (0, 4, 8)]
grid = HeatedModel.temperatures
heated = heat(decoder, passages, prompt="The old clock", temperatures=grid, tokens=18)
HeatedModel(heated.losses, heated.written, prompt="The old clock")

# %% [markdown]
# **Measure.**

# %%
mean = heated.losses.mean(axis=0)
print(f"T of the lowest loss, passage by passage: {heated.best.round(2).tolist()}")
for at in (0, 6, -1):
    print(f"T = {grid[at]:.2f}: {mean[at]:.2f} nats per token, {mean[at] - mean[6]:+.2f}")
compare("04.heating", grid[int(mean.argmin())])

# %% [markdown]
# **Explain.** Nothing in the training names T. But every matrix was shaped while T was 1, so the loss
# has its lowest point near 1, and not always at 1. The bowl is shallow: on the bundled model two of our three
# passages, which are not its training text, gain two and three hundredths of a nat from heads slightly
# less decided. Its cold side is the steeper one there, and on SmolLM2 it is the hot side. One possible
# reason is that heating empties the attention sinks of SmolLM2. This curve cannot show whether it is so.
#
# This is not the temperature that a chat program offers.

# %%
quiz("04", 5)

# %% [markdown]
# ## What LayerNorm fixes, and what it does not
#
# The note equates LayerNorm with a normalisation of energy: each layer resets the level, so that gradients
# survive at depth. LayerNorm reads the *stream*, one vector for each token, to which every layer adds. Thirteen
# vectors with lengths from below 1 to 700 go through nothing, through LayerNorm, and through an L2 norm, and
# then through the same two matrices.
#
# **Predict.** For which of the three is the spread of the energies −q·k/√d independent of the lengths?
# And how do the last two differ?

# %% tags=["nbval-check-output"]
from gedig_edu.theory.gpt2 import layer_norm

rng = np.random.default_rng(0)
x = rng.normal(size=(13, 64)) * np.geomspace(0.1, 100, 13)[:, None]
to_q, to_k = rng.normal(size=(2, 64, 64)) / 8
unit = x / np.linalg.norm(x, axis=-1, keepdims=True)
for name, y in (("nothing", x), ("LayerNorm", layer_norm(x, 1.0, 0.0)), ("L2 norm", unit)):
    length = np.linalg.norm(y, axis=-1)
    spread = spread_within_rows(dot_scores(y @ to_q, y @ to_k), causal=False)
    lengths = f"{length.min():5.2f} to {length.max():7.2f}"
    print(f"{name:9} lengths {lengths}, std of the energies {spread:9.4f}")

# %% [markdown]
# **Explain.** Both norms take the length of the stream out of the energies. Neither makes all energies
# equal. And LayerNorm, which also takes out the mean over channels, hands out the length √D where the L2
# norm hands out 1. That length is a temperature.

# %% [markdown]
# **Exercise 04.4 · predict it.** In a model of width D = 192, L2 normalisation (length 1) takes the
# place of LayerNorm (length √D), without gain and without biases, for vectors whose mean over channels
# is zero. All matrices stay. By which factor is every head's temperature multiplied?

# %%
check("04.4", ...)

# %%
claims.show("04.layernorm_energy")

# %%
quiz("04", 6)

# %% [markdown]
# In a real model it matters: each layer adds to the stream. Without a norm at the entrance of each
# block, and without biases, energies would go with the square of its length. (Models like BERT put the
# norm at the exit; their stream keeps about one length.)

# %%
stream = model.stream(sentence)
length = np.linalg.norm(stream.states[:-1], axis=-1).mean(axis=-1)  # of what enters each layer
for at in range(0, model.layers, max(1, model.layers // 6)):
    logits = (1 / heads.inverse_spread[at]).mean()
    print(f"layer {at:2}: stream of length {length[at]:7.1f}, std of the logits {logits:.2f}")
print(f"(longest/first)² = {(length.max() / length[0]) ** 2:,.0f}")

# %% [markdown]
# In the example sentence, the first block of the bundled model makes the stream about forty times
# longer, and the others change its length little. The squares differ by a factor above 2,000, the spread
# of the logits by less than ten. So the reset is real, one of lengths. That it is what keeps gradients
# alive is tested in the next section.

# %% [markdown] jp-MarkdownHeadingCollapsed=true
# ## Optional: What the residual path keeps

# %% [markdown]
# A gradient that comes down a tower of layers is multiplied by one matrix after another, and shrinks or
# grows by a factor each time. With the path x + f(x) each of those matrices becomes 1 + J, where J is the matrix of
# f's derivatives. LayerNorm helps in another way: it is blind to the length of what it reads, so a signal on its
# way up cannot fade.

# %%
predict("04.gradient", ...)

# %%
from gedig_edu.lab.gradients import tower

kinds = {"neither": (False, False), "LayerNorm": (False, True)}
kinds |= {"residual path": (True, False), "both": (True, True)}
towers = {}
for gain in (0.5, 1.5):
    for name, (path, norm) in kinds.items():
        towers[gain, name] = tower(gain=gain, residual=path, normalised=norm)
compare("04.gradient", towers[0.5, "neither"].gradients[0])

# %%
panels = {
    f"matrices of gain {gain}": {name: towers[gain, name].gradients for name in kinds}
    for gain in (0.5, 1.5)
}
ax = plots.by_depth(panels, label="gradient norm, 1 at the top")
for (gain, name), read in towers.items():
    print(f"gain {gain}, {name:13}: cosine of output and input {read.kept:+.2f}")

# %% [markdown]
# **Read it.** Layers x + W₂ tanh(W₁ LN(x)), with LayerNorm or the path left out; the entries of W₁ and W₂
# have a standard deviation of gain/√width. The gradient enters at the right and goes down to layer 0. With
# small matrices the tower with neither loses it altogether, and either remedy alone would do: the note is
# right about LayerNorm, there. With large matrices no tower loses it, and they differ by how much it grows.
# The printed cosine is another matter: only the path, and only with small matrices, keeps the output turned
# towards what came in, at a cosine of about a half.
#
# Is a real decoder in need of the path? We cut it around each block, so that a block hands on what it
# writes and nothing else.

# %%
from gedig_edu.lab.gradients import stream_gradients

decoder = model if model.causal else load("gpt2-mini")
for name, path in (("as it is", True), ("path cut", False)):
    gradient = stream_gradients(decoder, sentence, residual=path)  # [layers]
    first, last = gradient[[0, -1]]
    print(f"{name}: layer 0 {first:.3g}, last layer {last:.3g}, ratio {first / last:,.0f}")

# %% [markdown]
# **Explain.** In the example sentence nothing vanishes in the bundled model when the path is cut: it has only
# six blocks, and each begins with a LayerNorm. In SmolLM2, which has thirty, the gradient does not vanish either.
# It explodes: the ratio grows several hundredfold. The usual story, 'without the path gradients vanish', is
# about the tower with neither. What another text claims of the residual path is a question for lesson 10.
#
# Layer 0 stands out even with the path. Its stream is short, and a LayerNorm divides the gradient that
# comes through it by the length of what it reads.

# %% [markdown] jp-MarkdownHeadingCollapsed=true
# ## Optional: What is written to the stream

# %% [markdown]
# Two more claims of the note are about values. *They flow along low-energy paths.* Half of that is
# softmax itself: weights are exp(−E/T)/Z, so low energies have the large weights in any head. The other
# half is not: what key j would add to the stream, v_j W_O (its value times the head's output
# matrix), may be long or short, and attention sinks tend to have short ones. (These lengths are facts about
# a head: v → vB with W_O → B⁻¹W_O leaves v W_O alone.)

# %%
predict("04.low_energy_paths", ...)

# %%
claims.show("04.low_energy_paths", model)

# %% [markdown]
# **Read it.** Compare the three numbers. The last is what the same keys would bring if the weights were
# even: a little below a quarter where their values are as long as others, since we round down. If the first lies
# below the second, the values of low-energy keys are shorter than average, and the flow is less than the weights
# suggest. On the bundled model they hardly differ. On MiniLM and SmolLM2 the flow is more than a tenth less.
#
# *And this is a natural flow that follows the law of increasing entropy.* Entropy of what? We take the
# vectors that a layer writes for all tokens of a sentence, and ask over how many directions they spread:
# S = −Σ p log p, with p the shares of variance along the principal directions. What is the same for all tokens is
# taken out. 'Increasing' we read as 'with depth'. The claim holds if S rises for both writers, attention and
# the feed-forward parts.

# %%
predict("04.entropy_grows", ...)

# %%
claims.show("04.entropy_grows", model)

# %%
from gedig_edu.lab.temperatures import written_entropy

for name, centred in (("mean over tokens taken out", True), ("mean left in", False)):
    print(name)
    for part in ("attention", "feed_forward"):
        S = written_entropy(getattr(stream, part), centred=centred)  # [layers]
        print(f"    {part:12}", S.round(2)[:: max(1, model.layers // 6)])

# %% [markdown]
# **Explain.** There is no common rise. On the bundled model attention's entropy rises in the ranks (+0.19, all of
# it from the low first layer) and that of the feed-forward parts falls (−0.34): the numbers contradict each other. On
# MiniLM they do so the other way round, −0.91 and +0.83. On SmolLM2 attention's trend has an interval around 0.
# The intervals draw sentences; six layers are too few to speak of depth in general.
#
# The second law does not help the claim: it is about isolated systems, and a layer is none. Each layer reads the
# stream anew, and may write the same few directions for all tokens if that lowers the loss.

# %% [markdown] jp-MarkdownHeadingCollapsed=true
# ## Optional: Following attention down

# %% [markdown]
# The note's 'law of increasing entropy' can be read in a second way. Put a walker on a token of the last layer. It
# goes where the heads of that layer look, on average, then where those of the layer below look, and so on down to
# the input. If it also rests with probability ½ in each layer, for the residual path, this is the *attention
# rollout* (Abnar and Zuidema 2020), a common picture of what a token was made of.
#
# **Predict.** Does the walker spread?

# %%
predict("04.walk", ...)

# %%
from gedig_edu.lab.flow import apart, entropy_of, walk

for stays in (0.5, 0):
    places = walk(model.attend(sentence).weights, stays=stays)  # [layers + 1, from, to]
    print(f"rests with {stays}: spread over", np.exp(entropy_of(places).mean(axis=-1)).round(1))
    even = places.mean(axis=1)  # walkers on all tokens alike
    print("    on all tokens, entropy", entropy_of(even)[:: model.layers].round(2), end=", ")
    print(f"on the first token {even[0, 0]:.0%}, at the end {even[-1, 0]:.0%}")

# %%
walked = entropy_of(walk(model.attend(EXAMPLE).weights, stays=0))[-1]
compare("04.walk", np.exp(walked.mean()))

# %%
from gedig_edu.theory.baselines import uniform

even_heads = uniform(places.shape[-1], causal=model.causal)[None, None]
alone = walk(np.repeat(even_heads, model.layers, axis=0), stays=0).mean(axis=1)
print("no model, even looks: entropy", entropy_of(alone)[:: model.layers].round(2), end=", ")
print(f"on the first token {alone[0, 0]:.0%}, at the end {alone[-1, 0]:.0%}")

# %%
claims.show("04.walk_entropy", model)

# %% [markdown]
# **Read it.** On the bundled model the walker spreads for a layer or two and then gathers. Walkers that start on all
# tokens alike lose entropy from the first step: 3.09 to 0.45 nats in the example, with 91 % on the first token. The
# last cell is the control: heads that look evenly at all they may see, so a mask and no model. It ends at 0.45 nats
# as well, with 89 %.
#
# **Explain.** Is the second law broken? It never promised a growing entropy for such a chain. It promises that for
# chains whose resting state is *even*. Here nobody can look ahead, and the first token sees only itself. Whoever
# arrives there stays: all layers share one resting state, everything on token 0. What must fall is the *distance*
# from it, and the distance of any two walkers:

# %%
print("distance of two walkers:", apart(places).round(2))

# %% [markdown]
# That one is a theorem, for every map, trained or not (no step can tell apart what it merges). So a causal mask alone
# pulls the rollout to the first token, before any sink was learned, and the badge's verdict is the mask's. In the
# second half of the layers the bundled model even gathers *less* than its mask would alone: −0.30 nats against −0.46
# with rest, −0.86 against −0.96 without (an untrained twin does as the mask). SmolLM2 has gathered long before, in
# both. Only MiniLM shows what it learned: it has no mask, even looks would keep its walkers spread, and half of them
# end on the first token. A rollout that ends there in a decoder says little about what the model has read.

# %% [markdown] jp-MarkdownHeadingCollapsed=true
# ## Optional: How cold can a row be?

# %% [markdown]
# The spread of the logits does not fix the entropy: many arrangements have one spread. But it sets a floor. Of all
# rows with n logits and standard deviation s, the one with the least entropy is one key above equal ones, by
# s·n/√(n − 1) (Zhai and others 2023). The floor falls exponentially with s.

# %%
claims.show("04.entropy_floor")

# %%
from gedig_edu.lab.thermodynamics import read_rows
from gedig_edu.theory.thermo import entropy_floor

rows = read_rows(model, sentence)
spread = (rows.energies[:, :, -1] / rows.temperature).std(axis=-1)  # of the last token's rows
S, floor = rows.at().entropy[..., -1], entropy_floor(spread, rows.keys[-1])
for at in range(0, model.layers, max(1, model.layers // 6)):
    print(f"layer {at:2}: std {spread[at].mean():.2f}, floor {floor[at].mean():.2f}", end=", ")
    print(f"entropy {S[at].min():.2f} to {S[at].max():.2f} of {np.log(rows.keys[-1]):.2f} nats")

# %% [markdown]
# Why does it matter? Zhai and others watched heads during training. Where entropies fell to near 0, training became
# unstable: they call it *entropy collapse*. A frozen row hands no gradient to its scores (lesson 03), and
# the floor says what can hold it off: bounds on the matrices that make the scores. Did the bundled model come near?

# %%
from gedig_edu.lab.formation import recorded_formation

record = recorded_formation().groupby("step")
for step in (0, 111, 217, 532, 1671, 2951, 4600):
    entropy = record.get_group(step)["paper_entropy"]  # of a head's whole map, over log L²
    print(f"step {step:5}: sharpest head {entropy.min():.2f}, median {entropy.median():.2f}")

# %% [markdown]
# **Read it.** This entropy is that of a whole map, over log L²: 0.85 where a causal head looks evenly back, 0.5 where
# each token looks at one. The sharpest head comes down within five hundred steps and stays above a half; the median
# stays far from it. So no head collapses: the bundled model learned without it. That says nothing about larger
# models and higher learning rates, where Zhai and others saw it.

# %% [markdown] jp-MarkdownHeadingCollapsed=true
# ## Optional: A metaphor

# %% [markdown]
# The lecture behind lesson 01 (its sixth, on the Transformer as a surveyor) pictures heads as layers of
# constellations over one sky of tokens, and compares them with a topic model, LDA, made dynamic. It marks that
# comparison as a metaphor in so many words, and we follow it.

# %%
claims.show("04.constellations")

# %% [markdown]
# One can use the picture as such: several readers, one sky. A topic model would have to say
# what the topics are and how a text is drawn from them, and then it could be compared with a head.

# %% [markdown] jp-MarkdownHeadingCollapsed=true
# ## Optional: Build it

# %% [markdown]
# The fit of this lesson, in a few lines.

# %% [markdown]
# **Exercise 04.5 · build it.** Write `temperature(weights, scores)` for one map, both [L, L]: T of log
# w_ij = s_ij/T + c_i, by least squares, with an intercept c_i for each row. Weights that are zero have
# no logarithm; leave them out. Hand in the function.

# %%
check("04.5", ...)

# %% [markdown] jp-MarkdownHeadingCollapsed=true
# ## Optional: Is T = 1 the best?

# %% [markdown]
# The loss of a heated model was lowest near T = 1. There is a reason, and it fits in a line. A head reads its scores
# through W_Q. Multiply W_Q (and its bias b_Q) by c, and all its scores are c times as large: the head is at T = 1/c. So
# 'hotter' is one of the directions in which training may move the weights. Where training has come to rest, the
# loss has no slope in any of them:
#
# $$\frac{\partial L}{\partial \log T} = -\sum W_Q \cdot \frac{\partial L}{\partial W_Q} - \sum b_Q \cdot \frac{\partial L}{\partial b_Q} = 0$$
#
# But training adds *weight decay*, which pulls W_Q towards 0. What then?

# %% [markdown]
# **Exercise 04.6 · compute it.** Training minimises L + (λ/2)‖W_Q‖² with λ = 0.01 and has come to rest where the
# sum of squares ‖W_Q‖² of one head is 40. What is the slope of the loss L alone over log T of that head, at T = 1?

# %%
check("04.6", ...)

# %% [markdown]
# So decay should leave every head a little too warm, and L should fall when heads are cooled.
#
# **Predict**, for texts that the model was not trained on.

# %%
predict("04.slope", ...)

# %%
from gedig_edu.course.sentences import PASSAGES
from gedig_edu.lab.gradients import temperature_slopes

decoder = model if model.causal else load("gpt2-mini")
slopes = np.mean([temperature_slopes(decoder, one) for one in PASSAGES[:3]], axis=0)
compare("04.slope", slopes.sum())

# %%
from gedig_edu.views.plots import head_map

ax = head_map(slopes, label="slope over log T, nats per token", centred=True)
layer, head = np.unravel_index(np.abs(slopes).argmax(), slopes.shape)
rest = slopes.sum() - slopes[layer, head]
print(f"all heads {slopes.sum():+.3f}, without {layer}.{head} {rest:+.3f};", end=" ")
print(f"mean of a head {slopes.mean():+.4f}, median {np.median(slopes):+.4f}")

# %%
claims.show("04.too_warm", model)

# %% [markdown]
# **Read it.** Blue heads would rather be colder, orange ones warmer. On the bundled model both kinds are there, and
# over 30 passages a head answers with 0.014 on average, one way or the other. The badge's mean has no sign, +0.001
# [−0.006, 0.009], and hides two things. Head 3.5 has +0.140 ± 0.007 (standard error over passages), above 0 on all
# 30. The other 35 together have −0.091 ± 0.026; 25 lie below 0, and the median head has −0.004. So one head would
# rather be much colder, and most a little warmer, as on SmolLM2: all its heads together have −0.21 [−0.28, −0.14],
# those of the bundled model +0.05 [−0.01, 0.10]. The trace that decay must leave does not show, but for 3.5.
#
# **What this does not show.** The theorem is about the loss that was trained on; ours are other texts, on which a
# model may well be too sure of itself, and that pulls the other way. And the bundled model's optimiser (Muon,
# with a learning rate that ends at 0) does not rest exactly where this penalty would have it. The sign of a slope
# on new texts is the sum of these three.

# %% [markdown] jp-MarkdownHeadingCollapsed=true
# ## Optional: Argue against us

# %% [markdown]
# - The mean distance of a head depends on the length of the text, and ours have about twenty tokens. On a
#   page, 'far' is something else. Put several sentences in a row into `text` and compare.
# - We measured 'fine structure' as nearness. A head that finds the one matching bracket forty tokens
#   back sees fine structure too. Could you measure fineness without distance? exp(S) is no way out: it is
#   another thermometer.
# - The second reading, beyond the sink, was added after we had seen what the sink does to the first. That is why
#   both are judged. Would you have judged the second alone?
# - 1/std is no temperature of an ensemble: nothing is in equilibrium with a bath. It is a scale of logits.
# - The heads of one model were trained together, and our interval draws them as if they were independent
#   within a layer. What would an honest sample be?
# - Heating all heads alike is a crude intervention. Would the loss tell more if you heated one layer?
#   `attend` takes a potential for each head, and only one temperature.

# %% [markdown]
# ## In five lines
#
# 1. Cooling decides how many keys are seen. Which keys, near or far, stands in the scores.
# 2. Against its own q·k every head has T = √d exactly. That says nothing about the head.
# 3. 1/std of the logits belongs to the head. T against cosines is a choice of basis: it moves, and no weight does.
# 4. Cold heads look nearer on the bundled model, only beyond the sink on MiniLM, and not on SmolLM2.
# 5. Norms take the stream's length out of energies, and the length they hand out is a temperature.
#
# **Read next.** Lesson 05 leaves attention and asks what a shortcut in a graph is worth.
#
# **Sources.** InsightSpike project 2024, *Transformer as Micro-geDIG*. Vaswani et al. 2017, *Attention Is All You
# Need*. Henry et al. 2020, *Query-Key Normalization
# for Transformers* (arXiv 2010.04245). Kobayashi et al. 2020, *Attention is Not Only a Weight* (arXiv
# 2004.10102), on the length of what is written. Xiao et al. 2023, *Efficient Streaming Language Models with
# Attention Sinks* (arXiv 2309.17453). Xiong et al. 2020, *On Layer Normalization in the Transformer
# Architecture* (arXiv 2002.04745). He et al. 2016, *Identity Mappings in Deep Residual Networks* (arXiv
# 1603.05027). Roy and Vetterli 2007, *The effective rank* (EUSIPCO). Abnar and Zuidema 2020, *Quantifying
# Attention Flow in Transformers* (arXiv 2005.00928). Zhai et al. 2023, *Stabilizing Transformer Training by Preventing
# Attention Entropy Collapse* (arXiv 2303.06296).
