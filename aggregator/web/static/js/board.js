// The board while it is open: what came is counted, and nothing moves until somebody asks for it.

import { follow } from "./live.js";

const waiting = new Map();
let whole = true;

const list = () => document.getElementById("stories");
const rows = () => [...list().querySelectorAll("[data-row]")];
let seq = Number(list().dataset.seq);

// --- what comes ---------------------------------------------------------------------------------

const address = () => `/live?since=${seq}${list().dataset.live ? `&${list().dataset.live}` : ""}`;

function hear(told) {
  seq = told.seq;
  whole &&= told.whole;
  for (const [id, articles] of Object.entries(told.stories)) { waiting.set(id, articles); }
  for (const row of rows()) {
    const more = (waiting.get(row.dataset.story) ?? 0) - Number(row.dataset.articles);
    if (more > 0) { count(row, more); } else { waiting.delete(row.dataset.story); }
  }
  offer();
}

function count(row, more) {
  const grew = row.querySelector(".grew");
  grew.textContent = `+${more}`;
  grew.title = list().dataset.more.replace("{}", more);
}

function offer() {
  const bar = document.getElementById("news");
  if (!waiting.size && whole) { bar.replaceChildren(); return; }
  let button = bar.querySelector("button");
  if (!button) {
    button = document.createElement("button");
    button.className = "button";
    button.dataset.key = "u";
    button.setAttribute("aria-keyshortcuts", "u");
    button.addEventListener("click", show);
    bar.append(button);
  }
  const { one, many, show: all } = list().dataset;
  button.textContent = !whole ? all : waiting.size === 1 ? one : many.replace("{}", waiting.size);
}

// --- showing it ---------------------------------------------------------------------------------

async function show() {
  const place = remember();
  const before = list().dataset.seq;
  const asked = new URL(location.href);
  asked.searchParams.set("shown", Math.max(rows().length, 1));
  await window.htmx.ajax("GET", asked.pathname + asked.search, {
    target: "#main", select: "#main", swap: "outerMorph",
  });
  if (list().dataset.seq === before) { return; } // no page came: all of it still waits
  waiting.clear();
  whole = true;
  seq = Number(list().dataset.seq);
  offer();
  restore(place);
  listenAgain();
}

/** Where the reader is: the row that has the focus, or else the first that can be seen. */
function remember() {
  const at = document.activeElement;
  const focused = at?.closest?.("[data-row]");
  const current = focused ?? list().querySelector("[data-row][data-current]");
  const inside = (row) => row.getBoundingClientRect().bottom > 60 && row.getBoundingClientRect().top < innerHeight;
  const row = current && inside(current) ? current : rows().find(inside);
  return {
    id: row?.id, top: row?.getBoundingClientRect().top, scroll: scrollY, chosen: current?.id,
    number: current ? rows().indexOf(current) : -1,
    focus: focused ? [...focused.querySelectorAll("a, button")].indexOf(at) : null,
    fromBar: Boolean(at?.closest?.("#news")),
  };
}

function restore(place) {
  const row = document.getElementById(place.id);
  if (place.scroll > 150 && row) {
    scrollBy({ top: row.getBoundingClientRect().top - place.top, behavior: "instant" });
  } else {
    scrollTo({ top: place.scroll, behavior: "instant" });
  }
  focusAgain(place);
}

function focusAgain(place) {
  if (place.fromBar) { document.getElementById("main").focus({ preventScroll: true }); return; }
  if (place.number < 0) { return; }
  const row = document.getElementById(place.chosen) ?? rows()[Math.min(place.number, rows().length - 1)];
  if (!row) { return; }
  row.dataset.current = "";
  row.tabIndex = -1;
  if (place.focus === null) { return; }
  const inner = row.id === place.chosen && place.focus >= 0 ? row.querySelectorAll("a, button")[place.focus] : null;
  (inner ?? row).focus({ preventScroll: true });
}

// --- acts ---------------------------------------------------------------------------------------

document.addEventListener("click", (event) => {
  const button = event.target.closest?.('button[form="act"]');
  if (!button) { return; }
  event.preventDefault();
  window.htmx.ajax("POST", button.getAttribute("formaction"), { source: button, swap: "none" });
});

// What an act changed is shown where it stands; the others stay where they are.
document.addEventListener("desk:changed", async (event) => {
  event.preventDefault();
  const changed = (event.detail?.stories ?? []).map(String);
  const there = rows().filter((row) => changed.includes(row.dataset.story));
  if (!there.length) { return; }
  const asked = there.map((row) => `id=${row.dataset.story}`).join("&");
  const answer = await fetch(`/board/cards?${asked}${list().dataset.live ? `&${list().dataset.live}` : ""}`).catch(() => null);
  if (!answer?.ok) { return; }
  const made = new DOMParser().parseFromString(await answer.text(), "text/html");
  const place = remember();
  for (const row of there) {
    const now = made.getElementById(row.id);
    if (now) { row.replaceWith(document.adoptNode(now)); } else { row.remove(); }
  }
  focusAgain(place);
});

// --- why here -----------------------------------------------------------------------------------

document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") { return; }
  for (const shown of document.querySelectorAll(".curve:hover + .why, .curve:focus-visible + .why, .why:hover")) {
    shown.classList.add("away");
  }
});
for (const kind of ["focusin", "pointerover"]) {
  document.addEventListener(kind, (event) => {
    if (!event.target.closest?.(".curve, .why")) {
      document.querySelectorAll(".why.away").forEach((each) => each.classList.remove("away"));
    }
  });
}

// Rows that were fetched behind the others may have grown meanwhile.
document.addEventListener("htmx:after:swap", () => { for (const row of rows()) {
  const more = (waiting.get(row.dataset.story) ?? 0) - Number(row.dataset.articles);
  if (more > 0) { count(row, more); }
} });
const listenAgain = follow(address, hear);
