// The last figures of each evaluation set, and the questions that failed. All text goes in through textContent.

const instances = new WeakMap();
const SHOWN_AT_ONCE = 30;

export default function (component) {
  const { data, parentElement } = component;
  if (!instances.has(parentElement)) instances.set(parentElement, { kinds: {}, all: {} });
  const state = instances.get(parentElement);
  state.send = component.setTriggerValue;
  const sets = JSON.stringify(data.sets);
  const draw = (set) => drawSet(set, state);
  if (state.sets !== sets) parentElement.querySelector(".sets").replaceChildren(...data.sets.map(draw));
  state.sets = sets;
  return () => instances.delete(parentElement);
}

function drawSet(set, state) {
  const about = set.about.map((line) => element("p", "about", line));
  const changed = set.changed.map((line) => element("p", "about changed", line));
  const again = element("p", "about", "Measure again: ", [element("code", "", set.command)]);
  const groups = element("div", "groups", null, set.groups.map(drawGroup));
  const made = element("section", "set", null, [element("h2", "", set.name), ...about, ...changed, again, groups]);
  const failures = element("div", "failures");
  drawFailures(failures, set, state);
  made.append(failures);
  return made;
}

function drawGroup(group) {
  return element("div", "group", null, [element("h3", "", group.title), ...group.figures.map(drawFigure)]);
}

function drawFigure(figure) {
  const label = element("span", "label", figure.label);
  if (figure.name) label.append(element("span", "name", figure.name));
  const said = element("div", "", null, [label, element("span", "said", figure.words)]);
  return element("div", "figure", null, [element("span", "value", figure.value), said]);
}

function drawFailures(place, set, state) {
  const kind = state.kinds[set.id] ?? "";
  const wanted = set.failed.filter((one) => !kind || one.problems.some((problem) => problem.kind === kind));
  const shown = state.all[set.id] ? wanted : wanted.slice(0, SHOWN_AT_ONCE);
  const redraw = () => drawFailures(place, set, state);
  const parts = [element("h3", "", set.outcome)];
  if (set.kinds.length > 1) parts.push(drawKinds(set, kind, (picked) => { state.kinds[set.id] = picked; redraw(); }));
  if (set.hint) parts.push(element("p", "about", set.hint));
  parts.push(element("ul", "", null, shown.map((one) => drawFailed(one, state))));
  if (shown.length < wanted.length) {
    parts.push(buttonOf("more", `Show ${wanted.length - shown.length} more`, () => { state.all[set.id] = true; redraw(); }));
  }
  place.replaceChildren(...parts);
}

function drawKinds(set, kind, pick) {
  const buttons = [{ kind: "", label: "All", count: set.failed.length }, ...set.kinds].map((one) => {
    const button = buttonOf("", `${one.label} ${one.count}`, () => pick(one.kind));
    button.setAttribute("aria-pressed", String(one.kind === kind));
    return button;
  });
  const made = element("div", "kinds", null, buttons);
  made.setAttribute("role", "group");
  made.setAttribute("aria-label", "What went wrong");
  return made;
}

function drawFailed(one, state) {
  const question = element("p", "question", one.question);
  question.dir = "auto";
  const words = [question];
  if (one.history.length) words.push(element("p", "after", `Asked after: ${one.history.join(" · ")}`));
  for (const problem of one.problems) {
    words.push(element("p", "problem", problem.words));
  }
  if (one.gold.length) words.push(drawGold(one.gold, state));
  const ask = buttonOf("ask", "Ask in the chat", () => state.send("ask", { questions: [...one.history, one.asked], at: Date.now() }));
  return element("li", "failed", null, [element("div", "words", null, words), ask]);
}

function drawGold(gold, state) {
  const made = element("p", "gold", "Answered by: ");
  gold.forEach((one, at) => {
    if (at) made.append(", ");
    const open = (button) => {
      globalThis.ontherecordOpener = new WeakRef(button);
      state.send("open", { source: one.source, at: Date.now() });
    };
    made.append(one.opens ? buttonOf("", one.title, open) : element("span", "", one.title));
  });
  return made;
}
