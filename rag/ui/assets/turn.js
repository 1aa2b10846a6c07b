// Draws one question with its answer. Everything that comes in through `data` reaches the page through textContent.

const instances = new WeakMap();

// Draws a part anew only when what it shows has changed, so that a poll disturbs neither focus nor an open fold.
function redraw(state, name, value, draw) {
  const drawn = JSON.stringify(value);
  if (state.drawn[name] === drawn) return;
  state.drawn[name] = drawn;
  draw(value);
}

export default function (component) {
  const { data, parentElement } = component;
  let state = instances.get(parentElement);
  const isNew = !state;
  if (isNew) {
    state = { drawn: {}, lines: [], folds: {} };
    state.root = parentElement.querySelector(".turn");
    state.card = parentElement.querySelector(".card");
    instances.set(parentElement, state);
  }
  state.send = component.setTriggerValue;
  state.data = data;
  const find = (selector) => parentElement.querySelector(selector);

  state.root.setAttribute("aria-busy", String(data.busy));
  redraw(state, "question", data.question, (text) => {
    find(".question").textContent = text;
    find(".question").classList.toggle("long", text.length > 160);
  });
  state.root.classList.toggle("last", data.last);
  redraw(state, "understood", [data.understood, data.unclear, data.corrected], () => drawUnderstood(state, find(".understood")));
  redraw(state, "state", [data.status, data.state, data.busy, data.label, data.summary], () => drawState(find(".state"), data));
  find(".answer").classList.toggle("refusal", data.status === "refused");
  drawLines(state, find(".answer"), data.lines);
  redraw(state, "narrowed", [data.narrowed, data.busy], () => drawNarrowed(state, find(".narrowed"), data.narrowed));
  redraw(state, "problem", data.problem, (text) => {
    find(".problem").hidden = !text;
    find(".problem").textContent = text;
  });
  redraw(state, "notes", data.notes, (notes) => find(".notes").replaceChildren(...notes.map((note) => element("li", "", note))));
  redraw(state, "nearest", data.nearest, (passages) => drawNearest(state, find(".nearest"), passages));
  redraw(state, "passages", data.passages, (passages) => drawFold(find(".retrieved"), "Retrieved passages", drawPassages(state, passages, true), passages.length));
  redraw(state, "trace", [data.traceable, data.trace], () => drawTrace(state, find(".trace"), data));
  redraw(state, "dropped", data.dropped, (dropped) => drawFold(find(".refused-statements"), "Statements that failed the check", drawDropped(dropped), dropped.length));
  redraw(state, "certificate", data.certificate, (certificate) => drawCertificate(find(".certificate"), certificate));
  redraw(state, "actions", [data.busy, data.state, data.copy, data.json, data.offers], () => drawActions(state, find(".actions"), data));
  for (const chip of parentElement.querySelectorAll(".chip")) {
    const opened = Number(chip.dataset.citation) === data.opened;
    chip.classList.toggle("opened", opened);
    if (opened) chip.setAttribute("aria-current", "true");
    else chip.removeAttribute("aria-current");
  }
  if (isNew && data.arriving) bringToTop(state.root);
  return () => instances.delete(parentElement);
}

// The parts of the page come in one after the other: hold the question at the top until they have, or a hand moves it.
function bringToTop(root) {
  const scroll = () => root.scrollIntoView({ block: "start" });
  const observer = new ResizeObserver(scroll);
  const release = () => {
    observer.disconnect();
    for (const event of ["wheel", "pointerdown", "keydown"]) window.removeEventListener(event, release, true);
  };
  for (const event of ["wheel", "pointerdown", "keydown"]) window.addEventListener(event, release, true);
  observer.observe(root);
  requestAnimationFrame(scroll);
  setTimeout(() => { scroll(); release(); }, 500);
}

// How a follow-up was understood, or what is not clear about it, and the button to put it right.
function drawUnderstood(state, place, focus = false) {
  const { understood, unclear, corrected } = state.data;
  place.hidden = !understood && !unclear;
  place.classList.remove("editing");
  if (place.hidden) return place.replaceChildren();
  const label = corrected ? "As you put it" : "Understood as";
  const words = element("span", "words", understood ? `${label}: ${understood}` : unclear);
  const change = buttonOf("change", understood ? "Change" : "Say what you mean", () => editUnderstood(state, place));
  words.dir = "auto";
  place.replaceChildren(words, change);
  if (focus) change.focus();
}

function editUnderstood(state, place) {
  const field = element("input", "");
  const leave = () => drawUnderstood(state, place, true);
  const form = element("form", "", null, [field, buttonOf("", "Answer this", () => form.requestSubmit()), buttonOf("", "Cancel", leave)]);
  field.type = "text";
  field.dir = "auto";
  field.value = state.data.standalone;
  field.setAttribute("aria-label", "The question as you mean it");
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const text = field.value.trim();
    if (text && text !== state.data.standalone) state.send("mean", { text, at: Date.now() });
    else leave();
  });
  form.addEventListener("keydown", (event) => {
    event.stopPropagation(); // single letters are shortcuts of the page around it
    if (event.key === "Escape") leave();
  });
  place.classList.add("editing");
  place.replaceChildren(form);
  field.focus();
  field.select();
}

function drawState(place, data) {
  place.className = `state ${data.status ?? data.state}${data.busy ? " busy" : ""}`;
  place.replaceChildren(element("span", "label", data.label), element("span", "", data.summary));
}

function drawLines(state, place, lines) {
  const drawn = lines.map((line) => JSON.stringify(line));
  let same = 0;
  while (same < drawn.length && same < state.lines.length && drawn[same] === state.lines[same]) same += 1;
  while (place.children.length > same) place.lastChild.remove();
  place.append(...lines.slice(same).map((line) => drawLine(state, line)));
  state.lines = drawn;
}

function drawLine(state, line) {
  const isItem = line.kind === "item";
  const name = ["line", line.kind, line.verbatim ? "verbatim" : "", line.continues ? "continues" : ""].join(" ");
  const words = element(isItem ? "span" : "p", isItem ? "" : name);
  words.dir = "auto";
  line.parts.forEach((part, number) => {
    if (part.chip !== undefined) return appendChip(words, drawChip(state, part.chip));
    const text = element(part.strong ? "strong" : "span", part.statement === undefined ? "around" : "statement", part.text);
    words.append(text);
    if (line.parts[number + 1]?.chip !== undefined) keepWithNext(text);
  });
  return isItem ? element("p", name, null, [element("span", "bullet", line.bullet), words]) : words;
}

// A chip must not begin a line: the last word before it and the chip stay together.
function keepWithNext(text) {
  const [, head, tail] = text.textContent.match(/^([^]*\s)?(\S{1,30})\s*$/) ?? [];
  if (tail === undefined) return;
  text.textContent = head ?? "";
  text.after(element("span", "together", null, [element(text.localName, text.className, tail)]));
}

function appendChip(words, chip) {
  const last = words.lastElementChild;
  if (last?.classList.contains("together")) last.append(chip);
  else words.append(chip);
}

function drawChip(state, id) {
  const chip = element("button", "chip", String(id));
  const cited = () => state.data.citations[id];
  chip.type = "button";
  chip.dataset.citation = id;
  const now = cited();
  if (now) chip.setAttribute("aria-label", `Citation ${id}: ${now.title}${now.meta ? `, ${now.meta}` : ""}. ${now.quote.slice(0, 200)}`);
  chip.addEventListener("click", () => {
    hideCard(state);
    if (cited()) open(state, cited().place, chip);
  });
  chip.addEventListener("pointerenter", (event) => { if (event.pointerType !== "touch") showCard(state, chip, cited()); });
  chip.addEventListener("pointerleave", () => hideCard(state));
  chip.addEventListener("focus", () => { if (chip.matches(":focus-visible")) showCard(state, chip, cited()); });
  chip.addEventListener("blur", () => hideCard(state));
  chip.addEventListener("keydown", (event) => { if (event.key === "Escape") hideCard(state); });
  return chip;
}

// A trigger of the same value twice is still a second click: the count makes the two differ. The reader gives the focus
// back to what it was opened with.
function open(state, place, opener) {
  globalThis.ontherecordOpener = new WeakRef(opener);
  state.clicks = (state.clicks ?? 0) + 1;
  state.send("open", { ...place, click: state.clicks });
}

function showCard(state, chip, citation) {
  if (!citation) return;
  const quote = citation.quote.length > 420 ? `${citation.quote.slice(0, 419).trimEnd()}…` : citation.quote;
  const line = (...parts) => element("p", "meta", parts.filter(Boolean).join(" · "));
  const copies = citation.copies.length ? `Also in: ${citation.copies.join(", ")}` : "";
  const lines = [line(citation.meta, languageName(citation.language), citation.site), line(citation.speaker, citation.verdict), line(copies)];
  state.card.replaceChildren(element("p", "said", quote), element("p", "from", citation.title), ...lines.filter((one) => one.textContent));
  state.card.showPopover();
  const at = chip.getBoundingClientRect();
  const size = state.card.getBoundingClientRect();
  const left = Math.min(Math.max(12, at.left - 24), window.innerWidth - size.width - 12);
  const below = at.bottom + 8 + size.height < window.innerHeight;
  state.card.style.left = `${left}px`;
  state.card.style.top = `${Math.max(8, below ? at.bottom + 8 : at.top - size.height - 8)}px`;
}

// Which sources were asked where it was not all of them, and the button that takes it back.
function drawNarrowed(state, place, narrowed) {
  place.hidden = !narrowed;
  if (!narrowed) return;
  place.replaceChildren(element("span", "", `${narrowed.words}. `));
  if (!narrowed.offer) return;
  const { label, ...how } = narrowed.offer;
  place.append(buttonOf("", label, () => state.send("again", { llm: null, ...how })));
}

function hideCard(state) {
  if (state.card.matches(":popover-open")) state.card.hidePopover();
}

function drawNearest(state, place, passages) {
  place.hidden = passages.length === 0;
  place.replaceChildren(element("h3", "", "The nearest passages, for you to judge"), drawPassages(state, passages, false));
}

function drawPassages(state, passages, showUse) {
  return element("ol", "passages", null, passages.map((passage) => drawPassage(state, passage, showUse)));
}

function drawPassage(state, passage, showUse) {
  const head = element("span", "head", null, [element("span", "rank", passage.rank), element("span", "title", passage.title)]);
  if (showUse && passage.used) head.append(element("span", "used", "used"));
  const words = element("span", "words", passage.text);
  words.dir = "auto";
  const scores = element("span", "scores", null, passage.scores.map(([name, value]) => element("span", "", `${name} ${value}`)));
  const button = element("button", "", null, [head]);
  if (passage.heading) button.append(element("span", "heading", passage.heading));
  button.append(words);
  if (passage.shortfall) button.append(element("span", "shortfall", passage.shortfall));
  button.append(scores);
  button.type = "button";
  button.title = "Open the source at this passage";
  button.addEventListener("click", () => open(state, passage.place, button));
  return element("li", "passage", null, [button]);
}

// How the passages were found is worked out when the fold is opened: it takes a search.
function drawTrace(state, fold, data) {
  fold.hidden = !data.traceable;
  if (!data.traceable) return;
  const trace = data.trace;
  fold.replaceChildren(element("summary", "", "How these were found"), ...(trace ? traceParts(state, trace) : [element("p", "waiting", "Searching again…")]));
  fold.ontoggle = () => { if (fold.open && !state.data.trace) state.send("trace", { at: Date.now() }); };
}

function traceParts(state, trace) {
  if (trace.problem) return [element("p", "problem", trace.problem)];
  const act = (place, button) => open(state, place, button);
  const searches = trace.searches.map((search) => drawSearch(search, trace.searches.length > 1, act));
  const save = buttonOf("", "Download the trace", () => download(trace.json, `trace-${state.data.number}.jsonl`));
  const why = "Two searches look for passages, by meaning and by words, and each gives every passage a rank and a score. Both are put together, what says the same is folded, and the best are chosen.";
  const notes = [element("p", "explained", why), ...(trace.note ? [element("p", "explained", trace.note)] : [])];
  return [...notes, ...searches, element("div", "actions", null, [save])];
}

function drawSearch(search, isOneOfSeveral, act) {
  const list = (passages) => element("ol", "passages", null, passages.map((passage) => drawTraced(passage, act)));
  const parts = [element("p", "told", search.told), list(search.chosen)];
  if (isOneOfSeveral) parts.unshift(element("h3", "", `Search for: ${search.question}`));
  if (search.others.length) {
    const others = element("details", "fold", null, [element("summary", "", `Passages that were not chosen (${search.others.length})`), list(search.others)]);
    parts.push(others);
  }
  return element("section", "search", null, parts);
}

function drawDropped(dropped) {
  return element("ul", "dropped", null, dropped.map((one) =>
    element("li", "", null, [element("p", "words", one.text), element("p", "reason", one.reason)])));
}

function drawFold(fold, label, content, count) {
  fold.hidden = count === 0;
  fold.replaceChildren(...(count ? [element("summary", "", `${label} (${count})`), content] : []));
}

function drawActions(state, place, data) {
  const buttons = [];
  const add = (label, act) => buttons.push(buttonOf("", label, act));
  if (data.busy) add("Stop", () => state.send("stop", true));
  if (data.copy) add("Copy with sources", (button) => copy(state.data.copy, button));
  if (data.json) add("Download as JSON", () => download(state.data.json, `answer-${data.number}.json`));
  if (data.json) add("Check against the files", () => state.send("check", { at: Date.now() }));
  for (const offer of data.offers ?? []) add(offer.label, () => state.send("again", { llm: offer.llm }));
  place.replaceChildren(...buttons);
}

function download(text, name) {
  const link = element("a", "");
  link.href = URL.createObjectURL(new Blob([text], { type: "application/json" }));
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10000);
}

async function copy(text, button) {
  const label = button.textContent;
  const done = await navigator.clipboard.writeText(text).then(() => true, () => copyBySelection(text));
  button.textContent = done ? "Copied" : "The browser does not allow copying";
  setTimeout(() => { button.textContent = label; }, 1600);
}

function copyBySelection(text) {
  const field = element("textarea", "", text);
  field.style.position = "fixed";
  field.style.opacity = "0";
  document.body.append(field);
  field.select();
  const done = document.execCommand("copy");
  field.remove();
  return done;
}
