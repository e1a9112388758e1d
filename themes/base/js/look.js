// Shows a town's colours while one is chosen. Without it the button "Vorschau" does.
//
// <input type="color" data-look="/de/portal/aussehen/farbe/COLOUR.css"> and <link rel="stylesheet" data-look-sheet>:
// the link's style sheet is that of the colour. The figures are those of the last answer, so they go.

const sheet = document.querySelector("[data-look-sheet]");
for (const field of sheet ? document.querySelectorAll("[data-look]") : []) {
  field.addEventListener("change", () => {
    sheet.href = field.dataset.look.replace("COLOUR", field.value.slice(1));
    document.querySelector("[data-look-figures]").hidden = true;
  });
}
