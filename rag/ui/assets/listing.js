// A list to pick from: sources, people. All text goes in through textContent.

const FILTER_FROM = 12;
const instances = new WeakMap();

export default function (component) {
  const { data, parentElement } = component;
  if (!instances.has(parentElement)) instances.set(parentElement, {});
  const state = instances.get(parentElement);
  const filter = parentElement.querySelector(".filter");
  const list = parentElement.querySelector(".list");
  const draw = () => {
    const sought = filter.value.trim().toLowerCase();
    const found = data.items.filter((one) => `${one.title} ${one.meta} ${one.id}`.toLowerCase().includes(sought));
    list.replaceChildren(...found.map((one) => drawItem(one, state)));
    parentElement.querySelector(".none").hidden = found.length > 0;
    markOpened(list, data.opened);
  };
  state.send = data.still ? null : component.setTriggerValue;
  filter.hidden = data.items.length < FILTER_FROM;
  filter.placeholder = data.search;
  filter.setAttribute("aria-label", data.search);
  filter.oninput = draw;
  list.classList.toggle("long", data.items.length >= FILTER_FROM);
  list.classList.toggle("inline", Boolean(data.inline));
  list.setAttribute("aria-label", data.label);
  const items = JSON.stringify(data.items);
  if (state.items !== items) draw(); // drawn anew only when they change, so that the keyboard keeps its place
  state.items = items;
  markOpened(list, data.opened);
  return () => instances.delete(parentElement);
}

function markOpened(list, opened) {
  for (const button of list.querySelectorAll("button")) {
    const isOpened = button.dataset.id === opened;
    button.classList.toggle("opened", isOpened);
    if (isOpened) button.setAttribute("aria-current", "true");
    else button.removeAttribute("aria-current");
  }
}

function drawItem(one, state) {
  if (!state.send) return element("li", "still", null, [element("span", "title", one.title), element("span", "meta", one.meta)]);
  const button = element("button", "", "");
  button.type = "button";
  button.dataset.id = one.id;
  if (one.hint) button.title = one.hint;
  button.append(element("span", "title", one.title));
  if (one.meta) button.append(element("span", "meta", one.meta));
  button.addEventListener("click", () => {
    globalThis.ontherecordOpener = new WeakRef(button);
    state.send("pick", { id: one.id, at: Date.now() });
    uncover(button);
  });
  const item = document.createElement("li");
  item.append(button);
  return item;
}

// On a phone the sidebar lies over the page: put it away, so that what was picked can be seen.
function uncover(button) {
  const host = button.getRootNode().host;
  if (host?.closest("[data-testid=stSidebar]") && matchMedia("(max-width: 768px)").matches) {
    document.querySelector("[data-testid=stSidebarCollapseButton] button")?.click();
  }
}
