// What all parts share; stands in front of each of them. Text reaches the page through textContent alone.

function element(tag, className, text, children = []) {
  const made = document.createElement(tag);
  if (className) made.className = className;
  if (text !== undefined && text !== null) made.textContent = text;
  made.append(...children);
  return made;
}

function buttonOf(className, label, act) {
  const made = element("button", className, label);
  made.type = "button";
  made.addEventListener("click", () => act(made));
  return made;
}

function languageName(code) {
  if (!code) return "";
  try {
    return new Intl.DisplayNames(["en"], { type: "language" }).of(code) ?? code;
  } catch {
    return code;
  }
}

