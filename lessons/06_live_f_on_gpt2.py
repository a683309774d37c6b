# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3 (ipykernel)
#     language: python
#     name: python3
# ---

# %% [markdown]
# # 06 · Live F on GPT-2
#
# **The question.** One number, F, is said to tell organised attention from noise. You type a
# sentence, F appears for every head. What is it that F has noticed?
#
# **What you need.** A softmax, and the idea that links make a graph. Lesson 05 prices single links;
# you can read this one without it.
#
# **Time.** 40 minutes.
#
# Afterwards you can read F for every head of a real model, take it apart into its three terms, name
# the baseline a claim was made against, and say which part of a result depends on that choice.

# %% [markdown]
# ## What F adds up
#
# A head gives every token a set of shares over the tokens it may look at. Keep the largest tenth of
# those shares and call each a link. Now the head is a graph, and
#
# $$F = \underbrace{\text{density}}_{\text{what links cost}} - \lambda\,\bigl(\underbrace{\text{entropy}}_{\text{how spread out}} + \gamma\,\underbrace{\text{path gain}}_{\text{how much shorter than a chain}}\bigr)$$
#
# - **density**: links divided by the number of token pairs;
# - **entropy**: how evenly the whole map spreads its weight, 1 where everything is alike;
# - **path gain**: how much shorter the way between two tokens is than along a chain of them;
# - **λ** and **γ** weigh what is bought against what is paid. None of the five has a unit.
#
# F alone says little. We compare: **ΔF = F(head) − F(baseline)**, where a baseline is a map without a
# model behind it, such as random shares. The source text's hypothesis H1: real attention lies above
# random, ΔF > 0.

# %% [markdown]
# ## The live page
#
# **Predict, before you run the cell.** Write your answers down.
#
# 1. Against *random*, how many of the heads lie above: about half, most, nearly all?
# 2. Now every row of a head is shuffled: each token keeps its shares but hands them to other tokens.
#    Will a head lie above *its own row-shuffle* as clearly as above random?
# 3. Which of the three terms makes the difference in question 1?

# %%
from functools import cache

from gedig_edu import load
from gedig_edu.models import default_name, status

open_model = cache(load)
here = [model.name for model in status() if model.present]
print("on this computer:", ", ".join(here))

# %%
from gedig_edu.lab.live import live
from gedig_edu.views.widgets.live_f import LiveF

page = LiveF(
    lambda text, name: open_model(name).attend(text),
    live,
    models=[default_name(), *here],
    text="When the rain had stopped, the old captain opened the door and looked at the harbour.",
    examples=["The cat sat on the mat.", "To be, or not to be, that is the question."],
)
page

# %% [markdown]
# **Move.** Take these one at a time; each is one control.
#
# - *Colour shows* ΔF, *compare with* random. Blue is above the baseline, orange below. That was
#   question 1.
# - Change *compare with* to *its own row-shuffle*. That was question 2. Watch the bars at the right
#   while you do it: which of them differ between *this head* and *own shuffle*?
# - Click the head that stands out most and look at its arcs, its matrix and its graph. Who are
#   the hubs?
# - Set γ to 0: paths no longer count. Set λ to 0: nothing that is bought counts. What is left?
# - Drag the threshold quantile. Which bars move, and which cannot?
# - Type a heading, such as `= Early life =`, and then a long sentence. What does length do?

# %% [markdown]
# ## The same in plain Python
#
# The page is a picture of numbers that you can have yourself. `page.reading` is what it shows at this
# moment. Here we read one fixed sentence, so that the cells below do not depend on your clicks; put
# your own in its place whenever you like.

# %%
import numpy as np

from gedig_edu import Gauge

sentence = "When the rain had stopped, the old captain opened the door and looked at the harbour."
maps = open_model(default_name()).attend(sentence)
reading = Gauge.paper().read(maps.weights, causal=maps.causal)
print(f"{maps.model}: {maps.layers} layers × {maps.heads} heads, {len(maps)} tokens")
print(f"F from {reading.F.min():.3f} to {reading.F.max():.3f}, mean {reading.F.mean():.3f}")

# %% [markdown]
# Take one head and add it up by hand. Choose your own layer and head.

# %%
layer, head = 2, 1
terms = {name: getattr(reading, name)[layer, head] for name in ("density", "entropy", "path_gain")}
F = terms["density"] - 1.0 * (terms["entropy"] + 0.5 * terms["path_gain"])
print({name: round(float(value), 3) for name, value in terms.items()})
print(f"by hand {F:.6f}, by the gauge {reading.F[layer, head]:.6f}")

# %% [markdown]
# λ and γ enter last. That is why their sliders answer at once: nothing is read again.

# %%
# NBVAL_CHECK_OUTPUT
without_paths = reading.combine(lam=1.0, gamma=0.0)
print(bool((reading.density - reading.entropy == without_paths.F).all()))

# %% [markdown]
# ## Against which baseline?
#
# `live` reads the heads and five baselines of the same length: *random* shares, *uniform* shares, a
# *local* window of five tokens, the *diagonal*, and the head's *own row-shuffle*.

# %%
now = live(maps, gauge=Gauge.paper())
now.summary().round(3)

# %% [markdown]
# **Explain.** Read the column `mean` from top to bottom. If F measured structure, *random*, *uniform*
# and *row_shuffled*, which have none, should all lie on the same side of a real head. Do they? And the
# diagonal, where every token sees only itself: is that much structure or none?
#
# Now the picture of one head beside its baselines: where do the bars differ?

# %%
from gedig_edu.views import plots

columns = {"real": [terms[name] for name in terms]}
columns |= {name: now.baseline_terms(name)[:, layer, head] for name in now.names}
ax = plots.waterfall(columns, lam=1.0, gamma=0.5)

# %% [markdown]
# ## The row-shuffle takes the arrangement and leaves the rest
#
# A head's own shuffle has its density and its entropy, exactly. Only *who* is looked at has changed.
# What is left of ΔF against it is all that F has seen of the arrangement.

# %%
# NBVAL_CHECK_OUTPUT
density, entropy, path_gain = now.baseline_terms("row_shuffled")
print("same density:", bool(abs(density - now.real.density).max() < 1e-12))
print("same entropy:", bool(abs(entropy - now.real.entropy).max() < 1e-12))

# %% [markdown]
# **Predict.** Of the mean ΔF against random, what share is still there against the own shuffle: most,
# half, none, or is the sign the other one?

# %%
against_random = now.delta("random", matched=True).mean()
against_shuffle = now.delta("row_shuffled").mean()
print(f"mean ΔF against random {against_random:+.3f}, against own shuffle {against_shuffle:+.3f}")
now.summary(matched=True).loc[["random", "row_shuffled"], "share_positive"].round(2)

# %% [markdown]
# Against random most heads lie above. Against their own shuffle the heads divide, and how they divide
# depends on the model and on the sentence. Which ones lie above, and why? Look where they are:

# %%
left, right = plots.overview(
    now.delta("row_shuffled"), label="ΔF (no unit)", centred=True, baseline=("own shuffle", 0.0)
)

# %% [markdown]
# **Predict.** Lesson 00 met heads that look one token back, and heads whose tokens all look at one
# place. Which of the two lies above its own shuffle?

# %%
from gedig_edu.theory.heads import previous_token_score

delta = now.delta("row_shuffled").ravel()
one_back = previous_token_score(maps.weights).ravel()
first = maps.weights[..., 0].mean(axis=-1).ravel()
print(f"correlation of ΔF with looking one back {np.corrcoef(delta, one_back)[0, 1]:+.2f}")
print(f"correlation of ΔF with looking at the first token {np.corrcoef(delta, first)[0, 1]:+.2f}")

# %% [markdown]
# **Explain.** A head that looks one back *is* a chain: its ways are as long as they can be, its path
# gain is near 0, so F is high. A head whose tokens all look at one hub is a star: every way takes two
# steps, the path gain is large, and F is low. A shuffle is neither. So F does see arrangement, but as a
# single question: line or star? It rewards the line. How strong the two
# correlations are depends on the sentence and the model: change both before you believe us.

# %% [markdown]
# ## Baselines that see the future
#
# GPT-2 never looks ahead: its maps are empty above the diagonal. The published comparison used
# baselines *without* that mask. Tick *baselines see only what the model sees* in the page, or:

# %%
unfair = now.summary(matched=False)["mean"]
fair = now.summary(matched=True)["mean"]
unfair.to_frame("no mask").assign(matched=fair).round(3)

# %% [markdown]
# **Explain.** How much of each ΔF came from the mask alone? Does any change its sign?

# %% [markdown]
# ## Two conventions, both called F
#
# The published text and the authors' scoring script do not compute the same number. Two maps that
# need no model show it best: the identity, where each token sees only itself, and the uniform map.

# %%
# NBVAL_CHECK_OUTPUT
for name, gauge in {"paper": Gauge.paper(), "released": Gauge.released()}.items():
    for shape, weights in {"identity": np.eye(8), "uniform": np.full((8, 8), 1 / 8)}.items():
        one = gauge.read(weights, causal=False)
        print(f"{name:8} {shape:8} entropy {one.entropy:.2f}, F {one.F:.2f}")

# %% [markdown]
# Under `released` a map that looks at nothing but itself has the *highest* entropy, because only the
# cells that hold weight are counted. And λ is 0.5 where the text says 1.0. So before you compare two
# published F, ask which convention made them. Switch it in the page and watch the whole map change.

# %% [markdown]
# ## A quantile fixes the price
#
# **Predict.** The threshold keeps the top tenth of the visible weights. How much can density differ
# between heads?

# %%
for quantile in (0.5, 0.9):
    density = Gauge.paper(quantile=quantile).read(maps.weights, causal=maps.causal).density
    print(f"quantile {quantile}: density from {density.min():.4f} to {density.max():.4f}")

# %% [markdown]
# Hardly at all: the quantile has decided how many links there are before the head was asked. The first
# term of F is then a constant and cannot tell heads apart. With an absolute threshold it can, and on
# BERT the sign of ΔF against random turns around.

# %%
fixed = live(maps, gauge=Gauge.paper(threshold=0.01))
print(f"τ = 0.01: mean ΔF against random {fixed.delta('random').mean():+.3f}")

# %% [markdown]
# ## The first token
#
# Many heads leave most of their attention on the first token, whatever it is: a place to put weight
# that is not needed. Take that token out, divide the rest by its sum, and read again.

# %%
from gedig_edu.lab.live import without_tokens

rest = live(without_tokens(maps, np.arange(len(maps)) == 0), gauge=Gauge.paper())
print(f"weight on the first token: {maps.weights[..., 0].mean():.0%}")
print(f"mean ΔF against random: {now.delta('random').mean():+.3f} with it", end=", ")
print(f"{rest.delta('random').mean():+.3f} without")

# %% [markdown]
# ## One head as a graph
#
# The links of one head in sentence order, clockwise from the top. It is an ordinary `networkx` graph,
# and the hubs are the tokens with the most links.

# %%
graph = Gauge.paper().graph(maps.weights[layer, head], causal=maps.causal)
print(graph)
ax = plots.token_graph(now.edges(layer, head), maps.tokens)

# %%
now.hubs(layer, head).head(3)

# %% [markdown]
# ## What is known about F
#
# We tested the gauge before we taught it. On MiniLM and SmolLM2:
#
# - **Nearly all of ΔF against random is entropy.** On prose of 200 characters, real − random is +0.080
#   (99 % of heads above) and row-shuffled − random is +0.084 (99 %). Real − its own shuffle is −0.004,
#   with 16 % above. On short sentences and with paths weighed as in the text, the last is larger and
#   its sign depends on the head, as you saw. Before anyone says *structure*, compare with the own shuffle, and with an
#   untrained model of the same shape. Lesson 07 does both.
# - **The convention decides the level.** `released` gives differences of the published table's size
#   and order, with λ = 0.5 where the text says 1.0. The levels in the paper's figure 2, about −0.34 to
#   −0.24 for BERT, fit γ = 0: no path term at all.
# - **Causal models were compared with baselines without a mask**, and of the first 63 short lines of
#   the text used, 49 are headings, about 9 tokens long.
# - **Which direction is good?** The gates of lesson 09 accept an edge when F is *low*. H1 calls a
#   head structured when F is *high*. The paper's section 4.4 says that inference minimises F, and its
#   H2 that F rises with depth. The authors' public notes first predicted the opposite sign.
#
# None of this makes F useless. It makes it a number that needs its baseline, its convention and its
# direction written beside it.

# %% [markdown]
# ## Try this
#
# 1. **Read it off.** Find the head with the largest ΔF against its own shuffle. What does it do?
# 2. **Change it.** Find λ and γ for which *no* head lies above random, or show that none exist.
# 3. **Break the claim.** Build a map with a larger ΔF against random than any real head. It takes one
#    line: the diagonal, and a little noise. What does that say about *structured*?
#
# ```python
# from gedig_edu import baselines
#
# noise = baselines.random(len(maps), np.random.default_rng(0), causal=maps.causal)
# yours = 0.9 * baselines.diagonal(len(maps), causal=maps.causal) + 0.1 * noise
# Gauge.paper().read(yours, causal=maps.causal).F - now.baseline_mean("random")[0, 0]
# ```

# %% [markdown]
# ## In five lines
#
# 1. F = density − λ(entropy + γ · path gain), one number for every head; λ and γ only weigh terms.
# 2. ΔF has a sign only after you name the baseline; random, matched and own shuffle can disagree.
# 3. Against random, entropy carries ΔF. Against its own shuffle a head shows *line or star*.
# 4. Two conventions share the name F; a quantile threshold makes the density a constant.
# 5. High or low F, which one is good? The sources say both. Write the direction down first.
#
# **Read next.** Lesson 07 puts H1 and H2 to a test with honest statistics.
#
# **Sources.** The geDIG gauge: the source texts' section 4 and scoring script (`Gauge.paper`,
# `Gauge.released`). Radford et al. 2019, *Language Models are Unsupervised Multitask Learners*. Xiao
# et al. 2023, *Efficient Streaming Language Models with Attention Sinks*. Jain and Wallace 2019,
# *Attention is not Explanation*, for what a shuffle can and cannot show.
