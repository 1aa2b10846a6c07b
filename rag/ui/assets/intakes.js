// Documents on their way into the index, and what became of them. All text goes in through textContent.

const instances = new WeakMap();

export default function (component) {
  const { data, parentElement } = component;
  if (!instances.has(parentElement)) instances.set(parentElement, {});
  const state = instances.get(parentElement);
  state.send = component.setTriggerValue;
  const items = JSON.stringify(data.items);
  const list = parentElement.querySelector(".intakes");
  if (state.items !== items) list.replaceChildren(...data.items.map((one) => drawIntake(one, state)));
  state.items = items;
  return () => instances.delete(parentElement);
}

function drawIntake(one, state) {
  if (one.busy) return element("li", "intake", null, [drawProgress(one)]);
  const away = buttonOf("away", "Dismiss", () => state.send("put_away", { number: one.number, at: Date.now() }));
  const outcomes = one.outcomes.map((outcome) => drawOutcome(outcome, state));
  return element("li", "intake", null, [element("div", "outcomes", null, outcomes), away]);
}

function drawProgress(one) {
  const done = element("span", "");
  done.style.width = `${Math.round(one.share * 100)}%`;
  return element("div", "busy", null, [element("span", "", `${one.words}…`), element("div", "track", null, [done])]);
}

function drawOutcome(outcome, state) {
  const words = element("span", "", `${outcome.words} `);
  words.dir = "auto";
  if (outcome.source) words.append(buttonOf("", "Open", () => state.send("open", { source: outcome.source, at: Date.now() })));
  return element("div", `outcome ${outcome.kind}`, null, [words]);
}
