"""What the inspection asks a page from inside: small scripts for Playwright's ``evaluate``."""

AXE = """async ([tags, rules, part, without]) => {
  const found = await axe.run({include: [part], exclude: without.map((each) => [each])}, {
    runOnly: rules.length ? {type: "rule", values: rules} : {type: "tag", values: tags},
    resultTypes: ["violations"], preload: false,
  });
  return found.violations.flatMap((each) =>
    each.nodes.map((node) => `${each.id}: ${node.target} ${node.failureSummary}`));
}"""

FRAME = """([...parts]) => parts.map((part) => {
  const copy = document.querySelector(part)?.cloneNode(true);
  for (const each of copy?.querySelectorAll("[href], [value]") ?? []) {
    each.removeAttribute("href");
    each.removeAttribute("value");
  }
  return copy?.outerHTML ?? "";
}).concat([...document.styleSheets].map((each) => each.href)).join()"""
"""What is around a page, without where its links lead, and how it is painted."""

UNFOLD = """() => {
  const parts = document.querySelectorAll("main details");
  for (const part of parts) {
    part.removeAttribute("name");
    part.open = true;
  }
  return parts.length;
}"""
"""Open everything that can be opened, all at once."""

TWICE = """() => [...document.forms].flatMap((form) => {
  const alone = [...form.elements].filter((each) =>
    each.name && !["radio", "checkbox", "submit", "button", "fieldset"].includes(each.type) &&
    !(each.type === "hidden" && form.elements[each.name] instanceof RadioNodeList &&
      [...form.elements[each.name]].some((other) => other.type === "file")));
  const names = alone.map((each) => each.name);
  return names.filter((name, place) => names.indexOf(name) !== place).map((name) => `two inputs ${name}`);
})"""
"""Names that stand twice in a form, other than a file's beside those of the files that are stored already."""

WIDEST = """(width) => [...document.querySelectorAll("body *")]
  .filter((each) => each.getBoundingClientRect().right > width)
  .filter((each, _, all) => !all.some((other) => other !== each && each.contains(other)))
  .slice(0, 5).map((each) => each.outerHTML.slice(0, 120)).join("\\n    ")"""
"""The innermost elements that stick out."""
