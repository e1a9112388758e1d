// After a form was refused the summary of errors has the focus, so that it is read first.
const summary = document.querySelector("[data-error-summary]");
if (summary) {
  summary.focus();
}
