// Asks the server that made this page whether it is still there. If not, shows what the next one says.
// Only while the page is seen: a browser has few connections for all pages of a lab.
let asking = new AbortController();

const pulse = async () => {
  asking = new AbortController();
  const { signal } = asking;
  while (!signal.aborted) {
    try {
      const address = `/lab/pulse/?${document.body.dataset.server}`;
      const answer = await fetch(address, { cache: "no-store", signal });
      if (answer.status === 403) return;
      if (answer.status !== 204) break;
    } catch {
      if (signal.aborted) return;
      break;
    }
  }
  if (!signal.aborted) location.reload();
};

addEventListener("load", pulse);
document.addEventListener("visibilitychange", () => (document.hidden ? asking.abort() : pulse()));
addEventListener("pagehide", () => asking.abort());
