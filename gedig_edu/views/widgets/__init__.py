"""Widgets: for each a class, a script of the same name beside it, and a section of words.

A widget of a lesson, say ``growth``, is

- ``growth.py``: a `hero.Hero` that names its ``script``, ``state``, ``controls`` and ``readouts``,
  and answers `numbers` with what `gedig_edu.theory` computes;
- ``growth.js``: ``numbers(state)``, which computes the same, and ``picture(node, page)``, which
  draws with the ``kit``: scales, axes, marks, and grips for all that a learner moves;
- ``words/en/widgets/growth.toml``: its question, its sentence as one message, the names of its
  controls and readouts, and whatever stands in the picture.

Nothing is registered. ``numbers`` has the same keys in both languages, and three to six of them are
read off. Where nothing is drawn, ``tests/js`` says sooner than the browser which name is not there.

Tests find every hero by themselves: its numbers and its sentence are held to Python's in node, and
its keys, layout, contrast and words in a browser. What draws a text's heads stands in ``heads``.
"""
