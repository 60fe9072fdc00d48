// Looks at a page of the desk for what words from outside made of it, and sets off what may listen.
async () => {
  const wrong = [];
  const say = (what, element) => wrong.push(`${what}: ${element.outerHTML.slice(0, 160)}`);
  const addresses = ["href", "src", "action", "formaction", "xlink:href", "srcset", "poster", "data",
    "hx-get", "hx-post", "hx-put", "hx-patch", "hx-delete"];
  for (const element of document.querySelectorAll("*")) {
    if (element instanceof HTMLUnknownElement) say("unknown element", element);
    if (element.matches("iframe, object, embed, base, frame, applet, meta[http-equiv], link[rel=import], math, audio, video, portal")) {
      say("element", element);
    }
    if (element.matches("script:not([src^='/static/'])")) say("script", element);
    if (element.matches("style") && !element.parentElement.matches("head")) say("style", element);
    for (const { name, value } of element.attributes) {
      if (/^(on|hx-on|data-hx-on|style$|srcdoc$)/i.test(name)) say(`attribute ${name}`, element);
      if (/^hx-vals|^hx-headers/i.test(name) && /^\s*js(on)?:/i.test(value)) say(`attribute ${name}`, element);
      if (!addresses.includes(name)) continue;
      const leads = URL.parse(value, document.baseURI);
      if (!leads || !/^https?:$/.test(leads.protocol)) say(`address ${name}`, element);
      else if (leads.origin !== location.origin && !(name === "href" && element.matches("a"))) say(`asks ${name}`, element);
    }
  }
  const events = ["mouseover", "mouseenter", "pointerenter", "focus", "focusin",
    "animationstart", "animationend", "transitionend", "toggle", "load", "error"];
  for (const element of document.querySelectorAll("body *")) {
    for (const name of events) element.dispatchEvent(new Event(name));
  }
  await new Promise((done) => setTimeout(done, 20));
  return wrong.concat(window.__made().filter((name) => !["htmx", "__made"].includes(name)).map((name) => `made ${name}`));
}
