// The list of sources. All text goes in through textContent.

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
    const found = data.sources.filter((one) => `${one.title} ${one.meta} ${one.source}`.toLowerCase().includes(sought));
    list.replaceChildren(...found.map((one) => drawSource(one, data.opened, component.setTriggerValue)));
    parentElement.querySelector(".none").hidden = found.length > 0;
  };
  filter.hidden = data.sources.length < FILTER_FROM;
  filter.oninput = draw;
  draw();
}

function drawSource(one, opened, send) {
  const button = element("button", one.source === opened ? "opened" : "", "");
  button.type = "button";
  button.title = one.source;
  button.append(element("span", "title", one.title));
  if (one.meta) button.append(element("span", "meta", one.meta));
  button.addEventListener("click", () => send("open", { source: one.source, at: Date.now() }));
  const item = document.createElement("li");
  item.append(button);
  return item;
}
