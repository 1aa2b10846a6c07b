// What a check of an answer against the files found: a summary, and a row for each citation.

function drawCertificate(place, certificate) {
  place.hidden = !certificate;
  if (!certificate) return place.replaceChildren();
  if (certificate.problem) return place.replaceChildren(element("p", "problem", certificate.problem));
  const summary = element("p", `verdict ${certificate.holds ? "holds" : "fails"}`, certificate.summary);
  const rows = element("ul", "checked", null, certificate.rows.map(drawChecked));
  const faults = certificate.faults.map((fault) => element("p", "problem", fault));
  place.replaceChildren(summary, rows, ...faults);
}

function drawChecked(row) {
  const head = element("p", "head", null, [
    element("span", "number", `[${row.id}]`),
    element("span", `fate ${row.state}`, row.label),
    element("span", "source", row.source),
  ]);
  const parts = [head];
  if (row.problem) parts.push(element("p", "reason", row.problem));
  if (row.before.length) parts.push(drawVersion("Cited", "del", row.before), drawVersion("Now", "ins", row.now));
  return element("li", row.state, null, parts);
}

function drawVersion(label, mark, runs) {
  const words = element("span", "words", null, runs.map((run) => element(run.differs ? mark : "span", "", run.text)));
  words.dir = "auto";
  return element("p", "version", null, [element("span", "label", label), words]);
}
