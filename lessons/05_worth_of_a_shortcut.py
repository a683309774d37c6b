# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3 (ipykernel)
#     language: python
#     name: python3
# ---

# %% [markdown]
# # 05 · The worth of a shortcut
#
# **The question.** An edge costs something and saves some way. When is it worth its price?
#
# **What you need.** A graph is nodes and edges. The entropy of lesson 03 helps, but is not needed.
#
# **Time.** 45 minutes.
#
# Afterwards you can compute the gauge F for an edit of a graph by hand, find the best shortcut, and
# name three choices, none of them about the graph, on which the sign of F depends.

# %%
import networkx as nx
import numpy as np

from gedig_edu.course import check, claims, compare, hint, predict, quiz, solution
from gedig_edu.course.sentences import EXAMPLE, PROSE
from gedig_edu.models import default_name, load
from gedig_edu.theory.graphs import chain, edit_gauge, with_edges
from gedig_edu.theory.shortcuts import best_shortcut, missing_edges, walk_probabilities

model = load(default_name())
model

# %% [markdown]
# ## Three terms and two weights
#
# Someone adds edges to a graph, or takes some away. The gauge reads that edit:
#
# $$F = \Delta\text{EPC} - \lambda\,(\Delta H + \gamma\,\Delta\text{SP})$$
#
# - **ΔEPC**, the edit-path cost: edges added plus edges removed, divided by a *bound*. The bound is
#   the number of pairs of nodes unless we say otherwise.
# - **ΔSP**, the shortest-path gain: by what share the mean shortest path fell, (ℓ₀ − ℓ)/ℓ₀, from ℓ₀
#   before to ℓ after. It is averaged over the *fixed pairs*: those that had a path before the edit.
# - **ΔH**, the change of an entropy, divided by log K. It belongs to K candidates, each with a
#   probability. Here the candidates are the nodes, and the probability is how often a random walker
#   stands on each: its number of edges, over the sum of all.
#
# λ weighs all gains against the cost, γ weighs paths against entropy. They are 1 and 0.5 unless we
# say otherwise. **F below 0: the edit pays.**
#
# **Predict.** On a chain of 20 nodes you may add one edge.

# %%
predict("05.best", ...)

# %%
predict("05.shortcut", ...)

# %% [markdown]
# **Move.** Take the dashed edge, to see what an edge does to the bars, and clear it. Join the two ends.
# Then look for something better, by hand, for a minute. Only then clear, and let the page try every
# missing edge. With the best edge in place move λ and γ: which bar stays as it is? Then do the same on
# the ring, the grid and the small world.

# %%
from gedig_edu.views.widgets.shortcut_graph import ShortcutGraph

graph = ShortcutGraph("chain")
graph

# %% [markdown]
# **Measure.** Hand in what you read off, then do a small one on paper.

# %%
check("05.1", ...)
# hint("05.1")
# solution("05.1")

# %%
check("05.2", ...)
# hint("05.2")
# solution("05.2")

# %% [markdown]
# The page searched with its own code. Here is the same search with the theory module: every missing
# edge, one after the other.

# %%
line = chain(20)


def worth(edge):
    after = with_edges(line, [edge])
    p, q = walk_probabilities(line), walk_probabilities(after)
    return edit_gauge(line, after, p_before=p, p_after=q).F


i, j = min(missing_edges(line), key=worth)
print(f"{len(missing_edges(line))} edges tried; best: {i} – {j}, F = {worth((i, j)):.4f}")

# %%
compare("05.best", j - i)

# %%
from gedig_edu.views import plots_graphs as plots

F = np.full((20, 20), np.nan)
for pair in missing_edges(line):
    F[pair] = F[pair[::-1]] = worth(pair)
ax = plots.shortcut_map(F)
print(ax.get_label())

# %% [markdown]
# **Read it.** One cell is one edge, and a darker orange is a lower F. No cell is blue: every single
# shortcut of the chain pays. The best region is broad, and it lies away from the corner, which is the
# edge from end to end.
#
# **Explain.** An edge from end to end makes a ring, and there the longest way is 10. An edge over 12
# places, with three or four nodes left over at each side, makes a smaller ring with two short tails.
# The tails lose little, and everything inside gains more. That the best is *neither* the longest edge
# nor the middle of the chain is why it has to be searched.
#
# So does a shortcut always pay? The badge asks on the empty chain and on one already crowded.

# %%
claims.show("05.shortcut")

# %% [markdown]
# ## A bridge
#
# **Predict.** Two chains of ten, nothing between them. You join them in the middle: 100 pairs of
# nodes that had no path have one now. What is the path gain?
#
# **Move.** Choose *two parts* above, or use this one. Join 4 and 15. Then switch the paths to *global
# efficiency*, which is the mean of 1/distance over *all* pairs, with 0 for those without a path.

# %%
bridge = ShortcutGraph("two_parts", walk=False, offers={})
bridge

# %%
# NBVAL_CHECK_OUTPUT
parts = nx.disjoint_union(chain(10), chain(10))
joined = with_edges(parts, [(4, 15)])
for path in ("fixed_pairs", "global_efficiency"):
    read = edit_gauge(parts, joined, path=path)
    print(f"{path:17}: path gain {read.path:.4f}, F {read.F:+.4f}")

# %% [markdown]
# **Explain.** Over fixed pairs the gain is not small, it is exactly 0, for every bridge between any
# two parts. The pairs that profit had no path before, and a mean over 'no path' does not exist, so
# the definition looks away. The edit that changes the most is the one it cannot see. Global
# efficiency was made for this case (Latora and Marchiori 2001), at the price of being less easy to
# read: it is no length.

# %%
quiz("05", 1)

# %%
check("05.3", ...)
# hint("05.3")
# solution("05.3")

# %% [markdown]
# ## Random edges
#
# A source text says that random edges only cost. Nobody chose them, so why should they help?

# %%
predict("05.random_edges", ...)

# %%
predict("05.turn", ...)

# %% [markdown]
# **Move.** Drag the point along the curve. Then take another draw, and another. Then change the price of
# an edge, and the reading of the paths, and then the graph. There are no candidates here unless you
# switch the walker on.

# %%
from gedig_edu.views.widgets.random_edges import RandomEdges

generator = RandomEdges()
generator

# %% [markdown]
# **Measure.** Nine draws for each of four ways to count.

# %%
from gedig_edu.lab.shortcuts import random_growth

ways = {
    "price 1/190, fixed pairs": {},
    "price 1/95, fixed pairs": {"bound": 95},
    "price 1/19, fixed pairs": {"bound": 19},
    "price 1/190, global efficiency": {"path": "global_efficiency"},
}
grown = {name: random_growth(line, draws=9, **way) for name, way in ways.items()}
ax = plots.growth_curves({name: read.F for name, read in grown.items()}, high=0.6)

# %%
for name, read in grown.items():
    turn = read.turn.mean()  # NaN where F never stays above 0
    ends = f"above 0 from {turn:.0%} on" if turn > 0 else "not above 0 at the end"
    print(f"{name:30}: ten edges {read.F[:, 10].mean():+.2f}, {ends}")
compare("05.turn", 100 * grown["price 1/190, fixed pairs"].turn.mean())

# %% [markdown]
# **Explain.** The first few random edges are shortcuts like any others. Ten of them cost
# 10/190 ≈ 0.05 and cut the mean path by more than half, and it hardly matters which ten. After that
# the paths are short already, and little is left to gain: each further edge adds its price and
# little else, and the curve becomes a straight line upward.
#
# *Where* it crosses 0 is not a property of the graph alone. With an edge at 1/95 it is about half as
# far, and at 1/19 ten random edges cost more than they bring. By global efficiency F never comes back
# above 0, not even for the complete graph.

# %%
claims.show("05.random_edges")

# %% [markdown]
# The first two numbers decide. The last three are the same question asked in other ways, which the
# source text does not exclude.

# %%
quiz("05", 2)

# %%
check("05.4", ...)
# hint("05.4")
# solution("05.4")

# %% [markdown]
# **And other graphs?** All have 20 nodes, so an edge has the same price in each.

# %%
from gedig_edu.views.widgets.graph_edit import lesson_graphs

for name, start in lesson_graphs().items():
    best, read = best_shortcut(start), random_growth(start, draws=5)
    print(
        f"{name:11} {len(start.edges):2} edges: best {best.edge[0]:2} – {best.edge[1]:2} "
        f"{best.reading.F:+.3f}, ten random {read.F[:, 10].mean():+.3f}, turn {read.turn.mean():.0%}"
    )

# %% [markdown]
# (No candidates here, so the chain's −0.173 differs from the −0.1695 above, which had the walker.) Among the
# four connected graphs, the more edges there are, the less one more is worth. Two parts are less connected than
# the chain, and still their best edge is worth less: over fixed pairs it may not be a bridge. A small world (Watts
# and Strogatz 1998) is a ring, here with four near neighbours for each node, in which a tenth of the edges
# have been moved to nodes drawn at random. Some of the long edges that pay are there already.
#
# ## The sign of the entropy
#
# We have kept quiet about ΔH. In the picture it moved F by some thousandths only. But look at its
# sign: F falls when the entropy of the candidates *rises*. Being less sure is counted as a gain.
#
# The source text offers a bridge between two principles. The *free-energy principle* says that a
# system lowers a free energy, an energy less an entropy. *Minimum description length* says that a good
# model makes model plus data short, in bits. F, it says, is proportional to the change of a
# description length, up to a small rest, and is a free energy as well.
#
# Both can be checked term by term. How many bits does it take to name the edges of the graph, to
# describe a route in it, and to write down which candidate it was?

# %%
predict("05.signs", ...)

# %%
from gedig_edu.lab.shortcuts import agreement_with_codes

agreement = agreement_with_codes(draws=5)
for name, correlation in agreement._asdict().items():
    print(f"{name:11}: correlation {correlation.mean():+.2f} over random edits")
bits = (agreement.structure, agreement.paths, agreement.data)
compare("05.signs", sum(part.mean() > 0 for part in bits))

# %%
claims.show("05.bridge")

# %% [markdown]
# **Explain.** Edges cost bits, and shorter routes save some. So far F and description length agree. But an
# uncertain candidate takes *more* bits to write down, and F counts it as a gain. A free energy does that
# too, by definition, because its entropy has the sign −T·S: the last correlation is 1 and could not be
# otherwise. One formula cannot have both signs: turn ΔH around, and the code length agrees and the free
# energy does not. The source text's own list of signs says that order makes ΔH negative, and adds that the
# gain from order 'can be read as' −ΔH. That is the other sign.
#
# This is no proof that the two principles contradict each other. They speak of different entropies:
# one of what a system believes, the other of what it has to write down. It says that *this* F is not
# both.

# %%
quiz("05", 3)

# %% [markdown]
# ## Two gates, in passing
#
# The source text lets a graph grow by itself. F is read close to the new edge: at 0 hops, where only its
# ends are seen, as g₀, and as g_min, the lowest value within 1 to 3 hops. With two thresholds, θ_DG and
# θ_AG, here −0.05 and 0, `decide` then says *accept* where the smaller of both is at or below θ_DG,
# *explore* where g₀ lies above θ_AG, and else *reject*. (The paper writes g_min < θ_DG. The released code
# takes the smaller of g₀ and g_min, and so do we. Lesson 09 plays with both.)
#
# **Predict.** Will the gates accept 3 – 15, the best edge of the chain? Will they accept 0 – 2, one
# of the worst?

# %%
# NBVAL_CHECK_OUTPUT
from gedig_edu.theory.gates import decide, gate_readings

for edge in ((3, 15), (7, 12), (0, 2)):
    after = with_edges(line, [edge])
    gates = gate_readings(line, after, max_hops=3, bound=190)
    verdict = decide(*gates, theta_ag=0.0, theta_dg=-0.05)
    whole = edit_gauge(line, after).F
    print(
        f"{edge}: g0 {gates.g0:.4f}, g_min {gates.g_min:+.4f}, {verdict}; whole graph {whole:+.4f}"
    )

# %% [markdown]
# **Explain.** Within three hops of its ends, the edge 3 – 15 joins two pieces that do not touch each
# other: they meet only by way of twelve edges, and nobody looks that far. So it is a bridge to the
# gates, and over fixed pairs a bridge gains 0. What is left is its price, above θ_AG: *explore*. The edge
# 0 – 2 shortens a large part of its own small neighbourhood, and is let in.

# %%
quiz("05", 4)

# %% [markdown]
# ## Which direction of F is good?
#
# In an edit it seems plain: below 0 it pays, and the gates accept low F. The same letter is used for
# attention maps, and there the texts do not agree with themselves. Here is what each part of them
# calls good, with the numbers of your model.

# %%
from scipy.stats import spearmanr

from gedig_edu.lab.live import live
from gedig_edu.theory.gauge import Gauge

released = Gauge.released()  # F as the authors' own script computes it, lesson 06
texts = model.attend_many(PROSE[:8])
reads = [live(maps, gauge=released, baselines=["random"], seed=0) for maps in texts]
above = np.mean([(read.delta("random") > 0).mean() for read in reads])
by_layer = np.mean([read.real.F.mean(axis=-1) for read in reads], axis=0)
depth = spearmanr(np.arange(model.layers), by_layer)[0]

# %%
print(f"gates:          at F = −1 they {decide(-1, -1, theta_ag=0, theta_dg=0)}: low is good")
print("loss + α·F:     training pushes F down: low is good")
print(f"H1:             high F means structure; {above:.0%} of heads lie above random")
print(f"H2:             F rises with depth; here the rank correlation is {depth:+.2f}")
print("section 4.4:    inference minimises F: low is good, and it should fall with depth")

# %% [markdown]
# Whoever says that inference minimises F, and that F rises from layer to layer, has to say which of
# the two is inference. On the bundled model and on SmolLM2 the correlation of H2 is positive, on
# MiniLM it is negative: even the measured half of the contradiction depends on the model. In the
# authors' public notes H1 and the rise with depth were first predicted the other way round. The badge
# `07.direction` in lesson 07 puts all this to a rule.

# %%
quiz("05", 5)

# %% [markdown]
# ## The bridge to lesson 06
#
# A head is a graph too: an edge from token i to token j where the weight lies above a threshold.
# Lesson 06 reads density, entropy and *path gain* of it. Gain over what? Nothing was edited.
#
# **Measure.** Take the largest connected part of a head's graph, n nodes, and pretend that somebody
# made it from a chain of n nodes.

# %%
from gedig_edu.lab.shortcuts import head_graph

maps, gauge, layer = model.attend(EXAMPLE), Gauge.paper(), model.layers // 2
read = gauge.read(maps.weights, causal=maps.causal)
graphs = [head_graph(maps, layer, head, gauge=gauge) for head in range(model.heads)]
for head, tokens in enumerate(graphs):
    part = tokens.subgraph(max(nx.connected_components(tokens), key=len))
    edit = edit_gauge(chain(len(part)), nx.convert_node_labels_to_integers(part))
    print(
        f"head {head}: {edit.path:.6f} as an edit, {read.path_gain[layer, head]:.6f} in lesson 06"
    )

# %% [markdown]
# The same number. The attention map's F is an edit gauge whose *before* is a chain that nobody drew.
# The cost is another: lesson 06 divides by L² and counts directed links and loops.
#
# **Move.** Here is the head of this layer with the smallest connected part. Add an edge, take one
# away, let the page try all, over fixed pairs and by global efficiency.

# %%
from gedig_edu.views.labels import token_labels

tokens = graphs[int(read.nodes[layer].argmin())]
names = token_labels(maps.tokens)
ShortcutGraph(tokens, names=names)

# %%
for path in ("fixed_pairs", "global_efficiency"):
    (i, j), best = best_shortcut(tokens, path=path)
    met = "inside one part" if nx.has_path(tokens, i, j) else "a bridge"
    print(f"{path:17}: best {names[i]} – {names[j]}, F {best.F:+.3f}, {met}", end="; ")
    paying = sum(best_shortcut(some, path=path).reading.F < 0 for some in graphs)
    print(f"{paying} of {len(graphs)} heads have an edge to add that pays")

# %% [markdown]
# **Explain.** On the bundled model every head of this layer has an edge to add that pays, under both
# readings. On SmolLM2 most are nearly stars: one token is linked to all others that have a link. Inside a
# star no path is longer than 2, and over fixed pairs only two of nine heads have an edge that pays. By
# efficiency all nine do: some token stands outside, and a bridge brings it in.
#
# **Predict.** And the edges that the model has drawn itself: are they worth their price?

# %%
predict("05.heads", ...)

# %%
from gedig_edu.lab.shortcuts import removals

price = 2 / (len(maps) * (len(maps) - 1))
chance = [nx.gnm_random_graph(len(g), len(g.edges), seed=0) for g in graphs]
for name, some in (("random graphs", chance), ("heads", graphs)):
    gone = np.concatenate([list(removals(g).values()) for g in some])
    print(f"{name:13}: F of a removal is above 0 in {np.mean(gone > 0):.0%},", end=" ")
    print(f"and with the price given back in {np.mean(gone > 2 * price):.0%}")
compare("05.heads", 100 * np.mean(gone > 0))

# %% [markdown]
# **Explain.** 'All of them' says nothing about the head: it is so in a random graph as well, and it
# must be so. Removing an edge makes no path shorter, and it is *charged* like adding one. In an edit
# gauge without candidates an edge that is there can never be worth removing, and going there and back costs twice.
# Whatever is below 0 once can be accepted and never be undone.
#
# The second number gives the price back, as a density would. On the bundled model and on SmolLM2
# nearly all edges still earn their price. On MiniLM, which sees both ways and so has nearly twice as
# many links, only about half of them do.

# %%
quiz("05", 6)

# %% [markdown]
# ## Build it
#
# Write the gauge yourself. Three places need care: the price, the pairs, and a pair that loses its path.

# %%
check("05.5", ...)
# hint("05.5")
# solution("05.5")

# %% [markdown]
# ## Argue against us
#
# - Our candidates are the places of a random walker. The source text means the candidates of a
#   search. Are there edits for which *that* entropy is large enough to decide the sign of F?
# - We called 1/190 the price of an edge. Why should it fall when the graph grows, as it does with the
#   number of pairs? Try 40 nodes: does the best shortcut pay more or less?
# - The claim about bits uses three codes of our choice. Can you find a fair code for a graph in which
#   an added edge *shortens* the description? (Think of a graph with more than half of its edges.)
# - 'Insight' is the source text's word for a shortcut that passes the gate. It is a metaphor. The
#   edge 0 – 2 passed.
#
# ## In five lines
#
# 1. F = cost − λ(ΔH + γ·ΔSP) prices an edit; below 0 it pays. It is not a property of a graph.
# 2. The best shortcut of a chain joins neither its ends nor its middle: search, and be exhaustive.
# 3. Fixed pairs never reward a bridge. Global efficiency does.
# 4. Random edges pay at first and cost later; bound, λ and the reading of paths decide where.
# 5. The signs of F are those of a free energy, not of a code length; and 'good' has two directions.
#
# **Read next.** Lesson 06 types a sentence and reads F for every head. Lesson 09 plays the gates.
#
# **Sources.** The geDIG gauge: the source texts' definition of F, their list of signs and their
# free-energy bridge. Latora and Marchiori 2001, *Efficient Behavior of Small-World Networks* (cond-mat/0101396).
# Watts and Strogatz 1998, *Collective dynamics of small-world networks*. Lovász 1993, *Random
# walks on graphs: a survey*. Rissanen 1983, *A universal prior for integers and estimation by minimum
# description length*. Huffman 1952, *A method for the construction of minimum-redundancy codes*.
# Friston 2010, *The free-energy principle: a unified brain theory?* Hinton and van Camp 1993, *Keeping
# neural networks simple by minimizing the description length of the weights*, where free energy and
# description length do meet.
