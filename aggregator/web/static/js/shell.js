// What every page does: messages, what happens after an act, times that stay true.

const toasts = document.getElementById("toasts");
const said = document.getElementById("said");

/** Tell something to who listens instead of looking. */
export function say(text) {
  said.textContent = "";
  requestAnimationFrame(() => { said.textContent = text; });
}

/** Fetch this page anew and put its content in place, keeping focus and place. */
export function refresh() {
  return window.htmx.ajax("GET", location.pathname + location.search, {
    target: "#main", select: "#main", swap: "outerMorph",
  });
}

toasts.addEventListener("click", (event) => {
  const toast = event.target.closest("[data-close]")?.closest("[data-toast]");
  if (toast) { dismiss(toast); }
});

// Where somebody was before a message took the focus: by itself, or what has its place by now.
let before = null;
document.addEventListener("focusin", (event) => {
  if (!toasts.contains(event.target)) { before = { element: event.target, id: event.target.id }; }
});

function dismiss(toast) {
  const had = toast.contains(document.activeElement);
  toast.remove();
  if (!had) { return; }
  const same = before?.element.isConnected ? before.element : document.getElementById(before?.id ?? "");
  (same ?? document.getElementById("main")).focus({ preventScroll: true });
}

// What it offered is done: the next message says what came of it.
toasts.addEventListener("htmx:after:request", (event) => {
  const toast = event.target.closest("[data-toast]");
  if (toast) { dismiss(toast); }
});

// A message leaves after a while, but not while somebody is at it.
function linger(toast) {
  const leave = () => {
    if (toast.matches(":hover, :focus-within")) { setTimeout(leave, 2000); } else { dismiss(toast); }
  };
  setTimeout(leave, toast.querySelector("form") ? 12000 : 6000);
}

new MutationObserver((records) => {
  for (const record of records) {
    for (const added of record.addedNodes) {
      if (!added.matches?.("[data-toast]")) { continue; }
      while (toasts.querySelectorAll("[data-toast]").length > 2) {
        dismiss(toasts.querySelector("[data-toast]"));
      }
      linger(added);
    }
  }
}).observe(toasts, { childList: true });
toasts.querySelectorAll("[data-toast]").forEach(linger);

// Who clicks twice means it once: the second click would act on what the first one left.
document.addEventListener("click", (event) => {
  if (event.detail > 1 && event.target.closest?.("button")?.form?.matches('[method="post"]')) {
    event.preventDefault();
    event.stopImmediatePropagation();
  }
}, { capture: true });

// After an act the page shows what is true now, unless it sees to that itself.
document.addEventListener("changed", (event) => {
  const own = new CustomEvent("desk:changed", { cancelable: true, detail: event.detail });
  if (document.dispatchEvent(own)) { refresh(); }
});

// No answer came: that is said, though not of what the page asks by itself.
document.addEventListener("htmx:error", (event) => {
  if (event.target.closest?.(".nav-alerts") || toasts.querySelector("[data-unanswered]")) { return; }
  const toast = document.getElementById("unanswered").content.firstElementChild.cloneNode(true);
  toast.dataset.toast = "";
  toasts.append(toast);
});

// A menu closes when somebody goes elsewhere; a dialog that it opened leads back to it.
for (const kind of ["click", "focusin"]) {
  document.addEventListener(kind, (event) => {
    for (const menu of document.querySelectorAll("details.menu[open]")) {
      if (!menu.contains(event.target) && !event.target.closest?.("dialog")) { menu.open = false; }
    }
  });
}
document.addEventListener("keydown", (event) => {
  // What lies upon the page closes first, and leads back to where it was opened.
  if (event.key !== "Escape" || document.querySelector("dialog[open]")) { return; }
  for (const menu of document.querySelectorAll("details.menu[open]")) {
    menu.open = false;
    menu.querySelector("summary").focus();
  }
});

// A page that stays open tells how long ago things were as it is by now.
function tick() {
  const { minutes, hours } = document.documentElement.dataset;
  for (const time of document.querySelectorAll("time[data-ago]")) {
    const passed = Math.floor((Date.now() - Date.parse(time.dateTime)) / 60000);
    if (passed < 1 || passed >= 1440) { continue; }
    const text = passed < 60 ? minutes.replace("%(num)s", passed)
      : hours.replace("%(num)s", Math.floor(passed / 60));
    if (time.textContent !== text) { time.textContent = text; }
  }
}
setInterval(() => { if (!document.hidden) { tick(); } }, 30000);
document.addEventListener("visibilitychange", () => { if (!document.hidden) { tick(); } });
