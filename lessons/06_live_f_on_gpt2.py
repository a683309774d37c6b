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
# **Move.** Type one, then click on a head: whom do its tokens look at?

# %% jupyter={"source_hidden": true}
# The first picture: press Shift + Enter, and in some seconds it stands below.
from functools import cache

from gedig_edu.course.sentences import EXAMPLE, FAMILIAR
from gedig_edu.lab.live import live
from gedig_edu.models import default_name, load, status
from gedig_edu.views.widgets.live_f import LiveF

opened = cache(load)
models = [default_name(), *(one.name for one in status() if one.present)]
start = {"models": models, "text": EXAMPLE, "examples": FAMILIAR, "baseline": "uniform"}
page = LiveF(lambda text, name, **how: opened(name).attend(text, **how), live, **start)
page

# %% [markdown]
# **What you need.** A softmax, the idea that links make a graph, and lesson 00.
#
# **Time.** 45 minutes for the core, 105 for all. What is optional is folded, and nothing later needs it.
#
# | section | minutes | |
# |---|---|---|
# | What F adds up | 6 | core |
# | The live page | 8 | core |
# | What carries ΔF | 4 | core |
# | The split by the script | 6 | optional |
# | What is left of ΔF | 11 | core |
# | Three nulls | 8 | optional |
# | Line or star | 4 | optional |
# | The mask and the twin | 5 | core |
# | The same in numbers, and on other models | 3 | optional |
# | The headings and the first token | 4 | optional |
# | Two formulas, both called F | 2 | core |
# | A quantile fixes the price | 5 | optional |
# | Break the claim | 4 | core |
# | Break it by both formulas | 6 | optional |
# | Which formula made the published table | 9 | optional |
# | Which direction of F is good | 2 | core |
# | What is a head worth? | 8 | optional |
# | Two more pictures of the same maps | 4 | optional |
# | What is known about F | 2 | core |
# | Argue against us | 3 | optional |
# | In five lines | 1 | core |
#
# **What rests on it.** Lesson 07 puts the paper's hypotheses to a test, lesson 08 trains with F.

# %% jupyter={"source_hidden": true}
# What this lesson imports, and the model that it reads.
import numpy as np
from IPython.display import display

from gedig_edu import Gauge
from gedig_edu.course import check, claims, compare, predict, quiz
from gedig_edu.course.sentences import HEADINGS, PROSE, describe, enough

model = opened(default_name())
model

# %% [markdown]
# ## What F adds up
#
# A head gives every token a set of shares over the tokens it may look at. Keep the largest tenth of
# all shares in its map and call each a link. Now the head is a graph, and
#
# $$\begin{aligned}
# F = {} & \underbrace{\text{density}}_{\text{what links cost}} \\
#  & - \lambda\,\bigl(\underbrace{\text{entropy}}_{\text{how spread out}} \\
#  & \qquad + \gamma\,\underbrace{\text{path gain}}_{\text{shorter than a chain}}\bigr)
# \end{aligned}$$
#
# - **density**: links divided by L², the cells of the whole map;
# - **entropy**: how evenly the whole map spreads its weight, 1 where everything is alike;
# - **path gain**: how much shorter the way between two tokens is than along a chain (our reading:
#   the paper says 'relative gain', the script takes 1/ℓ);
# - **λ** and **γ** weigh what is bought against what is paid. None has a unit.
#
# F is Kazuyoshi Miyauchi's (*Thermodynamic interpretation of attention*, undated), here 'the paper'. Two
# formulas bear the name: the paper's, λ = 1, `Gauge.paper()`, and its author's scoring script's, λ =
# 0.5, `Gauge.released()`.
#
# We compare: **ΔF = F(head) − F(baseline)**, where a baseline is a map without a model behind it. The paper's
# hypothesis H1: F of real attention lies above that of *random* and of *uniform* shares, ΔF > 0. Its Table 2
# adds two columns, a *local* window of five tokens and the *diagonal*. We add each head's *own row-shuffle*:
# every token keeps its shares but hands them to other tokens.

# %% [markdown]
# **Exercise 06.1 · compute it.** A head has density 0.05, entropy 0.8 and path gain 0.4. What is its F
# with λ = 1, and what with λ = 0.5? γ is 0.5. Hand in the pair.

# %%
check("06.1", ...)

# %% [markdown]
# ## The live page
#
# **Predict** for the example. All else, the page at the top too, follows `text`: put your own sentence there
# and run all cells.

# %%
predict("06.above", ...)

# %%
text = EXAMPLE

# %%
page.text = text
describe(text, model)

# %% [markdown]
# **Move.** One at a time:
#
# - *Colour shows* ΔF, *compare with* random. Blue is above the baseline, orange below.
# - Change *compare with* to *its own row-shuffle*, and watch the bars at the right: which of them differ
#   between *this head* and *own shuffle*?
# - Click the head that stands out most: arcs, matrix, graph. Who are the hubs?
# - Set γ to 0: paths no longer count. Drag the threshold quantile. Which bars move, and which cannot?
# - Type `= Early life =`, then a long sentence. What does length do?

# %%
quiz("06", 1)

# %% [markdown]
# ## What carries ΔF
#
# λ and γ enter last, and F is linear in its three terms. So ΔF can be split without remainder:
#
# $$\begin{aligned}
# \Delta F = {} & \Delta\text{density} - \lambda\,\Delta\text{entropy} \\
#  & - \lambda\gamma\,\Delta\text{path gain}
# \end{aligned}$$
#
# **Measure.** Your text, by the formula of the paper.

# %%
from gedig_edu.lab.carriers import parts
from gedig_edu.views import plots_h1

maps = model.attend(enough(text, model, at_least=1))
now = live(maps, gauge=Gauge.paper())
carried = {name: parts(now, name).mean(axis=(1, 2)) for name in now.names}  # mean over heads
ax = plots_h1.carriers(carried)

# %% tags=["nbval-check-output"]
split = np.stack([parts(now, name).sum(axis=0) - now.delta(name) for name in now.names])
print("without remainder:", bool(np.abs(split).max() < 1e-12))

# %% [markdown]
# **Read it.** The dark bar, ΔF, is the sum of the other three. H1 says that those against random and
# uniform point right. Do they? Which colour makes the one against random? How much is left against the
# head's own shuffle?

# %%
example = live(model.attend(EXAMPLE), gauge=Gauge.paper(), baselines=["random"])
compare("06.above", 100 * (example.delta("random") > 0).mean())

# %% [markdown] jp-MarkdownHeadingCollapsed=true
# ## Optional: The split by the script
#
# The same for the other formula, against random maps that wear the model's mask.

# %% [markdown]
# **Exercise 06.2 · measure it.** Take `reading = live(model.attend(EXAMPLE), gauge=Gauge.released(),
# seed=0)`. What do density, entropy and paths carry of the mean ΔF against random with the model's mask?
# Hand in three numbers, the mean over all heads of Δdensity, −λ·Δentropy and −λγ·Δpath gain. They add up
# to the mean ΔF.

# %%
check("06.2", ...)

# %% [markdown]
# ## What is left of ΔF
#
# Here is the published comparison again, on the model of this lesson: by the *script*, on three headings
# for each sentence, against random maps that wear no mask. One after another, you can take away what
# might carry the result. Most rules were written before measuring; where not, the badge says so. We
# measure on 50 sentences and 30 headings; what takes long is read from a saved run.

# %%
predict("06.paths", ...)

# %%
predict("06.arrangement", ...)

# %%
from gedig_edu.course.context import Context
from gedig_edu.lab.carriers import what_is_left
from gedig_edu.views.widgets.what_is_left import WhatIsLeft

twin = Context(model).twin
tables = what_is_left(model, twin, headings=HEADINGS[:12], prose=PROSE[:12])
panel = WhatIsLeft(*tables)
panel

# %% [markdown]
# **Move.** The dashed outline is what the same formula gives with nothing taken away; each dot is one
# head. Set γ to 0, and back. Then tick *shuffle every row*. Then tick *compare with own shuffle*
# instead.

# %%
ids = ["06.paths", "06.arrangement", "06.mask", "06.untrained", "06.sinks", "06.best_head"]
ids += ["06.density_constant", "06.heads_differ", "07.direction"]
found = {one.claim.id: one for one in claims.look(ids, model)}
compare("06.paths", found["06.paths"].measured)

# %%
claims.shown(found["06.paths"])

# %%
compare("06.arrangement", found["06.arrangement"].measured)

# %%
claims.shown(found["06.arrangement"])

# %% [markdown]
# **Explain.** A row-shuffle has the density and the entropy of its head, exactly. Only *who* is looked at
# has changed. A share above 1 says that the shuffle lies even higher. So *this* ΔF is not about who is looked
# at: the shares of a trained head are less even than uniform random numbers.

# %%
quiz("06", 2)

# %% [markdown]
# **Exercise 06.3 · build it.** Write `shuffle(weights, rng)` for one causal map [L, L]: every row keeps
# its weights and hands them to other tokens, but never to one that it cannot see. `rng` is a
# `numpy.random.Generator`.

# %%
check("06.3", ...)

# %% [markdown]
# ### Beyond the degrees
#
# Paths alone differ between a head and its own shuffle. But a shuffle also spreads the links that point at a
# hub. What is left if each token keeps its number of links, in and out? We draw graphs with the head's expected
# degrees (Squartini and Garlaschelli 2011), and take off what graphs show that have nothing beyond theirs.

# %%
claims.show("06.beyond_degrees", model)

# %% [markdown]
# Very little: about 0.001, where ΔF against random is 0.05 to 0.08. Was it learned? Trained less untrained is,
# by the script, −0.0005 [−0.0013, 0.0003] on the bundled model, +0.0015 [0.0008, 0.0023] on MiniLM, +0.0008
# [0.0005, 0.0011] on SmolLM2. By the paper none decides.

# %% [markdown] jp-MarkdownHeadingCollapsed=true
# ## Optional: Three nulls
#
# A *null* keeps one thing of a head and leaves the rest to chance. Where F differs from it, the cause is not
# what was kept. Here are three:
#
# | null | keeps of a head | leaves to chance |
# |---|---|---|
# | own shuffle | the shares of each row | who gets them |
# | same entropy | how uneven the map is, one number | everything else |
# | same degrees | how many links each token has, in and out | which tokens they join |
#
# You have met the first and the last. The one in the middle is new. Uniform random numbers are more even than any
# head, so we sharpen them, weights ∝ u^(1/T), with a T for each head, until map and head have one entropy.
#
# **Predict.**

# %%
predict("06.equal_entropy", ...)

# %% [markdown]
# **Measure.** The figure: your text, by the paper, against plain random maps and the first two nulls. The badge
# below it: thirty sentences, by the script as in the question, and by the paper.

# %%
from gedig_edu.lab.carriers import equal_entropy_parts

nulls = {name: parts(now, name, matched=True) for name in ("random", "row_shuffled")}
nulls["equal_entropy"] = equal_entropy_parts(maps, gauge=now.gauge)  # by the paper, as `now`
ax = plots_h1.carriers({name: one.mean(axis=(1, 2)) for name, one in nulls.items()})

# %%
claims.show("06.equal_entropy", model)

# %% [markdown]
# **Read it.** Both nulls lack the orange bar, by construction: a shuffle keeps the entropy of each row, the other
# that of the map. Most of ΔF is gone with it. What is left is paths. At the same entropy they have no fixed sign:
# over thirty sentences, by the script, the heads of the bundled model stay above, +0.012 [0.007, 0.017], and those
# of MiniLM and SmolLM2 fall *below*, −0.013 [−0.018, −0.005] and −0.012 [−0.015, −0.009]. Whether a token is looked
# at by many or by few can do that alone. The third null keeps it. It has to be fitted to every head, so it is not in
# the figure and waits for you:

# %%
from gedig_edu.course.nulls import same_degrees

same_degrees(maps, gauge=now.gauge)

# %% [markdown]
# **Explain.** Each null answers one question and no other. Beyond *how uneven* something is left, beyond *how many
# links each token has* hardly anything. On one sentence the number after *Less* is small and scatters, in sign too.
# The badge `06.beyond_degrees` above has the mean of thirty, with its interval. And no null is 'no structure': that
# tokens agree on a hub is something a model learns, and the third null keeps it.

# %% [markdown] jp-MarkdownHeadingCollapsed=true
# ## Optional: Line or star
#
# So what do the paths see? Lesson 00 met heads that look one token back, and heads whose tokens all look at
# one place. Which of the two do you expect above its own shuffle?

# %%
from gedig_edu.theory.heads import previous_token_score

delta = now.delta("row_shuffled").ravel()
seen = {"looking one back": previous_token_score(maps.weights).ravel()}
seen["looking at the first token"] = maps.weights[..., 0].mean(axis=-1).ravel()
if np.ptp(delta) < 1e-9:
    print("With so few tokens no shuffle changes a path. Take a longer text.")
else:
    for name, score in seen.items():
        print(f"correlation of ΔF with {name} {np.corrcoef(delta, score)[0, 1]:+.2f}")

# %% [markdown]
# **Explain.** A head that looks one back *is* a chain: its ways are as long as they can be, its path
# gain is near 0, so F is high. A head whose tokens all look at one hub is a star: every way takes two
# steps, the path gain is large, and F is low. A shuffle is neither. On the example sentence the two
# correlations over the heads are +0.74 and −0.66 on the bundled model, +0.65 and −0.86 on SmolLM2, +0.75 and
# −0.46 on MiniLM: much of what F sees against the own shuffle is one question, line or star, and it rewards
# the line. A star is a matter of degrees, which fits that so little is left beyond them.

# %% [markdown]
# ## The mask and the twin
#
# GPT-2 never looks ahead: its maps are empty above the diagonal. The published comparison used random
# maps *without* that mask.

# %%
predict("06.mask", ...)

# %%
predict("06.untrained", ...)

# %% [markdown]
# **Move.** *Give random the mask*, once with the script and once with *formula of the paper*. Then
# *formula of the paper* and *take the untrained twin*, without the mask and with it. A twin has the
# model's shape and the random weights that a training starts from; the panel has one, the claim ten.

# %%
compare("06.mask", found["06.mask"].measured)

# %%
claims.shown(found["06.mask"])

# %%
compare("06.untrained", found["06.untrained"].measured)

# %%
claims.show("06.untrained", model)

# %% [markdown]
# **Explain.** A map with an empty half is less even than a full one. In a causal model the formula of
# the paper takes that for a merit of the head, even where nothing was learned. Give the twin and random
# the same mask, and the twin lies *below*: with random weights a causal head looks nearly everywhere
# alike. So training does raise F, at this length by unevenness.

# %%
quiz("06", 3)

# %% [markdown] jp-MarkdownHeadingCollapsed=true
# ## Optional: The same in numbers, and on other models
#
# **Measure.** From the numbers behind the panel, on sentences only.

# %%
print("formula who   mask   ΔF = density + entropy + paths   above")
for paper, untrained in ((False, False), (True, False), (True, True)):
    for matched in (False, True):
        on = {"paper": paper, "untrained": untrained, "matched": matched}
        read = WhatIsLeft(*tables, prose=True, **on).numbers
        who = f"{'paper' if paper else 'script':7} {'twin' if untrained else 'model'}"
        numbers = [f"{read[name]:+.3f}" for name in ("delta", "density", "entropy", "path_gain")]
        print(who, "yes" if matched else "no ", *numbers, f"{read['share']:4} %")

# %% [markdown]
# Models disagree here. One that sees both ways has no mask to argue about, so its twin gains nothing from an
# empty half. What a saved run found on the three models of this course:

# %%
for name in ("gpt2-mini", "minilm", "smollm2"):
    for one in claims.recall(["06.untrained", "06.beyond_degrees"], name):
        print(f"{one.claim.id} on {name}: {one.verdict}", *one.numbers(), sep="\n    ")

# %% [markdown] jp-MarkdownHeadingCollapsed=true
# ## Optional: The headings and the first token
#
# The paper used 63 short lines for its larger models. By our count, most of the first 63 such lines of
# WikiText are headings, about 9 tokens long: 43 in the validation part of WikiText-2, 49 in another part; the
# paper names none. And heads of large models leave much of their attention on the first token, whatever it is:
# a *sink* for weight that is not needed elsewhere (Xiao et al. 2023).

# %%
predict("06.sinks", ...)

# %% [markdown]
# **Move.** In the panel, *leave the headings out*, then also *take the first token out*.

# %%
compare("06.sinks", found["06.sinks"].measured)

# %%
claims.shown(found["06.sinks"])

# %% [markdown]
# **Explain.** Compare the interval for headings with the one for prose: short texts decide little, which
# alone is a reason to report the two sets apart. Then compare the attention that goes to the first token with
# what evenly shared attention would give it. In a causal map that is no small number, since the first rows
# have few tokens to choose among. Does this model have a sink? SmolLM2 does, with 60 % of all attention on the
# first token, and 69 % of ΔF is left without it.
#
# **What this does not show.** We took the token out of finished maps. A model trained without a sink would
# have put that weight elsewhere.

# %% [markdown]
# ## Two formulas, both called F
#
# The paper and the script do not compute the same number. Two maps show it best: the identity, where
# each token sees only itself, and the uniform map.

# %% tags=["nbval-check-output"]
for name, gauge in {"paper": Gauge.paper(), "released": Gauge.released()}.items():
    for shape, weights in {"identity": np.eye(8), "uniform": np.full((8, 8), 1 / 8)}.items():
        one = gauge.read(weights, causal=False)
        print(f"{name:8} {shape:8} entropy {one.entropy:.2f}, F {one.F:.2f}")

# %% [markdown]
# Under `released` a map that looks at nothing but itself has the *highest* entropy, because only the
# cells that hold weight are counted. So before you compare two published F, ask which formula made them.

# %%
quiz("06", 4)

# %% [markdown] jp-MarkdownHeadingCollapsed=true
# ## Optional: A quantile fixes the price
#
# The threshold keeps the top tenth of the visible weights. How much can density then differ between heads?

# %%
for setting in ({"quantile": 0.5}, {"quantile": 0.9}, {"threshold": 0.01}):
    again = live(maps, gauge=Gauge.paper(**setting), baselines=["random"], matched=True)
    density, above = again.real.density, again.delta("random").mean()
    print(f"{setting}: density {density.min():.3f} to {density.max():.3f}, mean ΔF {above:+.3f}")

# %%
claims.shown(found["06.density_constant"])

# %% [markdown]
# With a quantile hardly at all, by construction: it has decided how many links there are before the head was
# asked. The first term of F is then a constant and cannot tell heads apart. With an absolute threshold it can,
# and the sign of ΔF may turn around with it, as the paper warns (section 4.3).
#
# The paper says two more things about the parts of F. Heads of one layer differ (section 5.4). And for long
# texts, paths are sampled: 200 pairs of tokens (section 4.2). It names no error for that, so we ask whether
# one sample in twenty misses by more than 5 %. Here all pairs are taken, so it can be tested, on passages of
# about 60 tokens, which have more pairs than 200.

# %%
display(claims.shown(found["06.heads_differ"]), claims.show("06.sampled_pairs", model))

# %% [markdown]
# It depends on the model: 5.9 % on the bundled one, 3.3 % on MiniLM, 3.1 % on SmolLM2. The verdict follows our
# bound, not the paper's.

# %%
quiz("06", 5)

# %% [markdown]
# ## Break the claim
#
# H1 reads a high F as organised attention. Then a map in which no token learns anything from another should
# not lie above all heads of a real model.

# %%
predict("06.best_head", ...)

# %% [markdown]
# **Exercise 06.4 · build it.** Write `build(length)`: a causal attention map [length, length] whose F,
# by the formula of the paper, lies above that of every head of the bundled model on `EXAMPLE`.

# %%
check("06.4", ...)

# %%
compare("06.best_head", found["06.best_head"].measured)

# %%
claims.shown(found["06.best_head"])

# %% [markdown]
# **Explain.** Measured is the best head less a map in which each token looks at itself, but for traces.
# A model of such heads could not use its context, and F puts them at or near the top. So a high F is no
# certificate. It may still be a symptom, since training raises F. But a symptom needs a comparison.

# %% [markdown] jp-MarkdownHeadingCollapsed=true
# ## Optional: Break it by both formulas
#
# That was the formula of the paper. The script is harder to fool.

# %% [markdown]
# **Exercise 06.5 · build it.** Break it again, harder. One map, and this time its F lies above that of
# every head of the bundled model on `EXAMPLE` by the paper and by the script. Hand in `build(length)`.

# %%
check("06.5", ...)

# %% [markdown] jp-MarkdownHeadingCollapsed=true
# ## Optional: Which formula made the published table
#
# Table 2 of the paper gives ΔF against four baselines. Take the difference of two columns, and the model drops
# out: what is left is F of one baseline less F of another. So the columns are a *fingerprint* of the formula.
# For Llama, random less uniform, local and diagonal is −0.008, +0.074 and −0.042. The paper does not list
# its texts, so the lengths are our guess: 49 headings of 5 to 13 tokens, 14 lines of 16 to 29.

# %%
from gedig_edu.course.lessons.l06 import LENGTHS, PUBLISHED
from gedig_edu.lab.carriers import column_terms

columns = column_terms(LENGTHS, gauge=Gauge.released())
print("      density  entropy  path gain   random less")
for row, name in zip(columns, ("uniform", "local", "diagonal"), strict=True):
    print("    ", *(f"{value:+8.3f}" for value in row), "  ", name)

# %% [markdown]
# **Exercise 06.6 · measure it.** Which λ and γ made the published table? `columns` holds random less
# uniform, local and diagonal maps by the script, one row each: Δdensity, Δentropy, Δpath gain.
# `PUBLISHED` holds the same three differences of F. Fit λγ by least squares, once with λ = 0.5 and once
# with λ = 1. Hand in the pair.

# %%
check("06.6", ...)

# %% [markdown]
# The columns fix λγ, about a quarter, and hardly λ: with γ fitted, the worst column is off by 0.004 at λ = 0.5
# and by 0.022 at λ = 1. Do the *levels* choose λ? Our heads, on 12 sentences, by the script:

# %%
some = model.attend_many(PROSE[:12])
scripted = [live(one, gauge=Gauge.released(), baselines=[]) for one in some]
for lam, gamma in ((0.5, 0.5), (1.0, 0.28), (0.5, 0.0)):
    levels = [one.combine(lam=lam, gamma=gamma).real.F.mean() for one in scripted]
    print(f"λ = {lam}, γ = {gamma}: mean F {np.mean(levels):+.3f}")

# %%
for name, gauge in {"script": Gauge.released(), "paper": Gauge.paper()}.items():
    made = column_terms(LENGTHS, gauge=gauge) @ [1, -gauge.lam, -gauge.lam * gauge.gamma]
    print(f"columns by the {name}:", *(f"{value:+.3f}" for value in made))

# %% [markdown]
# Table 3 of the paper has F = −0.448, for DistilBERT trained without F, which looks like λ = 0.5; but lesson 07 shows
# that this level was made by another formula, with λ = 1. So the tables alone do not choose λ. What they exclude is
# the paper's formula, as we read it: its columns are far off. This rests on lengths that we guessed; most others
# that we tried move λγ between 0.2 and 0.3. And the levels of the paper's figure 2, −0.34 to −0.24 for BERT, fit γ = 0, no path term at all: the
# bundled model gives −0.33, MiniLM −0.30 (with it −0.45 and −0.43).

# %% [markdown]
# ## Which direction of F is good
#
# | where | good is |
# |---|---|
# | the gates accept an edge (lesson 09) | low F |
# | H1: real attention lies above random | high F |
# | H2: F rises with depth (lesson 07) | high F |
# | section 4.4: inference minimises F | low F |
# | loss + α·F in training (lesson 08) | low F |
# | the author's public notes, before the experiments | predicted the opposite sign of H1 and H2 |
#
# Whoever may choose the direction afterwards finds every result confirming. The ledger holds the
# paper to one sign:

# %%
claims.shown(found["07.direction"])

# %%
quiz("06", 6)

# %% [markdown] jp-MarkdownHeadingCollapsed=true
# ## Optional: What is a head worth?
#
# The paper calls F a measure of the *quality* of attention. What a head is good for can be asked of the model: take
# the head out, and see how much worse the next token is predicted. There are two ways to take it out.
#
# - **zero**: its output becomes zero. What the head added on *every* token is gone as well.
# - **mean**: its output becomes its mean over the text. Only what differs from token to token is gone.
#
# **Predict**, for the second.

# %%
predict("06.worth", ...)

# %% [markdown]
# **Measure.** 36 heads, two ways, 30 sentences make 2,160 passes through the bundled model, a minute and a half. So
# this picture is read from a table that stands beside its weights, `removal.csv`, recorded on 28 November 2026 by
# `measure_removal(load("gpt2-mini"), PROSE[:30])` of `gedig_edu.lab.removal`.

# %%
from scipy.stats import spearmanr

from gedig_edu.lab.removal import recorded_removal
from gedig_edu.views.plots.removal import worth as draw_worth

worth = recorded_removal()
rank = {way: spearmanr(worth["F"], worth[way]).statistic for way in ("zero", "mean")}
F, *rises = (worth[name].to_numpy().reshape(6, 6) for name in ("F", *rank))
ax = draw_worth(F, dict(zip(rank, rises, strict=True)), correlations=rank)

# %%
compare("06.worth", rank["mean"])

# %% [markdown]
# **Read it.** One dot is one head, layer 0 pale. The heads are the same on both sides, and so is their F. Follow head
# 1.0: set to zero it is the dearest of all, 0.43 nats a token. Set to its mean it is among the cheapest, and the
# model predicts our sentences *better*.
#
# **Explain.** What the two ways differ in is the constant alone. So where a head is dear by zero and cheap by its
# mean, like 1.0 and most of layer 0, the layers after it count on a mixture that it hands to every token alike.
#
# The rank correlation turns its sign from one way to the other. Is that a law about heads? Look at the pale dots:
# layer 0 has the six lowest F of all. Leave it out, or take each layer's mean out:

# %%
parts, layers = worth[["F", *rank]], worth["layer"]
inside = parts - parts.groupby(layers).transform("mean")
for name, some in (
    ("all 36 heads", parts),
    ("without layer 0", parts[layers > 0]),
    ("layer means taken out", inside),
):
    zero, mean = (spearmanr(some["F"], some[way]).statistic for way in rank)
    print(f"{name:>21}: zero {zero:+.2f}, mean {mean:+.2f}")

# %% [markdown]
# Nothing is left that turns, or that stands out from zero: by chance alone, one draw of thirty heads in twenty goes
# beyond 0.36, up or down. What both pictures show is one layer against the rest. By zero a head of layer 0 costs 0.09
# nats on average and one of the others 0.02, by the mean −0.04 and −0.003.
#
# And why do 24 of the 36 dots at the right lie *below* the line? Part of it is a leak. The mean is taken over the
# whole text, so it hands each token something of the tokens after it. On the first 20 sentences 27 dots lie below and
# their mean is −0.011. With a mean over the tokens so far it is 20 and −0.004, with the mean of other sentences 21 and
# −0.006. About half of the gain is the leak.

# %% [markdown]
# **Exercise 06.7 · compute it.** F has two parts that differ between heads, and one of them needs no graph.
# Put 1 − entropy in the place of F: what is its rank correlation with `zero`, and with `mean`? `worth` is the
# table behind the picture. Hand in the pair, `zero` first.

# %%
check("06.7", ...)

# %%
claims.show("07.quality", model)

# %% [markdown]
# The badge draws sentences and heads anew, and both intervals are wide: 36 heads are few. It draws heads within
# their layer, so layer 0 stands in every draw, and no interval can tell you that one layer makes the number: for that
# you had to leave it out. On SmolLM2 both intervals contain zero. So the paper's word is not refuted here, and not
# supported. The one number above zero belongs to entropy as much as to F, and to layer 0. What this does
# not show: one head at a time misses heads that stand in for each other.

# %% [markdown] jp-MarkdownHeadingCollapsed=true
# ## Optional: Two more pictures of the same maps
#
# F saw these maps through three numbers. Look at them without F. The map at the left is coloured by F and the
# list is in its order: pin the first head of the list, then choose the last. Point at a token, and each
# picture shows where it looks.

# %%
from gedig_edu.views import AttentionExplorer, bertviz_head_view

explorer = AttentionExplorer(maps)
explorer

# %% [markdown]
# **Read it.** Which of the two heads looks the more organised to you? Then order by *previous-token score*:
# where does F put its first?
#
# The field's best-known picture of the same maps is bertviz (Vig 2019): a line from each token to those it
# looks at. It draws with scripts from the network. The button names them, and nothing is loaded before you
# press it; without a network the explorer takes its place.

# %%
bertviz_head_view(maps)

# %% [markdown]
# ## What is known about F
#
# By the script, on the bundled model, MiniLM and SmolLM2, in this order; intervals over texts and heads:
#
# - **Nearly all of ΔF against random is entropy.** At 20 tokens real − random is +0.049 [0.037, 0.062], +0.066,
#   +0.084; row-shuffled − random is more: +0.054, +0.090, +0.114.
# - **Against its own shuffle the sign hangs on length and model.** At 20 tokens −0.005 [−0.009, −0.000], −0.024,
#   −0.030; at 50 to 60 tokens +0.020 [0.016, 0.023], −0.005, −0.008.
# - **The formula decides the level**, and a quantile fixes density. Table 2 fits λγ = 0.25, not the paper's 0.5.
# - **Most of the spread lies between heads** (86 %, 95 % on MiniLM): an interval over texts alone is too narrow.
# - **F as quality is not supported.** A head's F and the rise of loss without it correlate by −0.20 [−0.50, 0.08]
#   (output zero) or +0.40 [0.03, 0.66] (its mean; bundled model); by +0.15 and +0.18 without layer 0.
#
# None of this makes F useless. Write its baseline, formula, length and direction beside it.

# %% [markdown] jp-MarkdownHeadingCollapsed=true
# ## Optional: Argue against us
#
# - Our row-shuffle keeps the entropy of each row. Is entropy not itself a part of organisation? A head that
#   knows whom to look at *has* to be uneven. What would a fairer shuffle keep?
# - Degrees can be learned too: a hub is a choice. Is what is left *beyond* the degrees too little to ask for?
# - The map that breaks the claim is one that no training would find. Is it fair to hold a measure
#   against maps that never occur? For which use of F does it matter, and for which not? (Lesson 08 puts
#   F into a loss, and a loss finds what it can.)
# - We judge on 50 sentences of our own, of about twenty tokens, and on three small models. Put longer texts
#   into `what_is_left`. Which bars shrink, and which turn?

# %% [markdown]
# ## In five lines
#
# 1. F = density − λ(entropy + γ · path gain); λ and γ only weigh terms, so ΔF splits without remainder.
# 2. ΔF has a sign only after you name the baseline, its mask, the formula and the texts.
# 3. By the script, entropy carries ΔF against random; a shuffle keeps most of it.
# 4. Beyond a head's degrees about 0.001 is left, in the bundled model no more than in untrained twins.
# 5. A map in which nearly nothing moves lies above its best head. Both directions of F are called good: write
#    yours down first.
#
# **Read next.** Lesson 07 puts H1 and H2 to a test with honest statistics.
#
# **Sources.** Miyauchi, *Thermodynamic interpretation of attention: structural evaluation via geDIG gauge and
# F-regularization* (in Japanese, undated), section 4, and its author's scoring script (`Gauge.paper`,
# `Gauge.released`). Radford et al. 2019, *Language Models are Unsupervised Multitask Learners*. Xiao
# et al. 2023, *Efficient Streaming Language Models with Attention Sinks* (arXiv 2309.17453). Squartini and
# Garlaschelli 2011, *Analytical maximum-likelihood method to detect patterns in real networks*. Jain and
# Wallace 2019, *Attention is not Explanation*, for what a shuffle can and cannot show. Adebayo et al. 2018,
# *Sanity Checks for Saliency Maps*, for the untrained twin. Michel et al. 2019, *Are Sixteen Heads Really
# Better than One?* (arXiv 1905.10650), on heads taken out. Vig 2019, *A Multiscale Visualization of Attention in
# the Transformer Model* (bertviz).
