"""The page of results: what experiments measured, beside what was printed, and what holds.

Every verdict is computed from numbers that stand on the page: a rule of `course.evidence` judges a
value by its interval. A part of the page is a module here, its words stand in
``words/en/results.toml``.
"""
