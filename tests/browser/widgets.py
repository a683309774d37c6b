"""One of each widget that draws itself in the page, for what must hold for all of them."""

from gedig_edu.course import check, claims, predict, quiz
from gedig_edu.lab.live import live
from gedig_edu.views import AttentionExplorer, bertviz_head_view
from gedig_edu.views.widgets.live_f import LiveF
from tests.helpers import example_maps
from tests.heroes import HEROES


def _live():
    maps = example_maps(layers=3, heads=5, length=7)
    return LiveF(lambda _text, _model, **_heat: maps, live, models=["example"], text="seven words")


WIDGETS = {hero.__name__: hero for hero in HEROES} | {
    "AttentionExplorer": lambda: AttentionExplorer(example_maps(layers=3, heads=5, length=11)),
    "LiveF": _live,
    "CardForm": lambda: predict("01.query_norm", ...),
    "ExerciseForm": lambda: check("01.1", 2, 2),
    "Ledger": lambda: claims.ledger("gpt2-mini", lesson="01"),
    "QuizForm": lambda: quiz("01"),
    "RemoteFrame": lambda: bertviz_head_view(example_maps(layers=2, heads=3, length=5)).frame,
}
