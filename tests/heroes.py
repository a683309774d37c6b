"""The widgets of the lessons whose mathematics runs in the page; every one is found by itself."""

import pkgutil
from importlib import import_module

from gedig_edu.views import widgets
from gedig_edu.views.widgets.hero import Hero

MODULES = [
    import_module(one.name)
    for one in pkgutil.iter_modules(widgets.__path__, f"{widgets.__name__}.")
]
HEROES = [
    kind
    for module in MODULES
    for kind in vars(module).values()
    if isinstance(kind, type) and issubclass(kind, Hero) and kind.__module__ == module.__name__
    if "script" in vars(kind) and not kind.needs_kernel
]
