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
# **The question.** One source text says that heads observe at different temperatures, and that cold
# heads see fine structure. What is the temperature of a head, and does a cold head look nearer?
#
# **What you need.** Lesson 01 (cosine scores) and lesson 03 (temperature and entropy).
#
# **Time.** 45 minutes.
#
# Afterwards you can measure each head's temperature in two ways and say what each of them cannot
# see. You can tell apart what LayerNorm, an L2 norm and the residual path do to energies and
# gradients.

# %%
import numpy as np

from gedig_edu.course import check, claims, compare, hint, predict, quiz, solution
from gedig_edu.course.sentences import EXAMPLE, PROSE
from gedig_edu.models import default_name, load

model = load(default_name())
model

# %% [markdown]
# ## One score matrix, three readers
#
# A head turns scores into weights by softmax(score/T). Take one matrix of scores, and let three
# readers read it, a cold one, one in the middle and a hot one.
#
# **Predict.** Which of them sees the most keys? And which looks the farthest back?
#
# **Move.** First change T and watch how many keys each reader sees. Then set *prefers far −, near +*
# to one end and to the other, which makes the scores rise or fall with distance, and move T again.

# %%
from gedig_edu.views.widgets.one_score_many_temperatures import OneScoreManyTemperatures

OneScoreManyTemperatures()

# %% [markdown]
# **Measure.** Read off how far the cold reader looks.

# %%
check("04.1", ...)
# hint("04.1")
# solution("04.1")

# %% [markdown]
# **Explain.** Temperature decides how many keys are seen: exp(S) never falls when T rises, because
# dS/dT = C/T (lesson 03). Which keys those are stands in the scores. A cold reader is decided, and it
# is decided for near keys only where the scores prefer near keys. So 'cold heads are local' cannot be
# a theorem. It is a statement about trained scores, and it has to be measured.

# %%
quiz("04", 1)

# %% [markdown]
# ## First, a tautology
#
# Every head computes softmax(q·k/√d). So we know its weights, and we know its scores q·k. A straight
# line through log-weights against scores has the slope 1/T. Each row has an intercept of its own,
# which takes up the row's log Z.
#
# **Predict.** We fit this line for every head of the model.

# %%
predict("04.own", ...)

# %%
from gedig_edu.lab.temperatures import read_thermometers

heads = read_thermometers(model, EXAMPLE)  # each reading is [layers, heads]
d = model.queries_keys(EXAMPLE, 0).q.shape[-1]
print(f"T against a head's own q·k: {heads.own.min():.4f} to {heads.own.max():.4f}")
print(f"√d = {np.sqrt(d):.4f}")
compare("04.own", heads.own.max() / heads.own.min())

# %% [markdown]
# **Explain.** We have read back the √d that the formula puts in. It is exact, and it says nothing
# about any head. Whoever reports the temperature of a head must say *against which scores*.

# %%
quiz("04", 2)

# %% [markdown]
# ## A scale from outside
#
# Cosines have one scale for all heads, from −1 to 1. So we fit the same line against cosines:
#
# $$\log w_{ij} = \frac{\cos\theta_{ij}}{T} + c_i$$
#
# Now points may lie off the line, because weights also know the lengths of queries and keys, and cosines
# do not. R² says which share of the variance within rows the line explains. Where it is low, T says little.

# %%
predict("04.temperatures", ...)

# %% [markdown]
# **Measure.** First two heads by themselves, the one with the lowest T and the one with the highest.

# %%
from gedig_edu.lab.geometry import read_vectors
from gedig_edu.theory.attention import cosine_scores
from gedig_edu.views import plots_temperature as plots

weights, (q, k) = model.attend(EXAMPLE).weights, read_vectors(model, EXAMPLE)
cosine = cosine_scores(q, k)  # [layers, heads, L, L]
ends = [np.unravel_index(f(heads.cosine), heads.cosine.shape) for f in (np.argmin, np.argmax)]
drawn = {f"head {at}.{head}": (weights[at, head], cosine[at, head]) for at, head in ends}
ax = plots.thermometers(drawn, causal=model.causal)
print(ax.get_label())

# %% [markdown]
# **Read it.** The steeper the line, the colder the head. Look at the horizontal axes as well. On the
# bundled model the cold head's cosines span a tenth, and those of the hot head span more than one. Part
# of what T calls cold is that the cosines of that head hardly differ. Keep that in mind.

# %%
claims.show("04.temperatures", model)

# %% [markdown]
# There is a thermometer that asks no cosine: 1/std of the logits q·k/√d within their rows. The more the
# logits of a row spread, the fewer keys it sees as a rule, and the colder we call the head. Here are both for
# every head, and R².

# %%
ax = plots.head_temperatures(heads.cosine, heads.inverse_spread, heads.r2)
print(ax.get_label())

# %% [markdown]
# How are the two related? You have what you need to find out.

# %%
check("04.2", ...)
# hint("04.2")
# solution("04.2")

# %%
from gedig_edu.lab.temperatures import spread_within_rows

between = spread_within_rows(cosine, causal=model.causal) / np.sqrt(heads.r2)
error = np.abs(heads.inverse_spread * between / heads.cosine - 1).max()
print(f"T against cosines = 1/std(logits) · std(cos)/√R², to {error:.0e} in every head")

# %% [markdown]
# **Explain.** The two agree but for the factor std(cos)/√R². One says how decided a head is. The other
# says how decided it is *for each unit of cosine*. A head whose cosines hardly differ can be the coldest
# by the second and lukewarm by the first.

# %%
check("04.3", ...)
# hint("04.3")
# solution("04.3")

# %%
quiz("04", 3)

# %% [markdown]
# **Attack it.** Subtract one and the same vector from all keys of a head. Every score of a row moves by
# the same amount, and softmax does not see that. The weights stay, and the cosines do not:

# %%
from gedig_edu.theory.attention import attend, dot_scores

middle = k - k.mean(axis=-2, keepdims=True)  # each head's mean key taken out
again = attend(dot_scores(q, middle), middle, causal=model.causal).weights
print(f"largest change of a weight: {np.abs(again - weights).max():.0e}")
for name, T in (("as they are", heads.cosine), ("mean key out", heads.centred)):
    print(f"{name:12}: T from {T.min():.3f} to {T.max():.3f}, median {np.median(T):.3f}")

# %% [markdown]
# So T against cosines also depends on where the keys of a head lie as a whole, which no weight depends
# on. The spread of the logits does not have this flaw. We keep both, and show this third reading too.
#
# ## Do colder heads look nearer?
#
# The rule comes first. We take each head's median temperature over five sentences, and its mean distance
# looked at in tokens, Σ w·|i − j| averaged over its rows. The number is their rank correlation over heads:
# 1 if both put the heads in the same order, −1 if in opposite orders. We take it with each thermometer,
# with an interval from drawing heads anew. The claim holds if both intervals lie above 0.

# %%
predict("04.cold_is_local", ...)

# %%
claims.show("04.cold_is_local", model)

# %%
from gedig_edu.lab.temperatures import rank_correlation

readings = {"T against cos θ": heads.cosine, "1/std of the logits": heads.inverse_spread}
found = {name: rank_correlation(T, heads.distance) for name, T in readings.items()}
ax = plots.distance_against(readings, heads.distance, correlations=found)
print(ax.get_label())

# %% [markdown]
# **Read it.** One dot is one head on our example sentence; layer 0 is pale, the last layer is dark. Two
# things could produce such a cloud without any trained locality. A hot head looks everywhere, so its
# distance is fixed; and layers may differ in both.

# %%
from gedig_edu.lab.temperatures import mean_distance
from gedig_edu.theory.baselines import row_shuffled

rng = np.random.default_rng(0)
shuffled = [mean_distance(row_shuffled(weights, rng, causal=model.causal)) for _ in range(10)]
for name, T in readings.items():
    scattered = np.mean([rank_correlation(T, distance) for distance in shuffled])
    inside = rank_correlation(T, heads.distance, within_layers=True)
    print(f"{name:20} each row shuffled {scattered:+.2f}, within layers only {inside:+.2f}")

# %% [markdown]
# Shuffling the weights of each row keeps how decided a head is and destroys where it looks. On the bundled
# model what is left (the mean of ten shuffles) is near zero, so the sharpness of the weights alone does not
# make the correlation. It survives within layers too, about +0.6 there.
#
# And on other models? Here is the same test, by the same rule, on each model of this computer.

# %%
from gedig_edu.models import status

here = [known.name for known in status() if known.present]
for name in here:
    (found,) = claims.run(["04.cold_is_local"], name)
    print(f"{name}: {found.verdict}", *found.numbers(), sep="\n    ")
print("To add one, in a terminal: gedig-edu models fetch smollm2, or minilm.")

# %%
print("Rank correlation of a head's T with the weight it sends to the first token, our sentence:")
for name in here:
    one = load(name)
    first = one.attend(EXAMPLE).weights[..., 0].mean(axis=-1)
    read = read_thermometers(one, EXAMPLE)
    three = (read.inverse_spread, read.cosine, read.centred)
    numbers = [f"{rank_correlation(T, first):+.2f}" for T in three]
    print(f"{name:10}", "1/std {}, cosines {}, mean key out {}".format(*numbers))

# %% [markdown]
# **Explain.** Where all three are present, the models disagree, and on SmolLM2 the two thermometers do.
# There a head tends to have the more decided logits, the more weight it sends to the first token, the sink of
# lesson 01: −0.46 in its line above. The sink is far from most tokens, so such heads are cold and look far. By
# cosines they are not the coldest (+0.17). But take out the mean key, which changes no weight, and the sign by
# cosines turns as well.
#
# Leave out what goes to the first token, and the temperature against cosines goes with distance on all
# three. So there is something in the claim, and it is not what it says: it needs a choice of thermometer
# and a choice of what counts as looking.

# %%
quiz("04", 4)

# %% [markdown]
# The exceptions are worth meeting. Here is the real head that looks farthest among the colder half (by
# its logits). **Predict**, then **move**: does it look nearer when you cool it further?

# %%
cold = heads.inverse_spread <= np.median(heads.inverse_spread)
layer, head = np.unravel_index(np.where(cold, heads.distance, 0).argmax(), cold.shape)
print(f"head {layer}.{head}")
scores = dot_scores(q, k)[layer, head]
OneScoreManyTemperatures(scores, model.encode(EXAMPLE).tokens, causal=model.causal)

# %% [markdown]
# On the bundled model it looks farther the colder it is read: its scores prefer far keys.
#
# ## The whole model heated
#
# A score matrix does not mind at which T it is read. A trained model does. We set every head of every
# layer to softmax(q·k/(√d·T)), measure the next-token loss, and let the model write. An encoder has no
# next-token loss and says so; the bundled decoder then takes its place.

# %%
predict("04.heating", ...)

# %%
from gedig_edu.errors import GedigError

try:
    model.next_token_loss(EXAMPLE)
    decoder = model
except GedigError as refusal:  # an encoder predicts no next token
    print(refusal)
    decoder = load("gpt2-mini")

# %% [markdown]
# **Move.** Everything is measured at thirteen temperatures first. Then drag the point from T = 1 to both
# ends. How fast does the loss rise, and on which side faster? Read what the model writes on the way.

# %%
from gedig_edu.lab.temperatures import heat
from gedig_edu.views.widgets.heated_model import HeatedModel

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
# One source text says that LayerNorm normalises energy. LayerNorm reads the *stream*: one vector for each token,
# to which every layer adds. Thirteen vectors with lengths from below 1 to
# 700 go through nothing, through LayerNorm, and through an L2 norm, and then through the same two
# matrices.
#
# **Predict.** For which of the three is the spread of the energies −q·k/√d independent of the lengths?
# And how do the last two differ?

# %%
# NBVAL_CHECK_OUTPUT
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
# equal: behind the two matrices they still differ. And LayerNorm hands out the length √D where the L2
# norm hands out 1. That length is a temperature.

# %%
check("04.4", ...)
# hint("04.4")
# solution("04.4")

# %%
claims.show("04.layernorm_energy")

# %%
quiz("04", 6)

# %% [markdown]
# In a real model it matters. The stream can grow, since each layer adds to it. Without a norm at the entrance
# of each block, energies would go with the square of its length. (Models like BERT put the norm at the
# exit, and their stream has about one length in all layers.)

# %%
stream = model.stream(EXAMPLE)
length = np.linalg.norm(stream.states[:-1], axis=-1).mean(axis=-1)  # of what enters each layer
for at in range(0, model.layers, max(1, model.layers // 6)):
    logits = (1 / heads.inverse_spread[at]).mean()
    print(f"layer {at:2}: stream of length {length[at]:7.1f}, std of the logits {logits:.2f}")
print(f"(longest/first)² = {(length.max() / length[0]) ** 2:,.0f}")

# %% [markdown]
# On the bundled model the first block makes the stream about forty times longer, and the others change its
# length little. The squares differ by a factor above 2,000, the spread of the logits by less than ten.
#
# ## What the residual path keeps
#
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
# small matrices the tower with neither loses it altogether, and either remedy alone would do. With large
# matrices no tower loses it, and they differ by how much it grows. The printed cosine is another matter:
# only the path, and only with small matrices, keeps the output turned towards what came in, at a cosine of
# about a half.
#
# Is a real decoder in need of the path? We cut it around each block, so that a block hands on what it
# writes and nothing else.

# %%
from gedig_edu.lab.gradients import stream_gradients

for name, path in (("as it is", True), ("path cut", False)):
    gradient = stream_gradients(decoder, EXAMPLE, residual=path)  # [layers]
    first, last = gradient[[0, -1]]
    print(f"{name}: layer 0 {first:.3g}, last layer {last:.3g}, ratio {first / last:,.0f}")

# %% [markdown]
# **Explain.** Nothing vanishes in the bundled model when the path is cut: it has only six blocks, and each
# begins with a LayerNorm. In SmolLM2, which has thirty, the gradient does not vanish either. It explodes:
# the ratio grows several hundredfold. The usual story, 'without the path gradients vanish', is about the
# tower with neither. The claim on residual connections itself is tested in lesson 10.
#
# Layer 0 stands out even with the path. Its stream is short, and a LayerNorm divides the gradient that
# comes through it by the length of what it reads.
#
# ## What is written to the stream
#
# Two more claims are about what heads write. *Values flow along low-energy paths.* Half of that is
# softmax itself: weights are exp(−E/T)/Z, so low energies have the large weights in any head. The other
# half is not: what key j would add to the stream, v_j W_O (its value times the head's output
# matrix), may be long or short, and attention sinks tend to have short ones.

# %%
predict("04.low_energy_paths", ...)

# %%
claims.show("04.low_energy_paths", model)

# %% [markdown]
# **Read it.** Compare the three numbers. The last is what the same keys would bring if the weights were
# even: a little below a quarter where their values are as long as others, since we round down. If the first lies below
# the second, the values of low-energy keys are shorter than average, and the flow is less than the weights
# suggest. On the bundled model they hardly differ. On SmolLM2 they do.
#
# *And entropy grows.* Of what? We take the vectors that a layer writes for all tokens of a sentence, and
# ask over how many directions they spread: S = −Σ p log p, with p the shares of variance along the principal
# directions. What is the same for all tokens is taken out. The claim holds if S rises with depth for both writers,
# attention and the feed-forward parts.

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
# **Explain.** There is no steady rise here, with either way to count. On MiniLM attention's entropy falls
# with depth and that of the feed-forward parts rises. The second law does not help the
# claim: it is about isolated systems, and a layer is none. Each layer reads the stream anew, and may write
# the same few directions for all tokens if that lowers the loss.
#
# ## A metaphor
#
# A source text calls heads 'layers of constellations over one sky of tokens, a dynamic topic model'.

# %%
claims.show("04.constellations")

# %% [markdown]
# It is a picture, and one can use it as such: several readers, one sky. A topic model would have to say
# what the topics are and how a text is drawn from them, and then it could be compared with a head.
#
# ## Build it
#
# The thermometer itself, in a few lines.

# %%
check("04.5", ...)
# hint("04.5")
# solution("04.5")

# %% [markdown]
# ## Argue against us
#
# - The mean distance of a head depends on the length of the text, and ours have about twenty tokens. On a
#   page, 'far' is something else. Put several sentences in a row into `read_thermometers` and compare.
# - We measured 'fine structure' as nearness. A head that finds the one matching bracket forty tokens
#   back sees fine structure too. Could you measure fineness without distance? exp(S) is no way out: it is
#   the temperature again.
# - We drew heads anew for the intervals, as if they were independent. They were trained together. What
#   would an honest sample be?
# - Heating all heads alike is a crude intervention. Would the loss tell more if you heated one layer?
#   `attend` takes a potential for each head, and only one temperature.
# - Is T against cosines a temperature at all, when subtracting one vector from all keys changes it?
#
# ## In five lines
#
# 1. Cooling decides how many keys are seen. Which keys, near or far, stands in the scores.
# 2. Against its own q·k every head has T = √d exactly. That says nothing about the head.
# 3. T against cosines and 1/std of the logits differ by std(cos)/√R²; as to distance they can disagree in sign.
# 4. Whether cold heads look nearer depends on model, thermometer and sink. The lowest loss lies near T = 1.
# 5. Norms take the stream's length out of energies. The path keeps the gradient, the state only if little is added.
#
# **Read next.** Lesson 05 leaves attention for a while and asks what a shortcut in a graph is worth.
#
# **Sources.** Vaswani et al. 2017, *Attention Is All You Need*. Henry et al. 2020, *Query-Key Normalization
# for Transformers* (arXiv 2010.04245). Kobayashi et al. 2020, *Attention is Not Only a Weight* (arXiv
# 2004.10102), on the length of what is written. Xiao et al. 2023, *Efficient Streaming Language Models with
# Attention Sinks* (arXiv 2309.17453). Xiong et al. 2020, *On Layer Normalization in the Transformer
# Architecture* (arXiv 2002.04745). He et al. 2016, *Identity Mappings in Deep Residual Networks* (arXiv
# 1603.05027). Roy and Vetterli 2007, *The effective rank* (EUSIPCO).
