// After a form was refused the summary of errors has the focus, so that it is read first. Its autofocus does that
// in most browsers; this is for the others, and for addresses with a fragment.
const summary = document.querySelector("[data-error-summary]");
if (summary) {
  requestAnimationFrame(() => {
    if (!summary.contains(document.activeElement)) summary.focus();
  });
}
