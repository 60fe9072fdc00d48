// Looks for what nobody means: clipped words, controls upon each other, what is wider than the page.
() => {
  const faults = [];
  const name = (element) => {
    const classes = [...element.classList].map((each) => `.${each}`).join("");
    const words = element.textContent.trim().replace(/\s+/g, " ").slice(0, 40);
    return `<${element.tagName.toLowerCase()}${classes}> "${words}"`;
  };
  const shown = (element) => element.checkVisibility({
    checkOpacity: true, checkVisibilityCSS: true, contentVisibilityAuto: true });
  // What is meant for listeners alone is a pixel wide, or clipped away.
  const unseen = (element) => {
    for (let each = element; each; each = each.parentElement) {
      const style = getComputedStyle(each);
      const box = each.getBoundingClientRect();
      if (style.clipPath.startsWith("inset(") || (style.position === "absolute" && box.width <= 1)) return true;
    }
    return false;
  };
  const scrolls = (element) => {
    for (let each = element.parentElement; each; each = each.parentElement) {
      if (["auto", "scroll"].includes(getComputedStyle(each).overflowX)) return true;
    }
    return false;
  };
  const elements = [...document.body.querySelectorAll("*")]
    .filter((each) => !each.closest("svg") || each.tagName === "svg").filter(shown).filter((each) => !unseen(each));
  const wide = document.documentElement.clientWidth;
  if (document.documentElement.scrollWidth > wide) {
    faults.push(`the page is ${document.documentElement.scrollWidth} wide in a window of ${wide}`);
  }
  for (const element of elements) {
    const style = getComputedStyle(element), box = element.getBoundingClientRect();
    const words = [...element.childNodes].some((each) => each.nodeType === 3 && each.data.trim());
    if ((words || element.matches("img, svg, button, input, select, a")) && !scrolls(element)
        && style.position !== "fixed" && (box.right > wide + 1 || box.left < -1) && box.width > 0) {
      faults.push(`beyond the edge: ${name(element)} from ${Math.round(box.left)} to ${Math.round(box.right)}`);
    }
    const cut = ["hidden", "clip"];
    const across = cut.includes(style.overflowX) && element.scrollWidth > element.clientWidth + 1;
    const down = cut.includes(style.overflowY) && element.scrollHeight > element.clientHeight + 2;
    const meant = style.textOverflow === "ellipsis" || style.webkitLineClamp !== "none";
    if (element.clientWidth > 0 && element.textContent.trim() && (across || down) && !meant) {
      faults.push(`clipped: ${name(element)} ${element.scrollWidth}x${element.scrollHeight} `
        + `in ${element.clientWidth}x${element.clientHeight}`);
    }
    if (element.tagName === "IMG" && element.complete && !element.naturalWidth) faults.push(`no image: ${element.src}`);
    if (element.tagName === "svg" && !(box.width && box.height)) faults.push(`an empty drawing in ${name(element.parentElement)}`);
    if (/^(H[1-6]|A|BUTTON|SUMMARY|TH|DT|LABEL)$/.test(element.tagName) && !element.textContent.trim()
        && !element.getAttribute("aria-label") && !element.querySelector("img[alt], svg, input")) {
      faults.push(`empty: ${element.outerHTML.slice(0, 120)}`);
    }
  }
  const controls = elements.filter((each) => each.matches("a[href], button, input:not([type=hidden]), select, summary, textarea"));
  const boxes = controls.map((each) => [each, [...each.getClientRects()]]);
  for (let one = 0; one < boxes.length; one++) {
    for (let other = one + 1; other < boxes.length; other++) {
      const [a, rects] = boxes[one], [b, others] = boxes[other];
      if (a.contains(b) || b.contains(a) || a.closest("label")?.contains(b) || covers(a) !== covers(b)) continue;
      if (rects.some((r) => others.some((o) => upon(r, o)))) faults.push(`upon each other: ${name(a)} and ${name(b)}`);
    }
  }
  function upon(r, o) {
    const width = Math.min(r.right, o.right) - Math.max(r.left, o.left);
    const height = Math.min(r.bottom, o.bottom) - Math.max(r.top, o.top);
    return width > 2 && height > 2;
  }
  // What is pinned to the window, or shown above the page, lies upon what scrolls below it.
  function covers(element) {
    for (let each = element; each; each = each.parentElement) {
      if (["fixed", "sticky"].includes(getComputedStyle(each).position) || each.matches("dialog, [popover]")) return true;
    }
    return false;
  }
  return faults;
}
