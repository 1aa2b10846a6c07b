// What narrows the sources down, each part with a cross that takes it away. All text goes in through textContent.

const instances = new WeakMap();

export default function (component) {
  const { data, parentElement } = component;
  if (!instances.has(parentElement)) instances.set(parentElement, {});
  const state = instances.get(parentElement);
  const list = parentElement.querySelector(".chips");
  state.send = component.setTriggerValue;
  list.setAttribute("aria-label", data.label);
  const items = JSON.stringify(data.items);
  if (state.items !== items) list.replaceChildren(...data.items.map((one) => drawChip(one, state)));
  state.items = items;
  return () => instances.delete(parentElement);
}

function drawChip(one, state) {
  const label = element("span", "label", one.label);
  label.title = one.hint;
  const remove = buttonOf("", "×", () => {
    item.remove();
    state.send("remove", { id: one.id, at: Date.now() });
  });
  remove.setAttribute("aria-label", `Remove: ${one.label}`);
  const item = element("li", "", null, [label, remove]);
  return item;
}
