# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3 (ipykernel)
#     language: python
#     name: python3
# ---

# %% [markdown]
# # 12 · Heat capacity and grokking
#
# **The question.** A model knows by heart what it is told. Long after, it knows what it was never told. Does the heat
# capacity of its attention announce it?
#
# **Move.** Press *Play*. First come the sums that it is told (blue). When do the others?

# %% jupyter={"source_hidden": true}
# The first picture: press Shift + Enter, and in some seconds it stands below.
from gedig_edu.lab.grokking_square import kept_square
from gedig_edu.views.widgets.sums_square import SumsSquare

square = SumsSquare(*kept_square())
square

# %% [markdown]
# **What you need.** Heat capacity (03: C = Var(E)/T² of a row), and what twelve seeds are good for (08).
#
# **Time.** 45 minutes for the core, 72 for all. What is optional is folded, and nothing later needs it.
#
# | section | minutes | |
# |---|---|---|
# | Understood, or half of it? | 5 | core |
# | What can diverge | 11 | core |
# | Before or after? | 14 | core |
# | Whose leaps? | 6 | core |
# | Train one yourself | 3 | optional |
# | The rule, by hand | 6 | optional |
# | Long rows | 3 | optional |
# | Inference as work | 9 | optional |
# | Least action, and bosons | 6 | optional |
# | What came of it | 8 | core |
# | In five lines | 1 | core |
#
# **What rests on it.** Nothing: this is the last lesson, and ends with what came of the whole course.

# %% jupyter={"source_hidden": true}
# What this lesson imports, and the model that it reads.
import numpy as np

from gedig_edu.course import check, claims, compare, predict, quiz
from gedig_edu.course.sentences import EXAMPLE, describe, enough
from gedig_edu.lab import grokking_tables
from gedig_edu.models import default_name, load

model = load(default_name())
model

# %% [markdown]
# ## Understood, or half of it?
#
# One layer of attention reads a row of three: a, b and =. It is to answer a + b modulo 31 (what is left when 31 is
# taken away where it fits), and is told half of all sums, again and again. By step 60 it has nearly all of these by
# heart. By step 1,600 it also has 480 of the 481 that it was never told. Power et al. (2022) called this delayed
# understanding *grokking*.

# %%
predict("12.mirrors", ...)

# %% [markdown]
# **Move**, in the first picture. Drag to step 408, and colour the sums whose mirror b + a is told.

# %%
told, since = kept_square()
right = (since >= 0) & (since <= 408)
kinds = {"b + a told": ~told & told.T, "neither told": ~told & ~told.T}
for name, kind in kinds.items():
    print(f"{name:12} {right[kind].mean():4.0%} of {kind.sum()} sums are right at step 408")
compare("12.mirrors", 100 * right[kinds["neither told"]].mean())

# %% [markdown]
# **Explain.** What it understands first is that a + b = b + a. Only then does it learn to add. One curve hid two
# discoveries, so where understanding begins is a choice. Ours was made before the runs: the *onset* is where half of
# the sums held back are right. (This is one run. You can train others below.)

# %% [markdown]
# ## What can diverge
#
# Gunn Kim's abstract calls grokking a phase transition 'characterized by the divergence of specific heat' (version 1).
# Four days later version 2 claims a *peak* that consistently comes before a model generalises, for p = 19 to 113, and
# no divergence.
#
# A row of n keys has a bounded C; three keys, 0.762. That alone refutes nothing: no finite system diverges, not even water. The question
# is what becomes of the peak as the system *grows*. Take the plainest row: one key fits its query and lies an energy Δ
# below all others.

# %%
predict("12.growth", ...)

# %%
from gedig_edu.views.widgets.growing_row import GrowingRow

row = GrowingRow()
row

# %% [markdown]
# **Move.**
#
# - Drag n from 2⁴ to 2²⁰. Three things happen to the hill: which?
# - Drag Δ. What does it change, and what not?
# - Let every second key fit. What is left of the growth?

# %%
from gedig_edu.lab.thermodynamics import finite_size

found = finite_size()
for n, height, T, width in zip(
    found.states, found.height, found.peak, found.relative_width, strict=True
):
    print(f"{n:9,} keys: {height:4.1f} high, at T = {T:.3f} Δ, {width:.0%} of it wide")
compare("12.growth", found.height[3] / found.height[1])

# %% [markdown]
# **Explain.** The height goes as ¼ log² n, the place as Δ/log n, and the hill narrows even against its own T. In the
# limit the row tips from all keys to one at a single temperature: a transition of first order. So *divergence* has an
# honest meaning, and depends on the row: where a fixed share of the keys fits, nothing grows at all.

# %%
claims.show("12.diverges")

# %% [markdown]
# **Exercise 12.1 · read it off.** One key fits. From how many keys on, a power of two, is the peak higher than 10? Hand
# in n.

# %%
check("12.1", ...)

# %%
quiz("12", 1)

# %% [markdown]
# And real rows, which are not in a limit? Put your own sentence into the next cell and run all cells. (Below
# four tokens our example stands in.)

# %%
text = EXAMPLE

# %%
describe(text, model)

# %%
from gedig_edu.lab.thermodynamics import read_rows

several = enough(text, model)
print("What follows reads:", several)
rows = read_rows(model, several)
C = rows.at().heat_capacity  # [layers, heads, rows]
longest = int(rows.keys.argmax())
print(f"the longest row sees {rows.keys[longest]} keys, so C is {rows.bound[longest]:.2f} at most")
print(f"over all heads C is {C[:, :, longest].mean():.2f}, in one {C[:, :, longest].max():.2f}")

# %% [markdown]
# The model that learns sums has rows of *three* keys. There not even the limit can be asked for:

# %%
claims.show("12.three_keys")

# %%
quiz("12", 2)

# %% [markdown]
# ## Before or after?
#
# Version 2's claim can be measured. Its abstract does not say what counts as a peak, so this was written down before
# twelve runs were made, p = 53:
#
# - *C* is the mean over all rows and heads, smoothed over 2 % of the run;
# - the *peak* is its largest value between memorising (99 % of the told sums are right) and *twice* the onset;
# - the claim holds if the peak comes before the onset in at least 10 of 12 runs (by the toss of a coin: 2 %).

# %%
predict("12.runs", ...)

# %%
from gedig_edu.course.lessons.l12.runs import about_runs, saved_runs
from gedig_edu.views.widgets.grokking_run import GrokkingRun

print(about_runs())
GrokkingRun(**saved_runs())

# %% [markdown]
# **Move.** Play a run. Put the upper knob where *you* see the onset and the lower one on *your* peak of C. Before or
# after? Then ask the rule. Do so for three seeds. Then look at runs 13 to 24, without weight decay (the pull of every
# weight towards zero) or with shuffled answers: do they generalise, and what does C do?

# %%
runs = grokking_tables.runs()
of = runs[runs["arm"] == "plain"]
print(of[["seed", "memorised", "onset", "peak", "norm_peak"]].astype(int).to_string(index=False))
print(f"C peaks before the onset in {of['before'].sum()} of {len(of)} runs")
compare("12.runs", of["before"].sum())

# %%
claims.show("12.peak_before")

# %%
quiz("12", 3)

# %% [markdown]
# **Read it.** By our rule not once before, in twelve runs, nor with p = 31, 41 or 67. C does not announce that a model
# generalises. It rises *while* it does. Is that our onset? At 75, 90 or 95 % right, each with its own window, it is 0
# of 12 each time; at 99 % it is the 2 of 12 that are not judged.

# %%
claims.show("12.primes")

# %% [markdown]
# All kinds of runs that were made, and what became of each:

# %%
print(*grokking_tables.sentences(runs), sep="\n")

# %% [markdown]
# Is that our definition? Here are 36 ways to say what the peak is: four smoothings, three windows, and the largest
# value (`peak`), the first bump or the steepest rise.

# %%
ways = grokking_tables.definitions()
ways.groupby("mark")["before"].agg(["min", "max"])

# %% [markdown]
# **Exercise 12.2 · compute it.** The kindest way, the steepest rise after heavy smoothing, comes before in 9 of 12
# runs. By the toss of a fair coin, how often is it 9 of 12 or more?

# %%
check("12.2", ...)

# %%
claims.show("12.definitions")

# %% [markdown]
# So has C nothing to do with it? Without weight decay, or with shuffled answers, the same seeds never generalise:

# %%
claims.show("12.controls")

# %% [markdown]
# By the same step it has risen more where a model generalises than in these two. And where there are just too few sums
# (the number that is not judged) it has risen less as well, in all three runs that there are. Three are few.

# %% [markdown]
# ## Whose leaps?
#
# In the runs C leaps, near step 1,500 and then every 1,400 steps or so. Look in the picture above at runs 19 to 24,
# *shuffled answers*, and 13 to 18, *without weight decay*: there is nothing to announce, and still it leaps.

# %%
claims.show("12.leaps")

# %%
quiz("12", 4)

# %% [markdown]
# In the log, the training loss jumps as well, tenfold and more, from almost nothing:

# %%
leaping = runs[runs["arm"].isin(["plain", "no_decay", "shuffled"])]
steady = runs[runs["arm"] == "steady"]
there, all_leaps = leaping["leaps_at"].sum(), leaping["leaps"].sum()
print(f"{there:.0f} of {all_leaps:.0f} leaps stand within 200 steps of a jump of the loss")
print(f"with β₂ = 0.999: {steady['leaps'].sum():.0f} leaps in {len(steady)} runs")

# %% [markdown]
# The optimiser divides its steps by a running mean of squared gradients: over some 50 steps with β₂ = 0.98, as usual
# here, and over 1,000 with 0.999. Then it hardly stumbles. What is left of a peak?

# %%
claims.show("12.steady")

# %% [markdown]
# **Explain.** A plateau: C rises with the onset and stays up. A search for 'the largest value' finds one anyhow, often
# at the end of the window.
#
# **A simpler rival.** Weight decay pulls all weights in, and models tend to generalise as it does (Liu et al. 2023). So
# hold C against the plain norm of the weights.

# %%
quiz("12", 5)

# %%
claims.show("12.norm")

# %% [markdown]
# At step 300 C goes with how early a run will be, and so do the weight norm and the loss. Whether C says *more* than a
# norm could not be decided with twelve runs.
#
# What would make it a **phase transition**? Not a curve that rises steeply, but one that gets steeper as the system
# grows, as the hill of the row did. We asked this twice. In our four primes the width did shrink. But the small ones had
# been told more of their sums, so the mirrors of the first picture stretched their curves. So we made new runs, at one
# share, and looked at the sums with neither told:

# %%
claims.show("12.sharper")

# %% [markdown]
# The number has turned round, and its interval contains 0. So this mark of a transition has not been seen here, and
# twelve small runs do not rule it out.

# %% [markdown] jp-MarkdownHeadingCollapsed=true
# ## Optional: Train one yourself

# %% [markdown]
# The first picture was seed 1. Here is the same training, live, beside the notebook. Give it another seed.
#
# **Predict.** Will half of what it was never told come sooner than step 630, or later? And the bars of C: will they top
# out before, or after?

# %%
from gedig_edu.course.lessons.l12.small import SmallGrokking

SmallGrokking()

# %% [markdown]
# **Read it.** Seeds differ by a factor of four, from 240 to 930 in those that we kept. Told sums go first, always; what
# differs is how long understanding takes.

# %% [markdown] jp-MarkdownHeadingCollapsed=true
# ## Optional: The rule, by hand

# %% [markdown]
# A rule that can be written down can be argued with.

# %% [markdown]
# **Exercise 12.3 · build it.** Write `peak(step, train, held, C)` for four arrays over the readings of a run: the step
# of the largest C from the first reading with 99 % of `train` right up to twice the first step with half of `held`
# right. (C is smoothed already.)

# %%
check("12.3", ...)

# %% [markdown] jp-MarkdownHeadingCollapsed=true
# ## Optional: Long rows

# %% [markdown]
# Rows of three cannot diverge. So let a row have seventeen keys: the sum of sixteen numbers. Does a model grok it, and
# what does C do?

# %%
claims.show("12.long_rows")

# %% [markdown]
# **Read it.** With few sums it learns them by heart and nothing more; with a few more it generalises at once. There is
# no delay in between, so nothing to announce. And C *falls* where it generalises: to add sixteen numbers, attention has
# to be even, and an even row has no heat capacity.

# %% [markdown] jp-MarkdownHeadingCollapsed=true
# ## Optional: Inference as work

# %% [markdown]
# The abstract's first law joins 'inference (mechanical work) and learning (chemical evolution)'. Lesson 03 showed the
# law itself, which is arithmetic: a change of ⟨E⟩ is Σ E dp + Σ p dE. The first part is called heat, T dS, the second
# work. Whether anything is *done* here by anybody is a metaphor; the two sums are not.
#
# Let the change be training: from an untrained twin to the model, over your text.

# %%
from gedig_edu.course.context import Context
from gedig_edu.lab.first_law import parted

begun = read_rows(Context(model).twin, several)
used = rows.keys > 1  # a row of one key cannot change
start, end = (one.energies[:, :, used] / one.temperature for one in (begun, rows))
for zero in (False, True):
    heat, work = parted(start, end, centred=zero)
    name = "less their row's mean" if zero else "as the scores are"
    print(f"energies {name}: heat {heat.mean():+.2f}, work {work.mean():+.2f} T")

# %% [markdown]
# **Explain.** The heat is the same in both lines, the work is not. A softmax does not see a constant in a row of
# scores; work does. So 'how much work' has no answer before somebody has chosen where energy is zero; with −log p for
# the energy there is no work at all. And all this parts what *training* did. Of inference it says nothing.

# %%
display(claims.show("12.zero"), claims.show("12.work", model))

# %% [markdown]
# Along the way (the bundled model's training was begun again with the same seed; its last point is the model as it is):

# %%
from gedig_edu.lab.training_path import kept_path

path = kept_path()
mean = path[path["zero"] == "centred"].groupby("step")[["energy", "heat", "work", "F"]].mean()
mean.iloc[[*range(0, len(mean) - 1, 4), -1]].round(3)

# %% [markdown]
# **Read it.** While rows are nearly even, heat and work are equal: each is half of a small change. They part as rows
# get sharp. And F? Whether it moved with the one or the other cannot be told:

# %%
claims.show("12.heat_and_gauge", model)

# %% [markdown] jp-MarkdownHeadingCollapsed=true
# ## Optional: Least action, and bosons

# %% [markdown]
# Three large words of the abstract are left.
#
# *A Lagrangian of intelligence*, 'derived', is not written down in the abstract, and nobody can test what is not
# written down.
#
# *Least action.* For every path there is *some* action that this path makes stationary. So without a Lagrangian that
# somebody names beforehand, the principle forbids nothing. It is a way to speak:

# %%
claims.show("10.least_action")

# %% [markdown]
# *Massless Goldstone bosons.* Massless would be a direction in which the free energy does not curve, so that moving along
# it costs nothing. Rotary scores do not change when all positions shift. But then no share moves either, so nothing is
# set in motion; and wherever shares do move, the free energy of a softmax curves:

# %%
claims.show("02.zero_mode")

# %% [markdown]
# ## What came of it
#
# Here is the whole course, a square for each claim, first by text and then by kind. Point at a square to read it.

# %%
from gedig_edu.course import closing

display(closing.tally(), closing.tally("kind"))

# %% [markdown]
# **Read it.** Theorems and constructions hold nearly all; of what had to be *measured*, less came out as it was said.
# That is what happens to a claim that meets a rule written beforehand. The strongest arguments, as we see them:

# %%
for side in ("for", "against"):
    print(f"{side.capitalize()} the five texts")
    for argument in closing.arguments(side):
        print(f"· {argument.title}\n    {', '.join(one.claim.id for one in argument.rests_on)}")

# %% [markdown]
# The site's page *What came of it* gives them in full. Now argue against *us*. Every verdict rests on a rule that we
# chose. Try another one on the same numbers:

# %%
from gedig_edu.course.evidence import Above, AtMost

closing.argued("10.harmless", AtMost(0.25))  # an energy may rise at every fourth step

# %% [markdown]
# **Exercise 12.4 · measure it.** Choose a verdict that you doubt, of any lesson, and give another rule, one that you
# would defend, by which it is another. `check("12.4", "07.h1", Above(0.01))` is how one hands it in (this one changes
# nothing). Before you do, write down why your limit is better, and what number would make you give it up.

# %%
check("12.4", ...)

# %% [markdown]
# A rule is only one way. Ask which null was taken, what was resampled, whether three small models speak for large ones,
# and whether a claim was ours when we refuted it.

# %% [markdown]
# ## In five lines
#
# 1. No finite row diverges. Ask how its peak changes with n: one key that fits grows as ¼ log² n, a fixed share stays.
# 2. In rows of three C is at most 0.762, whatever training does.
# 3. C rises while a model generalises. By our rule it did not peak before, in any of our runs.
# 4. Its leaps are the optimiser's. Whether it foretells more than a weight norm could not be decided.
# 5. A verdict is numbers *and* a rule. Both can be argued with.
#
# **Read next.** Lesson 00, and its ledger, with other eyes.
#
# **Sources.** Gunn Kim 2026, *Thermodynamic Isomorphism of Transformers: A Lagrangian Approach to Attention Dynamics*
# (arXiv 2602.08216, versions 1 and 2; we read the abstracts). Power et al. 2022, *Grokking: Generalization Beyond
# Overfitting on Small Algorithmic Datasets* (arXiv 2201.02177). Nanda et al. 2023, *Progress Measures for Grokking via
# Mechanistic Interpretability* (arXiv 2301.05217), for what such a model computes. Liu et al. 2023, *Omnigrok: Grokking
# Beyond Algorithmic Data* (arXiv 2210.01117), for the weight norm. Thilak et al. 2022, *The Slingshot Mechanism* (arXiv
# 2206.04817), for leaps of the optimiser. Challa, Landau and Binder 1986, *Finite-size effects at temperature-driven
# first-order transitions* (Physical Review B 34), for how peaks grow.
