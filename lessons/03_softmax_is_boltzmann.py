# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3 (ipykernel)
#     language: python
#     name: python3
# ---

# %% [markdown]
# # 03 · Softmax is Boltzmann
#
# **The question.** Softmax has the formula of a heated gas. What does that let us say about attention,
# and what not?
#
# **Move.** Drag an energy. What gives one key nearly all the weight?

# %% jupyter={"source_hidden": true}
# The first picture: press Shift + Enter, and in some seconds it stands below.
from gedig_edu.views.widgets.temperature import Temperature

Temperature()

# %% [markdown]
# **What you need.** Lesson 01. No physics: every word is defined here.
#
# **Time.** 45 minutes for the core, 103 for all. What is optional is folded, and nothing later needs it.
#
# | section | minutes | |
# |---|---|---|
# | Your sentence | 1 | core |
# | States, energies, a temperature | 11 | core |
# | Odds, and a dipole | 5 | optional |
# | Why this formula and no other? | 9 | core |
# | √d is a temperature | 6 | core |
# | A first law | 10 | optional |
# | The rows of a real model | 7 | core |
# | Does anything diverge? | 7 | core |
# | Do heads work at their peak? | 9 | optional |
# | When a row freezes | 8 | optional |
# | What a definition leaves | 3 | core |
# | The Fisher metric | 7 | optional |
# | Build it | 8 | optional |
# | What length does | 8 | optional |
# | Argue against us | 3 | optional |
# | In five lines | 1 | core |
#
# **What rests on it.** Lesson 04, on T, S and √d. Lesson 11, on the minimiser. Lesson 12, on the heat
# capacity.
#
# Afterwards you can read a row of attention as a thermal ensemble: temperature, partition function,
# free energy, entropy, heat capacity. You can say which large words are theorems, which are measured,
# and which name nothing yet. Two texts use them: Gunn Kim's abstract *Thermodynamic isomorphism of
# transformers* (2026), called 'the abstract' here, and *Transformer as Micro-geDIG*, a note of the InsightSpike
# project (2024), called 'the note'.

# %% [markdown]
# ## Your sentence
#
# The second half of this lesson reads a model on `text`, set below. Put your own sentence there and run all cells:
# what is drawn and printed follows it. Exercises, and what we say of *the example*, stay with ours.

# %% jupyter={"source_hidden": true}
# What this lesson imports, and the model that it reads.
import numpy as np

from gedig_edu.course import check, claims, compare, predict, quiz
from gedig_edu.course.sentences import EXAMPLE, describe, enough
from gedig_edu.models import default_name, load
from gedig_edu.theory.thermo import Ensemble

model = load(default_name())
model

# %%
text = EXAMPLE

# %%
describe(text, model)

# %% [markdown]
# ## States, energies, a temperature
#
# A query scores its keys. Call each key a *state* and the score with its sign turned round its
# *energy*, E = −score. Softmax then reads
#
# $$p_j = \frac{e^{-E_j/T}}{Z}, \qquad Z = \sum_j e^{-E_j/T}$$
#
# which Boltzmann gave for a gas at temperature T, in units where his constant is 1. Z is the partition
# function. Six numbers say most:
#
# | symbol | name | formula |
# |---|---|---|
# | log Z | log of the partition function | log Σ exp(−E/T) |
# | A | free energy | −T log Z |
# | ⟨E⟩ | mean energy | Σ p E |
# | S | entropy, in nats | −Σ p log p |
# | exp S | effective number of states | as if so many were equally likely |
# | C | heat capacity: how ⟨E⟩ changes with T | ∂⟨E⟩/∂T = Var(E)/T² |
#
# **Predict**, for the record.

# %%
predict("03.cold", ...)

# %% [markdown]
# **Move.** In the first picture, T from one end to the other: where do the weights change? Then drag one
# energy far left, and one far right. Bring all six to one value.
#
# **Measure.** The same from the theory module.

# %% tags=["nbval-check-output"]
E = np.array([-2.0, -1.0, 0.0, 0.5, 1.5, 3.0])
for T in (0.01, 0.5, 1.0, 2.0, 100.0):
    now = Ensemble(E, T)
    print(
        f"T = {T:6}: A {now.free_energy:8.3f}, mean E {now.energy:6.3f}, S {now.entropy:.3f}, "
        f"exp S {now.effective_states:.2f}, C {now.heat_capacity:.3f}"
    )

# %%
compare("03.cold", Ensemble(E, 2.0).effective_states)

# %% [markdown]
# **Explain.** A temperature is an exchange rate: it turns differences of energy into odds. Cold, a small
# difference decides everything and one state is left. Hot, no difference counts and all states are
# alike. C is large in between, where T decides.
#
# Two identities: A = ⟨E⟩ − T·S, and S is minus the slope of A over T: the more states share the weight,
# the steeper A falls.

# %% [markdown]
# **Exercise 03.1 · read it off.** In the first widget, with the energies it starts with (press Reset),
# find the temperature at which the heat capacity is largest. Hand in the pair `(T, C)`; reading off to 5
# % is enough.

# %%
check("03.1", ...)

# %%
quiz("03", 1)

# %%
claims.show("03.boltzmann")

# %% [markdown]
# The note says so: 'exactly the same form'. The badge says that two formulas agree, and no more. A gas
# reaches this distribution in time, a row of attention is computed in one step. Nothing settles, and no
# bath holds the temperature.

# %% [markdown] jp-MarkdownHeadingCollapsed=true
# ## Optional: Odds, and a dipole

# %% [markdown]
# Two states make the exchange rate plain: their odds are exp(−Δ/T), where Δ is the distance of their energies.

# %% [markdown]
# **Exercise 03.2 · compute it.** Two states lie 2 apart in energy. At which temperature does the upper
# one have a share of exactly 10 %? Three digits are enough.

# %%
check("03.2", ...)

# %% [markdown]
# The abstract sees in q·k the coupling of an outer field to a dipole. The energy −q·k is −‖q‖‖k‖ cos θ, and
# that of a dipole in a field has this form. It is a good picture: the query is a field, and keys that point
# along it lie low. But the form is that of every inner product, so the test cannot fail. What makes a field a
# field, a source and an equation of its own, has no counterpart here.

# %%
claims.show("03.dipole")

# %% [markdown]
# ## Why this formula and no other?
#
# The abstract says that softmax is the one state of equilibrium, which minimises the Helmholtz free
# energy. *Any* distribution q over the same states has a mean energy ⟨E⟩_q, an entropy S(q), and so a
# free energy A(q) = ⟨E⟩_q − T·S(q).
#
# **Predict.** Low energy wants q on the lowest state, high entropy wants q even. Where is A(q) lowest?
# Lower than that of softmax, p?

# %%
predict("03.lower", ...)

# %% [markdown]
# **Move.** Draw. You win if A(q) falls below A(p). Try at T = 0.1 and at T = 10, too.

# %%
from gedig_edu.views.widgets.free_energy import FreeEnergy

FreeEnergy()

# %% [markdown]
# **Measure.** A hundred thousand random drawings, in case your hand was unlucky.

# %% tags=["nbval-check-output"]
from scipy.special import entr

rng = np.random.default_rng(0)
levels, T = np.array([0.0, 0.5, 1.0, 2.0, 3.0]), 1.0
q = rng.dirichlet(np.ones(5), size=100_000)
A = q @ levels - T * entr(q).sum(axis=-1)
print(f"lowest of 100,000 drawn A(q): {A.min():.4f}")
print(f"A(p) of softmax:              {Ensemble(levels, T).free_energy:.4f}")

# %%
compare("03.lower", np.sum(Ensemble(levels, T).free_energy > A))

# %% [markdown]
# **Explain.** Put E = −T log p − T log Z into A(q), and what is left is
#
# $$\begin{aligned}
# A(q) &= A(p) + T \sum_j q_j \log\frac{q_j}{p_j} \\
#      &= A(p) + T \cdot \mathrm{KL}(q \Vert p)
# \end{aligned}$$
#
# The divergence KL is never below zero, and it is zero only where q = p. So softmax is the one minimiser, at
# every T. The orange bar in the picture is that term.

# %% [markdown]
# **Exercise 03.3 · predict it.** Two states have energies 0 and 2·log 7, and T = 2, so softmax gives
# them 7/8 and 1/8. You draw q = (½, ½). How far does its free energy lie above that of softmax? Three
# digits are enough.

# %%
check("03.3", ...)

# %%
claims.show("03.minimiser")

# %%
quiz("03", 2)

# %% [markdown]
# **Attack it.** 'The one minimiser' is a theorem about this A. Exchange Shannon's entropy for
# ½(1 − Σ q²), and the minimiser is another function of the scores, called sparsemax, which puts exact zeros
# on high energies (Martins and Astudillo 2016). The theorem does not say why a network should use
# either. And 'equilibrium' is more than a minimum: it is where something comes to rest.

# %% [markdown]
# ## √d is a temperature
#
# Standard attention divides q·k by √d before the softmax, where d is the number of entries of a query. It
# reads the energies −q·k at T = √d.

# %%
claims.show("03.temperature")

# %% [markdown]
# That is a change of names, and ours. Why this temperature?
#
# **Predict.**

# %%
predict("03.undivided", ...)

# %% [markdown]
# **Move.** The scores are those of random queries and keys, divided by T = dᵃ. Start at a = 0,
# where nothing is divided. Find the a at which the curve is level, below the ceiling. Then turn the first key
# towards its query, and look again.

# %%
from gedig_edu.views.widgets.entropy_over_d import EntropyOverD

EntropyOverD()

# %% [markdown]
# **Measure.** New random vectors, 100 queries with 16 keys each.

# %% tags=["nbval-check-output"]
for d in (4, 16, 64, 256, 1024):
    queries, keys = rng.normal(size=(100, d)), rng.normal(size=(100, 16, d))
    scores = np.einsum("qd,qkd->qk", queries, keys)
    S = [Ensemble(-scores, T).entropy.mean() for T in (1.0, np.sqrt(d))]
    print(f"d = {d:4}: S = {S[0]:.2f} nats undivided, {S[1]:.2f} divided by √d")

# %%
compare("03.undivided", EntropyOverD(power=10).numbers["effective_states"])

# %% [markdown]
# **Explain.** q·k is a sum of d products. If the entries are independent with mean 0 and variance 1, so are the
# products, and their sum has spread √d and is close to normal. Dividing by √d gives scores of spread 1 at every d,
# and nearly one entropy.
#
# Vaswani and others (2017) give this reason in a footnote. The condition matters: a key at a fixed angle
# to its query has a score that grows like d, which √d no longer holds. The badge tests both.

# %%
claims.show("03.root_d")

# %%
quiz("03", 3)

# %% [markdown] jp-MarkdownHeadingCollapsed=true
# ## Optional: A first law

# %% [markdown]
# The abstract says that its theory establishes a first law, which joins inference, as mechanical work, with
# learning, as chemical evolution. We begin with the law.
#
# Two things can change the mean energy Σ p E of a row: the weights move, or the energies do. To first order
#
# $$d\langle E\rangle = \underbrace{\sum_j E_j \, dp_j}_{T\,dS,\ \text{heat}}
#   + \underbrace{\sum_j p_j \, dE_j}_{\text{work}}$$
#
# Work is the part that comes from energies: a score changes while its key holds weight. Heat is the part that
# comes from weights: they rearrange. That heat equals T·dS is special to p = softmax.
#
# **Predict.** Five keys, one of them at first far below the rest and then far above. The path below
# heats first and then raises that key. Its heat Q is 1.71.

# %%
predict("03.path", ...)

# %% [markdown]
# **Move.** Drag the point on the way over the whole plane. Which bars move, and which line does not? Then
# take fewer steps, down to 1.

# %%
from gedig_edu.views.widgets.first_law import FirstLaw

FirstLaw()

# %% [markdown]
# **Measure.** Three ways from one start to one end.

# %% tags=["nbval-check-output"]
ways = {"heat, then raise": (2.5, -2.0), "straight": (1.5, 0.0), "raise, then heat": (0.5, 2.0)}
for name, via in ways.items():
    read = FirstLaw(via=via).numbers
    print(
        f"{name:16}: Q = {read['heat']:.3f}, W = {read['work']:.3f}, Q + W = {read['total']:.3f}, "
        f"change of mean E {read['change']:.3f}"
    )

# %%
compare("03.path", FirstLaw(via=(0.5, 2.0)).numbers["heat"])

# %% [markdown]
# **Explain.** ⟨E⟩ has a height at each point of the plane, so its change depends on the ends alone. Heat and work
# have none: they belong to the way. Raise the key while T is low: it holds most of the weight for nearly half
# of the way, and the work is 1.79. Heat first, and part of the weight has left before the key rises: the work is 1.03.
#
# With few steps the sum is off, since the law is one of differentials. The error falls with the
# square of the number of steps.

# %%
claims.show("03.first_law")

# %%
quiz("03", 4)

# %% [markdown]
# The law is calculus, d(pE) = E dp + p dE; what softmax adds is that the first term is T·dS. And the
# names of the abstract? Inference changes scores at fixed T, and as the quiz says, that is work *and* heat. For
# learning the abstract writes down no term. A chemist would write μ dN, where N counts molecules, but that is our
# guess: the abstract does not say what would be counted.

# %%
claims.show("03.chemical")

# %% [markdown]
# ## The rows of a real model
#
# Each row of each head is such an ensemble. We read them all for one sentence, with energies −q·k and
# T = √d. A row needs four keys to be worth reading; below that the example stands in.

# %%
from gedig_edu.lab.thermodynamics import read_rows

line = enough(text, model)
print(line)
rows = read_rows(model, line)  # energies: [layers, heads, L, L]
states_used = rows.at().effective_states  # [layers, heads, L]
print(f"T = √d = {rows.temperature:.2f}; the last token sees {rows.keys[-1]} keys")
low, middle, high = np.quantile(states_used[..., -1], (0.1, 0.5, 0.9))  # over heads
print(f"as if {middle:.1f} in the median head; in 80 % of heads {low:.1f} to {high:.1f}")

# %%
from gedig_edu.views.plots import overview

left, right = overview(states_used[..., -1], label="effective keys")

# %% [markdown]
# **Read it.** Left: each head, layer 0 at the bottom; right: the spread within layers. On the bundled
# model and the example, layer 0 hardly prefers any key; above it one layer holds all kinds.
#
# The badge rebuilds the attention weights. It cannot fail for a softmax: it tests *our* reading of the vectors.

# %%
claims.show("03.rows", model)

# %% [markdown]
# **Exercise 03.4 · measure it.** Take `example = read_rows(model, EXAMPLE)`. For every head of the last
# layer, give the effective number of keys of the last token's row, exp S at the model's own temperature.

# %%
check("03.4", ...)

# %% [markdown]
# **Move.** One real row, in a copy of the first widget: the last token, in the head whose entropy is
# nearest to half its ceiling. Energies are divided by √d: T = 1 is the model's own. Heat and cool it.
# Find a token whose energy moves without the row taking notice.

# %%
entropy_share = rows.at().entropy[..., -1] / np.log(rows.keys[-1])  # [layers, heads]
layer, head = np.unravel_index(np.abs(entropy_share - 0.5).argmin(), entropy_share.shape)
print(f"layer {layer}, head {head}")
tokens = model.encode(line).tokens
Temperature(rows.energies[layer, head, -1] / rows.temperature, tokens)

# %% [markdown]
# ## Does anything diverge?
#
# The abstract, in its version 1, explains scaling laws and grokking as phase transitions at which the specific
# heat diverges. (Version 2, four days later, claims a peak and no divergence.) For n states there is a ceiling,
# C ≤ ¼ log²(n − 1) + 1, whatever their energies. Each dot below is one row.

# %%
from gedig_edu.lab.thermodynamics import one_below
from gedig_edu.views import plots_thermo as plots

ax = plots.capacity_against_bound(rows.keys, rows.at().heat_capacity, rows.bound)

# %% [markdown]
# No dot can cross the bars, and none does. That refutes nothing: every finite system has a finite C,
# water in a pot too. Physicists ask how the peak of C changes as the system *grows*. Take the plainest
# row, one key an energy Δ below n − 1 equal ones.
#
# **Predict.**

# %%
predict("03.scaling", ...)

# %% tags=["nbval-check-output"]
for power in (4, 8, 12, 16, 20):
    n, top = 2**power, one_below(2**power)
    place, width = top.temperature * np.log(n), top.width / top.temperature
    print(
        f"n = 2^{power:<2}: C up to {top.height:5.2f} (¼ log² n = {np.log(n) ** 2 / 4:5.2f}), "
        f"at T = {place:.2f} Δ/log n, {width:.2f} of that T wide"
    )

# %%
from gedig_edu.lab.thermodynamics import capacity_of_one_below

scaled = np.linspace(0.4, 2, 401)  # T log n/Δ
sizes = 2 ** np.array([4, 8, 12, 16, 20])
curves = np.array([capacity_of_one_below(int(n), scaled / np.log(n)) for n in sizes])
ax = plots.growing_peaks(scaled, curves, [f"n = {n:,}" for n in sizes])

# %%
compare("03.scaling", top.height)

# %%
claims.show("03.heat_capacity")

# %% [markdown]
# **Explain.** The lone key stands against the entropy log n of the crowd. The two balance at T = Δ/log n, and there
# the row tips from one key to all. The longer the row, the higher the peak, without limit, and the narrower:
# in the limit it is a jump. With log n in the part of the size (and Δ growing with it, so that T stays) this is
# a first-order transition.
#
# So both quick answers are wrong: 'it diverges' is true of no row, 'it is bounded' of every row. It
# depends on the energies: let half of the keys lie below the other half, and C stays at 0.44 at every n.
# None of this is about training, of which the abstract speaks: see lesson 12.

# %%
quiz("03", 5)

# %% [markdown] jp-MarkdownHeadingCollapsed=true
# ## Optional: Do heads work at their peak?

# %% [markdown]
# Does a model make use of its peaks? Near one, a small change of T moves ⟨E⟩ most. The question is ours.
#
# **Predict.**

# %%
predict("03.peak", ...)

# %%
heats = np.geomspace(1 / 16, 16, 49)
shares = rows.over_heat(heats, least=4)  # [layers, heads, heats], twice
medians = [np.median(each, axis=(0, 1)) for each in shares]
panels = plots.heads_over_heat(heats, shares, medians)

# %%
peak = rows.peak(least=4)  # [layers, heads]
print("by layer:", np.median(peak, axis=-1).round(2))
compare("03.peak", np.median(peak))

# %% [markdown]
# **Read it.** Each thin line is one head, averaged over its rows with at least four keys; the heavy one is
# the median. The dotted line is the model as it was trained. A head whose C tops out left of it works warmer than
# its peak, one whose C tops out right of it works colder.
#
# The badge asks this of thirty sentences. An octave is a factor of 2 in T, so half an octave is a factor of
# √2. That number was set after a first look at three models, and the badge says so: read its verdict as a
# description of these models, not as a test.

# %%
claims.show("03.near_peak", model)

# %% [markdown]
# Now the same question to three models, as it was last measured.

# %%
for name in ("gpt2-mini", "minilm", "smollm2"):
    (found,) = claims.recall(["03.near_peak"], name)
    print(f"{name}: {found.verdict}")
    for number in found.numbers():
        print("   ", number)

# %% [markdown]
# The models disagree. The small bundled one works warmer than its peaks, most of an octave away. MiniLM
# works close to them. SmolLM2's number lies below a half too, and its interval reaches across. A claim
# about *attention* that holds for some models is a claim about those models.
#
# And a peak is not a transition. Two states have one, at T = 0.42 times the distance Δ of their energies (where
# x·tanh(x/2) = 2, with x = Δ/T). For a fair comparison, give each row random energies of its own mean and spread:

# %%
real = np.where(np.isfinite(rows.energies), rows.energies, np.nan)
mean, spread = (f(real, axis=-1, keepdims=True) for f in (np.nanmean, np.nanstd))
drawn = np.random.default_rng(0).normal(size=real.shape)
noise = np.where(np.isnan(real), np.inf, mean + spread * drawn)
random = rows._replace(energies=noise).peak(least=4)
correlation = np.corrcoef(np.log(peak.ravel()), np.log(random.ravel()))[0, 1]
for name, place in (("real rows", peak), ("random energies", random)):
    away = np.median(np.abs(np.log2(place)))
    print(f"{name}: peak at {np.median(place):.2f} in the median head, {away:.2f} octaves away")
print(f"correlation of the two over heads, in log T: {correlation:.2f}")

# %% [markdown]
# On the bundled model and the example, where a head peaks is mostly a matter of how far its scores spread, and
# random energies of the same spread know that as well. What they do not know is in the difference of the two lines, which comes from the shape of
# the scores and from the luck of one draw. Whoever says 'critical' has to find it there.

# %% [markdown]
# **One more trap.** We heated the rows and held q and k fixed. Heat the *model*, and each layer reads
# what warmer layers have written.

# %%
for heat in (0.5, 1.0, 2.0):
    held = rows.at(heat).entropy.mean(axis=(1, 2))  # [layers]
    whole = entr(model.attend(line, temperature=heat).weights).sum(-1).mean(axis=(1, 2))
    print(
        f"T × {heat}: mean S in layer 0 {held[0]:.3f} held, {whole[0]:.3f} in the heated model; "
        f"last layer {held[-1]:.3f} and {whole[-1]:.3f}"
    )

# %% [markdown]
# In layer 0 the two agree, since its input is the same. In the last layer they differ, on the bundled model and the
# example by 0.02 nats at most: the rows of a heated model are not its old rows, heated.

# %% [markdown] jp-MarkdownHeadingCollapsed=true
# ## Optional: When a row freezes

# %% [markdown]
# One key below equal ones is the plainest row. The other extreme is a row without any plan: n logits drawn from a
# normal distribution of spread s. Physicists know it as the *random-energy model* (Derrida 1981). How large must s
# be before a few keys hold most of the weight?
#
# Two things compete. Near a logit x there are n·exp(−x²/2s²) keys, up to a factor, and each weighs exp(x). The best
# bargain is at x = s². But the largest of n normal numbers lies near s·√(2 log n). While s is below √(2 log n), the
# bargain is to be had, and many keys share the weight. Above, there is no key so far out, and the few
# largest take what they can. That is called *condensation*, and Σp² shows it: 1/n where all share alike, 1
# where one key has all. For endlessly many keys it is 0 below the threshold and 1 − √(2 log n)/s above.
#
# **Predict**, for a thousand keys. (√(2 log 1000) = 3.7.)

# %%
predict("03.frozen", ...)

# %%
from gedig_edu.lab.condensation import condensate_of, critical_spread, random_condensate

ratios = np.linspace(0, 4, 81)  # spread over √(2 log n)
drawn = {n: random_condensate(n, ratios * critical_spread(n)) for n in (16, 256, 1000)}
compare("03.frozen", critical_spread(1000) * np.interp(0.5, drawn[1000], ratios))

# %% [markdown]
# **Measure.** And the rows of the model? Each dot is a row with at least four keys: how far its logits spread, and
# its Σp². If rows were random energies, dots would lie about the curves. The reverse does not follow, as we shall see.

# %%
frozen = condensate_of(rows, least=4)
ax = plots.condensation(
    ratios,
    {f"n = {n:,}": curve for n, curve in drawn.items()},
    limit=np.maximum(0, 1 - 1 / np.maximum(ratios, 0.01)),
    spread=frozen.spread,
    real=frozen.real,
)

# %%
claims.show("03.condensation", model)

# %% [markdown]
# **Read it.** At real lengths nothing is sharp: the curve of n = 16 has no corner, and even at n = 1000 the
# threshold is a slope. On the bundled model and the example most rows lie left of the dotted line, in the melt, and
# about one in eight lies right of it.
#
# **Explain.** What the threshold says is how far logits must spread for a row to be decided *by chance alone*: 2.4
# at 16 keys, 3.7 at 1,000, 4.8 at 100,000. A row off its curve is decided by something else: above it one key stands
# out of an even crowd, below it two or more share the top.
#
# Heads of the bundled model differ from random energies by 0.02 on average: how frozen they are follows from how far
# their logits spread. Is that the *random-energy model*? The yardstick cannot tell. At these same spreads and lengths
# logits from a Laplace distribution would differ by 0.03, from a uniform one by 0.04, and pass. Two halves (0.10), one
# key below a crowd (0.15) or above it (0.33) would not. So what is shown is that the bulk has no such steps. And the
# condensation itself, right of the line, is met by one row in seven of the badge's sentences.
#
# Heads of MiniLM and SmolLM2 lie 0.14 off, mostly above: on a few sentences 97 % of the heads of MiniLM and 80 % of
# SmolLM2's. They have what chance does not make, a key that stands alone: without the first token SmolLM2's mean excess
# falls from 0.118 to 0.027, without [CLS] and [SEP] that of MiniLM from 0.147 to 0.021. Lesson 04 meets that key as
# the *sink*.
#
# A frozen row also learns slowly. What reaches its scores from the loss passes through diag(p) − ppᵀ, whose trace
# is 1 − Σp² (more in the section on the Fisher metric). Where one key has all, nothing passes.

# %% [markdown]
# ## What a definition leaves
#
# The note writes attention as exp(−βF)/Σ exp(−βF), where F is an edit cost less an information
# gain. Take F = −log p, and the formula is true. It is also true of this:

# %%
letters = np.unique(list(line.lower()), return_counts=True)[1]
attention = rows.at().probabilities[layer, head, -1]
for name, w in (("attention", attention), ("letters of the sentence", letters / letters.sum())):
    F = -np.log(w)
    rebuilt = np.exp(-F) / np.exp(-F).sum()
    print(f"{name}: F rebuilds it to {np.abs(rebuilt - w).max():.0e}")

# %% [markdown]
# Any positive row of numbers 'is Boltzmann' in this sense, and β and the zero of F may be anything. The
# note also says that likeness of q and k makes an edit cheap. Then F is −q·k, and that is how the model
# was built. The formula says something once F comes from elsewhere. The badge tries the simplest such F:
# each edge costs the same. Half the L1 distance is the share of the weight that stands in the wrong
# place.

# %%
claims.show("03.definition", model)

# %%
quiz("03", 6)

# %% [markdown] jp-MarkdownHeadingCollapsed=true
# ## Optional: The Fisher metric

# %% [markdown]
# The abstract maps 'information states' to a curved space with the Fisher metric. Two things to
# measure: what that is for one number, and what it is for a whole distribution.
#
# **One number.** If someone shows you which keys were drawn from a row, how well can you tell its β = 1/T? For
# many draws N, the spread of your best estimate is close to 1/√(N·I), and the Fisher information I is
# Var(E). We draw 400 keys, 500 times.

# %% tags=["nbval-check-output"]
betas = np.linspace(0.2, 4, 4001)
mean_energy = Ensemble(np.tile(E, (4001, 1)), 1 / betas[:, None]).energy  # falls as β rises
draws = (
    np.random.default_rng(1)
    .choice(E, p=Ensemble(E, 1.0).probabilities, size=(500, 400))
    .mean(axis=-1)
)
found = np.interp(-draws, -mean_energy, betas)  # the likeliest β of each draw
expected = 1 / np.sqrt(400 * Ensemble(E, 1.0).fisher_information)
print(f"β = 1 was found as {found.mean():.3f}, spread {found.std():.3f}, expected {expected:.3f}")

# %% [markdown]
# For T it is Var(E)/T⁴ = C/T², since information depends on what is being asked for.
#
# **A distribution.** Let every score move on its own. The metric is then a matrix, G = diag(p) − ppᵀ. You know
# it by other names: it is the Jacobian of softmax, through which the gradient reaches every query and key. And since p is itself
# the slope of log Z over the scores, it is the second derivative of log Z, its Hessian. (At T = 1.)

# %% tags=["nbval-check-output"]
p = Ensemble(E, 1.0).probabilities
G = np.diag(p) - np.outer(p, p)
nudges = 1e-5 * np.eye(6)  # a higher score is a lower energy
up, down = (Ensemble(E - way * nudges, 1.0).probabilities for way in (1, -1))
roots = 2 * (np.sqrt(up) - np.sqrt(down)) / 2e-5  # slopes of 2√p, one row a score
print(f"G against the Jacobian of softmax: {np.abs((up - down) / 2e-5 - G).max():.9f}")
print(f"G against lengths and angles of 2√p: {np.abs(roots @ roots.T - G).max():.9f}")
print(f"along the line of β: {E @ G @ E:.4f}, Var(E) {Ensemble(E, 1.0).fisher_information:.4f}")

# %%
claims.show("03.fisher")

# %% [markdown]
# The second line says more than it seems to. With 2√p as coordinates the distributions are part of a sphere of
# radius 2, since Σ (2√p)² = 4. So the space *is* curved, and from three keys on its curvature is ¼ everywhere,
# trained or not. What is special about a transformer can lie in the way it takes through this space, but not in
# the space. The law of that way would be the Lagrangian, which the abstract does not write down.
#
# At the other end stands the dictionary of the note: tokens, edges, layers and heads are nodes, energies,
# time and scales. As a list of names it cannot be wrong. One entry is more than a name: if a layer is a step of an
# iteration, the steps should settle, and that can be tested (lesson 11).

# %%
claims.show("11.dictionary")

# %% [markdown] jp-MarkdownHeadingCollapsed=true
# ## Optional: Build it

# %% [markdown]
# Four of the six numbers in one function, and it has to survive the cold.

# %% [markdown]
# **Exercise 03.5 · build it.** Write `thermal(energies, temperature)` for an array of finite energies:
# it returns the four numbers `(A, ⟨E⟩, S, C)`, free energy, mean energy, entropy in nats, heat capacity.
# It must also be right for energies of 2000 at T = 0.5.

# %%
check("03.5", ...)

# %% [markdown] jp-MarkdownHeadingCollapsed=true
# ## Optional: What length does

# %% [markdown]
# A head is trained on rows of some length and then reads longer ones. Its scores come from the same matrices, so
# they stay within the same bounds, while the crowd grows. How sharp can it stay?

# %% [markdown]
# **Exercise 03.6 · compute it.** One key scores 5 above all others, which are equal; T = 1. At how many keys
# n does it hold exactly half of the weight? And at how many, if every score is doubled? Hand in the pair of
# numbers n, to three digits.

# %%
check("03.6", ...)

# %% [markdown]
# If no two scores of a row differ by more than δ, no weight exceeds e^δ/(n − 1 + e^δ): as n grows every weight falls
# as 1/n. So Veličković and others (2024) prove, and say that softmax is *not enough* for decisions that are to
# stay sharp at any size. Nakanishi (2025) therefore multiplies scores by s·log n, with a learned s (*scalable
# softmax*).

# %% tags=["nbval-check-output"]
for power in (4, 8, 12, 16, 20):
    n = 2**power
    plain, scaled = (1 / (1 + (n - 1) * np.exp(-gap)) for gap in (8, np.log(n) * 8 / np.log(256)))
    print(f"n = 2^{power:<2}: one key has {plain:.3f}, with scores growing as log n {scaled:.3f}")

# %% [markdown]
# You have met log n before: it is the entropy of the crowd, against which one key has to stand. Against a *random*
# crowd √(2 log n) is enough. Which of the two a head needs depends on its scores.
#
# **Predict.** And does a real head spread out as its rows grow?

# %%
predict("03.length", ...)

# %%
from gedig_edu.course.sentences import PASSAGES
from gedig_edu.lab.condensation import entropy_by_length

power = entropy_by_length(model, PASSAGES[0]).exponent  # exp S ~ n^power, [layers, heads]
left, right = overview(power, label="power of n in exp S")

# %%
claims.show("03.length", model)

# %% [markdown]
# **Read it.** 1 means: twice the keys, twice as many in use. 0 means: as sharp as before. On the bundled model all of
# layer 0 stands at 1, and layers 1 to 3 hold heads near 0. So heads differ, and the mean says little about any. Over
# 30 passages it is 0.62 there, 0.72 on MiniLM and 0.50 on SmolLM2, where our yardstick of a half does not decide.
#
# **What this does not show.** The theorem speaks of lengths without end, and this passage has sixty tokens. A head
# that looks one token back stays sharp by position, as far as positions were trained. And a head that spreads
# may do its work by it: an average over many keys is a useful thing to compute.

# %% [markdown] jp-MarkdownHeadingCollapsed=true
# ## Optional: Argue against us

# %% [markdown]
# - Half an octave is our choice, and we had seen a first look at three models when we made it. Would
#   the verdicts change with a quarter, or with a whole one? What would you have to fix beforehand?
# - We average C over its bound within a head. Long rows and short rows peak at different temperatures.
#   Do the verdicts survive if you read only the longest row?
# - One key below n − 1 equal ones is our choice. Which energies do real rows have as their texts grow longer, and
#   does their peak grow?
# - 'Form only', we say of the gas. But a Hopfield network does settle, by the same formula (lesson 11). Is
#   our line between form and physics drawn in the right place?
# - We say that ⟨E⟩ has a height, and that a head works warm or cold. Both are pictures. Which sentence above
#   would be wrong without them?

# %% [markdown]
# ## In five lines
#
# 1. With E = −score, softmax is Boltzmann's formula. T turns differences of energy into odds.
# 2. Softmax is the one minimiser of ⟨E⟩ − T·S; any other q lies T·KL(q‖p) above it.
# 3. √d keeps the entropy nearly the same at every d for independent entries, not for aligned ones.
# 4. C is bounded at every n. Whether its peak grows with n depends on the energies, and that is the question.
# 5. A formula that fits every positive row says nothing until its F is computed from something else.
#
# **Read next.** Lesson 04 asks which temperature each head works at, and against what to measure it.
#
# **Sources.** Callen 1985, *Thermodynamics and an Introduction to Thermostatistics*, chapters 5 and 16.
# Jaynes 1957, *Information Theory and Statistical Mechanics*. Vaswani et al. 2017, *Attention Is All
# You Need*, footnote on the variance of q·k. Martins and Astudillo 2016, *From Softmax to Sparsemax*
# (arXiv 1602.02068). Ramsauer et al. 2020, *Hopfield Networks is All You Need* (arXiv 2008.02217). The ceiling
# of C is that of the varentropy of n outcomes: Reeb and Wolf 2015, *Tight Bound on Relative Entropy by
# Entropy Difference* (arXiv 1304.0036). Kim 2026, *Thermodynamic Isomorphism of Transformers* (arXiv 2602.08216).
# Amari 2016, *Information Geometry and Its Applications*, for the sphere of √p. Derrida 1981, *Random-energy model:
# an exactly solvable model of disordered systems*. Veličković et al. 2024, *softmax is not enough (for sharp
# out-of-distribution)* (arXiv 2410.01104). Nakanishi 2025, *Scalable-Softmax Is Superior for Attention* (arXiv
# 2501.19399).
