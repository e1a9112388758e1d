// Suggestions under a search box. The box works without them: Enter opens the page of results.
//
// <input data-suggest="/de/suche/vorschlaege"> asks that address with ?q=… and expects
// {"suggestions": [{"text": "Hund anmelden", "note": "Hundesteuer", "url": "/de/leistung/hund-anmelden"}]}.

const PAUSE = 150; // Milliseconds without typing before asking.
const LEAST = 2; // Letters before asking.

function suggestionsFor(input, number) {
  const list = document.createElement("ul");
  list.id = `suggestions-${number}`;
  list.className = "kp-suggestions";
  list.hidden = true;
  list.setAttribute("role", "listbox");
  list.setAttribute("aria-label", input.dataset.suggestLabel || "");
  input.after(list);
  for (const [name, value] of Object.entries({
    role: "combobox",
    autocomplete: "off",
    "aria-autocomplete": "list",
    "aria-controls": list.id,
    "aria-expanded": "false",
  })) {
    input.setAttribute(name, value);
  }

  let chosen = -1;
  let timer = 0;
  let request = null;

  const close = () => {
    clearTimeout(timer);
    request?.abort();
    list.hidden = true;
    choose(-1);
    input.setAttribute("aria-expanded", "false");
  };

  const choose = (index) => {
    chosen = index;
    [...list.children].forEach((option, at) => option.setAttribute("aria-selected", String(at === index)));
    const option = list.children[index];
    if (option) {
      input.setAttribute("aria-activedescendant", option.id);
      option.scrollIntoView({ block: "nearest" });
    } else {
      input.removeAttribute("aria-activedescendant");
    }
  };

  const show = (suggestions) => {
    list.replaceChildren(
      ...suggestions.map((suggestion, index) => {
        const option = document.createElement("li");
        option.id = `${list.id}-${index}`;
        option.setAttribute("role", "option");
        option.dataset.url = suggestion.url;
        option.append(suggestion.text);
        if (suggestion.note) {
          const note = document.createElement("small");
          note.append(suggestion.note);
          option.append(" ", note);
        }
        return option;
      }),
    );
    list.hidden = suggestions.length === 0;
    input.setAttribute("aria-expanded", String(!list.hidden));
    choose(-1);
  };

  const ask = async () => {
    request?.abort();
    request = new AbortController();
    const address = new URL(input.dataset.suggest, location.href);
    address.searchParams.set("q", input.value.trim());
    try {
      const answer = await fetch(address, { signal: request.signal, headers: { Accept: "application/json" } });
      if (answer.ok) show((await answer.json()).suggestions);
    } catch (error) {
      // Away or cut off: the box itself still works. Aborted: a newer question is under way.
      if (error.name !== "AbortError") close();
    }
  };

  input.addEventListener("input", () => {
    clearTimeout(timer);
    if (input.value.trim().length < LEAST) close();
    else timer = setTimeout(ask, PAUSE);
  });

  input.addEventListener("keydown", (event) => {
    if (list.hidden) return;
    const count = list.children.length;
    if (event.key === "ArrowDown") choose((chosen + 1) % count);
    else if (event.key === "ArrowUp") choose((chosen <= 0 ? count : chosen) - 1);
    else if (event.key === "Escape") close();
    else if (event.key === "Enter" && chosen >= 0) location.assign(list.children[chosen].dataset.url);
    else return;
    event.preventDefault();
  });

  // mousedown comes before the box loses the focus, which would close the list.
  list.addEventListener("mousedown", (event) => {
    event.preventDefault();
    const option = event.target.closest("[role=option]");
    if (option && event.button === 0) location.assign(option.dataset.url);
  });

  input.addEventListener("blur", close);
}

document.querySelectorAll("input[data-suggest]").forEach(suggestionsFor);
