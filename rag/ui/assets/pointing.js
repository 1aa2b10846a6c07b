// Asking in the reader why something was not chosen: a click on a paragraph after the button, or the button after words were selected.
function letPoint(reader, state, data, component) {
  const button = reader.querySelector(".point");
  button.hidden = !data.asked;
  button.title = `Point at words, and read why they were not chosen for: ${data.asked}`;
  button.onpointerdown = (event) => event.preventDefault(); // a press would undo the selection
  const ask = (blocks) => {
    point(reader, state, false);
    const start = Math.min(...blocks.map((block) => Number(block.dataset.start)));
    const end = Math.max(...blocks.map((block) => Number(block.dataset.end)));
    state.clicked = Date.now();
    component.setTriggerValue("why", { start, end, at: state.clicked });
  };
  button.onclick = () => {
    const selected = state.pointing || data.page ? [] : selectedBlocks(reader);
    if (selected.length) return ask(selected);
    point(reader, state, !state.pointing);
    if (state.pointing && data.page) component.setTriggerValue("switch", { text: true, at: Date.now() });
  };
  const body = reader.querySelector(".body");
  const pick = (event) => {
    const block = state.pointing ? event.target.closest("[data-start]") : null;
    if (block) ask([block]);
    return Boolean(block);
  };
  body.onclick = pick;
  body.onkeydown = (event) => {
    if ((event.key === "Enter" || event.key === " ") && pick(event)) event.preventDefault();
  };
  state.asked = data.asked;
  point(reader, state, Boolean(state.pointing && data.asked));
}

function point(reader, state, isOn) {
  state.pointing = isOn;
  const button = reader.querySelector(".point");
  button.setAttribute("aria-pressed", String(isOn));
  button.textContent = isOn ? "Cancel" : "Why not this?";
  reader.classList.toggle("picking", isOn);
  const hint = reader.querySelector(".pointing");
  hint.hidden = !isOn;
  hint.textContent = isOn ? `Click what you expected to be found for “${state.asked}”.` : "";
  for (const block of reader.querySelectorAll(".body [data-start]")) {
    if (isOn) block.tabIndex = 0;
    else block.removeAttribute("tabindex");
  }
}

function selectedBlocks(reader) {
  const root = reader.getRootNode();
  const selection = root.getSelection?.() ?? document.getSelection();
  if (!selection || selection.isCollapsed || selection.rangeCount === 0) return [];
  const range = selection.getRangeAt(0);
  return [...reader.querySelectorAll(".body [data-start]")].filter((block) => range.intersectsNode(block));
}

// Why what was pointed at was chosen or not, under it; it comes into view when it was asked for just now.
function drawWhy(reader, state, data, component) {
  const body = reader.querySelector(".body");
  body.querySelectorAll(":scope > .why").forEach((panel) => panel.remove());
  body.querySelectorAll(".pointed").forEach((block) => block.classList.remove("pointed"));
  const { why } = data;
  if (!why) return;
  const blocks = [...body.querySelectorAll("[data-start]")].filter((one) => Number(one.dataset.start) < why.end && Number(one.dataset.end) > why.start);
  if (!blocks.length) return;
  blocks.forEach((block) => block.classList.add("pointed"));
  let last = blocks.at(-1);
  while (last.parentElement !== body) last = last.parentElement;
  const panel = whyPanel(why, () => component.setTriggerValue("why", { at: Date.now() }));
  last.after(panel);
  if (state.clicked === why.at) requestAnimationFrame(() => panel.scrollIntoView({ block: "nearest" }));
}

function whyPanel(why, putAway) {
  const parts = why.problem
    ? [element("p", "problem", why.problem)]
    : [element("p", "verdict", null, [element("strong", "", why.verdict), element("span", "", ` for “${why.question}”`)])];
  if (why.passages?.length) parts.push(element("ol", "", null, why.passages.map((passage) => drawTraced(passage, null))));
  if (why.note) parts.push(element("p", "note", why.note));
  const panel = element("aside", "why", null, [...parts, buttonOf("away", "Close this", putAway)]);
  panel.setAttribute("aria-label", "Why this was chosen, or was not");
  return panel;
}

// An element that can be pointed at knows where it stands in the document.
function placed(made, block) {
  [made.dataset.start, made.dataset.end] = block.span;
  return made;
}

