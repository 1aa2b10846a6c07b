// A list to pick from: sources, people. All text goes in through textContent.

const FILTER_FROM = 12;

function element(tag, className, text) {
  const made = document.createElement(tag);
  made.className = className;
  made.textContent = text;
  return made;
}

export default function (component) {
  const { data, parentElement } = component;
  const filter = parentElement.querySelector(".filter");
  const list = parentElement.querySelector(".list");
  const draw = () => {
    const sought = filter.value.trim().toLowerCase();
    const found = data.items.filter((one) => `${one.title} ${one.meta} ${one.id}`.toLowerCase().includes(sought));
    list.replaceChildren(...found.map((one) => drawItem(one, data.opened, component.setTriggerValue)));
    parentElement.querySelector(".none").hidden = found.length > 0;
  };
  filter.hidden = data.items.length < FILTER_FROM;
  filter.placeholder = data.search;
  filter.setAttribute("aria-label", data.search);
  filter.oninput = draw;
  list.classList.toggle("long", data.items.length >= FILTER_FROM);
  list.classList.toggle("inline", Boolean(data.inline));
  list.setAttribute("aria-label", data.label);
  draw();
}

function drawItem(one, opened, send) {
  const button = element("button", one.id === opened ? "opened" : "", "");
  button.type = "button";
  if (one.hint) button.title = one.hint;
  button.append(element("span", "title", one.title));
  if (one.meta) button.append(element("span", "meta", one.meta));
  button.addEventListener("click", () => {
    send("pick", { id: one.id, at: Date.now() });
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
