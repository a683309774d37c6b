// Native fieldsets and radio buttons: arrow keys choose, Tab moves on, and every explanation
// is announced. The model's `answers` is the only state; a choice counts once it is checked.

import { element, withCode } from "./kit/dom.js";
import { keepKeys } from "./kit/keys.js";
import { offLine } from "./kit/off.js";
import { fill } from "./kit/text.js";

function renderChoice(group, choice) {
  const radio = element("input", { type: "radio", name: group, value: choice.id });
  return element("label", { className: "gedig-quiz-choice" }, radio,
    element("span", {}, withCode(choice.text)));
}

function explain(place, question, chosen, labels) {
  place.replaceChildren();
  const choice = question.choices.find((candidate) => candidate.id === chosen);
  if (!choice) {
    return;
  }
  const right = chosen === question.right;
  place.append(element("p", { className: right ? "gedig-quiz-right" : "gedig-quiz-wrong" },
    element("strong", { textContent: `${right ? "✓" : "✗"} ${right ? labels.right : labels.wrong} ` }),
    withCode(choice.why)));
  if (right) {
    const rest = question.choices.filter((candidate) => candidate.id !== chosen);
    place.append(element("details", {},
      element("summary", { textContent: labels.others }),
      ...rest.map((other) => element("p", {},
        element("em", {}, withCode(other.text)), " ", withCode(other.why)))));
  }
}

function renderQuestion(model, question, group) {
  const labels = model.get("labels");
  const explanation = element("div", { className: "gedig-quiz-why" });
  explanation.setAttribute("role", "status");
  const check = element("button", { type: "button", textContent: labels.check });
  const fieldset = element("fieldset", { className: "gedig-quiz-question" },
    element("legend", {}, withCode(`${fill(labels.question, question)}  ${question.text}`)),
    ...question.choices.map((choice) => renderChoice(group, choice)),
    check, explanation);

  const chosen = () => fieldset.querySelector("input:checked")?.value;
  check.addEventListener("click", () => {
    if (!chosen()) {
      explanation.replaceChildren(element("p", { textContent: labels.choose }));
      return;
    }
    model.set("answers", { ...model.get("answers"), [question.id]: chosen() });
    model.save_changes();
    explain(explanation, question, chosen(), labels);
  });
  const show = () => {
    const answer = model.get("answers")[question.id];
    const radio = [...fieldset.querySelectorAll("input")].find((input) => input.value === answer);
    if (radio) {
      radio.checked = true;
      explain(explanation, question, answer, labels);
    }
  };
  return { fieldset, show };
}

let forms = 0;

function render({ model, el }) {
  forms += 1;
  const form = element("div", { className: "gedig-quiz" });
  keepKeys(form);
  const questions = model.get("questions").map((question) =>
    renderQuestion(model, question, `gedig-quiz-${forms}-${question.id}`));
  form.append(...questions.map((question) => question.fieldset), offLine(model.get("labels").off));
  el.append(form);
  const showAll = () => questions.forEach((question) => question.show());
  showAll();
  model.on("change:answers", showAll);
  return () => model.off("change:answers", showAll);
}

export default { render };
