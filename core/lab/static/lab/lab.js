// Asks the server that made this page whether it is still there. If not, show what the next one says.
const pulse = async () => {
  for (;;) {
    try {
      const answer = await fetch(`/lab/pulse/?${document.body.dataset.server}`, { cache: "no-store" });
      if (answer.status === 403) return;
      if (answer.status !== 204) break;
    } catch {
      break;
    }
  }
  location.reload();
};

addEventListener("load", pulse);
