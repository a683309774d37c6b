"""The engine: the bundled model and the gauge in plain JavaScript, for a page without a kernel.

Each script here is the twin of a module in Python and is held to it by tests in node:

- ``bpe.js`` reads a text as `gedig_edu.models.tokens` does, and ``labels.js`` names its tokens
  as `gedig_edu.views.labels` does;
- ``safetensors.js`` and ``gpt2.js`` compute what the model computes, with the matrix products of
  ``products.js``;
- the others read off the gauge, its paths and its baselines as `gedig_edu.theory` does.

All are pure functions over typed arrays, know no page, and are put into one text by
``bundle("../engine/name.js")`` of `gedig_edu.views.widgets.bundle`.
"""
