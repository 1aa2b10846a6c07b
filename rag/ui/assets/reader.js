// Lays out one source, or the picture of one of its pages, and scrolls to the words that were cited. All text goes in
// through textContent; a picture is a PNG and an address one of the web, or they are left out.

const instances = new WeakMap();
const MOST_COLUMNS = 6;
const HEADINGS = ["h3", "h3", "h3", "h4", "h5"];

function runs(list, word) {
  return list.flatMap((run) => {
    const made = element(run.mark ? "mark" : "span", [run.mark, run.role].filter(Boolean).join(" "), run.text);
    return run.page ? [pageMark(word, run.page), made] : [made];
  });
}

function pageMark(word, number) {
  return element("span", "page-mark", `${word} ${number}`);
}

export default function (component) {
  const { data, parentElement } = component;
  let state = instances.get(parentElement);
  if (!state) {
    state = {};
    instances.set(parentElement, state);
  }
  const reader = parentElement.querySelector(".reader");
  const article = JSON.stringify([data.article, data.copies, data.address, data.language]);
  if (state.article !== article) draw(reader, data, component);
  const page = JSON.stringify([data.page, data.leaves, data.problem, data.pictured]);
  if (state.page !== page) drawPage(reader, data);
  const isLeafed = state.page !== page && state.visit === data.visit;
  Object.assign(state, { article, page });
  if (state.visit !== data.visit || state.wanted === data.leaves?.number) state.wanted = null;
  listen(reader, state, data, component);
  letPoint(reader, state, data, component);
  const why = JSON.stringify([article, data.why]);
  if (state.why !== why) drawWhy(reader, state, data, component);
  state.why = why;
  if (state.visit !== data.visit || isLeafed) {
    const sameSource = state.source === data.article.source;
    const isOpenedByHand = state.visit !== data.visit && data.visit > 0;
    state.visit = data.visit;
    state.source = data.article.source;
    if (isOpenedByHand) reader.focus({ preventScroll: true });
    requestAnimationFrame(() => (isLeafed ? goToMark(reader, false) : stayAtMark(reader, sameSource)));
  }
  return () => instances.delete(parentElement);
}

function listen(reader, state, data, component) {
  const send = component.setTriggerValue;
  const find = (selector) => reader.querySelector(selector);
  const leaf = (step) => {
    if (!data.leaves) return;
    const { first, last, number, word } = data.leaves;
    const before = state.wanted ?? number; // a page may be asked for before the one asked for last has come
    const wanted = Math.min(Math.max(before + step, first), last);
    if (wanted === before) return;
    state.wanted = wanted;
    find(".number").textContent = `${word} ${wanted} of ${last}`;
    send("leaf", { number: wanted, at: Date.now() });
  };
  const close = () => {
    backToTheOpener();
    send("close", true);
  };
  find(".close").onclick = close;
  find(".back").textContent = data.back;
  find(".back").onclick = () => backToTheOpener();
  find(".as-page").onclick = () => data.page || send("switch", { text: false, at: Date.now() });
  find(".as-text").onclick = () => data.page && send("switch", { text: true, at: Date.now() });
  find(".previous").onclick = () => leaf(-1);
  find(".next").onclick = () => leaf(1);
  find(".zoom").onclick = () => zoom(reader);
  reader.onkeydown = (event) => {
    const isZoomed = find(".leaf").classList.contains("large");
    if (event.altKey || event.ctrlKey || event.metaKey) return;
    if (event.key === "Escape" && state.pointing) point(reader, state, false);
    else if (event.key === "Escape") close();
    else if (event.key === "ArrowLeft" && !isZoomed) leaf(-1);
    else if (event.key === "ArrowRight" && !isZoomed) leaf(1);
  };
}

function zoom(reader) {
  const isLarge = reader.querySelector(".leaf").classList.toggle("large");
  const button = reader.querySelector(".zoom");
  button.setAttribute("aria-pressed", String(isLarge));
  button.textContent = isLarge ? "Smaller" : "Larger";
  goToMark(reader, false);
}

function draw(reader, data, component) {
  const { article } = data;
  reader.setAttribute("aria-label", `Source: ${article.title.map((run) => run.text).join("")}`);
  reader.querySelector(".where").textContent = article.source;
  reader.querySelector(".where").title = article.source;
  reader.querySelector(".title").replaceChildren(...runs(article.title));
  reader.querySelector(".byline").textContent = [article.byline, languageName(data.language)].filter(Boolean).join(" · ");
  reader.querySelector(".origin").replaceChildren(...origin(data, component));
  reader.querySelector(".shortened").hidden = !article.shortened;
  const body = reader.querySelector(".body");
  body.replaceChildren();
  let table = null;
  for (const block of article.blocks) {
    if (block.page) body.append(element("p", "page-break", null, [pageMark(data.word, block.page)]));
    table = block.kind === "table_row" && !block.page ? table : null;
    if (block.kind === "table_row") {
      table = drawRow(body, table, block, data.word);
      continue;
    }
    if (block.kind !== "list_item") {
      body.append(drawBlock(block, data.word));
      continue;
    }
    if (body.lastElementChild?.tagName !== "UL") body.append(element("ul"));
    body.lastElementChild.append(drawItem(block, data.word));
  }
}

// Where it was fetched from, and the other sources that are the same document.
function origin(data, component) {
  const parts = [];
  if (/^https?:\/\//i.test(data.address ?? "")) {
    const link = element("a", "address", data.address);
    link.href = data.address;
    link.rel = "noopener noreferrer";
    link.target = "_blank";
    parts.push(link);
  }
  if (data.copies?.length) {
    const buttons = data.copies.map((copy) => {
      const open = () => component.setTriggerValue("open", { source: copy.source, at: Date.now() });
      const button = buttonOf("copy", copy.title, open);
      button.title = copy.source;
      return button;
    });
    parts.push(element("span", "copies", null, ["The same text is in: ", ...buttons]));
  }
  return parts;
}

function drawPage(reader, data) {
  const find = (selector) => reader.querySelector(selector);
  find(".problem").hidden = !data.problem;
  find(".problem").textContent = data.problem ?? "";
  find(".views").hidden = !data.pictured;
  for (const [selector, isShown] of [[".as-page", Boolean(data.page)], [".as-text", !data.page]]) {
    find(selector).setAttribute("aria-pressed", String(isShown));
  }
  find(".leaf").hidden = find(".leafing").hidden = !data.page;
  reader.classList.toggle("paged", Boolean(data.page));
  find(".sheet").replaceChildren(...(data.page ? drawSheet(data) : []));
  if (!data.page) return;
  const { leaves, page } = data;
  find(".sheet").style.aspectRatio = page.width > 0 && page.height > 0 ? `${page.width} / ${page.height}` : "auto";
  find(".number").textContent = `${leaves.word} ${leaves.number} of ${leaves.last}`;
  find(".previous").disabled = leaves.number === leaves.first;
  find(".next").disabled = leaves.number === leaves.last;
}

function drawSheet({ page, leaves, article }) {
  const picture = document.createElement("img");
  picture.alt = `${leaves.word} ${leaves.number} of ${article.title.map((run) => run.text).join("")}`;
  if (page.picture.startsWith("data:image/png;base64,")) picture.src = page.picture;
  const boxes = page.boxes.map((box) => {
    const made = element("span", box.strong ? "box strong" : "box");
    for (const side of ["left", "top", "width", "height"]) made.style[side] = `${Number(box[side])}%`;
    return made;
  });
  return [picture, ...boxes];
}

function drawBlock(block, word) {
  const [tag, name] = {
    heading: [HEADINGS[Math.min(block.level, 4)], ""],
    code: ["pre", ""],
    meta: ["p", "meta"],
    furniture: ["p", "furniture"],
  }[block.kind] ?? ["p", ""];
  const made = element(tag, name, null, runs(block.runs, word));
  made.dir = "auto";
  return placed(made, block);
}

// The cells of a row of a table, each with the name of its column where the row names them.
function cells(list, word) {
  const made = [{ name: "", parts: [] }];
  for (const run of list) {
    if (run.role === "gap") {
      made.push({ name: "", parts: [] });
      continue;
    }
    if (run.role === "name") made.at(-1).name += run.text;
    made.at(-1).parts.push(...runs([run], word));
  }
  return made.filter((cell) => cell.parts.some((part) => part.textContent.trim()));
}

// Rows that name the columns of the header above them are set under it; all others, and those too wide for the pane,
// stand one below the other with the names in them.
function drawRow(body, table, block, word) {
  const list = cells(block.runs, word);
  const places = table && list.every((cell) => cell.name) ? placesOf(table.names, list) : null;
  if (places) {
    const row = element("tr", "", null, table.names.map((_, at) => element("td", "", null, list[places.indexOf(at)]?.parts ?? [])));
    table.rows.append(placed(row, block));
    if (!table.isDrawn) table.head.replaceWith(table.whole);
    table.isDrawn = true;
    return table;
  }
  const line = placed(element("p", "row", null, list.map((cell) => element("span", "cell", null, cell.parts))), block);
  line.dir = "auto";
  body.append(line);
  return list.length > MOST_COLUMNS || list.some((cell) => cell.name) ? null : startTable(line, list, block);
}

// The last row without names may be the header of those after it: it becomes one when the first of them comes.
function startTable(head, list, block) {
  const names = list.map((cell) => cell.parts.map((part) => part.textContent).join("").trim());
  const titles = list.map((cell) => element("th", "", null, cell.parts.map((part) => part.cloneNode(true))));
  const rows = element("tbody", "");
  const whole = element("table", "", null, [element("thead", "", null, [placed(element("tr", "", null, titles), block)]), rows]);
  return { names, head, whole, rows, isDrawn: false };
}

// Which column each cell stands in, from left to right; null where a name is none of theirs.
function placesOf(names, list) {
  const places = [];
  for (const cell of list) {
    const at = names.indexOf(cell.name.trim().replace(/:$/, ""), (places.at(-1) ?? -1) + 1);
    if (at < 0) return null;
    places.push(at);
  }
  return places;
}

function drawItem(block, word) {
  const words = element("span", "", null, runs(block.runs, word));
  words.dir = "auto";
  const bullet = element("span", "bullet", block.bullet ?? "•");
  const item = placed(element("li", "", null, [bullet, words]), block);
  item.style.marginInlineStart = `${block.level * 1.2}rem`;
  return item;
}

// The words that were clicked, in the text or on the picture of the page; the cell where only its column's name was.
function cited(reader) {
  const marks = [...reader.querySelectorAll("mark.strong, .box.strong")];
  return marks.find((mark) => mark.getClientRects().length) ?? marks[0]?.closest("td") ?? null;
}

// On a wide screen the reader scrolls inside itself; on a narrow one it stands below the chat and the page scrolls.
function goToMark(reader, smooth) {
  const mark = cited(reader);
  const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
  const behavior = smooth && !still ? "smooth" : "instant";
  if (getComputedStyle(reader).overflowY !== "auto") {
    (mark ?? reader).scrollIntoView({ block: mark ? "center" : "start", behavior });
    return;
  }
  const top = mark ? mark.getBoundingClientRect().top - reader.getBoundingClientRect().top + reader.scrollTop : 0;
  reader.scrollTo({ top: Math.max(0, top - reader.clientHeight / 4), behavior });
}

// The page around goes on settling for a moment and may move what was just scrolled to: look again, until the person
// scrolls, clicks or types.
const SETTLING_MS = 3000;
const SMOOTH_MS = 800;
const LOOK_EVERY_MS = 150;
const HANDS = ["wheel", "touchstart", "pointerdown", "keydown"];

function stayAtMark(reader, smooth) {
  goToMark(reader, smooth);
  const started = performance.now();
  const stop = () => {
    clearInterval(looking);
    HANDS.forEach((hand) => window.removeEventListener(hand, stop, true));
  };
  const looking = setInterval(() => {
    const since = performance.now() - started;
    if (since > SETTLING_MS || !reader.isConnected) stop();
    else if ((!smooth || since > SMOOTH_MS) && !isInView(reader)) goToMark(reader, false);
  }, LOOK_EVERY_MS);
  HANDS.forEach((hand) => window.addEventListener(hand, stop, true));
}

function isInView(reader) {
  const box = (cited(reader) ?? reader).getBoundingClientRect();
  const around = reader.getBoundingClientRect();
  return box.top >= Math.max(0, around.top) && box.top < Math.min(innerHeight, around.bottom);
}

// To what the source was opened with, where that is still there; else to its citation, else to the top of the page.
function backToTheOpener() {
  const chips = [...document.querySelectorAll("[data-testid=stBidiComponentIsolated]")]
    .map((host) => host.shadowRoot?.querySelector(".chip.opened"));
  const remembered = globalThis.ontherecordOpener?.deref();
  const opener = remembered?.isConnected ? remembered : chips.find(Boolean);
  if (opener) {
    opener.scrollIntoView({ block: "nearest" });
    opener.focus();
  } else {
    document.querySelector("[data-testid=stMain]")?.scrollTo({ top: 0 });
  }
}
