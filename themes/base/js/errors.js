// After a form was refused the summary of errors has the focus, so that it is read first. Its autofocus does that
// in most browsers; this is for the others, and for addresses with a fragment.
const summary = document.querySelector("[data-error-summary]");
if (summary) {
  requestAnimationFrame(() => {
    if (!summary.contains(document.activeElement)) summary.focus();
  });
}

// Whoever goes back to such a page, or loads it anew, asks for it instead of being asked to send the form again: what
// was typed is kept. Only where the form is sent to its own page: other addresses cannot be asked for.
if (summary && document.querySelector("main form[method='post']:not([action])")) {
  history.replaceState(null, "", location.href);
}
