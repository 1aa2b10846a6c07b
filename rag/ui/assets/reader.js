// Lays out one source and scrolls to the words that were cited. All text goes in through textContent.

const instances = new WeakMap();
const HEADINGS = ["h3", "h3", "h3", "h4", "h5"];

function element(tag, className, children = []) {
  const made = document.createElement(tag);
  if (className) made.className = className;
  made.append(...children);
  return made;
}

function runs(list) {
  return list.map((run) => {
    const made = document.createElement(run.mark ? "mark" : "span");
    if (run.mark) made.className = run.mark;
    made.textContent = run.text;
    return made;
  });
}

export default function (component) {
  const { data, parentElement } = component;
  let state = instances.get(parentElement);
  if (!state) {
    state = {};
    instances.set(parentElement, state);
  }
  const reader = parentElement.querySelector(".reader");
  const drawn = JSON.stringify(data.article);
  if (state.drawn !== drawn) {
    draw(reader, data.article);
    state.drawn = drawn;
  }
  reader.querySelector(".close").onclick = () => component.setTriggerValue("close", true);
  reader.querySelector(".back").onclick = () => backToTheAnswer();
  if (state.visit !== data.visit) {
    const sameSource = state.source === data.article.source;
    state.visit = data.visit;
    state.source = data.article.source;
    requestAnimationFrame(() => stayAtMark(reader, sameSource));
  }
  return () => instances.delete(parentElement);
}

function draw(reader, article) {
  reader.setAttribute("aria-label", `Source: ${article.title.map((run) => run.text).join("")}`);
  reader.querySelector(".where").textContent = article.source;
  reader.querySelector(".title").replaceChildren(...runs(article.title));
  reader.querySelector(".byline").textContent = article.byline;
  reader.querySelector(".shortened").hidden = !article.shortened;
  const body = reader.querySelector(".body");
  body.replaceChildren();
  for (const block of article.blocks) {
    if (block.kind !== "list_item") {
      body.append(drawBlock(block));
      continue;
    }
    if (body.lastElementChild?.tagName !== "UL") body.append(element("ul"));
    body.lastElementChild.append(drawItem(block));
  }
}

function drawBlock(block) {
  const [tag, name] = {
    heading: [HEADINGS[Math.min(block.level, 4)], ""],
    code: ["pre", ""],
    table_row: ["p", "row"],
    meta: ["p", "meta"],
    furniture: ["p", "furniture"],
  }[block.kind] ?? ["p", ""];
  const made = element(tag, name, runs(block.runs));
  made.dir = "auto";
  return made;
}

function drawItem(block) {
  const words = element("span", "", runs(block.runs));
  words.dir = "auto";
  const bullet = element("span", "bullet");
  bullet.textContent = block.bullet ?? "•";
  const item = element("li", "", [bullet, words]);
  item.style.marginInlineStart = `${block.level * 1.2}rem`;
  return item;
}

// On a wide screen the reader scrolls inside itself; on a narrow one it stands below the chat and the page scrolls.
function goToMark(reader, smooth) {
  const mark = reader.querySelector("mark.strong");
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
  const box = (reader.querySelector("mark.strong") ?? reader).getBoundingClientRect();
  const around = reader.getBoundingClientRect();
  return box.top >= Math.max(0, around.top) && box.top < Math.min(innerHeight, around.bottom);
}

function backToTheAnswer() {
  const chips = [...document.querySelectorAll("[data-testid=stBidiComponentIsolated]")]
    .map((host) => host.shadowRoot?.querySelector(".chip.opened"));
  const chip = chips.find(Boolean);
  if (chip) {
    chip.scrollIntoView({ block: "center" });
    chip.focus();
  } else {
    document.querySelector("[data-testid=stMain]")?.scrollTo({ top: 0 });
  }
}
