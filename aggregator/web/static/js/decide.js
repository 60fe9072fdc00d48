// Dragging: an article or a story onto another story, or onto the tray at the edge, where stories
// wait while one looks for the other. Whatever is dropped can be done by buttons and keys as well.

import { say } from "./shell.js";

const tray = document.getElementById("tray");
const list = tray?.querySelector("[data-kept]");
let held = null;

/** What is dragged: a story, or an article with all that carry its text. */
function lifted(from) {
  const one = from.closest?.('[draggable="true"]');
  const story = one?.closest("[data-story]")?.dataset.story ?? "";
  if (!one) { return null; }
  const title = (one.querySelector("h2, h3, a") ?? one).textContent.trim();
  return { article: one.dataset.article ?? "", story, title, from: one };
}

/** Where it may be dropped: on another story, or on a zone of the tray. */
function place(at) {
  const zone = at.closest?.("[data-zone]");
  if (zone) { return zone.hidden ? null : zone; }
  const story = at.closest?.("[data-story]");
  return story && story.dataset.story !== held?.story ? story : null;
}

function mark(where) {
  for (const each of document.querySelectorAll(".drop-here")) {
    if (each !== where) { each.classList.remove("drop-here"); }
  }
  where?.classList.add("drop-here");
}

function show() {
  const waiting = list.children.length > 0;
  tray.hidden = !held && !waiting;
  tray.querySelector('[data-zone="split"]').hidden = !held?.article;
  tray.querySelector('[data-zone="keep"]').hidden = !held || Boolean(held.article) || kept().some((each) => each.story === held.story);
}

// --- acts --------------------------------------------------------------------------------------

function send(url, values) {
  const csrf = tray.querySelector("[name=csrf]").value;
  return window.htmx.ajax("POST", url, { source: tray, swap: "none", values: { csrf, back: location.pathname, ...values } });
}

function drop(what, where) {
  if (where.dataset.zone === "keep") { keep(what); return; }
  if (where.dataset.zone === "split") { send(`/stories/${what.story}/split`, { article: what.article, folded: 1 }); return; }
  const target = where.dataset.story;
  if (what.article) {
    send("/articles/move", { article: what.article, folded: 1, target });
  } else {
    send(`/stories/${what.story}/merge`, { target });
    forget(what.story);
  }
}

// --- what waits in the tray, in this window alone -----------------------------------------------

function kept() {
  try { return JSON.parse(sessionStorage.getItem("tray") ?? "[]"); } catch { return []; }
}

function store(all) {
  sessionStorage.setItem("tray", JSON.stringify(all.slice(-6)));
  draw();
}

function keep(what) {
  store([...kept().filter((each) => each.story !== what.story), { story: what.story, title: what.title }]);
  say(tray.dataset.keptWord);
}

function forget(story) {
  store(kept().filter((each) => each.story !== story));
}

function draw() {
  list.replaceChildren(...kept().map((each) => {
    const item = tray.querySelector("template").content.firstElementChild.cloneNode(true);
    item.dataset.story = each.story;
    const link = item.querySelector("a");
    link.textContent = each.title;
    link.href = `/stories/${encodeURIComponent(each.story)}`;
    item.querySelector("button").addEventListener("click", () => { forget(each.story); });
    return item;
  }));
  show();
}

// --- events ------------------------------------------------------------------------------------

function begin(event) {
  held = lifted(event.target);
  if (!held) { return; }
  event.dataTransfer.effectAllowed = "move";
  event.dataTransfer.setData("text/plain", held.title);
  // A change of the page within this event ends the drag in some browsers.
  setTimeout(() => { document.documentElement.classList.add("dragging"); show(); });
}

function over(event) {
  const where = held && place(event.target);
  mark(where);
  if (where) { event.preventDefault(); event.dataTransfer.dropEffect = "move"; }
}

function dropped(event) {
  const where = held && place(event.target);
  if (where) { event.preventDefault(); drop(held, where); }
  end();
}

function end() {
  held = null;
  mark(null);
  document.documentElement.classList.remove("dragging");
  show();
}

if (tray) {
  document.addEventListener("dragstart", begin);
  document.addEventListener("dragover", over);
  document.addEventListener("drop", dropped);
  document.addEventListener("dragend", end);
  draw();
}
