// Looks at everything that is shown and sets it all off; gives what a page may not hold.
async (allowed) => {
  const wrong = [];
  const web = (protocol) => /^https?:$/.test(protocol);
  const protocol = (address) => URL.canParse(address) ? new URL(address).protocol : "no address";
  const names = new Set(allowed);
  const look = (root) => {
    for (const element of root.querySelectorAll("*")) {
      const tag = element.tagName.toLowerCase();
      const where = `${element.closest("article")?.id}: `;
      if (element.namespaceURI !== "http://www.w3.org/1999/xhtml") wrong.push(where + "foreign " + tag);
      if (!names.has(tag)) wrong.push(where + "element " + tag);
      for (const { name, value } of element.attributes) {
        if (!names.has(`${tag} ${name}`) && !names.has(`* ${name}`)) wrong.push(`${where}attribute ${tag} ${name}`);
        if (["href", "src"].includes(name) && !web(protocol(value))) {
          wrong.push(`${where}address ${value.slice(0, 80)}`);
        }
      }
    }
  };
  const shown = [...document.querySelectorAll("main > article")];
  shown.forEach(look);
  // Serialising and parsing again must bring nothing new to life.
  for (const cleaned of document.querySelectorAll(".markup")) {
    const before = cleaned.innerHTML;
    cleaned.innerHTML = before;
    if (cleaned.innerHTML !== before) wrong.push(`${cleaned.closest("article").id}: not stable`);
  }
  shown.forEach(look);
  const events = ["mouseover", "mouseenter", "pointerenter", "focus", "focusin", "keydown",
    "animationstart", "animationend", "transitionend", "toggle", "load", "error", "paste", "drop"];
  const setOff = (root) => {
    // Links to the web lead away, which is what they are for; any other is followed.
    root.addEventListener("click", (event) => {
      const link = event.target.closest("a");
      if (link && web(link.protocol)) event.preventDefault();
    });
    for (const element of root.querySelectorAll("main *")) {
      const handled = [...element.attributes].map((each) => each.name)
        .filter((name) => name.startsWith("on")).map((name) => name.slice(2));
      for (const name of [...events, ...handled]) element.dispatchEvent(new Event(name));
      if (element.click) element.click();
    }
  };
  setOff(document);
  // Frames are there only where what is shown is raw: one for each input.
  for (const frame of document.querySelectorAll("body > iframe")) {
    if (frame.contentDocument) setOff(frame.contentDocument);
  }
  await new Promise((done) => setTimeout(done, 200));
  const shapes = new Set(shown.map((each) => [...each.children].map((c) => c.tagName).join(" ")));
  return { wrong, shown: shown.length, shapes: [...shapes], made: window.__made() };
}
