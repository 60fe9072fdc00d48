// A story's page: what is selected on it, what stays open, and what came while it is.

import { lettersAreOff, choose } from "./keys.js";
import { follow } from "./live.js";
import { refresh } from "./shell.js";

const story = document.querySelector("[data-story]").dataset.story;

// --- the selection ------------------------------------------------------------------------------

const bar = () => document.getElementById("selection");
const picked = () => [...document.querySelectorAll('input[name="article"]:checked')];

function show() {
  const number = picked().length;
  if (!bar()) { return; }
  const count = bar().querySelector(".selection-count");
  count.textContent = (number === 1 ? count.dataset.one : count.dataset.many).replace("#", number);
  for (const button of bar().querySelectorAll("button:not([type=reset])")) {
    button.disabled = number === 0 || (button.hasAttribute("data-two") && number !== 2);
  }
}

// `s` with nothing selected is about the article where the focus is.
function pickCurrent(event) {
  if (lettersAreOff || event.key !== "s" || event.ctrlKey || event.metaKey || event.altKey || picked().length) { return; }
  if (event.target.matches?.("textarea, select, input:not([type=checkbox])")) { return; }
  const row = document.activeElement?.closest("[data-row]") ?? document.querySelector("[data-row][data-current]");
  const box = row?.querySelector('input[name="article"]');
  if (box) { box.checked = true; show(); }
}

document.addEventListener("change", show);
document.addEventListener("reset", () => setTimeout(show));
document.addEventListener("keydown", pickCurrent, { capture: true });
show();

// --- what stays as it was when the page is brought up to date -----------------------------------

const rows = () => [...document.querySelectorAll("#main [data-row]")].filter((row) => row.checkVisibility());
let kept = { open: [], picked: [], row: -1 };

document.addEventListener("htmx:before:swap", () => {
  kept = {
    row: rows().findIndex((row) => row.contains(document.activeElement)),
    open: [...document.querySelectorAll("#main details[open][id]")].map((each) => each.id),
    picked: picked().map((each) => each.value),
  };
});
document.addEventListener("htmx:after:swap", () => {
  for (const id of kept.open) { document.getElementById(id)?.setAttribute("open", ""); }
  for (const box of document.querySelectorAll('input[name="article"]')) { box.checked = kept.picked.includes(box.value); }
  // Where the focus was on what is gone, it goes on to what has its place now.
  const next = rows()[Math.min(kept.row, rows().length - 1)];
  if (kept.row >= 0 && document.activeElement === document.body && next) { choose(next); }
  kept = { open: [], picked: [], row: -1 };
  show();
});

// What was noted stands among the notes: the field is there for the next one.
document.addEventListener("htmx:after:request", (event) => {
  if (event.target.matches?.('form[action$="/note"]') && event.detail.ctx.response.raw.ok) { event.target.reset(); }
});

// --- what comes ---------------------------------------------------------------------------------

const grown = () => document.getElementById("grown");

function hear(told) {
  const more = (told.stories[story] ?? 0) - Number(grown().dataset.articles);
  grown().dataset.seq = told.seq;
  if (more > 0) { offer(more); }
}

function offer(more) {
  let button = grown().querySelector("button");
  if (!button) {
    button = document.createElement("button");
    button.className = "button button-primary";
    button.dataset.key = "u";
    button.setAttribute("aria-keyshortcuts", "u");
    button.addEventListener("click", refresh);
    grown().append(button);
  }
  const { one, many } = grown().dataset;
  button.textContent = more === 1 ? one : many.replace("#", more);
}

follow(() => `/live?since=${grown().dataset.seq}`, hear);
