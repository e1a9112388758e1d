// A guided list keeps each tick in the address at once, so that a step's link, the way back and a reload lose none.
// Without this the button below the list does the same.
document.addEventListener("change", (event) => {
  const box = event.target;
  const form = box.name === "erledigt" && box.closest(".kp-guide form");
  if (!form) return;
  const state = new URLSearchParams(new FormData(form));
  history.replaceState(history.state, "", `${location.pathname}?${state}`);
  box.closest(".kp-guide__step").classList.toggle("kp-guide__step--done", box.checked);
  const count = form.querySelector('[role="status"] strong');
  if (count) count.textContent = count.textContent.replace(/\d+/, state.getAll("erledigt").length);
});
