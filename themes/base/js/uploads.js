// Files take a while: a form that sends some shows how far it is. Without this script it is sent as any other.
const uploadForms = document.querySelectorAll("form[enctype='multipart/form-data']");

const chosenFiles = (form) =>
  [...form.querySelectorAll("input[type=file]")].some((input) => input.files.length > 0);

const showProgress = (form) => {
  const box = document.createElement("p");
  box.className = "kp-upload";
  box.setAttribute("role", "status");
  const bar = document.createElement("progress");
  bar.max = 100;
  bar.setAttribute("aria-label", form.dataset.uploadLabel || "Upload");
  const words = document.createElement("span");
  box.append(bar, words);
  form.append(box);
  return (percent) => {
    bar.value = percent;
    words.textContent = ` ${percent} %`;
  };
};

// An answer that comes from the address it was sent to, as a refusal does, leaves the page's own address: that one can
// be asked for again.
const showAnswer = (request, target) => {
  history.replaceState(null, "", request.responseURL === target ? location.href : request.responseURL);
  document.open();
  document.write(request.responseText);
  document.close();
};

// Too much at once: nothing was taken, so the page stays as it is, with all that was typed.
const sayTooMuch = (form) => {
  form.querySelector(".kp-upload").remove();
  const said = document.createElement("p");
  said.className = "kern-error kp-upload";
  said.setAttribute("role", "alert");
  said.textContent = form.dataset.uploadTooMuch;
  form.append(said);
};

const send = (form, submitter) => {
  form.querySelector(".kp-upload")?.remove();
  const body = new FormData(form, submitter);
  const request = new XMLHttpRequest();
  const target = new URL(form.action || location.href);
  target.hash = "";
  const progress = showProgress(form);
  request.upload.addEventListener("progress", (event) => {
    if (event.lengthComputable) progress(Math.round((100 * event.loaded) / event.total));
  });
  request.addEventListener("load", () => {
    if (request.status === 413 && form.dataset.uploadTooMuch) sayTooMuch(form);
    else showAnswer(request, target.href);
  });
  // The ordinary way, which shows the browser's own words for what is wrong with the connection.
  request.addEventListener("error", () => form.submit());
  request.open("POST", target);
  request.send(body);
};

for (const form of uploadForms) {
  form.addEventListener("submit", (event) => {
    if (!chosenFiles(form)) return;
    event.preventDefault();
    send(form, event.submitter);
  });
}
