// The keys. Rows are [data-row]; what a key presses says so itself by data-key, in the row where
// the focus is or else anywhere on the page; where `g` leads to by data-go.

import { refresh } from "./shell.js";

const dialog = document.getElementById("keys");
let after = "";

/** Whether somebody wants no letters to be keys: who dictates would press them unawares. */
export const lettersAreOff = document.documentElement.dataset.keys === "off";

const rows = () => [...document.querySelectorAll("[data-row]")].filter((row) => row.checkVisibility());
const current = () => document.activeElement?.closest?.("[data-row]") ?? document.querySelector("[data-row][data-current]");

/** Put the focus on a row, and remember it as the one that keys are for. */
export function choose(row) {
  for (const each of document.querySelectorAll("[data-row][data-current]")) { delete each.dataset.current; }
  row.dataset.current = "";
  if (!row.hasAttribute("tabindex")) { row.tabIndex = -1; }
  row.focus({ preventScroll: true });
  row.scrollIntoView({ block: "nearest", behavior: "instant" });
}

function step(by) {
  const all = rows();
  if (!all.length) { return; }
  const at = all.indexOf(current());
  choose(all[at < 0 ? (by > 0 ? 0 : all.length - 1) : Math.min(Math.max(at + by, 0), all.length - 1)]);
}

function press(key) {
  const named = `[data-key="${CSS.escape(key)}"]`;
  const found = current()?.querySelector(named) ?? [...document.querySelectorAll(named)].filter(
    (each) => !each.closest("[data-row]")).at(-1);
  if (!found) { return false; }
  if (found.matches("input:not([type=checkbox]):not([type=radio]), textarea, select")) {
    found.focus();
    found.select?.();
  } else {
    // A click needs nothing open; what is typed into does.
    const folds = found.matches("summary");
    if (!folds && !found.closest("form")?.matches(".act")) { found.closest("details:not([open])")?.setAttribute("open", ""); }
    found.click();
    if (folds) { found.parentElement.querySelector("input:not([type=hidden]), textarea")?.select(); }
  }
  return true;
}

function open() {
  const link = current()?.querySelector("[data-open]");
  link?.click();
  return Boolean(link);
}

function go(key) {
  const link = document.querySelector(`[data-go="${CSS.escape(key)}"]`);
  link?.click();
  return Boolean(link);
}

function help() {
  if (dialog.open) { dialog.close(); } else { dialog.showModal(); }
  return true;
}

const own = {
  j: () => (step(1), true),
  k: () => (step(-1), true),
  o: open,
  "?": help,
  u: () => press("u") || (refresh(), true),
};

function typed(event) {
  const at = event.target;
  return at.isContentEditable || at.matches?.("textarea, select, input:not([type=checkbox]):not([type=radio]):not([type=button]):not([type=submit])");
}

function act(key, at) {
  if (after === "g") { after = ""; return go(key); }
  if (key === "g") { after = "g"; setTimeout(() => { after = ""; }, 1500); return true; }
  if (key === "Enter") { return at.matches?.("[data-row]") && open(); }
  return own[key] ? own[key]() : key.length === 1 && press(key);
}

document.addEventListener("keydown", (event) => {
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || event.isComposing) { return; }
  if (lettersAreOff && event.key.length === 1) { return; }
  if (event.key === "Escape" && typed(event)) { event.target.blur(); return; }
  if (typed(event) || (document.querySelector("dialog[open]") && event.key !== "?")) { return; }
  // A key that is held walks on, but does nothing twice.
  if (event.repeat && !"jk".includes(event.key)) { return; }
  if (act(event.key, event.target)) { event.preventDefault(); }
});

document.addEventListener("focusin", (event) => {
  const row = event.target.closest("[data-row]");
  if (!row) { return; }
  for (const each of document.querySelectorAll("[data-row][data-current]")) {
    if (each !== row) { delete each.dataset.current; }
  }
  row.dataset.current = "";
});

// The help opens in place where a script runs; without one its link leads to a page.
document.addEventListener("click", (event) => {
  if (event.target.closest('a[data-key="?"]')) { event.preventDefault(); help(); }
});
