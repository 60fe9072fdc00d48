// What comes while a page is open: told by the server, or asked for now and then where it has no
// room for one more who listens.

const QUIET = 20000;

/** Hear of what comes while the page is seen; the answer is a function that begins anew if need be. */
export function follow(address, hear) {
  let stream = null;
  let timer = 0;
  let turn = 0;

  function stop() {
    turn += 1;
    stream?.close();
    stream = null;
    clearTimeout(timer);
  }

  function listen() {
    stop();
    if (document.hidden) { return; }
    stream = new EventSource(address());
    stream.onmessage = (event) => hear(JSON.parse(event.data));
    stream.onerror = () => {
      if (stream?.readyState === EventSource.CLOSED) { stop(); timer = setTimeout(ask, QUIET); }
    };
  }

  async function ask() {
    const mine = turn;
    try {
      const answer = await fetch(address(), { headers: { accept: "application/json" } });
      if (answer.status === 401) { return; } // signed out: it would be told nothing again and again
      const told = answer.ok ? await answer.json() : null;
      if (told && mine === turn) { hear(told); }
    } catch { /* it is asked again */ }
    if (mine === turn) { timer = setTimeout(Math.random() < 0.2 ? listen : ask, QUIET); }
  }

  document.addEventListener("visibilitychange", () => (document.hidden ? stop() : listen()));
  addEventListener("pagehide", stop);
  listen();
  return () => { if (!stream) { listen(); } };
}
