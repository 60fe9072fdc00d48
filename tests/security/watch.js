// Runs in every frame before anything else: reports all that executes to the test's console.
(() => {
  const beacon = (what) => console.debug(`ran: ${window.name} ${what}`);
  for (const name of ["alert", "confirm", "prompt", "print", "open"]) {
    window[name] = () => beacon(name);
  }
  // The page's policy forbids nothing and reports everything: inline scripts, handlers,
  // javascript: addresses, eval, styles, frames, media, connections.
  document.addEventListener("securitypolicyviolation", (event) =>
    beacon(`${event.effectiveDirective} ${event.blockedURI} ${event.sample}`.slice(0, 200)));
  const known = new Set(Object.getOwnPropertyNames(window));
  window.__made = () => Object.getOwnPropertyNames(window).filter((name) => !known.has(name));
})();
