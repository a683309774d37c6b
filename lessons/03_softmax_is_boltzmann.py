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
# **What you need.** Lesson 01. Lesson 02 is not needed. No physics: every word is defined here.
#
# **Time.** 45 minutes.
#
# Afterwards you can read a row of attention as a thermal ensemble: temperature, partition function,
# free energy, entropy, heat capacity. You can say which of the source texts' large words are
# theorems, which are measured, and which name nothing yet.

# %%
import numpy as np

from gedig_edu.course import check, claims, compare, hint, predict, quiz, solution
from gedig_edu.course.sentences import EXAMPLE
from gedig_edu.models import default_name, load, status
from gedig_edu.theory.thermo import Ensemble

model = load(default_name())
model

# %% [markdown]
# ## States, energies, a temperature
#
# A query scores its keys. Call each key a *state* and the score with its sign turned round its
# *energy*, E = −score. Softmax then reads
#
# $$p_j = \frac{e^{-E_j/T}}{Z}, \qquad Z = \sum_j e^{-E_j/T}$$
#
# which is the distribution that Boltzmann gave for a gas at temperature T, in units where his constant is 1.
# Z is called the partition function. Six numbers say most of what there is to say:
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
# **Move.** First T, from one end to the other: where do the weights change, and where do they not care?
# Then drag one energy far down, and one far up. Then bring all six to one value.

# %%
from gedig_edu.views.widgets.temperature import Temperature

Temperature()

# %% [markdown]
# **Measure.** The same from the theory module.

# %%
# NBVAL_CHECK_OUTPUT
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
# The numbers hide two identities. A = ⟨E⟩ − T·S holds in every line, up to the digits
# that are not printed. And S is minus the slope of A
# over T, so the curve of A falls the steeper the more states share the weight. In the picture: at T → 0
# the curves of ⟨E⟩ and A meet, and the distance between them is T·S.

# %%
check("03.1", ...)
# hint("03.1")
# solution("03.1")

# %%
check("03.2", ...)
# hint("03.2")
# solution("03.2")

# %%
quiz("03", 1)

# %%
claims.show("03.boltzmann")

# %% [markdown]
# Read the badge with care. It says that two formulas agree, and no more. A gas has particles that move,
# collide and settle, and it reaches this distribution in time. A row of attention is
# computed in one step. Nothing settles, nothing is conserved and no bath holds the temperature.
#
# The same holds one level further down. The energy −q·k is, letter by letter, the energy of a dipole
# in a field, −‖q‖‖k‖ cos θ. It is a good picture: the query is a field, and keys that point along it lie low.

# %%
claims.show("03.dipole")

# %% [markdown]
# ## Why this formula and no other?
#
# Let q be *any* distribution over the same states. It has a mean energy ⟨E⟩_q and an entropy S(q), and so
# a free energy A(q) = ⟨E⟩_q − T·S(q).
#
# **Predict.** Low energy wants q on the lowest state, high entropy wants q even. Where between the two is
# A(q) lowest? Could it be lower than that of softmax, p?

# %%
predict("03.lower", ...)

# %% [markdown]
# **Move.** Draw. You win if A(q) falls below A(p). Try at T = 0.1 and at T = 10, too.

# %%
from gedig_edu.views.widgets.free_energy import FreeEnergy

FreeEnergy()

# %% [markdown]
# **Measure.** A hundred thousand random drawings, in case your hand was unlucky.

# %%
# NBVAL_CHECK_OUTPUT
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

# %%
check("03.3", ...)
# hint("03.3")
# solution("03.3")

# %%
claims.show("03.minimiser")

# %%
quiz("03", 2)

# %% [markdown]
# **Attack it.** 'The one minimiser' is a theorem about this A. Exchange Shannon's entropy for
# ½(1 − Σ q²), and the minimiser is another function of the scores, called sparsemax, which puts exact zeros
# on high energies (Martins and Astudillo 2016). So softmax follows from this free
# energy, and from another entropy follows another function. The theorem says what the two have to do with each
# other. It does not say why a network should use either.
#
# ## √d is a temperature
#
# Standard attention divides q·k by √d before the softmax, where d is the number of entries of a query. In our
# words, it reads the energies −q·k at T = √d.

# %%
claims.show("03.temperature")

# %% [markdown]
# That much is a change of names. But why this temperature?
#
# **Predict.**

# %%
predict("03.undivided", ...)

# %% [markdown]
# **Move.** The scores below are those of random queries and keys, divided by T = dᵃ. Start at a = 0,
# where nothing is divided. Find the a at which the curve is level. Then turn the first key towards
# its query, and look for it again.

# %%
from gedig_edu.views.widgets.entropy_over_d import EntropyOverD

EntropyOverD()

# %% [markdown]
# **Measure.** New random vectors, 100 queries with 16 keys each.

# %%
# NBVAL_CHECK_OUTPUT
for d in (4, 16, 64, 256, 1024):
    queries, keys = rng.normal(size=(100, d)), rng.normal(size=(100, 16, d))
    scores = np.einsum("qd,qkd->qk", queries, keys)
    S = [Ensemble(-scores, T).entropy.mean() for T in (1.0, np.sqrt(d))]
    print(f"d = {d:4}: S = {S[0]:.2f} nats undivided, {S[1]:.2f} divided by √d")

# %%
compare("03.undivided", EntropyOverD(power=10).numbers["effective_states"])

# %% [markdown]
# **Explain.** q·k is a sum of d products. If the entries are independent with mean 0 and variance 1, so are the
# products, and their sum has spread √d. Dividing by √d gives scores of spread 1 at every d. The entropy follows.
#
# The condition matters. A key at a fixed angle to its query has a score that grows like d,
# not like √d, and √d no longer holds it. The badge tests both.

# %%
claims.show("03.root_d")

# %%
quiz("03", 3)

# %% [markdown]
# ## A first law
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

# %%
# NBVAL_CHECK_OUTPUT
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
# Two remarks. The law is calculus, d(pE) = E dp + p dE; the one thing that softmax adds is that the first
# term is T·dS. And one source text has a third term, μ dN, the *chemical* work of learning. It does not say
# what N counts.

# %%
claims.show("03.chemical")

# %% [markdown]
# ## The rows of a real model
#
# Each row of each head is such an ensemble. We read them all for one sentence, with energies
# −q·k and T = √d.

# %%
from gedig_edu.lab.thermodynamics import read_rows

print(EXAMPLE)
rows = read_rows(model, EXAMPLE)  # energies: [layers, heads, L, L]
states_used = rows.at().effective_states  # [layers, heads, L]
print(f"T = √d = {rows.temperature:.2f}; the last token sees {rows.keys[-1]} keys")
low, middle, high = np.quantile(states_used[..., -1], (0.1, 0.5, 0.9))  # over heads
print(f"as if {middle:.1f} in the median head; in 80 % of heads {low:.1f} to {high:.1f}")

# %%
from gedig_edu.views.plots import overview

left, right = overview(states_used[..., -1], label="effective keys")
print(left.get_label())

# %% [markdown]
# **Read it.** On the left each head, layer 0 at the bottom; on the right the spread within each layer. On the
# bundled model layer 0 hardly prefers any key, and above it one layer holds heads of all kinds.
#
# Are these really the model's weights? The badge rebuilds them.

# %%
claims.show("03.rows", model)

# %%
check("03.4", ...)
# hint("03.4")
# solution("03.4")

# %% [markdown]
# **Move.** Here is one real row in the first widget: the last token, in the head whose entropy is nearest
# to half of what it could be. The energies are divided by √d, so that T = 1 is the model's own. Heat and
# cool it. Then look for a token whose energy you can move without the row taking any notice.

# %%
entropy_share = rows.at().entropy[..., -1] / np.log(rows.keys[-1])  # [layers, heads]
layer, head = np.unravel_index(np.abs(entropy_share - 0.5).argmin(), entropy_share.shape)
print(f"layer {layer}, head {head}")
tokens = model.encode(EXAMPLE).tokens
Temperature(rows.energies[layer, head, -1] / rows.temperature, tokens)

# %% [markdown]
# ## Does anything diverge?
#
# One source text says that heat capacity diverges at phase transitions of attention. For n states there
# is a ceiling, C ≤ ¼ log²(n − 1) + 1, whatever their energies. Each dot below is one row.

# %%
from gedig_edu.lab.thermodynamics import capacity_bound
from gedig_edu.views import plots_thermo as plots

ax = plots.capacity_against_bound(rows.keys, rows.at().heat_capacity, rows.bound)
print(ax.get_label())
print(f"bound for a million keys: {capacity_bound(1_000_000):.1f}")

# %%
claims.show("03.heat_capacity")

# %% [markdown]
# **Read it.** No dot can cross the bars, and none does. The bars rise with n so slowly that a million
# keys do not allow C = 50. Nothing diverges in a finite context. What is left of the claim is a question: do heads work
# where C is large?
#
# **Predict.**

# %%
predict("03.peak", ...)

# %%
heats = np.geomspace(1 / 16, 16, 49)
for ax in plots.heads_over_heat(heats, *rows.over_heat(heats, least=4)):
    print(ax.get_label())

# %%
peak = rows.peak(least=4)  # [layers, heads]
print("by layer:", np.median(peak, axis=-1).round(2))
compare("03.peak", np.median(peak))

# %% [markdown]
# **Read it.** Each thin line is one head, averaged over its rows with at least four keys; the heavy one is
# the median. The dotted line is the model as it was trained. A head whose C tops out left of it works warmer than
# its peak, one whose C tops out right of it works colder.
#
# The badge asks this of five sentences. An octave is a factor of 2 in T, so half an octave is a factor of √2. That
# number was set after a first look at three models, and the badge says so: read its verdict as a description
# of these models, not as a test.

# %%
claims.show("03.near_peak", model)

# %% [markdown]
# Now the same question to the other models on this computer. Nothing is downloaded.

# %%
present = {known.name for known in status() if known.present}
for name in sorted(present & {"gpt2-mini", "minilm", "smollm2"} - {model.name}):
    (other,) = claims.run(["03.near_peak"], name)
    octaves, bound = other.readings
    print(
        f"{name}: {octaves.value:.2f} octaves from the peak, C at {bound.value:.0%} of its bound:"
    )
    print(f"  {other.verdict}")
if not present & {"minilm", "smollm2"}:
    print("Only one model here. In a terminal: gedig-edu models fetch minilm  (83 MB, once).")

# %% [markdown]
# With MiniLM or SmolLM2 present, the models disagree: the small bundled model works warmer than its peaks, the
# other two close to theirs. A claim about *attention* that holds for some models is a claim about those models.
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
# Where a head peaks is mostly a matter of how far its scores spread, and random energies of the same spread
# know that as well. What they do not know is in the difference of the two lines, which comes from the shape of
# the scores and from the luck of one draw. Whoever says 'critical' has to find it there.

# %%
quiz("03", 5)

# %% [markdown]
# **One more trap.** We heated the rows and held q and k fixed. Heat the *model*, and each layer reads
# what warmer layers have written.

# %%
for heat in (0.5, 1.0, 2.0):
    held = rows.at(heat).entropy.mean(axis=(1, 2))  # [layers]
    whole = entr(model.attend(EXAMPLE, temperature=heat).weights).sum(-1).mean(axis=(1, 2))
    print(
        f"T × {heat}: mean S in layer 0 {held[0]:.3f} held, {whole[0]:.3f} in the heated model; "
        f"last layer {held[-1]:.3f} and {whole[-1]:.3f}"
    )

# %% [markdown]
# In layer 0 the two agree, since its input is the same. In the last layer they differ, on the bundled model by
# 0.02 nats at most: the rows of a heated model are not its old rows, heated.
#
# ## What a definition leaves
#
# One source text writes attention as exp(−βF)/Σ exp(−βF), where F is a sum of an edit cost and an
# information gain. Take F = −log p, and the formula is true. It is also true of this:

# %%
letters = np.unique(list(EXAMPLE.lower()), return_counts=True)[1]
attention = rows.at().probabilities[layer, head, -1]
for name, w in (("attention", attention), ("letters of the sentence", letters / letters.sum())):
    F = -np.log(w)
    rebuilt = np.exp(-F) / np.exp(-F).sum()
    print(f"{name}: F rebuilds it to {np.abs(rebuilt - w).max():.0e}")

# %% [markdown]
# Any positive row of numbers 'is Boltzmann' in this sense, and β and the zero of F may be anything. The
# formula begins to say something once F comes from elsewhere. The badge tries the simplest such F, where
# each edge costs the same. Half the L1 distance is the share of the weight that stands in the wrong place.

# %%
claims.show("03.definition", model)

# %%
quiz("03", 6)

# %% [markdown]
# **The Fisher metric.** Another large word with a small, exact meaning. If someone shows you which keys
# were drawn from a row, how well can you tell its β = 1/T? For many draws N, the spread of your best
# estimate is close to 1/√(N·I), and the Fisher information I is Var(E). We draw 400 keys, 500 times.

# %%
# NBVAL_CHECK_OUTPUT
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

# %%
claims.show("03.fisher")

# %% [markdown]
# It is Var(E) for β. For T it is Var(E)/T⁴ = C/T², since information depends on what is being asked for. A
# *metric* on one number is a ruler, and no curvature of anything follows from it.
#
# At the other end stands the dictionary of one source text: tokens, edges, layers and heads are nodes,
# energies, time and scales. It names nothing that could come out differently.

# %%
claims.show("11.dictionary")

# %% [markdown]
# ## Build it
#
# Four of the six numbers in one function, and it has to survive the cold.

# %%
check("03.5", ...)
# hint("03.5")
# solution("03.5")

# %% [markdown]
# ## Argue against us
#
# - Half an octave is our choice, and we had seen a first look at three models when we made it. Would
#   the verdicts change with a quarter, or with a whole one? What would you have to fix beforehand?
# - We average C over its bound within a head. Long rows and short rows peak at different temperatures.
#   Do the verdicts survive if you read only the longest row?
# - 'Form only', we say of the gas. But a Hopfield network does settle, by the same formula (lesson 11). Is
#   our line between form and physics drawn in the right place?
# - We say that ⟨E⟩ has a height, and that a head works warm or cold. Both are pictures. Which sentence above
#   would be wrong without them?
#
# ## In five lines
#
# 1. With E = −score, softmax is Boltzmann's formula. T turns differences of energy into odds.
# 2. Softmax is the one minimiser of ⟨E⟩ − T·S; any other q lies T·KL(q‖p) above it.
# 3. √d keeps the entropy the same at every d for independent entries, and for aligned ones it does not.
# 4. Heat plus work is the change of ⟨E⟩; each alone depends on the way. C is bounded, so nothing diverges.
# 5. A formula that fits every positive row says nothing until its F is computed from something else.
#
# **Read next.** Lesson 04 asks which temperature each head works at, and against what to measure it.
#
# **Sources.** Callen 1985, *Thermodynamics and an Introduction to Thermostatistics*, chapters 5 and 16.
# Jaynes 1957, *Information Theory and Statistical Mechanics*. Vaswani et al. 2017, *Attention Is All
# You Need*, footnote on the variance of q·k. Martins and Astudillo 2016, *From Softmax to Sparsemax*
# (arXiv 1602.02068). Ramsauer et al. 2020, *Hopfield Networks is All You Need* (arXiv 2008.02217). The ceiling
# of C is that of the varentropy of n outcomes: Reeb and Wolf 2015, *Tight Bound on Relative Entropy by
# Entropy Difference* (arXiv 1304.0036).
