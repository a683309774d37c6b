# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3 (ipykernel)
#     language: python
#     name: python3
# ---

# %% [markdown]
# # 10 · Attention with memory
#
# **The question.** Attention forgets everything between two steps. What if the ground under it could be shaped
# beforehand, and kept traces of every step?
#
# **Move.** Drag the ground at ␣boat to the ceiling. Where does the water go? Then press *Play*.

# %% jupyter={"source_hidden": true}
# The first picture: press Shift + Enter, and in some seconds it stands below.
from gedig_edu.views.widgets.landscape import Landscape

landscape = Landscape()
landscape

# %% [markdown]
# **What you need.** Softmax with energies (03), and a model that writes (00).
#
# **Time.** 45 minutes for the core, 70 for all. What is optional is folded, and nothing later needs it.
#
# | section | minutes | |
# |---|---|---|
# | A potential in the softmax | 8 | core |
# | Three parts | 10 | core |
# | A groove in a real model | 8 | core |
# | Can it be told from outside? | 8 | core |
# | A jump that was coded | 4 | core |
# | What depth does to an error | 6 | core |
# | A floating centre | 8 | optional |
# | What each part writes | 6 | optional |
# | Helpful, harmless, honest | 6 | optional |
# | Argue against us | 5 | optional |
# | In five lines | 1 | core |
#
# **What rests on it.** Lesson 11, on energies that attention goes down.

# %% jupyter={"source_hidden": true}
# What this lesson imports, and the model that it reads.
import numpy as np

from gedig_edu.course import check, claims, compare, predict, quiz
from gedig_edu.course.sentences import EXAMPLE, describe, enough
from gedig_edu.models import default_name, load

model = load(default_name())
decoder = model if model.causal else load("gpt2-mini")  # an encoder writes no text
model

# %% [markdown]
# ## A potential in the softmax
#
# The text *information dynamics* (unsigned, undated) sees inference as water that runs through a landscape. It puts a
# potential U into attention,
#
# $$A = \mathrm{softmax}\left(\frac{q k^\top - U}{\sqrt d}\right) V$$
#
# with a minus, so that low ground is likely. In plain words: *U is a bias on the logits*,
# one number for each key. In the picture it is divided by √d.

# %%
claims.show("10.potential")

# %% [markdown]
# **Predict.**

# %%
predict("10.wall", ...)

# %% [markdown]
# **Move**, in the first picture, at step 1. Raise ␣boat slowly, up to the ceiling, where a wall has no end. Do the
# others keep their order, and their shares among themselves? Then give ␣still the deepest well that you can dig: does
# it come first?
#
# **Measure.**

# %%
P = np.zeros(12)
P[[1, 8]] = 6  # the ceiling
walled = Landscape(field=P).numbers["weights"]
print(f"␣boat {walled[1]:.3f}, ␣sea {walled[8]:.3f}, ␣home {walled[3]:.3f}")
compare("10.wall", 100 * walled[3])

# %% [markdown]
# **Explain.** exp(−∞) = 0: what stands behind an infinite wall is gone, whatever its score; the others share what it
# had, in the old proportions. Such a wall is a *mask*; each decoder has one before the future. A finite wall of 5.9,
# one step lower, leaves ␣boat 0.2 %. And no finite well decides alone: ␣still keeps its q·k, and comes fifth.

# %%
claims.show("10.barrier")

# %% [markdown]
# **Exercise 10.1 · read it off.** In the first picture, after Reset and at step 1: how high is the wall at ␣boat (how
# large is P) where ␣sea gets just as much attention? As well as you can read it.

# %%
check("10.1", ...)

# %% [markdown]
# **And what does nothing?** U = 0, of course; and the same on the real model, all layers and heads:

# %%
plain = model.attend(EXAMPLE).weights
one_key = 5.0 * np.eye(plain.shape[-1])[1]
for name, U in {"U = 0": 0.0, "5 everywhere": 5.0, "5 at one key": one_key}.items():
    moved = np.abs(model.attend(EXAMPLE, potential=U).weights - plain).max()
    print(f"{name:12} moves a weight by {moved:.6f} at most")

# %%
quiz("10", 1)

# %%
claims.show("10.zero_potential")

# %% [markdown]
# ## Three parts
#
# The source builds U of three parts:
#
# $$U = P + \sum_{i<t} w_i\,K(z, z_i) + M_{t-1}, \qquad M_t = \rho M_{t-1} + (\text{target} - \text{achieved})$$
#
# | part | the source's name | in plain words |
# |---|---|---|
# | P | prosody field, a grid of rhythm | a bias that is there before anything is read |
# | Σ w K | inference track, a rut | a well (w < 0) at each place already visited |
# | M | carry-over, a torsion | what attention missed of a target, kept with a factor ρ |
#
# The names are metaphors; the sum, and its minus, can be tested. The source gives no formula for M, only '+ M' in U
# and words. Target, decay and sign of the difference are ours: the target is what the head would do without U.
#
# **Move.** The same query is asked 24 times. Switch parts off by their names, and play.
#
# - *track* alone: watch exp S. Where does it end at w = −0.3, and at +0.3?
# - *M* alone: nothing is carried. Why? Now wall off ␣boat.
# - All three: when does it jump, and where to? Drag *E critical* up until it never does.
# - *Turn the sign of M*, with no wall and the track on. What becomes of the residual?

# %%
off = {"with_field": False, "with_carry": False}
for w in (-0.3, 0.0, 0.3):
    run = Landscape(track=w, time=24, **off).numbers
    print(f"w = {w:+.1f}: visited {run['kept']}, in use at the last step {run['states']:.1f}")

# %% [markdown]
# **Explain.** A visit digs a well, the well draws the next visit: with w < 0 the track is a loop that feeds itself.
# With w > 0 it is boredom: every key gets its turn. *M alone* misses nothing, so nothing is carried; behind a wall it
# is a loop too: what was missed stands *higher* next time, so the gap grows. When ‖M‖ has passed E critical, the next
# step *jumps*: to the likeliest key farther than the track's width from the last one, with all its attention. With the
# sign turned and the track on the gap grows too: M forgets a fifth at each step, wells forget nothing, so the track
# wins. Without a track, and with a wall of P = 2, the gap shrinks.

# %%
quiz("10", 2)

# %% [markdown]
# **Exercise 10.2 · compute it.** ␣boat is wanted with 0.46 and stands behind a wall without end, so 0.46 is missed at
# every step. ρ = 0.8, and nothing jumps. To what does M at ␣boat grow?

# %%
check("10.2", ...)

# %%
claims.show("10.carry")

# %% [markdown]
# ## A groove in a real model
#
# 'Inference is caught in the groove that it dug itself', says the source. So let a model write, and lay a track under
# it. Every word written leaves a well, wherever this word or one like it stands: positions are compared by the vectors
# of their tokens. All layers and heads meet the same U, and it grows with the text. *Distinct-2* is the share of pairs
# of neighbours that did not stand before.
#
# **Predict.**

# %%
predict("10.pairs", ...)

# %%
from gedig_edu.course.lessons.l10.grooves import grooves
from gedig_edu.views.widgets.two_texts import TwoTexts

written = grooves(decoder, "The boat came home late, and the sea was still")
TwoTexts(**written)

# %%
pulled = TwoTexts(**written, chosen=2).numbers  # the third strength, w = −4
compare("10.pairs", 100 * pulled["distinct"])

# %% [markdown]
# **Move.** Drag w from 0 to the left. From where on does the text repeat itself? Click a word in the groove: where did
# it look? Then tick *placebo*: the same wells, at other places, drawn anew at each word.
#
# And your text? Put your own sentence into the next cell and run all cells.

# %%
text = EXAMPLE

# %%
describe(text, decoder)

# %%
from gedig_edu.course.lessons.l10.grooves import last_part
from gedig_edu.lab.memory import Fields, write

arms = {"no track": Fields(), "w = −4": Fields(track=-4.0), "w = +4": Fields(track=4.0)}
arms["placebo"] = Fields(track=-4.0, moved=True)
prompt = last_part(decoder, enough(text, decoder, at_least=1))
for name, fields in arms.items():
    told = [write(decoder, prompt, tokens=24, fields=fields, seed=seed) for seed in range(3)]
    pairs = np.nanmean([one.distinct_2 for one in told])
    start = "".join(told[0].written).replace("\n", "⏎")[:44]
    print(f"{name:9} {pairs:4.0%} of pairs differ  {start}")

# %% [markdown]
# **Explain.** One text is an anecdote. The rule was written down before: 30 prompts of unseen books, three seeds each,
# at |w| = 1 in the model's own logits. Wells have to cost different pairs against no track, against the placebo *and*
# against hills, w = +1.

# %%
claims.show("10.groove", decoder)

# %% [markdown]
# **Read it.** On the bundled model wells cost four pairs of a hundred, more than none and more than the same wells
# elsewhere: that much is sure. But *hills* cost as many, as far as can be told. The cell above shows it at w = +4 (the
# picture's text does not): a text pushed off its own line breaks writes them again and again. So a track that knows
# which word stands where does bind a text to itself. That it does so by *drawing* is not shown.
#
# 'Inertia is nothing but this term', the source adds. It counts attention itself as a track. If *added* wells are
# meant, a text without them repeats itself no more than it repeats another text:

# %%
claims.show("10.inertia", decoder)

# %% [markdown]
# It does, by three words in a hundred, with no U at all. Heads learn that (lesson 00 has one).

# %%
quiz("10", 3)

# %% [markdown]
# ## Can it be told from outside?
#
# Somebody hands you attention maps and scores, and says that there was a U. Undo the softmax: with $a$ a weight,
# $-T \log a + q\cdot k = U$, up to a constant of each row. Then P is what all runs share, the track is what follows the
# visits, M is the rest.

# %% [markdown]
# **Exercise 10.3 · build it.** Write `field(weights, scores, T)` for arrays [runs, keys] of weights softmax((scores −
# U)/T). U is a field that all runs share, plus what changes by chance from run to run: the mean over runs is left with
# the field. Return it, with mean 0 over keys.

# %%
check("10.3", ...)

# %% [markdown]
# **Predict.** 50 runs of 60 steps, all three parts known to us; the regression sees the maps alone.

# %%
predict("10.drive", ...)

# %%
from gedig_edu.lab.recovery import at_one_step, recover, simulate

for drive in (0.0, 0.1):
    runs = simulate(drive=drive)
    errors = recover(runs.U, runs.kernel).errors(runs)
    print(f"constant drive {drive}: " + ", ".join(f"{k} off by {v:.0%}" for k, v in errors.items()))
compare("10.drive", 100 * errors["P"])

# %%
nothing = simulate(runs=20, silent=True)  # the control: U is 0
found = recover(nothing.U, nothing.kernel)
print(f"where U is 0: P up to {np.abs(found.P).max():.4f}, w {found.track:+.5f}")
for same in (False, True):
    seen = simulate(runs=20, steps=20, same_visits=same)
    print(f"same visits in all runs: {same!s:5}, condition number {at_one_step(seen.kernel):.3g}")

# %% [markdown]
# **Explain.** Where chance drives M, what is found is good. But M with a constant drive *is* a field that is the same
# in every run: it goes to P, and no number of runs helps (unless one sees how M began). And if all runs went the same
# way, the track is a field as well. A *condition number* says so beforehand: how much an error of what is seen may be
# blown up. Here it is infinite.

# %%
claims.show("10.recovery", model)

# %%
quiz("10", 4)

# %% [markdown]
# ## A jump that was coded
#
# 'If |M| > E critical, then a quantum jump' (section 1.4). In the first picture it has to hold: it stands in the
# program. So, on untouched models: M is what attention misses of its own floating mean, and a *jump* is one of the
# largest tenth of its moves. Does ‖M‖ tell which moves will be large? Better than two rivals, ‖M‖ of another moment
# and what the last step alone missed? An area of ½ is chance.

# %%
claims.show("10.jump", decoder)

# %% [markdown]
# **Explain.** On the bundled model both numbers are sure, and they disagree. Large moves do come where attention has
# been away from its mean; but they also come *early* in a text, and the place alone tells nearly as much (0.58, turned
# round). And the last step alone foretells them *better* than all that was carried over, so it is no store that
# bursts: a head that has just moved moves again.

# %%
quiz("10", 5)

# %% [markdown]
# ## What depth does to an error
#
# Rounding, the source assumes, is carried on and not forgotten. And residual connections, x + F(x), keep the base
# state.

# %%
predict("10.error", ...)

# %%
predict("10.kept", ...)

# %%
states = decoder.stream(EXAMPLE).states.astype(float)  # [layers + 1, L, D]
signs = np.random.default_rng(0).choice([-1.0, 1.0], size=states[1].shape)
error = 2.0**-11 * np.abs(states[1]) * signs  # as half precision rounds
apart = decoder.stream(EXAMPLE, disturb=(0, error)).states - states
shares = np.linalg.norm(apart, axis=(1, 2)) / np.linalg.norm(states, axis=(1, 2))
unit = states / np.linalg.norm(states, axis=-1, keepdims=True)
kept = (unit * unit[0]).sum(axis=-1).mean(axis=-1)  # cosines with the first
for n, (share, cosine) in enumerate(zip(shares, kept, strict=True)):
    size = np.linalg.norm(states[n]) / np.linalg.norm(states[0])
    print(f"into layer {n}: size {size:4.0f}, error {share:.5f} of it, cosine {cosine:+.2f}")

# %%
compare("10.error", shares[-1] / shares[1])

# %%
compare("10.kept", kept[-1])

# %%
claims.show("10.rounding", model)

# %%
claims.show("10.residual", model)

# %% [markdown]
# **Explain.** In the bundled model an error that enters early grows by half as a share of the state. In SmolLM2, with
# its norms at the same places, it *falls* to half. In MiniLM, with a LayerNorm on the stream itself, it shrinks. Three
# models, three ways, no cause shown: 'structurally unavoidable' is too much.
#
# The base state: layer 0 of the bundled model writes over it (the size printed above), and at the end a token's state
# is nearer to *other* tokens' first vectors than to its own. The gradient at the
# bottom gains with the path in the bundled model (a logarithm of 0.84, so 2.3 times) and *loses* in SmolLM2 (−6.8).

# %% [markdown] jp-MarkdownHeadingCollapsed=true
# ## Optional: A floating centre

# %% [markdown]
# What can be seen without looking inside? The source takes embeddings of a text, one after the other, and a centre
# that floats after them: $\bar x_{n+1} = \bar x_n + \alpha(x_n - \bar x_n)$. The distance is called tension, Ψ, and
# ½Ψ² kinetic energy.

# %% [markdown]
# **Move.** Your text, as the model leaves it, token by token (a text of one token gives way to our example). Make α
# small, and then 1. Where is the tension highest, and does it stay the same word? Which of Ψ and K would you rather
# have?

# %%
from gedig_edu.course.lessons.l10.centre import path_of
from gedig_edu.views.widgets.floating_centre import FloatingCentre

FloatingCentre(**path_of(model, enough(text, model, at_least=2)))

# %% [markdown]
# **Exercise 10.4 · predict it.** A text stands still. Then it jumps to a place 4 away and stays there, so Ψ = 4. With
# α = ¼, how many steps later is Ψ below 1 for the first time?

# %%
check("10.4", ...)

# %%
claims.show("10.kinetic")

# %%
claims.show("10.order", model)

# %% [markdown]
# Ψ and K are one number. And does the centre know the text? Then sentences in their order would stray less than the
# same sentences shuffled. On the bundled model and on MiniLM they do not: what floats is a mean of what was said, in
# any order.

# %% [markdown] jp-MarkdownHeadingCollapsed=true
# ## Optional: What each part writes

# %% [markdown]
# Section 1.5 says that attention decides what to look at, and the feed-forward part what to make of it, by moving it
# to another subspace. Sections 1.6 and 1.2 say that residual paths make a state easier to invert, and that a field of
# rhythm lasts across layers and gathers attention. Each has a rule.

# %%
display(claims.show("10.subspace", model), claims.show("10.invert"))

# %%
display(claims.show("10.wave", model), claims.show("10.lasts", model))

# %% [markdown]
# **Read it.** Even these depend on the model: on MiniLM it is attention that writes farther off the state's direction,
# and a field laid over the first layer is *made up for* by later ones. Inverting x + F(x) takes an F that contracts;
# the path alone does not do it.
#
# And the gradient, in a small tower of 24 layers without LayerNorm:

# %%
from gedig_edu.lab.gradients import tower

for gain in (0.5, 1.0):
    paths = [
        tower(gain=gain, residual=path, normalised=False).gradients[0] for path in (True, False)
    ]
    print(
        f"gain {gain}: gradient at the bottom {paths[0]:.2g} with the path, {paths[1]:.2g} without"
    )

# %% [markdown] jp-MarkdownHeadingCollapsed=true
# ## Optional: Helpful, harmless, honest

# %% [markdown]
# The source takes the three words out of ethics: *helpful* is efficiency, *harmless* stability (an energy never rises),
# *honest* a small divergence between what a model holds and what it says. As diagnostics they can be measured. Whether
# they are what the words mean is a definition. A liar who draws from his own distribution is perfectly honest by it:

# %%
claims.show("10.hhh")

# %%
display(claims.show("10.helpful", decoder), claims.show("10.harmless", model))

# %% [markdown]
# On the bundled model one layer makes the next word *less* likely, and the energy rises at nearly half of all steps. A
# useful diagnostic can come out badly for a model that works.
#
# Behind all three stands a Lagrangian whose action inference makes stationary. No Lagrangian is written down, 'as a
# description and not as a derivation'. Every path makes *some* action stationary, so this forbids nothing:

# %%
claims.show("10.least_action")

# %% [markdown] jp-MarkdownHeadingCollapsed=true
# ## Optional: Argue against us

# %% [markdown]
# - Our track compares token vectors. The source says 'semantic space'. Would last states dig another groove?
# - All layers and heads got one U. Could a track in one head do as much, and harm less?
# - A placebo with the same values is the same only in sum. What else of the track has it lost?
# - Our target in the picture is the head's own softmax. Whose target would a model that reasons have?
# - We call a large move a jump. Which other jump could the source have meant, and could it be counted?

# %% [markdown]
# ## In five lines
#
# 1. U is a bias on the logits. Only its differences count; an infinite wall is a mask.
# 2. Track and M are loops: entering U with a plus, M deepens what it missed.
# 3. A track makes a real model repeat itself, more than its placebo does; hills cannot be told from wells in this.
# 4. From outside, P, track and M can be told as far as runs differ, and only up to a constant in each row.
# 5. A mechanism that one programs shows nothing; a rule that could fail does.
#
# **Read next.** Lesson 11 lets attention go down an energy until it rests.
#
# **Sources.** *Information dynamics: a physical and mathematical account of the structure of language models* (in
# Japanese, chapter 1, unsigned, undated). Press et al. 2022, *Train Short, Test Long* (arXiv 2108.12409), for a P that
# models are really built with (ALiBi). Holtzman et al. 2020, *The Curious Case of Neural Text Degeneration* (arXiv
# 1904.09751), for texts that repeat themselves. Li et al. 2016, *A Diversity-Promoting Objective Function for Neural
# Conversation Models* (arXiv 1510.03055), for distinct-2. Olsson et al. 2022, *In-context Learning and Induction
# Heads* (arXiv 2209.11895), for a track that models learn. He et al. 2016, *Identity Mappings in Deep Residual
# Networks* (arXiv 1603.05027).
