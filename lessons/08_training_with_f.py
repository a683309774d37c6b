# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3 (ipykernel)
#     language: python
#     name: python3
# ---

# %% [markdown]
# # 08 · Training with F
#
# **The question.** Somebody adds α·F to a loss, and accuracy rises by a third of a point. Is it real?
#
# **Move.** Drag the number of seeds. Here nothing is true: how many dots reach the dashed line by luck?

# %% jupyter={"source_hidden": true}
# The first picture: press Shift + Enter, and in some seconds it stands below.
from gedig_edu.views.widgets.many_seeds import ManySeeds

repeats = ManySeeds()
repeats

# %% [markdown]
# **What you need.** A loss and its gradient, a standard deviation, and F from lesson 06.
#
# **Time.** 41 minutes for the core, 58 for all. What is optional is folded, and nothing later needs it.
#
# | section | minutes | |
# |---|---|---|
# | F in a loss | 8 | core |
# | Luck | 9 | core |
# | What rounding leaves | 8 | core |
# | A sweep of our own | 10 | core |
# | Judge it yourself | 5 | core |
# | A training to watch | 4 | optional |
# | A gauge with a gradient | 9 | optional |
# | Argue against us | 4 | optional |
# | In five lines | 1 | core |
#
# **What rests on it.** Nothing later; the way of judging is used wherever something is trained (lesson 12).

# %% jupyter={"source_hidden": true}
# What this lesson imports, and the model that it reads.
import numpy as np

from gedig_edu import Gauge
from gedig_edu.course import check, claims, compare, predict, quiz
from gedig_edu.course.sentences import EXAMPLE, describe, enough
from gedig_edu.models import default_name, load

model = load(default_name())
model

# %% [markdown]
# ## F in a loss
#
# The gauge paper (Miyauchi, undated, section 6) also trains with F. A small BERT, DistilBERT, learns to tell good film reviews from bad ones (SST-2), and its loss becomes
#
# $$L_\text{total} = L_\text{CE} + \alpha \cdot F_\text{mean}$$
#
# with $F_\text{mean}$ the mean over all heads of all layers. Its hypothesis H3: F in the loss may have an effect on
# what the model can do. Its finding, a tendency: a weak α helps, a strong one harms.
#
# Training goes down a gradient. So first: has F one? Here is a nudge, each head of the model a little warmer. It moves
# every weight of every map. Put your own sentence in the next cell and run all cells, to see it there.

# %%
text = EXAMPLE

# %%
describe(text, model)

# %%
sentence = enough(text, model, at_least=1)
still = model.attend(sentence).read(Gauge.released())
print("warmer by   heads whose density, entropy, path gain moved")
for nudge in (1e-6, 1e-4, 1e-2):
    moved = model.attend(sentence, temperature=1 + nudge).read(Gauge.released())
    counts = [
        int((abs(getattr(moved, term) - getattr(still, term)) > 1e-12).sum())
        for term in ("density", "entropy", "path_gain")
    ]
    print(f"{nudge:9g}  {counts[0]:8} {counts[1]:8} {counts[2]:8}   of {still.F.size}")

# %% [markdown]
# **Read it.** The entropy answers to any nudge. Density and paths stay as they are, and then jump in some heads. A
# link is there or not; a small change of a weight changes no link, so no count of links and no shortest way.
#
# **Explain.** In the formula of section 4.2 the entropy alone has a gradient. The paper does not say how its training
# dealt with the other two. Its author's public notebook does: a sigmoid stands in a link's place, so the count is
# smooth, and ways are counted by a comparison, > 0.5, which has no gradient. So what α·F trains there is the entropy,
# with a soft count beside it. F holds entropy with a minus sign: pushing F down spreads attention out. (H1 calls
# *high* F structured.)

# %%
quiz("08", 1)

# %% [markdown]
# ## Luck
#
# The paper's Table 3, 500 sentences to be judged, three seeds for each α:
#
# | α | accuracy, % | final F |
# |---|---|---|
# | 0 | 86.00 ± 0.53 | −0.448 |
# | 0.001 | **86.33** ± 0.46 | −0.447 |
# | 0.01 | 86.27 ± 0.58 | −0.452 |
# | 0.1 | 85.93 ± 1.01 | −0.466 |
# | 1 | 78.93 ± 2.00 | −0.515 |
#
# 'Statistically significant', it says of +0.33 (section 7.2), and names no test. A *seed* decides which weights the new
# last layer starts from, and in which order the sentences come. Another seed, another accuracy: they scatter by about
# half a point.

# %%
predict("08.luck", ...)

# %% [markdown]
# **Move.** In the first picture all bars but the black one are imagined: comparisons like the paper's, in which the
# truth is what you set.
#
# - Set *true gain* to 0 and look at other repeats. How often does a bar's dot reach the dashed line?
# - Set it to 0.33. In how many repeats does the 95 % interval exclude 0, with three seeds?
# - Raise the number of seeds. Which of the two curves rises, when the true gain is 0, and which at 0.33?
# - Let the two runs of a pair share their luck: the same seed with F and without.

# %%
from gedig_edu.theory.repeats import Design

fair = Design(seeds=3, effect=0.0, spread=0.5)
print(f"three seeds an arm: standard error {fair.error:.2f} points")
print(f"no true gain: +0.33 or more in {fair.luck(0.33):.0%} of comparisons")
real = Design(seeds=3, effect=0.33, spread=0.5)
print(f"a true gain of 0.33: told from 0 in {real.power:.0%}")
compare("08.luck", 100 * fair.luck(0.33))

# %% [markdown]
# **Explain.** One comparison in five comes out like the published one although nothing is there. And had the gain been
# real, nine in ten such experiments, without pairs, would have missed it. *Power* is how
# often a design sees what is there.

# %% [markdown]
# **Exercise 08.1 · read it off.** A true gain of 0.33, seeds that scatter by 0.5. From how many seeds of each arm on do
# 80 % of all comparisons tell it from 0? First without pairs, then where a pair shares 0.9 of its luck. Hand in the
# pair of numbers.

# %%
check("08.1", ...)

# %% [markdown]
# On the printed numbers Welch's t, a test for two groups of runs that are not paired, gives p = 0.46. What the pairs of
# one seed say is not printed. (The author's log has them; wait for it.)

# %%
quiz("08", 2)

# %% [markdown]
# ## What rounding leaves
#
# The three accuracies are not printed. But they are whole numbers of 500 sentences, and few round to what is printed.
# This is forensics.

# %% [markdown]
# **Exercise 08.2 · compute it.** 86.33 ± 0.46 at α = 0.001: how many of the 500 sentences did each seed get right? The
# spread is that of a sample (n − 1). Hand in the three counts.

# %%
check("08.2", ...)

# %% [markdown]
# The same for the baseline has two answers, and both have one sum.

# %% tags=["nbval-check-output"]
from itertools import combinations_with_replacement as triples


def fits(mean, spread):
    every = np.array(list(triples(range(375, 446), 3)))
    percent = every / 5
    near = abs(percent.mean(axis=1) - mean) < 0.005
    return every[near & (abs(percent.std(axis=1, ddof=1) - spread) < 0.005)].tolist()


for alpha, printed in {0: (86.00, 0.53), 0.001: (86.33, 0.46), 0.01: (86.27, 0.58)}.items():
    print(f"α = {alpha:<5}: {fits(*printed)}")

# %% [markdown]
# **Read it.** 1,290 right answers without F, 1,295 with it: the gain is five sentences in 1,500. In both weak arms two
# seeds of three got exactly 433 right.
#
# The author's public notebook logs every run. Seeds 42, 123, 456: 432, 427, 431 without F; 433, 429, 433
# at α = 0.001; 433, 428, 433 at 0.01. Our forensics holds, and now the pairs are known: +1, +2, +2 sentences. A paired
# t gives p = 0.04. Real after all? It is the best of four α, so take it four times.

# %%
claims.show("08.significant")

# %% [markdown]
# Look at the weak arms: *ten times* the push changes one sentence of 1,500. At step 50 of seed 42 their cross-entropy is
# the same, 0.559, and without F it is 0.578. What both share is not F but a way through the code. With α > 0 the maps are
# asked for, and attention falls back to another routine, as the log warns; its dropout draws other numbers. So, we think,
# the seed pairs first weights and order, and the dropout of α = 0 had other luck. A baseline has to run through the
# same code.
#
# And F? It was in the loss in order to fall. Where accuracy rose most, did it?

# %%
claims.show("08.f_fell_published")

# %% [markdown]
# **Explain.** −0.447 is *higher* than −0.448; rounding leaves room for 'the same', none for 'lower'. So the table says
# no. The log, −0.4485 at α = 0.001, cannot
# tell: F rises for two seeds and falls for one; the mean over all three falls by 0.0008, give or take 0.009. To ask
# whether the treatment arrived, before every p, is called a *manipulation check*.

# %%
quiz("08", 3)

# %% [markdown]
# ## A sweep of our own
#
# Before we trained, this was written down:
#
# - the same five α, on MiniLM, 2,000 sentences of SST-2 to learn from, all 872 of its development set to judge by;
# - **pairs**: the same seed, first weights, order and dropout for every α, none of it on attention, by the same code;
# - **equality** has a margin: below one point, a difference is none;
# - whether F **moved**;
# - three **controls** at α = 0.01: the entropy alone, −F, and a smooth random function with as steep a gradient.
#
# After a first look: a move of F counts from 0.001 on, the last digit that the paper prints; and the controls were run
# at α = 1 too, since at 0.01 nothing happened.

# %%
predict("08.weak_helps", ...)

# %%
predict("08.strong_harms", ...)

# %%
predict("08.controls", ...)

# %%
from gedig_edu.course.lessons.l08.sweep import saved_arms
from gedig_edu.views.widgets.alpha_sweep import AlphaSweep

arms, about = saved_arms()
print(about)
sweep = AlphaSweep(**arms)
sweep

# %% [markdown]
# **Move.** Go through the arms, from left to right. Where does the interval exclude 0, where does it lie in the shaded
# margin, and where did F move? Then *break the pairs*: the runs are the same, and what do the intervals do?

# %%
ids = ["08.weak_helps", "08.more_than_a_point", "08.f_fell", "08.strong_harms", "08.controls"]
found = {one.claim.id: one for one in claims.look(ids)}
compare("08.weak_helps", found["08.weak_helps"].measured)

# %%
display(*(claims.shown(found[name]) for name in ids[:3]))

# %%
compare("08.strong_harms", found["08.strong_harms"].measured)

# %%
claims.shown(found["08.strong_harms"])

# %%
from gedig_edu.course.lessons.l08.sweep import read_sweep

saved = read_sweep()
print("sentences of 872 judged otherwise than without F, by seed; loss less that without F, nats")
for penalty, alpha in saved.arms[1:]:
    loss = saved.pairs((penalty, alpha)).change("loss")
    changed = saved.changed((penalty, alpha)).tolist()
    print(f"{penalty:12} α = {alpha:<5g} {changed!s:22} {loss.mean:+.6f} ± {loss.half:.6f}")

# %% [markdown]
# **Explain.** At both weak α, and in every control at 0.01, *no sentence of 872 is judged otherwise, in any seed*. Were 3
# in 872 changed, 0.34 points, one would have been met with 95 % (the *rule of three*). F moved by 0.0003 at most: so weak a treatment hardly arrives.
#
# The loss sees more: it moves before an answer turns. On these sentences F raises it at every α, and ten times the α does
# ten times as much, from 0.0000115 nats to 0.0127. A small push acts along a line, and this one points up:
# 'weak helps' needs one that points down.
#
# 'Not told from 0' and 'equal' are two findings. Too few seeds give the first, too; the
# second has to be earned: the interval lies within a margin that was named before (a test at 5 % asks it of the 90 %
# interval, the thick bar). Pairs make it cheap: what two runs share, the seed, drops out of their difference.

# %%
quiz("08", 4)

# %% [markdown]
# And is it F that harms, at α = 1?

# %%
compare("08.controls", found["08.controls"].measured)

# %%
claims.shown(found["08.controls"])

# %% [markdown]
# **Read it.** Asked is whether F does *more* than each control. It is decided where all three comparisons agree. One is
# decided, against F: F less random, −0.96 points [−1.67, −0.26]. Entropy and −F are not.
#
# **Explain.** Which push harms is another question. Entropy alone costs what F costs, equal within a point, and raises
# the loss by 85 % as much: the soft paths add little. −F and the random push cost nothing within a point. Only the loss
# tells F from −F: with −F it *falls*, by 0.010. So not any push harms; spreading attention does.

# %%
quiz("08", 5)

# %% [markdown]
# ## Judge it yourself
#
# Two columns of numbers and a margin are all you need, for anything added to a loss.

# %% [markdown]
# **Exercise 08.3 · build it.** Write `judge(one, other)` for two arrays of accuracies, entry by entry of one seed. It
# returns mean, low end and high end of the 95 % interval of `one − other`, in pairs.

# %%
check("08.3", ...)

# %% [markdown]
# With these three numbers: is 0 outside? Then there is a difference. Do both ends lie within the margin? Then it does
# not matter. Both can be true at once, and neither. (Our claims and bars are wider: other *sentences* would scatter too.)

# %% [markdown] jp-MarkdownHeadingCollapsed=true
# ## Optional: A training to watch

# %% [markdown]
# Here is the same comparison, small enough to wait for: the bundled model, 100 reviews to learn from and 100 others to
# judge by, three seeds, each with α·F and without. Links and ways are made soft, so that the paths have a gradient
# as well. It runs beside the notebook, so you can read on; the button also stops it.
#
# **Predict.** With α = 1: will F move? Will you be able to tell the accuracies apart?

# %%
from gedig_edu.course.lessons.l08.training import SmallTraining

SmallTraining()

# %% [markdown]
# **Read it.** Every review is one point here. With α = 1 we saw three seeds at 75, 81 and 98 % without F. They scatter by
# twelve points, and still the loss of 5.3 points is told from 0, −8.8 to −1.8: pairs share their luck. And the
# treatment arrived, F fell by 0.036 ± 0.027. Try α = 0.01: does it arrive? How many seeds would you ask for?

# %% [markdown] jp-MarkdownHeadingCollapsed=true
# ## Optional: A gauge with a gradient

# %% [markdown]
# To train *all* of F, links and paths have to become soft. This is how our trainings do it (`gedig_edu.lab.soft_gauge`),
# by the script's formula:
#
# - a link is $a = \sigma\bigl((\log w - \log\tau)/s\bigr)$, between 0 and 1, with τ such that all links add up to a tenth of
#   the cells. Density is constant by that, and has no gradient, softly or not;
# - the length of a way is the *free energy* of all walks, in the sense of lesson 03: a step costs 1, β is one over a
#   temperature. With A the links, $Z = (I - A\,e^{-\beta})^{-1}$ sums over walks of every length, and
#   $\varphi_{ij} = -\tfrac1\beta\log(Z_{ij}/Z_{jj})$.
#
# **Predict.** When β grows, the shortest walk outweighs the others. So with s = 0.3, does the mean path come nearer to
# that of the hard links?

# %%
from gedig_edu.views.widgets.soft_gauge import SoftGauge

soft = SoftGauge()
soft

# %% [markdown]
# **Move.** Drag β. Then make s small, and drag again. Which knob has to go first? With *push of the paths alone*: how
# many scores are pushed at s = 0.3, and how many at 0.01?
#
# **Explain.** A link a costs a walk 1 − log(a)/β. At a fixed s, a large β makes even the faintest link a full one, and
# every way one step long: φ goes to 1 and not to the shortest path. So s → 0 comes first, then β → ∞. But with s → 0
# all slopes gather in the few weights beside the threshold and are steep there, and the hard gauge is back, flat and
# jumping. One cannot have both: what is trained is a relative of F, which resembles it where s and β say so.
#
# The entropy needs none of this.

# %% [markdown]
# **Exercise 08.4 · compute it.** A row of attention is (0.7, 0.2, 0.1), a softmax of three scores. By how much does its
# entropy S, in nats, rise for each score, ∂S/∂score? Hand in the three numbers, to two digits.

# %%
check("08.4", ...)

# %% [markdown] jp-MarkdownHeadingCollapsed=true
# ## Optional: Argue against us

# %% [markdown]
# - Our model is MiniLM, the paper's is DistilBERT, and 872 sentences are not its 500. Could F help there and not here?
#   What would you have to run?
# - One point is our margin. For whom would 0.2 points matter? How many seeds, paired, would it take?
# - We rebuilt counts from rounding. Is there a way to round, or to take a spread, by which other triples fit?
# - The five α go up by tens. Between 0.1 and 1 accuracy may do anything. Is it fair to call one end 'weak'?

# %% [markdown]
# ## In five lines
#
# 1. α·F in a loss trains what of F has a gradient: the entropy, unless links and ways are made soft.
# 2. +0.33 points over three seeds is five sentences in 1,500: luck, in one unpaired comparison of five.
# 3. Ask first whether the treatment arrived, and whether the baseline ran through the same code.
# 4. Pairs take the luck of the seed out; equality needs an interval and a margin named before.
# 5. A control that is simpler and does as much takes the explanation with it, if the dose does anything at all.
#
# **Read next.** Lesson 09 leaves attention: two gates decide whether a growing graph accepts an edge.
#
# **Sources.** Miyauchi, *Thermodynamic interpretation of attention: structural evaluation via geDIG gauge and
# F-regularization* (in Japanese, undated), sections 4.2, 6 and 7, Table 3; its author's repository InsightSpike-AI,
# experiments/transformer_gedig/colab_f_reg_sweep.ipynb, for the log. Socher et al. 2013, *Recursive Deep Models
# for Semantic Compositionality over a Sentiment Treebank* (SST). Schuirmann 1987, *A comparison of the two one-sided
# tests procedure and the power approach for assessing the equivalence of average bioavailability*. Brown and Heathers
# 2017, *The GRIM test*, for means that no whole numbers have. Bouthillier et al. 2021, *Accounting for Variance in
# Machine Learning Benchmarks* (arXiv 2103.03098). Dodge et al. 2020, *Fine-Tuning Pretrained Language Models: Weight
# Initializations, Data Orders, and Early Stopping* (arXiv 2002.06305), for what a seed alone does.
