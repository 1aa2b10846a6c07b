// A passage with what each stage of retrieval gave it, as the trace of an answer and the reader both show it.

function drawTraced(passage, open) {
  const rank = element("span", "rank", passage.rank ?? "–");
  const fate = element("span", `fate ${passage.fate === "shown" ? "shown" : ""}`, passage.label);
  const head = element("span", "head", null, [rank, element("span", "title", passage.title), fate]);
  const words = element("span", "words", passage.words);
  words.dir = "auto";
  const parts = [head, ...(passage.words ? [words] : [])];
  const place = open ? buttonOf("", null, () => open(passage.place, place)) : element("div", "place");
  place.append(...parts);
  if (open) place.title = "Open the source at this passage";
  const stages = element("dl", "stages", null, passage.stages.map(drawStage));
  const reason = element("p", "reason", passage.reason);
  reason.dir = "auto";
  return element("li", "traced", null, [place, stages, reason]);
}

function drawStage(stage) {
  const value = element("dd", "", null, [element("span", "number", stage.rank)]);
  if (stage.score) value.append(element("span", "score", stage.score));
  const made = element("div", "stage", null, [element("dt", "", stage.label), value]);
  made.title = stage.hint;
  return made;
}

