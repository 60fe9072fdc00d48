// The selection on a story's page: what can be done with it, and how many it is.

const bar = document.getElementById("selection");
const picked = () => [...document.querySelectorAll('input[name="article"]:checked')];

function show() {
  const number = picked().length;
  const count = bar.querySelector(".selection-count");
  count.textContent = (number === 1 ? count.dataset.one : count.dataset.many).replace("#", number);
  for (const button of bar.querySelectorAll("button:not([type=reset])")) {
    button.disabled = number === 0 || (button.hasAttribute("data-two") && number !== 2);
  }
}

// `s` with nothing selected is about the article where the focus is.
function pickCurrent(event) {
  if (event.key !== "s" || event.ctrlKey || event.metaKey || event.altKey || picked().length) { return; }
  if (event.target.matches?.("textarea, select, input:not([type=checkbox])")) { return; }
  const row = document.activeElement?.closest("[data-row]") ?? document.querySelector("[data-row][data-current]");
  const box = row?.querySelector('input[name="article"]');
  if (box) { box.checked = true; show(); }
}

if (bar) {
  document.addEventListener("change", show);
  document.addEventListener("reset", () => setTimeout(show));
  document.addEventListener("htmx:after:swap", show);
  document.addEventListener("keydown", pickCurrent, { capture: true });
  show();
}
